/** Precision at scale: an estate without hidden overlap has no finding, and seeded ones are found one by one. */
import { runChecks } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import { estate, SEEDS } from './estate';

jest.setTimeout(300_000);

const DOMAINS = 300;

test('the estate has ten roles a domain', () => {
  const { templates, configuration } = estate(3);
  expect(buildModel(templates, configuration).principals).toHaveLength(30);
});

test.each([0, 1, 10, 100])('300 domains with %d hidden overlaps: as many findings, one for each', (seeds) => {
  const { templates, configuration, seeded } = estate(DOMAINS, seeds);
  const findings = runChecks(buildModel(templates, configuration));
  expect(findings.map((f) => f.severity)).toEqual(Array(seeds).fill('violated'));
  // Each finding is about the domain of one seed, and each seed has its finding.
  const domains = seeded.map((s) => s.split(':')[0]!);
  const found = findings.map((f) => domains.filter((d) => f.principals.some((p) => p.startsWith(`${d}/`))));
  expect(new Set(found.map(([d]) => d)).size).toBe(seeds);
});

test('every kind of seed is among the first hundred', () => {
  expect(new Set(estate(DOMAINS, 100).seeded.map((s) => s.slice(s.indexOf(': ') + 2))).size).toBe(
    Object.keys(SEEDS).length,
  );
});
