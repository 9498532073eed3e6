/** The laws of overlap and subset, as properties over random policies with conditions of every kind. */
import * as fc from 'fast-check';
import type { Policies, PolicyDocument } from '../../../lib/policy/document';
import { overlap } from '../../../lib/policy/overlap';
import { subset } from '../../../lib/policy/subset';
import { type Hole, type HoleType, type Text, text } from '../../../lib/policy/text';
import { principal, SMALL } from '../notation';
import { policiesOf, statement, type Written, written } from './arbitraries';

const SEED = Number(process.env.SEED ?? 1);
const RUNS = Number(process.env.RUNS ?? 400);
const options = { seed: SEED, numRuns: RUNS };

const RICH = { keys: 'smndbiay', conditionsPerStatement: 2, statements: 3 };
const one = written(RICH);

const verdict = (a: Policies, b: Policies) => overlap(a, b, SMALL).verdict;
const within = (a: Policies, b: Policies) => subset(a, b, SMALL).verdict;
const withIdentity = (w: Written, more: string): Written => ({ ...w, identity: `${w.identity}; ${more}` });
const NOTHING = principal('deny * on *');
const EVERYTHING = principal('allow * on *');

describe('overlap', () => {
  test('is symmetric', () => {
    fc.assert(
      fc.property(one, one, (x, y) => {
        expect(verdict(policiesOf(x), policiesOf(y))).toBe(verdict(policiesOf(y), policiesOf(x)));
      }),
      options,
    );
  });

  test('does not end when an Allow is added', () => {
    let seen = 0;
    fc.assert(
      fc.property(one, one, statement(RICH, 'allow'), (x, y, more) => {
        if (verdict(policiesOf(x), policiesOf(y)) !== 'overlap') return;
        seen++;
        expect(verdict(policiesOf(withIdentity(x, more)), policiesOf(y))).toBe('overlap');
      }),
      options,
    );
    expect(seen).toBeGreaterThan(RUNS / 20);
  });

  test('does not begin when a Deny, or a boundary, is added', () => {
    let seen = 0;
    fc.assert(
      fc.property(one, one, statement(RICH, 'deny'), (x, y, more) => {
        if (verdict(policiesOf(x), policiesOf(y)) !== 'disjoint') return;
        seen++;
        expect(verdict(policiesOf(withIdentity(x, more)), policiesOf(y))).toBe('disjoint');
        if (x.bounds.boundary === undefined) {
          const bounded = { ...x, bounds: { ...x.bounds, boundary: more.replace(/^deny/, 'allow') } };
          expect(verdict(policiesOf(bounded), policiesOf(y))).toBe('disjoint');
        }
      }),
      options,
    );
    expect(seen).toBeGreaterThan(RUNS / 20);
  });

  test('is the same whether a boundary is one of the policies attached, or says the same', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(one, one, one, fc.constantFrom('alone', 'beside another', 'beside a grant'), (x, z, y, how) => {
        const [a, b] = [policiesOf(x), policiesOf(y)];
        const [remit] = a.identityPolicies as [PolicyDocument];
        const more = policiesOf(z).identityPolicies;
        const own: Policies = {
          ...a,
          identityPolicies: how === 'beside another' ? [remit, ...more] : [remit],
          ...(how === 'beside a grant' ? { resourceGrants: more } : {}),
        };
        const itself = { ...own, permissionsBoundary: remit };
        const copied = { ...own, permissionsBoundary: structuredClone(remit) };
        seen.add(`${verdict(itself, b)} ${how}`);
        expect(verdict(itself, b)).toBe(verdict(copied, b));
        expect(within(itself, b)).toBe(within(copied, b));
        expect(within(b, itself)).toBe(within(b, copied));
      }),
      options,
    );
    for (const how of ['alone', 'beside another', 'beside a grant'])
      for (const answer of ['overlap', 'disjoint']) expect(seen).toContain(`${answer} ${how}`);
  });

  test('of a principal with itself is: it allows anything at all', () => {
    let nothing = 0;
    const narrow = fc.oneof(
      one,
      one.map((w) => withIdentity(w, 'deny s:* on *')),
      one.map((w) => withIdentity(w, 'deny * on *')),
    );
    fc.assert(
      fc.property(narrow, (x) => {
        const a = policiesOf(x);
        const allowsAnything = verdict(a, EVERYTHING);
        if (allowsAnything === 'disjoint') nothing++;
        expect(verdict(a, a)).toBe(allowsAnything);
        expect(within(a, NOTHING)).toBe(allowsAnything === 'overlap' ? 'not-subset' : 'subset');
      }),
      options,
    );
    expect(nothing).toBeGreaterThan(RUNS / 20);
  });

  test('is nothing new: a principal that overlaps nobody is within the complement of the other', () => {
    // With keys of the request only, A and B are disjoint iff A is within "everything but B", which
    // for a B of one unconditional Allow without bounds is one Deny.
    const plain = { keys: '', conditionsPerStatement: 0, statements: 3 };
    let disjoint = 0;
    fc.assert(
      fc.property(written(plain), statement(plain, 'allow'), (x, allow) => {
        const a = policiesOf(x);
        const b = principal(allow);
        const butB = principal(`allow * on *; ${allow.replace(/^allow/, 'deny')}`);
        const found = verdict(a, b);
        if (found === 'disjoint') disjoint++;
        expect(within(a, butB)).toBe(found === 'disjoint' ? 'subset' : 'not-subset');
      }),
      options,
    );
    expect(disjoint).toBeGreaterThan(RUNS / 20);
  });

  test('agrees with subset against the complement, with conditions on keys of the request', () => {
    const shared = (w: string) => w.replaceAll(' c:', ' r:');
    const rich = { keys: 'smnbi', conditionsPerStatement: 2, statements: 1 };
    let disjoint = 0;
    fc.assert(
      fc.property(statement(rich, 'allow'), statement(rich, 'allow'), (x, y) => {
        // Renaming may make two conditions of one statement say one key twice.
        fc.pre(
          [x, y].every(
            (s) => new Set(s.match(/\S+ [rc]:\w+/g)?.map(shared)).size === (s.match(/\S+ [rc]:\w+/g)?.length ?? 0),
          ),
        );
        const [a, b] = [principal(shared(x)), principal(shared(y))];
        const butB = principal(`allow * on *; ${shared(y).replace(/^allow/, 'deny')}`);
        const found = verdict(a, b);
        if (found === 'disjoint') disjoint++;
        expect(within(a, butB)).toBe(found === 'disjoint' ? 'subset' : 'not-subset');
      }),
      options,
    );
    expect(disjoint).toBeGreaterThan(RUNS / 20);
  });
});

