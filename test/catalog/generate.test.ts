import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from '../../scripts/generate-catalogue';

const root = join(__dirname, '../..');
const data = join(root, 'lib/catalog/data');
const size = (file: string) => statSync(join(data, file)).size;

test('the committed snapshot is what `npm run catalogue` writes', () => {
  const files = generate();
  expect([...files.keys()].sort()).toEqual(readdirSync(data).sort());
  const stale = [...files]
    .filter(([file, content]) => !content.equals(readFileSync(join(data, file))))
    .map(([file]) => file);
  expect(stale).toEqual([]);
});

test('the snapshot ships with the package', () => {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('lib/catalog/data');
});

test('actions, formats and condition keys are under a megabyte, the managed policies under one compressed', () => {
  expect(size('actions.txt') + size('formats.txt') + size('condition-keys.txt')).toBeLessThan(1_000_000);
  expect(size('managed-policies.txt') + size('managed-policies.br')).toBeLessThan(1_000_000);
});

test('a diff is by lines: one action, one format, one key, one policy each', () => {
  for (const file of ['actions.txt', 'formats.txt', 'condition-keys.txt', 'managed-policies.txt']) {
    const lines = readFileSync(join(data, file), 'latin1').split('\n');
    expect(lines.filter((line) => line.length > 3_000)).toEqual([]);
    expect(lines.at(-1)).toBe('');
  }
});

describe('the curated tables', () => {
  const table = (name: string) =>
    readFileSync(join(root, 'lib/catalog/curated', name), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t'));

  test('every slot rule, format and added type names its source', () => {
    const sourced =
      /^(https:\/\/\S+|AWS managed polic(y|ies) \S.*|AWS managed policies, see actions\.tsv|two pages of .*|every taggable resource; .*)$/;
    expect(table('slot-rules.tsv').filter((row) => !sourced.test(row[4]!))).toEqual([]);
    expect(table('formats.tsv').filter((row) => !sourced.test(row[3]!))).toEqual([]);
    expect(table('actions.tsv').filter((row) => !sourced.test(row[2]!))).toEqual([]);
  });

  test('at least 80 resource types have narrowed slots', () => {
    const types = new Set(
      [...table('slot-rules.tsv'), ...table('formats.tsv')].map(([service, type]) => `${service}:${type}`),
    );
    expect(types.size).toBeGreaterThan(80);
  });

  test('no pattern that AWS gives for a narrowed slot has a colon of its own', () => {
    // Patterns of whole ARNs have colons, outside the slot.
    const quoted = table('slot-rules.tsv').filter((row) => row[4]!.includes('botocore') && !row[5]!.includes('arn'));
    expect(quoted.length).toBeGreaterThan(400);
    // `(?:` and `[^:` are not colons of a name.
    expect(quoted.filter((row) => row[5]!.replace(/\(\?:|\[\^:/g, '').includes(':'))).toEqual([]);
  });
});
