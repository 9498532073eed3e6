/** What is left out is disjoint for certain: against the engine, over random policies and over every kind of hole. */
import * as fc from 'fast-check';
import { CheckContext } from '../../lib/checks/check';
import { CandidateIndex } from '../../lib/checks/may-meet';
import type { Policies, PolicyDocument } from '../../lib/policy/document';
import { overlap } from '../../lib/policy/overlap';
import { type Hole, type Part, type Text, text } from '../../lib/policy/text';
import { policiesOf, written } from '../policy/laws/arbitraries';
import { SMALL } from '../policy/notation';

const context = new CheckContext(SMALL);
const index = (all: readonly (Policies | undefined)[], excepted?: PolicyDocument) =>
  new CandidateIndex(
    all.map((p) => ({ documents: p?.identityPolicies })),
    excepted?.statements ?? [],
    ({ action }) => context.actions(action),
  );
const pairs = (all: readonly (Policies | undefined)[], excepted?: PolicyDocument) => index(all, excepted).pairs();
/** As `pairs`, each candidate asked about with the statements of the others. */
const meetings = (all: readonly Policies[], excepted?: PolicyDocument) => {
  const found = index(all, excepted);
  return all.flatMap((p, i) => {
    const allowing = p.identityPolicies.flatMap((d) => d.statements.filter((s) => s.effect === 'Allow'));
    return [...found.meeting(allowing)]
      .filter((other) => other > i)
      .sort((a, b) => a - b)
      .map((other) => [i, other]);
  });
};

test('law: every pair that the engine does not call disjoint is among the pairs that may meet', () => {
  const counts = { kept: 0, leftOut: 0 };
  const one = written({ keys: 'sn', conditionsPerStatement: 1, statements: 2 }).map((w) =>
    policiesOf({ ...w, bounds: {} }),
  );
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 4 }), (all) => {
      const kept = new Set(pairs(all).map(([a, b]) => `${a} ${b}`));
      const met = new Set(meetings(all).map(([a, b]) => `${a} ${b}`));
      all.forEach((a, i) => {
        all.slice(i + 1).forEach((b, offset) => {
          const mayMeet = kept.has(`${i} ${i + 1 + offset}`);
          counts[mayMeet ? 'kept' : 'leftOut']++;
          if (!mayMeet || !met.has(`${i} ${i + 1 + offset}`)) expect(overlap(a, b, SMALL).verdict).toBe('disjoint');
        });
      });
    }),
    { seed: Number(process.env.SEED ?? 1), numRuns: Number(process.env.RUNS ?? 300) },
  );
  expect(counts.kept).toBeGreaterThan(50);
  expect(counts.leftOut).toBeGreaterThan(50);
});

test('law: leaving out exceptions that cannot match changes no answer', () => {
  const one = written({ keys: 's', conditionsPerStatement: 1, statements: 2 }).map((w) =>
    policiesOf({ ...w, bounds: {} }),
  );
  let excepted = 0;
  fc.assert(
    fc.property(one, one, one, (a, b, { identityPolicies }) => {
      const except = { ...identityPolicies[0]!, statements: identityPolicies.flatMap(({ statements }) => statements) };
      const { verdict } = overlap(a, b, SMALL, { except });
      if (verdict !== overlap(a, b, SMALL).verdict) excepted++;
      expect(context.overlap(a, b, { except }).verdict).toBe(verdict);
    }),
    { seed: Number(process.env.SEED ?? 1), numRuns: Number(process.env.RUNS ?? 300) },
  );
  expect(excepted).toBeGreaterThan(5);
});

const hole = (id: string, type: Hole['type'], more: Partial<Hole> = {}): Hole => ({
  hole: id,
  type,
  label: id,
  ...more,
});
const idA = hole('A', 'segment', { identity: 'role' });
const idB = hole('B', 'segment', { identity: 'role' });
const account = hole('account', 'account');

