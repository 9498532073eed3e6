/**
 * Whether a statement of AWS WAF matches requests for a path, as AWS WAF sees them: raw, and transformed as the statement
 * says. Asked of one request, or of all requests that API Gateway may take for a path: these are a set (`Requests`), of which
 * only the beginning is known, and the answer is a proof that the statement matches each of them, or none.
 *
 * API Gateway matches the decoded path. Whether it follows dots and repeated slashes before is not documented, so requests are
 * asked for in either reading; a statement that reads the path in one way only can be slipped by the other. Statements about anything
 * but the path, and transformations that this file does not know, leave the answer open.
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html#waf-rule-statement-request-component-uri-path,
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html,
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html
 */

import { type Answer, all, any, textOf } from './answers';
import { listOf, member, numberAt } from './settings';

/** All requests whose path, in this reading, is the path itself or lies below it. */
export interface Requests {
  readonly path: string;
  readonly are: 'it' | 'below';
  /** `plain`: spelt so, and nothing to decode or to normalise. */
  readonly read: 'plain' | 'decoded' | 'normalised';
}

/** Whether the statement matches this one request. */
export function matchesPath(statement: unknown, path: string): Answer {
  return matches(statement, ({ wanted, constraint, transformations }) => {
    const seen = transformations.reduce<string | undefined>(
      (known, type) => (known === undefined ? undefined : TRANSFORM[type]?.(known)),
      path,
    );
    return seen === undefined ? undefined : compared(constraint, seen, wanted);
  });
}

/** True iff proved of every one of the requests, false iff proved of none. */
export function matchesEvery(statement: unknown, requests: Requests): Answer {
  return matches(statement, (match) => provedOf(match, requests));
}

/** A statement that looks for a string in the path. */
interface Match {
  readonly wanted: string;
  readonly constraint: string | undefined;
  readonly transformations: readonly string[];
}

function matches(statement: unknown, ofPath: (match: Match) => Answer): Answer {
  const [kind, ...more] = typeof statement === 'object' && statement !== null ? Object.keys(statement) : [];
  if (kind === undefined || more.length > 0) return undefined;
  const inner = member(statement, kind);
  switch (kind) {
    case 'AndStatement':
      return all(statementsOf(inner).map((one) => matches(one, ofPath)));
    case 'OrStatement':
      return any(statementsOf(inner).map((one) => matches(one, ofPath)));
    case 'NotStatement': {
      const answer = matches(member(inner, 'Statement'), ofPath);
      return answer === undefined ? undefined : !answer;
    }
    case 'ByteMatchStatement': {
      const wanted = textOf(member(inner, 'SearchString'));
      const transformations = transformationsOf(inner);
      if (wanted === undefined || transformations === undefined) return undefined;
      return ofPath({ wanted, constraint: textOf(member(inner, 'PositionalConstraint')), transformations });
    }
    case 'SizeConstraintStatement': {
      const [size, known] = [numberAt(member(inner, 'Size')), transformationsOf(inner)];
      // Every path has at least no characters; how long one may be is nobody's to say.
      return known !== undefined && textOf(member(inner, 'ComparisonOperator')) === 'GE' && size === 0
        ? true
        : undefined;
    }
    default:
      return undefined;
  }
}

function statementsOf(value: unknown): readonly unknown[] {
  const statements = listOf(member(value, 'Statements'));
  // A list that only the deployment knows is none that could be relied on.
  return statements.length === 0 ? [undefined] : statements;
}

function compared(constraint: string | undefined, seen: string, wanted: string): Answer {
  switch (constraint) {
    case 'EXACTLY':
      return seen === wanted;
    case 'STARTS_WITH':
      return seen.startsWith(wanted);
    case 'ENDS_WITH':
      return seen.endsWith(wanted);
    case 'CONTAINS':
      return seen.includes(wanted);
    default:
      return undefined;
  }
}

