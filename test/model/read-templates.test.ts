import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildModel } from '../../lib/model/build-model';
import { InputError } from '../../lib/model/input-error';
import { readTemplates } from '../../lib/model/read-templates';
import { parseYaml } from '../../lib/model/read-yaml';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-read-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, contents: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
  return file;
}

const TEMPLATE =
  '{\n  "Resources": {\n    "T": {"Type": "AWS::SNS::Topic"},\n\n    "U": {\n      "Type": "AWS::SNS::Topic"\n    }\n  }\n}';

describe('YAML', () => {
  const value = (text: string) => parseYaml(text).value;

  test('short forms are written out', () => {
    const text = `
a: !Ref X
b: !GetAtt X.Arn
c: !GetAtt [X, Arn]
d: !Sub "\${X}-y"
e: !Join ['', [a, !Ref X]]
f: !If [C, !Ref X, !Ref AWS::NoValue]
g: {Fn::Sub: !Sub x}
h: !Condition C
i: !Select [0, !Split [",", !ImportValue x]]
`;
    expect(value(text)).toEqual({
      a: { Ref: 'X' },
      b: { 'Fn::GetAtt': 'X.Arn' },
      c: { 'Fn::GetAtt': ['X', 'Arn'] },
      d: { 'Fn::Sub': '${X}-y' },
      e: { 'Fn::Join': ['', ['a', { Ref: 'X' }]] },
      f: { 'Fn::If': ['C', { Ref: 'X' }, { Ref: 'AWS::NoValue' }] },
      g: { 'Fn::Sub': { 'Fn::Sub': 'x' } },
      h: { Condition: 'C' },
      i: { 'Fn::Select': [0, { 'Fn::Split': [',', { 'Fn::ImportValue': 'x' }] }] },
    });
  });

  test.each([
    ['2012-10-17', '2012-10-17'],
    ['"5"', '5'],
    ['5', 5],
    ['012345678901', '012345678901'],
    ['111122223333', 111122223333],
    ['true', true],
    ['yes', 'yes'],
    ['null', null],
    ['~', null],
    ['', null],
    ['1e3', '1e3'],
    ['0x10', '0x10'],
    ['12:30', '12:30'],
  ])('the scalar %s', (written, expected) => {
    expect(value(`v: ${written}`)).toEqual({ v: expected });
  });

  test('anchors and merged maps', () => {
    expect(value('a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\nc: *x')).toEqual({
      a: { k: 1, l: 2 },
      b: { k: 3, l: 2 },
      c: { k: 1, l: 2 },
    });
  });
});

describe('lines of resources', () => {
  test('JSON', () => {
    expect(readTemplates(write('a.json', TEMPLATE))[0]?.lines).toEqual({ T: 3, U: 5 });
  });

  test('YAML', () => {
    const yaml =
      'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  T:\n    Type: AWS::SNS::Topic\n\n  # U\n  U: {Type: AWS::SNS::Topic}\n';
    const [template] = readTemplates(write('a.yaml', yaml));
    expect(template?.lines).toEqual({ T: 3, U: 7 });
    expect(buildModel([template!]).resources.map((r) => r.origin)).toMatchObject([
      { id: 'a/T', line: 3, file: template?.file },
      { line: 7 },
    ]);
  });

  test('keys that look alike elsewhere', () => {
    const text =
      '{"Metadata": {"Resources": {"T": 1}}, "Resources":\n{"T": {"Type": "AWS::X::Y", "Properties": {"U": "a\\"b: {"}}}}';
    expect(readTemplates(write('a.json', text))[0]?.lines).toEqual({ T: 2 });
  });
});

describe('folders', () => {
  test('every template in it, at any depth; other files are left alone', () => {
    write('a.template.json', TEMPLATE);
    write('deep/er/b.yaml', 'Resources: {T: {Type: AWS::SNS::Topic}}');
    write('package.json', '{"name": "x"}');
    write('notes.md', 'Resources');
    write('node_modules/c.template.json', TEMPLATE);
    expect(readTemplates(folder).map((t) => t.stackName)).toEqual(['a', 'deep/er/b']);
  });

  test('a nested template beside its parent is nested, not deployed on its own', () => {
    write(
      'parent.yaml',
      'Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./nested/child.yaml, Parameters: {P: x}}}}',
    );
    write(
      'nested/child.yaml',
      'Parameters: {P: {Type: String}}\nResources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref P, AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}}}',
    );
    const templates = readTemplates(folder);
    expect(templates.map((t) => [t.stackName, t.nestedIn?.logicalId])).toEqual([
      ['parent', undefined],
      ['parent-N', 'N'],
    ]);
    const m = buildModel(templates);
    expect(m.principals[0]?.arn.parts.at(-1)).toBe(':role/x');
    expect(m.gaps).toEqual([]);
    expect(readTemplates(join(folder, 'parent.yaml'))).toHaveLength(2);
  });

  test('links are not followed', () => {
    write('a.json', TEMPLATE);
    symlinkSync(folder, join(folder, 'again'));
    expect(readTemplates(folder)).toHaveLength(1);
  });
});

