/** What a run says in the end: every control is shown, a run that is not as expected fails, and the evidence is fresh. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DUTIES } from '../../lib/model/model';
import { EVIDENCE } from '../controls/evidence';
import { ATTACKED, controlsOf, coverage } from './live/controls';
import { covered, type Evidence, passed, type Row, row, toMarkdown } from './live/evidence';
import { DOMAINS, ROOT } from './live/place';
import { PROBES } from './live/probes';

jest.setTimeout(300_000);

const evidence = JSON.parse(readFileSync(join(ROOT, 'docs', 'e2e-evidence.json'), 'utf8')) as Evidence;
const markdown = readFileSync(join(ROOT, 'docs', 'e2e-evidence.md'), 'utf8');
const page = readFileSync(join(ROOT, 'docs', 'e2e.md'), 'utf8');

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(join(ROOT, 'node_modules', '.bin', 'tsx'), [join(ROOT, 'test', 'e2e', 'live', 'main.ts'), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 280_000,
  });

test('every control has an attack, and no attack is about anything else', () => {
  expect(ATTACKED.map(({ id }) => id)).toEqual(EVIDENCE.map(({ id }) => id));
  const known = new Set(ATTACKED.map(({ id }) => id));
  expect(evidence.rows.flatMap(controlsOf).filter((id) => !known.has(id))).toEqual([]);
});

describe('a run passes', () => {
  const changed = (change: (rows: readonly Row[]) => readonly Row[]): Evidence => ({
    ...evidence,
    rows: change(evidence.rows),
  });
  const fails = (of: Evidence) => expect(passed(of)).toBe(false);

  test('iff all is as expected, nothing differs, and every control is shown', () => {
    expect(passed(evidence)).toBe(true);
    fails(changed((rows) => [...rows, row('D2', 'attack', 'live', { observed: 'allowed' })]));
    fails(
      changed((rows) => [
        ...rows,
        row('D2', 'attack', 'live', { observed: 'denied', twin: { what: '', holds: false } }),
      ]),
    );
    fails(changed((rows) => rows.filter((r) => !controlsOf(r).includes('D15'))));
    const [differing] = [{ role: 'public/deploy' }] as unknown as Evidence['matrix']['differ'];
    fails({ ...evidence, matrix: { ...evidence.matrix, differ: differing === undefined ? [] : [differing] } });
    fails({ ...evidence, matrix: { ...evidence.matrix, cells: 0 } });
  });

  test('without the emulator only where the attack cannot do without it', () => {
    const stateOf = (withEmulator: boolean, id: string) =>
      coverage([], withEmulator).find((control) => control.id === id)?.state;
    expect([stateOf(false, 'D8'), stateOf(true, 'D8')]).toEqual(['needs the emulator', 'NOT SHOWN']);
    expect([stateOf(false, 'D2'), stateOf(true, 'D2')]).toEqual(['NOT SHOWN', 'NOT SHOWN']);
  });
});

describe('the evidence', () => {
  test('shows every control, and was written by this code', () => {
    expect(evidence.emulator).toMatch(/^fakecloud /);
    expect(covered(evidence).filter(({ state }) => state !== 'shown')).toEqual([]);
    expect(markdown).toBe(toMarkdown(evidence));
  });

  test('names no place of the machine that it was made on', () => {
    const places = /\/(tmp|root|home|work|Users|private)\/|127\.0\.0\.1|localhost/;
    expect(JSON.stringify(evidence)).not.toMatch(places);
    expect('kept: /tmp/bulkhead').toMatch(places);
  });

  test('has the size that docs/e2e.md says', () => {
    const roles = DOMAINS.length * (DUTIES.length + 2);
    expect(page).toContain(`${roles} roles × ${PROBES.length} sensitive requests`);
    // The internal domain has no user pool to ask for.
    const pools = PROBES.filter(({ action }) => action.startsWith('cognito-idp:')).length;
    expect(evidence.matrix.cells).toBe(roles * (PROBES.length * DOMAINS.length - pools));
    expect(page).toContain(`${evidence.matrix.cells.toLocaleString('en')} cells`);
    expect(Object.keys(evidence.matrix.allowed)).toHaveLength(roles);
  });
});

test('docs/e2e.md names the types that the emulator only records', () => {
  const types = [...new Set(evidence.deployed.flatMap(({ notProvisioned }) => notProvisioned))].sort();
  const named = types.map((type) => `\`${type.replace('AWS::', '')}\``).join(', ');
  expect(page).toContain(`five types are only recorded: ${named} |`);
});

test('docs/e2e.md says which controls are never live, and which need the emulator', () => {
  const ids = (of: readonly { readonly id: string }[]) => of.map(({ id }) => id).join(', ');
  expect(page).toContain(`Never live: ${ids(covered(evidence).filter(({ live }) => live === 0))}.`);
  const excused = ATTACKED.filter(({ needs }) => needs === 'the emulator');
  expect(page).toContain(`${ATTACKED.length - excused.length} have a row, and five are excused`);
  expect(page).toContain(`something that answers: ${ids(excused)}.`);
});

test('a run in which an attack succeeds ends with status 1, and says which', () => {
  const { status, stdout } = run(['--broken']);
  expect(stdout).toMatch(/S2 .*allowed: public\/deploy kms:Decrypt of public .*NOT OK/);
  expect(stdout).toMatch(/differs: .*"public\/deploy".*"kms:Decrypt"/);
  expect(status).toBe(1);
});

test('a run that fails itself ends with status 2, not with a pass', () => {
  const { status, stderr } = run([], { FAKECLOUD: '/bin/false' });
  expect(stderr).toContain('fakecloud stopped at once');
  expect(status).toBe(2);
});
