/**
 * Policies in the notation, for fast-check: few actions, names, keys and values, so that statements
 * meet often and miss narrowly. A failure prints policies that can be pasted into a test.
 */
import * as fc from 'fast-check';
import type { Policies } from '../../../lib/policy/document';
import { type Bounds, principal } from '../notation';

const actions = fc.oneof(
  { weight: 5, arbitrary: fc.subarray(['s:Get', 's:Move', 't:Do', 's:List'], { minLength: 1, maxLength: 2 }) },
  {
    weight: 3,
    arbitrary: fc.subarray(['s:*', 's:*e*', 't:?o', '*:get', 't:*', 's:M*'], { minLength: 1, maxLength: 2 }),
  },
  { weight: 3, arbitrary: fc.constant(['*']) },
);

const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'b',
      'a/b',
      'a/*',
      '*/a',
      'b*',
      '*b',
      '?',
      '?/a',
      'a*b',
      'ab',
      'a/?',
      '*a*',
      'a/b*',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('a', 'b', '/', '*', '?'), { minLength: 1, maxLength: 4 })
      .map((c) => c.join('')),
  },
);

const job = fc.constantFrom(
  'arn:aws:t:a:111111111111:a',
  'arn:aws:t:*:111111111111:*',
  'arn:aws:t:?:222222222222:a*',
  'arn:aws:t:b:*:b',
  'arn:aws:t:*:a',
  'arn:aws:t:*b',
  'arn:aws:?:*:*a*',
  'arn:*:ab',
);

const resources = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }) },
  { weight: 3, arbitrary: fc.uniqueArray(fc.oneof(name, job), { minLength: 1, maxLength: 2 }) },
  { weight: 4, arbitrary: fc.constant(['*']) },
);

const STRINGS = ['x', 'y', 'X', 'xy', 'x*', '*y', '?', 'x?', '*'];
const STRING_OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
];
const ORDERED = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'];

interface Family {
  readonly letter: string;
  readonly operators: readonly string[];
  readonly values: readonly string[];
  readonly quantified: boolean;
}

const FAMILIES: readonly Family[] = [
  { letter: 's', operators: STRING_OPERATORS, values: STRINGS, quantified: false },
  { letter: 'm', operators: STRING_OPERATORS, values: STRINGS, quantified: true },
  {
    letter: 'n',
    operators: ORDERED.map((o) => `Numeric${o}`),
    values: ['1', '2', '3', '2.5', '-1'],
    quantified: false,
  },
  {
    letter: 'd',
    operators: ORDERED.map((o) => `Date${o}`),
    values: ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    quantified: false,
  },
  { letter: 'b', operators: ['Bool'], values: ['true', 'false'], quantified: false },
  {
    letter: 'i',
    operators: ['IpAddress', 'NotIpAddress'],
    values: ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.0.2.0/31', '2001:db8::/32', '2001:db8::1'],
    quantified: false,
  },
  {
    letter: 'a',
    operators: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    values: [
      'arn:aws:t:a:111111111111:a',
      'arn:aws:t:*:111111111111:*',
      'arn:aws:?:a:*:a',
      'arn:aws:t:a:111111111111:a:*',
    ],
    quantified: false,
  },
  { letter: 'y', operators: ['BinaryEquals'], values: ['eA==', 'eB==', 'eHk=', 'eQ=='], quantified: false },
];

