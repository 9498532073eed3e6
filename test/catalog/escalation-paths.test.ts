import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { ESCALATION_PATHS, type EscalationPath } from '../../lib/catalog/escalation-paths';

const published = readFileSync(join(__dirname, 'published-paths.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [id: string, kind: string, requests: string]);

test('ids are unique', () => {
  expect(new Set(ESCALATION_PATHS.map(({ id }) => id)).size).toBe(ESCALATION_PATHS.length);
});

test('the published list is there in full: 65 paths', () => {
  expect(published.length).toBe(65);
});

test.each(published)('%s is there as published', (id, kind, requests) => {
  const path = ESCALATION_PATHS.find((p) => p.id === id)!;
  expect(path.kind).toBe(kind);
  expect(path.requests.map(({ action }) => action).join('+')).toBe(requests);
});

test('more paths than the published ones', () => {
  expect(ESCALATION_PATHS.length).toBeGreaterThan(200);
});

test('every action exists, in the spelling of the catalogue', () => {
  const { actionId, actions } = awsCatalogue();
  const all = ESCALATION_PATHS.flatMap((path) => path.requests.map(({ action }) => action));
  expect(all.filter((action) => actions.at(actionId(action) ?? actions.length) !== action)).toEqual([]);
});

test('every row has a source, and says in a sentence what is done', () => {
  const bad = ESCALATION_PATHS.filter(
    ({ source, does }) =>
      !/^https:\/\/(docs\.aws\.amazon\.com|pathfinding\.cloud)\/\S+$/.test(source) || !/^[a-z][^.]{9,}$/.test(does),
  );
  expect(bad).toEqual([]);
});

test('a role is passed where a passed role is reached, to a service that may be passed it, and nowhere else', () => {
  const passes = (p: EscalationPath) => p.requests.find(({ action }) => action === 'iam:PassRole');
  for (const path of ESCALATION_PATHS.filter(({ reached }) => reached.kind === 'passed-role')) {
    const { reached } = path;
    expect(passes(path)?.target).toBe('target-role');
    const to = passes(path)!.context!['iam:PassedToService'] as readonly string[];
    if (reached.kind === 'passed-role') expect(reached.services.filter((service) => !to.includes(service))).toEqual([]);
  }
  const others = ESCALATION_PATHS.filter(({ reached }) => !['passed-role', 'federated-roles'].includes(reached.kind));
  expect(others.filter((path) => passes(path) !== undefined)).toEqual([]);
});

test('service principals are spelt as AWS spells them', () => {
  const services = ESCALATION_PATHS.flatMap(({ reached }) => (reached.kind === 'passed-role' ? reached.services : []));
  expect(services.filter((service) => !/^[a-z0-9.-]+\.amazonaws\.com$/.test(service))).toEqual([]);
});

test('no row asks for more than another of ours with the same outcome', () => {
  const listed = new Set(published.map(([id]) => id));
  const covered = ESCALATION_PATHS.filter((path) => !listed.has(path.id)).filter((path) =>
    ESCALATION_PATHS.some((other) => other !== path && asksLess(other, path)),
  );
  expect(covered.map(({ id }) => id)).toEqual([]);
});

function asksLess(a: EscalationPath, b: EscalationPath): boolean {
  const of = ({ requests }: EscalationPath) =>
    requests.map((r) => `${r.action} ${r.target === 'any' ? 'new-compute' : r.target}`);
  return JSON.stringify(a.reached) === JSON.stringify(b.reached) && of(a).every((request) => of(b).includes(request));
}
