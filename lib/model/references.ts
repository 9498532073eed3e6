/**
 * Which resources a resource refers to, and at which property: by intrinsics in its own template,
 * through exports, outputs and parameters from another, or by a fixed ARN or the name of a key's alias. Values are
 * followed as texts, so the way a reference is written does not matter. ARNs that are no resource's for sure, because account,
 * region or the ARN itself is known to the deployment alone, are kept for the checks to judge.
 */
import { type Hole, isText, substitute, type Text, text } from '../policy/text';
import type { Element, ElementIndex } from './elements';
import { suggestedBy } from './grants';
import type { Resource } from './model';
import { isResolvedList, type Resolved } from './resolved';
import type { Stack } from './stack';
import { type Path, usesOf, written } from './uses';
import type { PropertyVariants } from './variants';

export interface Reference {
  readonly to: string;
  readonly at: string;
  /** Under some of the conditions that choose the value alone. */
  readonly sometimes?: true;
}

/** An ARN, and the property that has it. */
export interface WrittenArn {
  readonly arn: Text;
  readonly at: string;
}

/** One resource may mention many others; more than this says nothing new and costs much. */
const MAX_REFERENCES = 2_000;

/** Of the values of a resource's properties: what they refer to, and the holes in them that are open (model.ts). */
export function referencesOf(
  element: Element,
  variants: PropertyVariants,
  index: ElementIndex,
  alternatives?: Resource['alternatives'],
): {
  readonly references: readonly Reference[];
  readonly open: readonly string[];
  readonly unsure: readonly WrittenArn[] | undefined;
} {
  const found: { to: string; at: string; sometimes?: true }[] = [];
  let unsure: WrittenArn[] | undefined;
  let open: Set<string> | undefined;
  const { stack, declared, origin } = element;
  const add = (to: string, at: string): void => {
    if (to === origin.id || found.length >= MAX_REFERENCES) return;
    if (!found.some((one) => one.to === to && one.at === at)) found.push({ to, at });
  };
  for (const { logicalId, at } of declared.uses.named)
    if (stack.template.resources.has(logicalId)) add(`${stack.id}/${logicalId}`, at);
  const path: Path = [];
  const notSure = (arn: Text): void => {
    unsure ??= [];
    if (unsure.length < MAX_REFERENCES) unsure.push({ arn, at: written(path) });
  };
  const read = (value: Text): void => {
    for (const part of value.parts) {
      if (typeof part === 'string' || part.identity !== undefined) continue;
      open ??= new Set();
      open.add(part.hole);
    }
    const [start] = value.parts;
    const isAlias = typeof start === 'string' && start.startsWith(ALIAS);
    // That is the name that an alias has itself.
    if (isAlias && path[0] === 'AliasName') return;
    const t = isAlias ? aliasIn(stack, value) : value;
    const mentioned = index.mentioned(t);
    for (const to of mentioned) add(to.origin.id, written(path));
    if (mentioned.length === 0 && !GRANTS.has(path[0])) for (const arn of arnsOf(t, element)) notSure(arn);
    const invoked = functionIn(t);
    if (invoked === undefined) return;
    const called = index.mentioned(invoked);
    for (const to of called) add(to.origin.id, written(path));
    if (called.length === 0) notSure(invoked);
  };
  for (const [key, values] of variants) {
    path.push(key);
    for (const variant of values) walkTexts(variant, path, read);
    path.pop();
  }
  if (declared.uses.branching) markSometimes(found, element, variants, index, alternatives);
  return { references: found, open: open === undefined ? NOTHING : [...open], unsure };
}

/** A reference that stands in a branch is one for sure only where each value of its property has it. */
function markSometimes(
  found: readonly { to: string; at: string; sometimes?: true }[],
  { stack, declared }: Element,
  variants: PropertyVariants,
  index: ElementIndex,
  alternatives: Resource['alternatives'],
): void {
  for (const [key, values] of variants) {
    const isOptional = alternatives?.[key]?.some(({ value }) => value === undefined) === true;
    if (values.length < 2 && !isOptional && !isLeftOpen(values)) continue;
    const here = found.filter(({ at }) => at === key || at.startsWith(`${key}.`) || at.startsWith(`${key}[`));
    if (here.length === 0) continue;
    const sure = new Set<string>();
    for (const { logicalId, at, inBranch } of declared.uses.named)
      if (!inBranch) sure.add(`${stack.id}/${logicalId} ${at}`);
    if (!isOptional) for (const one of inAll(key, values, index)) sure.add(one);
    for (const reference of here) if (!sure.has(`${reference.to} ${reference.at}`)) reference.sometimes = true;
  }
}

/** With too many conditions to enumerate, the one value has holes where branches are. */
function isLeftOpen(values: readonly Resolved[]): boolean {
  const holds = (value: Resolved): boolean =>
    isText(value)
      ? value.parts.some((part) => typeof part !== 'string' && part.hole.includes('{"Fn::If":'))
      : typeof value === 'object' && value !== null && Object.values(value).some(holds);
  return values.some(holds);
}