describe('subset', () => {
  test('is reflexive', () => {
    fc.assert(
      fc.property(one, (x) => {
        expect(within(policiesOf(x), policiesOf(x))).toBe('subset');
      }),
      options,
    );
  });

  test('is transitive', () => {
    let seen = 0;
    fc.assert(
      fc.property(one, statement(RICH), statement(RICH), one, (x, more, evenMore, z) => {
        const a = policiesOf({ ...x, bounds: { ...x.bounds, boundary: z.identity } });
        const b = policiesOf(withIdentity(x, more));
        const c = policiesOf(withIdentity(x, `${more}; ${evenMore}`));
        for (const [p, q, r] of [
          [a, b, c],
          [c, b, a],
          [b, c, a],
        ] as const) {
          if (within(p, q) !== 'subset' || within(q, r) !== 'subset') continue;
          seen++;
          expect(within(p, r)).toBe('subset');
        }
      }),
      options,
    );
    expect(seen).toBeGreaterThan(RUNS / 20);
  });

  test('grows with an Allow on the right, shrinks with a Deny on the left', () => {
    let seen = 0;
    fc.assert(
      fc.property(one, one, statement(RICH, 'allow'), statement(RICH, 'deny'), (x, y, allow, deny) => {
        const a = policiesOf({ ...x, bounds: { ...x.bounds, boundary: y.identity } });
        const b = policiesOf({ identity: y.identity, bounds: {} });
        if (within(a, b) !== 'subset') return;
        seen++;
        const wider = policiesOf({ identity: `${y.identity}; ${allow}`, bounds: {} });
        const narrower = policiesOf({
          identity: `${x.identity}; ${deny}`,
          bounds: { ...x.bounds, boundary: y.identity },
        });
        expect(within(a, wider)).toBe('subset');
        expect(within(narrower, b)).toBe('subset');
      }),
      options,
    );
    expect(seen).toBeGreaterThan(RUNS / 20);
  });

  test('of disjoint principals holds only for one that allows nothing', () => {
    fc.assert(
      fc.property(one, one, (x, y) => {
        const [a, b] = [policiesOf(x), policiesOf(y)];
        if (verdict(a, b) !== 'disjoint' || within(a, b) !== 'subset') return;
        expect(verdict(a, EVERYTHING)).toBe('disjoint');
      }),
      options,
    );
  });
});

