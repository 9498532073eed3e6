/**
 * Whether a statement of AWS WAF matches a request for a path, as AWS WAF sees it: raw, and transformed as the statement
 * says. Statements about anything but the path, and transformations that this file does not know, leave the answer open.
 *
 * API Gateway matches the decoded path, and dots in it literally; a statement that reads the path in one way only can be
 * slipped by spelling it in another. So a zone is tried in every spelling under which API Gateway may route to it.
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html#waf-rule-statement-request-component-uri-path,
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html,
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html
 */
import { numberAt } from './settings';
import { type Answer, all, any, listOf, member, textOf } from './signals';

export function matchesPath(statement: unknown, path: string): Answer {
  const [kind, ...more] = typeof statement === 'object' && statement !== null ? Object.keys(statement) : [];
  if (kind === undefined || more.length > 0) return undefined;
  const inner = member(statement, kind);
  switch (kind) {
    case 'AndStatement':
      return all(statementsOf(inner).map((one) => matchesPath(one, path)));
    case 'OrStatement':
      return any(statementsOf(inner).map((one) => matchesPath(one, path)));
    case 'NotStatement': {
      const answer = matchesPath(member(inner, 'Statement'), path);
      return answer === undefined ? undefined : !answer;
    }
    case 'ByteMatchStatement': {
      const wanted = textOf(member(inner, 'SearchString'));
      const seen = transformed(inner, path);
      if (wanted === undefined || seen === undefined) return undefined;
      return compared(textOf(member(inner, 'PositionalConstraint')), seen, wanted);
    }
    case 'SizeConstraintStatement': {
      const [size, seen] = [numberAt(member(inner, 'Size')), transformed(inner, path)];
      // Every path has at least no characters; how long one may be is nobody's to say.
      return seen !== undefined && textOf(member(inner, 'ComparisonOperator')) === 'GE' && size === 0
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

/** The path as the statement reads it; undefined where it reads something else. */
function transformed(statement: unknown, path: string): string | undefined {
  if (member(statement, 'FieldToMatch', 'UriPath') === undefined) return undefined;
  const steps = listOf(member(statement, 'TextTransformations')).map((step) => ({
    priority: numberAt(member(step, 'Priority')),
    type: textOf(member(step, 'Type')) ?? '',
  }));
  if (steps.length === 0 || steps.some(({ priority }) => typeof priority !== 'number')) return undefined;
  return steps
    .sort((a, b) => Number(a.priority) - Number(b.priority))
    .reduce<string | undefined>((seen, { type }) => (seen === undefined ? undefined : TRANSFORM[type]?.(seen)), path);
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

/** Requests that API Gateway may route below the path, which begins where the gateway is reached: `/v1/partner`. */
export function spellingsBelow(path: string, elsewhere: string): readonly string[] {
  const segments = path.split('/').slice(1);
  const encoded = segments.map((s) => [...s].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''));
  const last = segments.at(-1) ?? '';
  const partly = [...segments.slice(0, -1), `%${last.charCodeAt(0).toString(16)}${last.slice(1)}`];
  const up = segments.map(() => '..').join('/');
  return [
    `${path}/${PROBE}`,
    `${path}/${PROBE}/${PROBE}`,
    `/${partly.join('/')}/${PROBE}`,
    `/${encoded.join('/')}/${PROBE}`,
    // Whether dots are followed before the path is matched is not documented: either way it is this zone's.
    `${path}/${up}${elsewhere}/${PROBE}`,
    `${elsewhere}/${elsewhere
      .split('/')
      .slice(1)
      .map(() => '..')
      .join('/')}${path}/${PROBE}`,
  ];
}

/** A segment that no author would write. */
const PROBE = 'bulkhead-probe';

/** Requests that API Gateway routes to the path and to nobody else, and those beside it that only begin alike. */
export function requestsOnlyBelow(path: string): readonly string[] {
  return [`${path}/${PROBE}`, `${path}/${PROBE}/${PROBE}`];
}
