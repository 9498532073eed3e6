/**
 * Whether a rule of EventBridge sees one event: event patterns, evaluated. Undefined is the answer wherever it takes
 * more than this file knows; nobody may take it for a yes.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { toText } from '../model/resolved';
import { textKey } from '../model/text-key';
import { literal } from '../policy/text';
import { matchesWildcard } from './log-filter';

type Answer = boolean | undefined;

/** Of a list, one element must match. Strings are the keys of texts. */
export type EventValue = string | readonly EventValue[] | { readonly [key: string]: EventValue };

/** @param pattern resolved, as the model has it */
export function seesEvent(pattern: unknown, event: EventValue): Answer {
  if (isList(event)) return any(event.map((element) => seesEvent(pattern, element)));
  if (isObject(pattern)) {
    return all(
      Object.entries(pattern).map(([key, wanted]): Answer => {
        if (key === '$or') return Array.isArray(wanted) ? any(wanted.map((one) => seesEvent(one, event))) : undefined;
        const held = isObject(event) ? (event as Readonly<Record<string, EventValue>>)[key] : undefined;
        return held === undefined ? absent(wanted) : seesEvent(wanted, held);
      }),
    );
  }
  if (!Array.isArray(pattern)) return undefined;
  return typeof event === 'string' ? any(pattern.map((matcher) => matches(matcher, event))) : undefined;
}

function matches(matcher: unknown, held: string): Answer {
  const plain = keyOf(matcher);
  if (plain !== undefined) return compared(plain, held, plain.key === held);
  if (!isObject(matcher)) return undefined;
  const [[operator, argument] = [], ...more] = Object.entries(matcher);
  const wanted = keyOf(argument);
  if (more.length > 0 || wanted === undefined) return operator === 'exists' && argument === true ? true : undefined;
  switch (operator) {
    case 'prefix':
      return compared(wanted, held, held.startsWith(wanted.key));
    case 'suffix':
      return compared(wanted, held, held.endsWith(wanted.key));
    case 'wildcard':
      return compared(wanted, held, matchesWildcard(wanted.key, held));
    case 'exists':
      return wanted.key === 'true';
    default:
      return undefined;
  }
}

/** What is unknown on either side may be the same after all. */
function compared({ known }: { readonly known: boolean }, held: string, same: boolean): Answer {
  return same || (known && !held.includes('\u0000')) ? same : undefined;
}

/** What the pattern asks of a member that the event lacks. */
function absent(wanted: unknown): Answer {
  if (isObject(wanted)) return all(Object.values(wanted).map(absent));
  if (!Array.isArray(wanted)) return undefined;
  return any(wanted.map((one) => isObject(one) && keyOf(one) === undefined && one.exists === false));
}

function keyOf(value: unknown): { readonly key: string; readonly known: boolean } | undefined {
  const text = toText(value as Parameters<typeof toText>[0]);
  return text === undefined ? undefined : { key: textKey(text), known: literal(text) !== undefined };
}

function isList(value: EventValue): value is readonly EventValue[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('parts' in value);
}

function any(answers: readonly Answer[]): Answer {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function all(answers: readonly Answer[]): Answer {
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}