function on(...resources: Text[]): Policies {
  const statement = {
    effect: 'Allow' as const,
    index: 0,
    origin: 'x',
    version: '2012-10-17' as const,
    action: { not: false, patterns: [text('s:Get')] },
    resource: { not: false, patterns: resources },
    conditions: [],
  };
  return { identityPolicies: [{ version: '2012-10-17', origin: 'x', statements: [statement] }] };
}

describe('two resources', () => {
  test.each<[string, Text, Text, boolean]>([
    ['that are the same', text('arn:aws:s:::a'), text('arn:aws:s:::a'), true],
    ['that differ in a character', text('arn:aws:s:::a'), text('arn:aws:s:::b'), false],
    ['of which one is longer', text('arn:aws:s:::a'), text('arn:aws:s:::ab'), false],
    ['of which one begins like the other and goes on anyhow', text('arn:aws:s:::a*'), text('arn:aws:s:::ab'), true],
    ['that differ before a wildcard', text('arn:aws:s:::a*'), text('arn:aws:s:::b*'), false],
    ['that differ after a wildcard', text('arn:aws:s:::?a'), text('arn:aws:s:::?b'), true],
    ['with a policy variable', text('arn:aws:s:::${aws:username}'), text('arn:aws:s:::b'), true],
    ['with an escaped wildcard', text('arn:aws:s:::${*}'), text('arn:aws:s:::*'), true],
    ['with one account', text('arn:aws:s::', account, ':a'), text('arn:aws:s::', account, ':a'), true],
    [
      'with one account and different ends',
      text('arn:aws:s::', account, ':a'),
      text('arn:aws:s::', account, ':b'),
      false,
    ],
    ['with an account, known and not', text('arn:aws:s::', account, ':a'), text('arn:aws:s::111122223333:a'), true],
    ['named after two resources', text('arn:aws:s:::', idA), text('arn:aws:s:::', idB), false],
    ['in two resources', text('arn:aws:s:::', idA, '/x'), text('arn:aws:s:::', idB, '/*'), false],
    [
      'that begin with the names of two resources',
      text('arn:aws:s:::', idA, '*'),
      text('arn:aws:s:::', idB, '*'),
      true,
    ],
    ['that begin so, one of them', text('arn:aws:s:::', idA, 'x'), text('arn:aws:s:::', idB), true],
    [
      'named after two things of different kinds',
      text('arn:aws:s:::', idA),
      text('arn:aws:s:::', hole('C', 'segment', { identity: 'user' })),
      true,
    ],
    ['named after a resource and a name', text('arn:aws:s:::', idA), text('arn:aws:s:::a'), true],
    [
      'that a parameter names, with different ends',
      text('arn:aws:s:::', hole('P', 'any'), '/a'),
      text('arn:aws:s:::', hole('P', 'any'), '/b'),
      true,
    ],
  ])('%s', (_, a, b, mayMeet) => {
    expect(pairs([on(a), on(b)])).toEqual(mayMeet ? [[0, 1]] : []);
    expect(pairs([on(b), on(a)])).toEqual(mayMeet ? [[0, 1]] : []);
    expect(meetings([on(a), on(b)])).toEqual(mayMeet ? [[0, 1]] : []);
    expect(meetings([on(b), on(a)])).toEqual(mayMeet ? [[0, 1]] : []);
    // What is left out, the engine calls disjoint too.
    if (!mayMeet) expect(overlap(on(a), on(b), SMALL).verdict).toBe('disjoint');
  });
});

test('law: who does nothing himself is compared with those alone whose requests on him are asked about, and with all of them', () => {
  const partition = hole('partition', 'partition');
  const begin = fc.constantFrom<readonly Part[]>(['arn:', partition, ':s:::'], ['arn:aws:s:::']);
  const end = fc.array(fc.constantFrom<Part>('a', 'b', '/', '*', idA, idB, account), { maxLength: 3 });
  const resource = fc.tuple(begin, end).map(([first, rest]) => text(...first, ...rest));
  const policies = fc.array(resource, { minLength: 1, maxLength: 3 }).map((all) => on(...all));
  let [asked, left] = [0, 0];
  fc.assert(
    fc.property(fc.array(policies, { minLength: 2, maxLength: 8 }), fc.nat(8), fc.nat(8), (all, m, n) => {
      const [users, first] = [m, n].map((x) => Math.min(x, all.length)).sort((a, b) => a - b) as [number, number];
      const every = pairs(all);
      const expected = every.filter(([a, b]) => b < first || (a >= users && a < first));
      expect(index(all).pairs({ users, first })).toEqual(expected);
      asked += expected.length;
      left += every.length - expected.length;
    }),
    { seed: Number(process.env.SEED ?? 1), numRuns: Number(process.env.RUNS ?? 1000) },
  );
  expect(Math.min(asked, left)).toBeGreaterThan(500);
});

