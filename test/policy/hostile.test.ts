/** Policies made to exhaust an engine: each ends within the work limit, in a verdict that is true or `undecided`. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { Policies } from '../../lib/policy/document';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { subset } from '../../lib/policy/subset';

const catalogue = awsCatalogue();
const of = (...statements: unknown[]): Policies => ({
  identityPolicies: [parsePolicy({ Version: '2012-10-17', Statement: statements }, 'hostile')],
});
const statement = (Effect: string) => (Action: string, Resource: unknown, Condition?: unknown) => ({
  Effect,
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const allow = statement('Allow');
const deny = statement('Deny');
const times = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const stars = (piece: string, n: number) => `*${times(n, () => piece).join('*')}*`;
const object = (key: string) => `arn:aws:s3:::b/${key}`;

/** Verdicts that are true of the pair; `undecided` is always honest. */
const cases: readonly (readonly [string, Policies, Policies, 'disjoint' | 'overlap'])[] = [
  [
    'nested stars',
    of(allow('s3:GetObject', object(stars('a', 60)))),
    of(allow('s3:GetObject', object(stars('b', 60)))),
    'overlap',
  ],
  [
    'nested stars on five sides',
    of(allow('s3:GetObject', object(stars('a', 40))), deny('*', stars('c', 40)), deny('*', stars('ab', 30))),
    of(allow('s3:GetObject', object(stars('b', 60))), deny('*', stars('ba', 30))),
    'overlap',
  ],
  [
    'a window of question marks',
    of(allow('s3:GetObject', object(`*a${'?'.repeat(40)}`))),
    of(allow('s3:GetObject', object(`*b${'?'.repeat(40)}`))),
    'disjoint',
  ],
  [
    'a window of question marks, denied',
    of(allow('s3:GetObject', object(`*a${'?'.repeat(40)}`))),
    of(allow('s3:GetObject', '*'), deny('s3:GetObject', object(`*a${'?'.repeat(40)}`))),
    'disjoint',
  ],
  [
    'ten kilobytes of literal',
    of(allow('s3:GetObject', object(`${'a'.repeat(10_000)}*`))),
    of(allow('s3:GetObject', object(`*${'a'.repeat(10_000)}`))),
    'overlap',
  ],
  [
    'ten kilobytes of stars',
    of(allow('s3:GetObject', object(stars('ab', 3_000)))),
    of(allow('s3:GetObject', object(stars('ba', 3_000)))),
    'overlap',
  ],
  [
    'five thousand statements',
    of(...times(5_000, (i) => allow('s3:GetObject', `arn:aws:s3:::bucket-a-${i}/*`))),
    of(...times(5_000, (i) => allow('s3:GetObject', `arn:aws:s3:::bucket-b-${i}/*`))),
    'disjoint',
  ],
  [
    'two thousand conditions against two thousand',
    of(
      ...times(2_000, (i) =>
        allow('s3:GetObject', `arn:aws:s3:::bucket-${i}/*`, { StringEquals: { 's3:ExistingObjectTag/x': `a${i}` } }),
      ),
    ),
    of(...times(2_000, (i) => allow('s3:GetObject', '*', { StringEquals: { 's3:ExistingObjectTag/x': `b${i}` } }))),
    'disjoint',
  ],
  [
    'deep NotAction and NotResource',
    of(
      allow('*', '*'),
      ...times(50, (i) => ({
        Effect: 'Deny',
        NotAction: `s3:${'abcdefgh'[i % 8]}*`,
        NotResource: [`*${i % 10}*`, `*${(i * 7) % 10}x*`],
      })),
    ),
    of(allow('s3:GetObject', '*')),
    'overlap',
  ],
  [
    'hundreds of conditional denies',
    of(
      allow('s3:GetObject', '*'),
      ...times(300, (i) =>
        deny('s3:GetObject', `arn:aws:s3:::x${i}*`, { StringNotEquals: { [`aws:PrincipalTag/k${i % 17}`]: `v${i}` } }),
      ),
    ),
    of(
      allow('s3:GetObject', '*'),
      ...times(300, (i) => deny('s3:*', `*${i}*`, { StringEquals: { [`s3:ExistingObjectTag/k${i % 13}`]: `v${i}` } })),
    ),
    'overlap',
  ],
];

describe('hostile policies', () => {
  it.each(cases)('%s', (_, a, b, truth) => {
    expect([truth, 'undecided']).toContain(overlap(a, b, catalogue).verdict);
    expect(['not-subset', 'subset', 'undecided']).toContain(subset(a, b, catalogue).verdict);
  });

  it('the limit is what stops them: more work decides more', () => {
    const window = object(`*a${'?'.repeat(8)}`);
    const [a, b] = [of(allow('s3:GetObject', window)), of(allow('s3:GetObject', '*'), deny('s3:GetObject', window))];
    expect(overlap(a, b, catalogue, { budget: 1_000 }).verdict).toBe('undecided');
    expect(overlap(a, b, catalogue, { budget: 10_000_000 }).verdict).toBe('disjoint');
  });
});
