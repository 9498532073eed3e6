/**
 * Predicates on one value of a condition key, and the search for a value that satisfies several.
 *
 * String, ARN, Bool and Binary operators denote regular languages and are decided by the automata,
 * exactly. Numbers, dates and addresses denote finite unions of intervals: every set that such
 * predicates can tell apart contains a candidate (an end of an interval, a neighbour, a midpoint),
 * so trying the candidates decides. Only a key under both kinds at once may stay unknown.
 *
 * A condition that holds a hole or a policy variable is read in `may` where it is required and in
 * `must` where it is forbidden (see `glob.ts`).
 */
import { Automaton } from './automaton';
import type { KeyType } from './catalogue';
import type { BaseOperator, Condition, PolicyVersion } from './document';
import { compileGlob, type Mode, type Wildcards } from './glob';
import { type Interval, readDates, readIps, readNumbers } from './interval';
import { type Budget, findWord } from './language';
import { plainOf, type Word, wordOf } from './letter';
import { readBytes, writeBytes } from './operators/binary';
import { literal, type Text, text } from './text';

/** An operator without its negation: `StringNotLike` is a negated `StringLike`. */
interface Family {
  readonly negated: boolean;
  readonly kind: 'string' | 'numeric' | 'date' | 'ip' | 'null';
  readonly wildcards?: Wildcards;
  readonly ignoreCase?: boolean;
  readonly compare?: Comparison;
}
export type Comparison = '=' | '<' | '<=' | '>' | '>=';

const string = (wildcards: Wildcards, negated = false, ignoreCase = false): Family => ({
  kind: 'string',
  negated,
  wildcards,
  ignoreCase,
});
const ordered = (kind: 'numeric' | 'date', compare: Comparison, negated = false): Family => ({
  kind,
  compare,
  negated,
});

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const FAMILIES: Readonly<Record<BaseOperator, Family>> = {
  StringEquals: string('exact'),
  StringNotEquals: string('exact', true),
  StringEqualsIgnoreCase: string('exact', false, true),
  StringNotEqualsIgnoreCase: string('exact', true, true),
  StringLike: string('glob'),
  StringNotLike: string('glob', true),
  ArnEquals: string('arn'),
  ArnLike: string('arn'),
  ArnNotEquals: string('arn', true),
  ArnNotLike: string('arn', true),
  Bool: string('exact', false, true),
  BinaryEquals: string('exact'),
  NumericEquals: ordered('numeric', '='),
  NumericNotEquals: ordered('numeric', '=', true),
  NumericLessThan: ordered('numeric', '<'),
  NumericLessThanEquals: ordered('numeric', '<='),
  NumericGreaterThan: ordered('numeric', '>'),
  NumericGreaterThanEquals: ordered('numeric', '>='),
  DateEquals: ordered('date', '='),
  DateNotEquals: ordered('date', '=', true),
  DateLessThan: ordered('date', '<'),
  DateLessThanEquals: ordered('date', '<='),
  DateGreaterThan: ordered('date', '>'),
  DateGreaterThanEquals: ordered('date', '>='),
  IpAddress: { kind: 'ip', negated: false },
  NotIpAddress: { kind: 'ip', negated: true },
  Null: { kind: 'null', negated: false },
};

/** The un-negated operator of one condition, compiled: which single values match one of its values. */
export interface Matcher {
  readonly kind: 'string' | 'numeric' | 'date' | 'ip';
  /** For strings: the language, read in both modes (the same object when nothing is unknown). */
  readonly may?: Automaton;
  readonly must?: Automaton;
  /** For ordered kinds: the union of these; `unknown` when a value is not known or has a variable. */
  readonly intervals?: readonly Interval[];
  readonly unknown?: boolean;
}

/** By the version as well: statements of both share the conditions of the resources that attach them. */
const matchers = {
  '2008-10-17': new WeakMap<Condition, Matcher>(),
  '2012-10-17': new WeakMap<Condition, Matcher>(),
} satisfies Record<PolicyVersion, unknown>;

export function matcherOf(condition: Condition, version: PolicyVersion): Matcher {
  const known = matchers[version];
  let matcher = known.get(condition);
  if (matcher === undefined) {
    matcher = compileMatcher(condition, version);
    known.set(condition, matcher);
  }
  return matcher;
}

function compileMatcher(condition: Condition, version: PolicyVersion): Matcher {
  const family = FAMILIES[condition.operator];
  const variables = version === '2012-10-17' && family.kind === 'string' && condition.operator !== 'BinaryEquals';
  if (family.kind === 'null') throw new Error('internal: Null has no matcher');
  if (family.kind === 'string') {
    const compile = (mode: Mode): Automaton =>
      new Automaton(
        operandsOf(condition).map((v) =>
          compileGlob(v, { mode, wildcards: family.wildcards ?? 'exact', variables, ignoreCase: family.ignoreCase }),
        ),
        mode,
        family.ignoreCase,
      );
    const may = compile('may');
    return { kind: 'string', may, must: condition.values.some((v) => isUnknown(v, variables)) ? compile('must') : may };
  }
  const known = condition.values.map((v) => (isUnknown(v, variables) ? undefined : literal(v)));
  const read = family.kind === 'numeric' ? readNumbers : family.kind === 'date' ? readDates : readIps;
  return {
    kind: family.kind,
    intervals: known.flatMap((v) => (v === undefined ? [] : read(v, family.compare ?? '='))),
    unknown: known.includes(undefined),
  };
}