/** At most `perStatement` conditions on the keys of the given letters; `r:s` and `c:s` are the common ones. */
function conditions({ keys: letters, conditionsPerStatement, conditionsAlone }: Vocabulary): fc.Arbitrary<string> {
  // Where conditions alone decide, they are about one key of the request, so that they meet.
  const scope = conditionsAlone ? fc.constant('r') : fc.constantFrom('r', 'c');
  const families = FAMILIES.filter((f) => letters.includes(f.letter));
  const one = fc.constantFrom(...families).chain((family) => {
    const quantifier = family.quantified ? fc.constantFrom('ForAllValues:', 'ForAnyValue:', '') : fc.constant('');
    const plain = fc.record({
      quantifier,
      operator: fc.constantFrom(...family.operators),
      ifExists: fc.constantFrom('', '', '', 'IfExists'),
      scope,
      present: conditionsAlone ? fc.constant('') : fc.constantFrom('', '', '', '', 'p'),
      values: fc.subarray([...family.values], { minLength: 1, maxLength: 2 }),
    });
    return fc.oneof(
      {
        weight: 8,
        arbitrary: plain.map(
          (c) =>
            `${c.quantifier}${c.operator}${c.ifExists} ${c.scope}:${family.letter}${c.present} ${c.values.join('|')}`,
        ),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(quantifier, scope, fc.boolean())
          .map(([quantified, scope, absent]) => `${quantified}Null ${scope}:${family.letter} ${absent}`),
      },
    );
  });
  const operatorAndKey = (c: string) => c.split(' ').slice(0, 2).join(' ');
  return fc
    .uniqueArray(one, { maxLength: conditionsPerStatement, selector: operatorAndKey })
    .map((list) => list.join(' & '));
}

export interface Vocabulary {
  /** Letters of the key types that conditions may use; none for policies without conditions. */
  readonly keys: string;
  readonly conditionsPerStatement: number;
  /** Every action on every resource, so that conditions alone decide; all about the one key of a type. */
  readonly conditionsAlone?: boolean;
  readonly statements: number;
}

export function statement(vocabulary: Vocabulary, effect?: 'allow' | 'deny'): fc.Arbitrary<string> {
  const not = fc.constantFrom('', '', '', '', '', '!');
  const condition = vocabulary.keys === '' ? fc.constant('') : conditions(vocabulary);
  return fc
    .record({
      effect: effect === undefined ? fc.constantFrom('allow', 'allow', 'deny') : fc.constant(effect),
      notAction: vocabulary.conditionsAlone ? fc.constant('') : not,
      actions: vocabulary.conditionsAlone ? fc.constant(['*']) : actions,
      notResource: vocabulary.conditionsAlone ? fc.constant('') : not,
      resources: vocabulary.conditionsAlone ? fc.constant(['*']) : resources,
      condition,
    })
    .map((s) =>
      `${s.effect} ${s.notAction}${s.actions.join(',')} on ${s.notResource}${s.resources.join(',')}${s.condition && ` if ${s.condition}`}`
        // Nothing at all is a rare thing to allow.
        .replace(/!\*(?= )/g, '*'),
    );
}

export function documentNotation(vocabulary: Vocabulary): fc.Arbitrary<string> {
  return fc
    .tuple(statement(vocabulary, 'allow'), fc.array(statement(vocabulary), { maxLength: vocabulary.statements - 1 }))
    .map(([first, rest]) => [first, ...rest].join('; '));
}

export interface Written {
  readonly identity: string;
  readonly bounds: Bounds;
}

export function written(vocabulary: Vocabulary): fc.Arbitrary<Written> {
  const doc = documentNotation(vocabulary);
  // As they are written: everything but for what follows, or a list of what may be.
  const wide = fc
    .array(statement(vocabulary, 'deny'), { maxLength: 1 })
    .map((denied) => ['allow * on *', ...denied].join('; '));
  const sometimes = (percent: number, bound: keyof Bounds) =>
    fc.oneof(
      { weight: 100 - percent, arbitrary: fc.constant({}) },
      { weight: percent, arbitrary: fc.oneof(doc, wide).map((notation) => ({ [bound]: notation })) },
    );
  return fc
    .tuple(doc, sometimes(25, 'boundary'), sometimes(10, 'session'), sometimes(10, 'scp'))
    .map(([identity, ...bounds]) => ({ identity, bounds: Object.assign({}, ...bounds) as Bounds }));
}

export function policiesOf({ identity, bounds }: Written): Policies {
  return principal(identity, bounds);
}
