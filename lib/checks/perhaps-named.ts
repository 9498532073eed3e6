/**
 * Which of the app's resources an ARN may be that is none's for sure: their account or region, or those in the ARN, are known to
 * the deployment alone, or the ARN is what a parameter has by default or may have. A stack without an environment is deployed into
 * any account, so into the one that a written-out ARN says.
 *
 * Service, type and name must agree, so that what other accounts publish (layers, log deliveries, images) is taken for nothing of
 * the app. What AWS appends to a name, a version or a secret's six characters, may be anything; a name that AWS generates is
 * nothing that somebody has written down (same-text.ts), and a name that a parameter makes up is not asked for.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html,
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
import type { Model, Origin } from '../model/model';
import { onlyHole, textKey } from '../model/text-key';
import { type Hole, literal, type Part, type Text } from '../policy/text';
import { type ArnPieces, piecesOf } from './arn-pieces';

export interface NamedElement {
  readonly id: string;
  readonly origin: Origin;
  readonly arn?: Text;
}

const indexes = new WeakMap<Model, Written>();

/** Resources and principals of the model that may have the ARN. */
export function perhapsNamed(arn: Text, model: Model): readonly NamedElement[] {
  let index = indexes.get(model);
  if (index === undefined) {
    index = new Written([...model.resources, ...model.principals]);
    indexes.set(model, index);
  }
  return index.named(arn);
}

interface Entry {
  readonly element: NamedElement;
  readonly arn: ArnPieces;
}

/** By service. Made when an ARN is first asked for: most apps have none that is unsure. */
class Written {
  private readonly byRest = new Map<string, Entry[]>();
  /** Of each service, those whose names hold what only the deployment knows. */
  private readonly open = new Map<string, Entry[]>();

  constructor(elements: readonly NamedElement[]) {
    for (const element of elements) {
      const arn = element.arn && piecesOf(element.arn);
      const service = arn && literal(arn.service);
      if (arn === undefined || service === undefined) continue;
      push(this.byRest, `${service}:${textKey(arn.rest)}`, { element, arn });
      if (literal(arn.rest) === undefined) push(this.open, service, { element, arn });
    }
  }

  named(written: Text): readonly NamedElement[] {
    const arn = piecesOf(written);
    const service = arn && literal(arn.service);
    if (arn === undefined || service === undefined) return [];
    const found = new Set<NamedElement>();
    const { rest } = arn;
    const plain = literal(rest);
    const take = (entries: readonly Entry[]): void => {
      for (const { element, arn: its } of entries)
        if (mayBeOne(arn.account, its.account) && mayBeOne(arn.region, its.region)) found.add(element);
    };
    // What stands below a resource, after a slash or a colon, is named with it.
    for (const key of beginningsOf(textKey(rest))) take(this.byRest.get(`${service}:${key}`) ?? []);
    for (const entry of this.open.get(service) ?? [])
      if (plain !== undefined && patternOf(entry.arn.rest)?.test(plain)) take([entry]);
    // `arn:aws:s3:::logs-${AWS::AccountId}`, where the app has an account.
    const pattern = plain === undefined ? patternOf(rest) : undefined;
    if (pattern !== undefined)
      for (const [key, entries] of this.byRest)
        if (key.startsWith(`${service}:`) && pattern.test(key.slice(service.length + 1))) take(entries);
    return [...found];
  }
}

function* beginningsOf(key: string): Iterable<string> {
  yield key;
  for (let end = key.length - 1; end > 0; end--) if (key[end] === '/' || key[end] === ':') yield key.slice(0, end);
}

/** Of accounts or of regions: false only if they differ in every deployment. */
function mayBeOne(a: Text, b: Text): boolean {
  if (textKey(a) === textKey(b)) return true;
  const [x, y] = [literal(a), literal(b)];
  if (x !== undefined && y !== undefined) return false;
  const [p, q] = [onlyHole(a), onlyHole(b)];
  if (p?.identity !== undefined && p.identity === q?.identity) return false;
  return mayHave(p, y) && mayHave(q, x);
}

function mayHave(hole: Hole | undefined, value: string | undefined): boolean {
  if (hole === undefined || value === undefined) return true;
  if (hole.values !== undefined) return hole.values.includes(value);
  switch (hole.type) {
    case 'account':
      // Not `aws`, which has AWS's own policies, nor nothing, as a bucket's ARN has.
      return /^\d{12}$/.test(value);
    case 'region':
    case 'partition':
    case 'segment':
      return value !== '';
    case 'any':
      return true;
  }
}

const patterns = new WeakMap<Text, { readonly pattern: RegExp | undefined }>();

/** The strings that the text may be; undefined where a name stands in it that may be anything, or that AWS generates. */
function patternOf(rest: Text): RegExp | undefined {
  let known = patterns.get(rest);
  if (known === undefined) {
    known = { pattern: readPattern(rest) };
    patterns.set(rest, known);
  }
  return known.pattern;
}

function readPattern({ parts }: Text): RegExp | undefined {
  let pattern = '';
  for (const [i, part] of parts.entries()) {
    if (typeof part === 'string') pattern += part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else if (part.type === 'account') pattern += '\\d{12}';
    else if (part.type === 'region') pattern += '[a-z0-9-]+';
    else if (i === parts.length - 1 && isAppended(part, parts[i - 1])) {
      // With or without what is appended: both name it.
      const named = pattern.slice(0, -1);
      return new RegExp(
        `^${named}(?:${pattern.endsWith('-') ? '-[A-Za-z0-9]{6}' : `${pattern.at(-1)}[^:/]+`})?(?:[:/].*)?$`,
      );
    } else return undefined;
  }
  return new RegExp(`^${pattern}$`);
}

/** After a type and a name, of which the literal before it ends with the separator: `layer:shared:`, `secret:orders-`. */
function isAppended(hole: Hole, before: Part | undefined): boolean {
  return (
    hole.identity === undefined &&
    hole.type === 'segment' &&
    hole.hole.includes('#') &&
    typeof before === 'string' &&
    /[:/].+[-:/]$/.test(before)
  );
}

function push<T>(map: Map<string, T[]>, key: string, one: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [one]);
  else known.push(one);
}