describe('unusable input: one line, which file, where, what was expected', () => {
  const bomb = `a: &a [x, x]\n${'bcdefghijklmnopqrstuvwxyz'
    .split('')
    .map((c, i) => `${c}: &${c} [*${'abcdefghijklmnopqrstuvwxyz'[i]}, *${'abcdefghijklmnopqrstuvwxyz'[i]}]`)
    .join('\n')}\nResources: {}`;

  test.each<[string, string, string | Uint8Array, RegExp]>([
    ['empty', 'a.json', '', /`.*a\.json` is empty, expected a CloudFormation template/],
    ['white space', 'a.yaml', ' \n', /is empty/],
    ['truncated JSON', 'a.json', TEMPLATE.slice(0, 40), /line 3, column 19: not JSON at `"AW`/],
    ['not JSON', 'a.json', '{"Resources": nope}', /line 1, column 15: not JSON at `nope}`/],
    ['truncated YAML', 'a.yaml', 'Resources:\n  T: {Type: "AWS', /line 2, column \d+: /],
    [
      'an unknown tag',
      'a.yaml',
      'Resources:\n  T: !Magic x',
      /line 2, column 13: unknown tag `!Magic`, expected an intrinsic function/,
    ],
    [
      'a twin in JSON',
      'a.json',
      '{"Resources": {\n"T": {},\n"T": {}}}',
      /line 3, column 1: the key `T` stands twice in one object, first on line 2; remove one/,
    ],
    ['a twin in YAML', 'a.yaml', 'Resources:\n  T: {}\n  T: {}', /line 3, column 3: Map keys must be unique/],
    ['several documents', 'a.yaml', 'Resources: {}\n---\nResources: {}', /line \d+, column \d+: /],
    ['billions of aliases', 'a.yaml', bomb, /its anchors stand for more than 500000 values/],
    ['an anchor within itself', 'a.yaml', 'Resources: &r\n  T: *r', /the alias `\*r` stands inside its own anchor/],
    ['binary', 'a.json', new Uint8Array([123, 0, 1, 2]), /is a binary file, expected JSON or YAML/],
    ['not UTF-8', 'a.json', new Uint8Array([123, 0xff, 0xfe, 125]), /is not UTF-8/],
    ['a list', 'a.json', '[1]', /expected a CloudFormation template \(an object with `Resources`\), found a list/],
    ['text', 'a.yaml', 'hello', /found the string `hello`/],
    ['something else', 'a.json', '{"name": "x"}', /`Resources` is nothing, expected an object of resources/],
    ['resources that are a list', 'a.json', '{"Resources": []}', /`Resources` is a list/],
    [
      'a resource that is none',
      'a.json',
      '{"Resources": {"T": 1}}',
      /resource `T` is the number 1, expected an object with `Type`/,
    ],
    [
      'a resource without type',
      'a.json',
      '{"Resources": {"T": {}}}',
      /resource `T`: `Type` is nothing, expected a resource type/,
    ],
    [
      'properties that are none',
      'a.json',
      '{"Resources": {"T": {"Type": "A::B::C", "Properties": 1}}}',
      /resource `T`: `Properties` is the number 1/,
    ],
    [
      'conditions that are none',
      'a.json',
      '{"Resources": {}, "Conditions": []}',
      /`Conditions` is a list, expected an object/,
    ],
    [
      'deep JSON',
      'a.json',
      `{"Resources": {"T": {"Type": "A::B::C", "Properties": {"X": ${'['.repeat(5000)}${']'.repeat(5000)}}}}}`,
      /nested/,
    ],
    ['bottomless JSON', 'a.json', `${'['.repeat(300_000)}`, /nested|line/],
    ['bottomless YAML', 'a.yaml', `a: ${'['.repeat(100_000)}`, /nested|line/],
  ])('%s', (_, name, contents, expected) => {
    const file = write(name, contents);
    const start = performance.now();
    let error: unknown;
    try {
      buildModel(readTemplates(file));
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as Error;
    expect(message).toMatch(expected);
    expect(message).toContain('a.');
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(600);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('too large', () => {
    const file = write('a.json', Buffer.alloc(9 * 1024 * 1024, 32));
    expect(() => readTemplates(file)).toThrow(/has 9,437,184 bytes, expected at most 8,388,608/);
  });

  test('not there', () => {
    expect(() => readTemplates(join(folder, 'nope'))).toThrow(/^cannot read `.*nope`: no such file or folder$/);
  });

  test('an empty folder', () => {
    expect(() => readTemplates(folder)).toThrow(/^no template in the folder `.*`: expected files ending in/);
  });

  test('a device', () => {
    expect(() => readTemplates('/dev/null')).toThrow(/neither a file nor a folder/);
  });

  test('not readable', () => {
    const file = write('a.json', TEMPLATE);
    expect(readTemplates(file)).toHaveLength(1);
    chmodSync(folder, 0o755);
    chmodSync(file, 0);
    // Root may read everything, so it reads as somebody else.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(() => readTemplates(file)).toThrow(/permission denied/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('a broken file among good ones is not skipped', () => {
    write('a.json', TEMPLATE);
    write('b.json', TEMPLATE.slice(0, 30));
    expect(() => readTemplates(folder)).toThrow(/b\.json`: line/);
  });

  test('a nested template that contains itself', () => {
    write('a.yaml', 'Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}}');
    write('b.yaml', 'Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}}');
    expect(() => readTemplates(folder)).toThrow(/the nested stack `N` contains itself through `a\.yaml`/);
  });

  test('a nested stack without its parent', () => {
    expect(() =>
      buildModel([{ stackName: 'S', template: { Resources: {} }, nestedIn: { stackName: 'P', logicalId: 'N' } }]),
    ).toThrow(/stack `S` is nested in stack `P`, which is not among the templates/);
  });
});

test('a byte order mark is none of the template', () => {
  expect(readTemplates(write('a.json', `\ufeff${TEMPLATE}`))).toHaveLength(1);
});

test('flow YAML with short forms in braces', () => {
  expect(
    readTemplates(
      write('a.yaml', '{Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref AWS::StackName}}}}'),
    ),
  ).toHaveLength(1);
});
