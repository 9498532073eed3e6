/**
 * Whatever is composed of the constructs is proved, and one sabotage is named: over random apps, with the seed in every message.
 * `RANDOM_APPS` and `SEED` say how many and which; `npm run sabotage` makes a thousand.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { campaign, type Outcome } from './campaign';
import { makeAuthorities } from './random-app';
import { presentSabotages, SABOTAGES } from './sabotages';

const APPS = Number(process.env.RANDOM_APPS ?? 24);
const SEED = Number(process.env.SEED ?? 20261122);
/** cfn-lint takes seconds a template. */
const LINTED = 4;

describe(`${APPS} random apps from seed ${SEED}`, () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = campaign(APPS, SEED, await makeAuthorities());
  }, 1_200_000);

  test('are proved, and each with one sabotage is violated, with the right control named', () => {
    expect(outcome.failures).toEqual([]);
    expect(outcome.outdirs).toHaveLength(APPS);
  });

  test('use different sabotages', () => {
    const used = [...outcome.used].filter(([, times]) => times > 0);
    expect(used.length).toBeGreaterThanOrEqual(Math.min(presentSabotages().length, APPS) / 2);
  });

  (process.env.CFN_LINT ? test : test.skip)(
    `have no finding of cfn-lint, ${LINTED} of them`,
    () => {
      const templates = outcome.outdirs.slice(0, LINTED).flatMap(templatesIn);
      expect(templates.length).toBeGreaterThanOrEqual(LINTED);
      // W3005: CDK makes every function depend on the role that it names anyway.
      const options = ['--ignore-checks', 'W3005', '--template'];
      expect(execFileSync(process.env.CFN_LINT as string, [...options, ...templates], { encoding: 'utf8' })).toBe('');
    },
    600_000,
  );
});

test('there are at least 60 sabotages, each with a name of its own', () => {
  expect(presentSabotages().length).toBeGreaterThanOrEqual(60);
  expect(new Set(SABOTAGES.map(({ name }) => name)).size).toBe(SABOTAGES.length);
});

/** Nested ones too, in whatever assembly of the app. */
function templatesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.template.json'))
    .map((entry) => join(entry.parentPath, entry.name));
}
