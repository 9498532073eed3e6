/** Precision: pairs that are disjoint by construction raise no alarm, whatever keeps them apart. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { overlap } from '../../lib/policy/overlap';
import { DEVICES, disjointPair } from './disjoint-by-construction';
import { parsePolicies } from './pairs';
import type { PoliciesJson } from './policies-json';
import { Random } from './random';

const PAIRS = 1_000;
const catalogue = awsCatalogue();
const decide = (a: PoliciesJson, b: PoliciesJson) => overlap(parsePolicies(a), parsePolicies(b), catalogue);

describe.each(DEVICES)(`${PAIRS / DEVICES.length} pairs kept apart by %s`, (device) => {
  const random = new Random(20261121 + DEVICES.indexOf(device));
  const pairs = Array.from({ length: PAIRS / DEVICES.length }, () => disjointPair(random, device));

  test('none overlaps', () => {
    const alarms = pairs.map(([a, b]) => decide(a, b)).filter(({ verdict }) => verdict !== 'disjoint');
    expect(alarms).toEqual([]);
  });

  test('either side overlaps itself, so the pairs are not disjoint for want of anything allowed', () => {
    for (const [a, b] of pairs.slice(0, 20)) {
      expect(decide(a, a).verdict).toBe('overlap');
      if (device !== 'scp') expect(decide(b, b).verdict).toBe('overlap');
    }
  });
});