describe('holes', () => {
  const TYPES: readonly HoleType[] = ['account', 'region', 'segment', 'any'];

  /** Puts holes where the policy says `ab` or `x`, the same hole for the same text. */
  function withHoles(
    p: Policies,
    name: (text: string) => string,
    typed: HoleType,
    identity: string | undefined,
  ): Policies {
    const hole = (value: string): Hole => ({
      hole: name(value),
      type: typed,
      label: value,
      ...(identity ? { identity } : {}),
    });
    const replace = (t: Text): Text =>
      text(
        ...t.parts.flatMap((part) =>
          typeof part === 'string' ? part.split(/(ab|\bx\b)/).map((s) => (/^(ab|x)$/.test(s) ? hole(s) : s)) : [part],
        ),
      );
    const inDocument = (d: PolicyDocument): PolicyDocument => ({
      ...d,
      statements: d.statements.map((s) => ({
        ...s,
        ...(s.resource ? { resource: { ...s.resource, patterns: s.resource.patterns.map(replace) } } : {}),
        conditions: s.conditions.map((c) =>
          c.operator.startsWith('String') ? { ...c, values: c.values.map(replace) } : c,
        ),
      })),
    });
    return {
      identityPolicies: p.identityPolicies.map(inDocument),
      ...(p.permissionsBoundary ? { permissionsBoundary: inDocument(p.permissionsBoundary) } : {}),
    };
  }

  const strings = { keys: 's', conditionsPerStatement: 1, statements: 3 };
  const kind = fc.record({
    type: fc.constantFrom(...TYPES),
    identity: fc.option(fc.constant('role'), { nil: undefined }),
  });

  test('renaming them changes nothing', () => {
    fc.assert(
      fc.property(written(strings), written(strings), kind, (x, y, { type, identity }) => {
        const [a, b] = [policiesOf(x), policiesOf(y)];
        const named = (name: (t: string) => string) =>
          [withHoles(a, name, type, identity), withHoles(b, name, type, identity)] as const;
        const [a1, b1] = named((t) => `hole-${t}`);
        const [a2, b2] = named((t) => (t === 'x' ? 'z9' : 'a0'));
        expect(verdict(a1, b1)).toBe(verdict(a2, b2));
        expect(within(a1, b1)).toBe(within(a2, b2));
      }),
      options,
    );
  });

  test('a hole that may be anything is no safer than any of its values', () => {
    // If the literal policies overlap, so do the policies in which the literals are unknown.
    let seen = 0;
    fc.assert(
      fc.property(written(strings), written(strings), (x, y) => {
        const [a, b] = [policiesOf(x), policiesOf(y)];
        if (verdict(a, b) !== 'overlap') return;
        seen++;
        const name = (t: string) => t;
        expect(verdict(withHoles(a, name, 'any', undefined), withHoles(b, name, 'any', undefined))).not.toBe(
          'disjoint',
        );
      }),
      options,
    );
    expect(seen).toBeGreaterThan(RUNS / 20);
  });
});