/** What every one of the values mentions, each with its place. */
function inAll(key: string, values: readonly Resolved[], index: ElementIndex): readonly string[] {
  const [first = new Set<string>(), ...others] = values.map((value) => {
    const path: Path = [key];
    const seen = new Set<string>();
    walkTexts(value, path, (t) => {
      const invoked = functionIn(t);
      for (const to of [...index.mentioned(t), ...(invoked === undefined ? [] : index.mentioned(invoked))])
        seen.add(`${to.origin.id} ${written(path)}`);
    });
    return seen;
  });
  return [...first].filter((one) => others.every((other) => other.has(one)));
}

const NOTHING: readonly string[] = [];

/** Ids of the stack's own resources that the value names. */
export function namedIn(stack: Stack, value: unknown): readonly string[] {
  const own = usesOf(value).named.filter(({ logicalId }) => stack.template.resources.has(logicalId));
  return [...new Set(own.map(({ logicalId }) => `${stack.id}/${logicalId}`))];
}

/** Properties that grant: what they name is asked of the engine. */
const GRANTS: ReadonlySet<unknown> = new Set([
  'AssumeRolePolicyDocument',
  'KeyPolicy',
  'Policies',
  'Policy',
  'PolicyDocument',
  'ResourcePolicy',
]);

/** The ARN as it is written, and those that it is with the default and the allowed values of a parameter. */
function arnsOf(t: Text, element: Element): readonly Text[] {
  const [first] = t.parts;
  const written = typeof first === 'string' && first.startsWith('arn:') ? [t] : [];
  const unknown = t.parts.filter(
    (p): p is Hole => typeof p !== 'string' && p.type !== 'account' && p.type !== 'region',
  );
  const [only] = unknown.filter(({ type }) => type !== 'partition');
  if (only === undefined || unknown.length > 2 || only.identity !== undefined) return written;
  return [
    ...written,
    ...suggestedBy(text(only), element)
      .map((value) => substitute(t, new Map([[only.hole, value]])))
      .filter(({ parts }) => typeof parts[0] === 'string' && parts[0].startsWith('arn:')),
  ];
}

/** Texts that may speak of a resource: those with holes, and ARNs. */
function walkTexts(value: Resolved, path: Path, found: (t: Text) => void): void {
  if (typeof value === 'string') {
    if (value.startsWith('arn:') || value.startsWith(ALIAS)) found(text(value));
  } else if (typeof value !== 'object' || value === null) return;
  else if (isResolvedList(value)) {
    for (let i = 0; i < value.length; i++) if (maySpeak(value[i]!)) walkWithin(i, value[i]!, path, found);
  } else if (isText(value)) found(value);
  else for (const key in value) if (maySpeak(value[key]!)) walkWithin(key, value[key]!, path, found);
}

/** Most of a template are strings that speak of nothing. */
function maySpeak(value: Resolved): boolean {
  return typeof value === 'string' ? value.startsWith('arn:') || value.startsWith(ALIAS) : typeof value === 'object';
}

const ALIAS = 'alias/';

/** An alias without an ARN is one of the stack's account and region: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-alias-name */
function aliasIn({ partition, region, account }: Stack, name: Text): Text {
  return text('arn:', partition, ':kms:', region, ':', account, ':', name);
}

function walkWithin(step: string | number, value: Resolved, path: Path, found: (t: Text) => void): void {
  path.push(step);
  walkTexts(value, path, found);
  path.pop();
}

/**
 * The ARN in `arn:…:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`, by which API Gateway is told what to call
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri).
 */
export function functionIn(t: Text): Text | undefined {
  const at = t.parts.findIndex((part) => typeof part === 'string' && part.includes(FUNCTIONS));
  if (at < 0) return undefined;
  const [first, ...rest] = t.parts.slice(at) as [string, ...Text['parts']];
  const last = rest.at(-1);
  const arn = first.slice(first.indexOf(FUNCTIONS) + FUNCTIONS.length);
  if (last === undefined) return text(uncalled(arn));
  return text(arn, ...rest.slice(0, -1), typeof last === 'string' ? uncalled(last) : last);
}

const FUNCTIONS = ':lambda:path/2015-03-31/functions/';

function uncalled(end: string): string {
  return end.replace(/\/invocations$/, '');
}

/** Refuses templates whose resources need one another before they exist; CloudFormation does too. */
export function dependencyCycle(stack: Stack): readonly string[] | undefined {
  const { resources } = stack.template;
  const edges = new Map<string, readonly string[]>();
  for (const { logicalId: from, dependsOn, uses } of resources.values()) {
    if (dependsOn.length === 0 && uses.named.length === 0) continue;
    const to = dependsOn.filter((id) => resources.has(id));
    // A reference in a branch exists only where the branch does.
    for (const { logicalId, inBranch } of uses.named)
      if (!inBranch && resources.has(logicalId) && !to.includes(logicalId)) to.push(logicalId);
    if (to.length > 0) edges.set(from, to);
  }
  const state = new Map<string, 'open' | 'done'>();
  for (const start of edges.keys()) {
    if (state.has(start)) continue;
    // Depth first, with its own stack: templates may be as deep as they are long.
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
    state.set(start, 'open');
    for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
      const to = edges.get(top.id)?.[top.next++];
      if (to === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (state.get(to) === 'open') {
        return [...path.slice(path.findIndex((p) => p.id === to)).map((p) => p.id), to];
      } else if (!state.has(to) && edges.has(to)) {
        state.set(to, 'open');
        path.push({ id: to, next: 0 });
      }
    }
  }
  return undefined;
}