/** In their order; undefined where the statement reads something else than the path, or reads it in a way that is not known. */
function transformationsOf(statement: unknown): readonly string[] | undefined {
  if (member(statement, 'FieldToMatch', 'UriPath') === undefined) return undefined;
  const steps = listOf(member(statement, 'TextTransformations')).map((step) => ({
    priority: numberAt(member(step, 'Priority')),
    type: textOf(member(step, 'Type')) ?? '',
  }));
  if (steps.length === 0) return undefined;
  if (steps.some(({ priority, type }) => typeof priority !== 'number' || !Object.hasOwn(TRANSFORM, type)))
    return undefined;
  return steps.sort((a, b) => Number(a.priority) - Number(b.priority)).map(({ type }) => type);
}

const TRANSFORM: Readonly<Record<string, (seen: string) => string>> = {
  NONE: (seen) => seen,
  LOWERCASE: (seen) => seen.toLowerCase(),
  URL_DECODE: decoded,
  NORMALIZE_PATH: normalised,
};

function decoded(seen: string): string {
  return seen.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Without repeated slashes, self references and back references. */
function normalised(seen: string): string {
  const kept: string[] = [];
  for (const segment of seen.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${seen.endsWith('/') && kept.length > 0 ? '/' : ''}`;
}

function provedOf({ wanted, constraint, transformations }: Match, { path, are, read }: Requests): Answer {
  const steps = transformations.filter((type) => type !== 'NONE');
  const lower = steps.includes('LOWERCASE');
  const written = are === 'below' ? `${path}/` : path;
  // Whether AWS WAF takes a plus sign for a space is not documented.
  const isKnown = readsAs(steps, read) && (steps.length === 0 || !written.includes('+'));
  const beginning = !isKnown ? '/' : lower ? written.toLowerCase() : written;
  if (isKnown && are === 'it') return compared(constraint, beginning, wanted);
  const proved = ofBeginning(constraint, beginning, wanted);
  return proved === undefined && isNoneOf({ wanted, constraint, steps }, { path, are, read }) ? false : proved;
}

/**
 * Whether the transformations give the reading, or its lower case, as far as the path of the zone goes: decoded first, because
 * what is encoded is not seen before. Decoding once more changes nothing in that path, which has no escapes, but what lies below may
 * then hold dots, and lead out of it where they are followed.
 */
function readsAs(steps: readonly string[], read: Requests['read']): boolean {
  if (read === 'plain') return true;
  const [first, ...rest] = steps;
  const follows = rest.includes('NORMALIZE_PATH');
  return first === 'URL_DECODE' && follows === (read === 'normalised') && !(follows && rest.includes('URL_DECODE'));
}

/** Of all texts that begin so. */
function ofBeginning(constraint: string | undefined, beginning: string, wanted: string): Answer {
  switch (constraint) {
    case 'EXACTLY':
      return wanted.startsWith(beginning) ? undefined : false;
    case 'STARTS_WITH':
      return beginning.startsWith(wanted) ? true : wanted.startsWith(beginning) ? undefined : false;
    case 'ENDS_WITH':
      return wanted === '' ? true : undefined;
    case 'CONTAINS':
      return beginning.includes(wanted) ? true : undefined;
    default:
      return undefined;
  }
}

/** Whether what the statement matches, as it was sent or decoded, can be none of the requests in their own reading. */
function isNoneOf(
  { wanted, constraint, steps }: { wanted: string; constraint: string | undefined; steps: readonly string[] },
  { path, are, read }: Requests,
): boolean {
  // An escape that the statement cuts through, or sees without decoding it, may stand for anything.
  const [first = 'URL_DECODE', ...more] = steps;
  if (first !== 'URL_DECODE' || more.length > 0 || wanted.includes('%') || wanted.includes('+')) return false;
  const isIts = (whole: string): boolean => whole === path || (are === 'below' && whole.startsWith(`${path}/`));
  if (constraint === 'EXACTLY') return !isIts(read === 'normalised' ? normalised(wanted) : wanted);
  if (constraint !== 'STARTS_WITH' || read === 'normalised') return false;
  const written = are === 'below' ? `${path}/` : path;
  return !written.startsWith(wanted) && !(are === 'below' && wanted.startsWith(written));
}
