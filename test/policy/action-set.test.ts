/** Sets of actions as bits are sets: every operation, beside the same on numbers. */
import * as fc from 'fast-check';
import { ActionSet } from '../../lib/policy/action-set';

const SIZE = 130;
/** Words at both ends empty, full or in between, with the bit that carries the sign. */
const ids = fc.oneof(
  fc.uniqueArray(fc.nat(SIZE - 1)),
  fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE)).map(([from, n]) => range(from, Math.min(SIZE, from + n))),
  fc.subarray([0, 31, 32, 63, 64, 95, 96, 127, 128]),
);

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

const sorted = (set: Iterable<number>): number[] => [...set].sort((a, b) => a - b);

test('every operation is what it is on sets of numbers', () => {
  fc.assert(
    fc.property(ids, ids, ids, (a, b, c) => {
      const [x, y, z] = [a, b, c].map((each) => ActionSet.holding(each)) as [ActionSet, ActionSet, ActionSet];
      const [mine, others] = [new Set(a), new Set(b)];
      const common = sorted(a.filter((id) => others.has(id)));
      expect([...x]).toEqual(sorted(a));
      expect(range(0, SIZE).filter((id) => x.has(id))).toEqual(sorted(a));
      expect([...ActionSet.unionOf([x, y, z])]).toEqual(sorted(new Set([...a, ...b, ...c])));
      expect([...x.union(y)]).toEqual(sorted(new Set([...a, ...b])));
      expect([...x.intersection(y)]).toEqual(common);
      expect([...x.without(y)]).toEqual(sorted(a.filter((id) => !others.has(id))));
      expect(x.firstCommon(y)).toBe(common[0]);
      expect(x.meets(y)).toBe(common.length > 0);
      expect(x.isEmpty).toBe(mine.size === 0);
      for (const size of [1, 31, 32, 33, 63, 64, SIZE]) {
        expect(x.isAll(size)).toBe(range(0, size).every((id) => mine.has(id)));
      }
    }),
  );
});

test('what operations answer can be operated on', () => {
  fc.assert(
    fc.property(ids, ids, ids, (a, b, c) => {
      const [x, y, z] = [a, b, c].map((each) => ActionSet.holding(each)) as [ActionSet, ActionSet, ActionSet];
      const [second, third] = [new Set(b), new Set(c)];
      const expected = sorted(a.filter((id) => !second.has(id) && third.has(id)));
      expect([...x.without(y).intersection(z)]).toEqual(expected);
      expect([...x.intersection(z).without(y)]).toEqual(expected);
      expect([...x.without(y).union(x.intersection(y))]).toEqual(sorted(a));
    }),
  );
});