/** The values that can match at all: `Bool` reads two words, `BinaryEquals` bytes, whose base-64 is written one way. */
function operandsOf({ operator, values }: Condition): readonly Text[] {
  if (operator === 'Bool')
    return values.filter((v) => /^(true|false)$/i.test(literal(v) ?? 'true') || isUnknown(v, true));
  if (operator !== 'BinaryEquals') return values;
  return values.flatMap((v) => {
    const plain = literal(v);
    if (plain === undefined) return [v];
    const bytes = readBytes(plain);
    return bytes === undefined ? [] : [text(writeBytes(bytes))];
  });
}

/** True when the text has a hole or a policy variable. */
export function isUnknown(t: Text, variables: boolean): boolean {
  return t.parts.some((p) => typeof p !== 'string' || (variables && /\$\{(?![*?$]\})/.test(p)));
}

/** A predicate on one value: the matcher matches (`holds`), or it does not. */
export interface Predicate {
  readonly matcher: Matcher;
  readonly holds: boolean;
}

/** True iff the predicate is satisfied by the value, unknown parts read in the satisfying direction. */
export function satisfies(value: Word, { matcher, holds }: Predicate): boolean {
  if (matcher.kind === 'string') {
    return holds ? (matcher.may as Automaton).accepts(value) : !(matcher.must as Automaton).accepts(value);
  }
  const plain = plainOf(value);
  if (plain === undefined) return true;
  const inside = (matcher.intervals ?? []).some((i) => i.contains(plain));
  return holds ? inside || matcher.unknown === true : !inside;
}

/** A value of the key's type that satisfies all predicates, `undefined` if there is none, or `unknown`. */
export function findValue(
  predicates: readonly Predicate[],
  type: KeyType,
  budget: Budget,
): Word | undefined | 'unknown' {
  const all = (value: Word): boolean => predicates.every((p) => satisfies(value, p));
  if (type === 'bool') {
    const word = ['true', 'false'].map(wordOf).find(all);
    // A letter may have one of these values, and only the search below reads letters.
    if (word !== undefined || !predicates.some((p) => p.matcher.may !== p.matcher.must)) return word;
  }
  const others = predicates.filter((p) => p.matcher.kind !== 'string');
  if (predicates.length === 0 && (type === 'numeric' || type === 'date' || type === 'ip')) return wordOf(SAMPLES[type]);
  if (others.length === 0) {
    const required = predicates.filter((p) => p.holds).map((p) => p.matcher.may as Automaton);
    const forbidden = predicates.filter((p) => !p.holds).map((p) => p.matcher.must as Automaton);
    // AWS sends few empty values, so a witness without one reads better; but tags may be empty.
    for (const least of [1, 0]) {
      const search = findWord({ required, forbidden }, budget, least);
      if (search === 'exhausted') return 'unknown';
      if (search.found !== undefined) return search.found;
    }
    return undefined;
  }
  const kinds = new Set(predicates.map((p) => p.matcher.kind));
  const candidates = [...kinds].flatMap((kind) =>
    candidatesOf(
      kind,
      others.flatMap((p) => (p.matcher.kind === kind ? (p.matcher.intervals ?? []) : [])),
    ),
  );
  const found = candidates.map(wordOf).find(all);
  if (found !== undefined) return found;
  // A value that no operator of the kind can read satisfies all of them when none is required; keys
  // that AWS documents as numbers, dates or addresses have no such value.
  if (type !== 'numeric' && type !== 'date' && type !== 'ip' && others.every((p) => !p.holds)) {
    const word = findValue(
      predicates.filter((p) => p.matcher.kind === 'string'),
      type,
      budget,
    );
    if (word === 'unknown' || (word !== undefined && all(word))) return word;
  }
  return kinds.size === 1 ? undefined : 'unknown';
}

const SAMPLES = { ip: '192.0.2.1', numeric: '1', date: '2026-01-01T00:00:00Z' } as const;

/** The other family: a block of one is a limit to none of the other. */
const SAMPLE_IPV6 = '2001:db8::1';

function candidatesOf(kind: Matcher['kind'], intervals: readonly Interval[]): readonly string[] {
  if (kind === 'string') return [];
  const samples = kind === 'ip' ? [SAMPLES.ip, SAMPLE_IPV6] : [SAMPLES[kind]];
  return [...new Set(intervals.flatMap((i) => i.candidates(intervals)))].concat(samples);
}