describe('principals', () => {
  const a = on(text('arn:aws:s:::a'));

  test('of which nothing is known may meet everybody', () => {
    expect(pairs([a, undefined, on(text('arn:aws:s:::b'))])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test('with a statement that cannot be read may meet everybody, whatever its effect seems to be', () => {
    const [document] = a.identityPolicies;
    const [statement] = document!.statements;
    const opaque = {
      ...document!,
      statements: [{ ...statement!, effect: 'Deny' as const, opaque: 'its effect is a parameter' }],
    };
    expect(pairs([on(text('arn:aws:s:::b')), { identityPolicies: [opaque] }])).toEqual([[0, 1]]);
  });

  test('that share only what is excepted do not meet, and a condition on the exception excepts nothing', () => {
    const [document] = a.identityPolicies;
    expect(pairs([a, a])).toEqual([[0, 1]]);
    expect(pairs([a, a], document)).toEqual([]);
    // Whoever asks who may make a request at all is told of common ones too.
    expect(meetings([a, a], document)).toEqual([[0, 1]]);
    const condition = { operator: 'Bool' as const, ifExists: false, key: 'r:b', values: [text('true')] };
    expect(
      pairs([a, a], { ...document!, statements: [{ ...document!.statements[0]!, conditions: [condition] }] }),
    ).toEqual([[0, 1]]);
  });

  test('that share an exception with a policy variable may meet: it has the value of one of them', () => {
    const own = on(text('arn:aws:s:::${aws:username}'));
    expect(pairs([own, own], own.identityPolicies[0])).toEqual([[0, 1]]);
    const anybody = on(text('arn:aws:s:::*'));
    expect(context.overlap(own, anybody, { except: own.identityPolicies[0]! }).verdict).toBe('disjoint');
    expect(context.overlap(anybody, own, { except: own.identityPolicies[0]! }).verdict).toBe('overlap');
  });
});

test('things are compared with their users alone', () => {
  const a = on(text('arn:aws:s:::a'));
  const all = index([a, a, a, a, a]);
  expect(all.pairs({ users: 1, first: 3 })).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
  ]);
  expect(all.pairs()).toHaveLength(10);
  // Alone in their groups too.
  const b = on(text('arn:aws:s:::b*'));
  const apart = index([a, on(text('arn:aws:s:::bc')), on(text('arn:aws:s:::a*')), b, b]);
  expect(apart.pairs({ users: 1, first: 2 })).toEqual([
    [1, 3],
    [1, 4],
  ]);
  expect(apart.pairs({ users: 2, first: 2 })).toEqual([]);
});

test('two that share only what is excepted are disjoint without a decision, unless later actions may be shared', () => {
  const with_ = (...actions: string[]): Policies => ({
    identityPolicies: actions.map((action) => {
      const [document] = on(text('arn:aws:s:::a')).identityPolicies;
      const [statement] = document!.statements;
      return { ...document!, statements: [{ ...statement!, action: { not: false, patterns: [text(action)] } }] };
    }),
  });
  const [except] = with_('s:Get').identityPolicies;
  expect(context.overlap(with_('s:Get'), with_('s:Get', 's:Put'), { except: except! }).verdict).toBe('disjoint');
  expect(context.overlap(with_('s:Get', 's:Put'), with_('s:Put'), { except: except! }).verdict).toBe('overlap');
  expect(context.overlap(with_('s:Get', 's:Later*'), with_('s:Late*'), { except: except! }).verdict).toBe('overlap');
});
