/**
 * Declared emergency access: a role that one person may use alone. It is taken out of SOD-6 iff what it declares
 * holds: every way in ends with the last day, that day is not over, and a rule of the same app reports each use. A
 * declaration that does not hold declares nothing, and is a gap.
 */
import type { PolicyDocument, Statement } from '../policy/document';
import { isText, literal, type Text } from '../policy/text';
import { isDay } from './declarations';
import type { Element } from './elements';
import type { Gap } from './gaps';
import { isObject } from './json';
import type { Assumption, BreakGlass, Principal } from './model';
import type { Resolver } from './resolver';
import { textKey } from './text-key';

export interface BreakGlassReading {
  readonly principals: readonly Principal[];
  readonly refused: readonly Gap[];
}

export function readBreakGlass(
  r: Resolver,
  principals: readonly Principal[],
  declarations: ReadonlyMap<string, unknown>,
  elements: readonly Element[],
  today: Date,
): BreakGlassReading {
  const refused: Gap[] = [];
  const watched = watchedTexts(r, elements);
  const read = principals.map((principal): Principal => {
    const declared = declarations.get(principal.origin.id);
    if (declared === undefined) return principal;
    const breakGlass = parse(declared);
    const why =
      breakGlass === undefined
        ? 'its `Metadata.bulkhead.breakGlass` cannot be read'
        : problemOf(principal, breakGlass, watched, today);
    if (breakGlass === undefined || why !== undefined) {
      refused.push({ path: principal.origin.path, reason: `its break glass does not hold: ${why}` });
      return principal;
    }
    return { ...principal, breakGlass };
  });
  return { principals: read, refused };
}

/** Whoever may act alone is named in every report. */
export function assumptionOfBreakGlass({ breakGlass, origin }: Principal): readonly Assumption[] {
  if (breakGlass === undefined) return [];
  const { domain, reason, approvedBy, expires } = breakGlass;
  return [
    {
      id: 'break-glass',
      text: `\`${origin.path}\` may be used by one person alone in \`${domain}\`, and each use is reported: ${reason} (approved by ${approvedBy}, until ${expires})`,
    },
  ];
}

function parse(value: unknown): BreakGlass | undefined {
  if (!isObject(value)) return undefined;
  const { domain, reason, approvedBy, expires } = value;
  if (typeof domain !== 'string' || typeof reason !== 'string' || typeof approvedBy !== 'string') return undefined;
  if (typeof expires !== 'string' || !isDay(expires)) return undefined;
  return { domain, reason, approvedBy, expires };
}

function problemOf(
  { trust, arn, duty }: Principal,
  { expires }: BreakGlass,
  watched: ReadonlySet<string>,
  today: Date,
): string | undefined {
  if (duty !== undefined) return 'it has a duty as well';
  if (expires < today.toISOString().slice(0, 10)) return `it expired on ${expires}`;
  const open = allowing(trust).find((statement) => !endsBy(statement, `${expires}T23:59:59Z`));
  if (open !== undefined)
    return `its trust policy admits somebody after ${expires} (\`DateLessThan\` of \`aws:CurrentTime\` is missing or later)`;
  if (!watched.has(textKey(arn))) return 'no enabled rule of the app reports who assumes it';
  return undefined;
}

function allowing(trust: PolicyDocument | undefined): readonly Statement[] {
  return (trust?.statements ?? []).filter(({ effect }) => effect === 'Allow');
}

function endsBy({ conditions }: Statement, last: string): boolean {
  return conditions.some(
    ({ operator, ifExists, quantifier, key, values }) =>
      (operator === 'DateLessThan' || operator === 'DateLessThanEquals') &&
      !ifExists &&
      quantifier === undefined &&
      key.toLowerCase() === 'aws:currenttime' &&
      values.length > 0 &&
      values.every((value) => {
        const moment = Date.parse(literal(value) ?? '');
        return !Number.isNaN(moment) && moment <= Date.parse(last);
      }),
  );
}

/** Every text in the patterns of enabled rules that tell somebody. */
function watchedTexts(r: Resolver, elements: readonly Element[]): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') found.add(value);
    else if (isText(value)) found.add(textKey(value as Text));
    else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) walk(member);
  };
  for (const { stack, declared } of elements) {
    if (declared.type !== 'AWS::Events::Rule') continue;
    const { EventPattern, State, Targets } = r.resolve(stack, declared.properties) as Readonly<Record<string, unknown>>;
    if (State === 'DISABLED' || !Array.isArray(Targets) || Targets.length === 0) continue;
    walk(EventPattern);
  }
  return found;
}
