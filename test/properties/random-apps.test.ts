/**
 * Whatever is composed of the constructs is proved, and one sabotage is named: over random apps, with the seed in every message.
 * `RANDOM_APPS` and `SEED` say how many and which; `npm run sabotage` makes a thousand.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { campaign, type Outcome } from './campaign';
import { novelPart, novelTemplates } from './novel-templates';
import { makeAuthorities } from './random-app';
import { presentSabotages, SABOTAGES } from './sabotages';

const APPS = Number(process.env.RANDOM_APPS ?? 24);
const SEED = Number(process.env.SEED ?? 20261122);

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
    'have no finding of cfn-lint, each of them',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-linted-'));
      const templates = outcome.outdirs.map(templatesIn);
      expect(templates.filter((own) => own.length === 0)).toEqual([]);
      // In one process: it starts once.
      const novel = novelTemplates(templates.flat(), folder);
      expect(novel.length).toBeGreaterThanOrEqual(Math.min(APPS, 4));
      // W3005: CDK makes every function depend on the role that it names anyway.
      const options = ['--ignore-checks', 'W3005', '--template'];
      expect(execFileSync(process.env.CFN_LINT as string, [...options, ...novel], { encoding: 'utf8' })).toBe('');
    },
    1_800_000,
  );
});

describe('what a linter need not see twice', () => {
  const role = (domain: string, more: object = {}) => ({
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: `${domain}-reader`, ...more },
    Metadata: { bulkhead: { domain } },
  });

  test('is what differs in names alone; what is new stays, with what it refers to', () => {
    const seen = new Set<string>();
    const first = { Resources: { Role8A6B4C2D: role('orders') } };
    expect(novelPart(first, seen)).toEqual(first);
    expect(novelPart({ Resources: { Role1A2B3C4D: role('billing') } }, seen)).toBeUndefined();
    const wrong = { Resources: { Role1A2B3C4D: role('billing', { Tags: 'none' }) } };
    expect(novelPart(wrong, seen)).toEqual(wrong);
    const policy = { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role1A2B3C4D' }] } };
    const both = { Resources: { Role1A2B3C4D: role('billing'), Policy: policy, Other: role('billing') } };
    expect(novelPart(both, seen)).toEqual({ Resources: { Role1A2B3C4D: role('billing'), Policy: policy } });
  });

  test('is no parameter that nothing uses', () => {
    const seen = new Set<string>();
    const template = (RoleName: unknown) => ({
      Parameters: { Name: { Type: 'String' }, Unused: { Type: 'String' } },
      Resources: { Old: role('orders'), New: role('orders', { RoleName }) },
      Outputs: { Out: { Value: { Ref: 'Old' } } },
    });
    expect(novelPart(template({ Ref: 'Name' }), seen)).toEqual(template({ Ref: 'Name' }));
    expect(novelPart(template('fixed'), seen)).toEqual({
      Parameters: { Name: { Type: 'String' }, Unused: { Type: 'String' } },
      Resources: { New: role('orders', { RoleName: 'fixed' }) },
    });
  });
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
