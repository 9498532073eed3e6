/** JSON from users: every mistake has a place, and a key stands once. */
import { MAX_CHARACTERS, parseJson, parsePolicyText } from '../../bin/command/json-text';

const messageOf = (text: string): string => {
  try {
    parseJson(text, 'f.json');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('accepted');
};

test.each([
  ['{"a":1,}', 'unexpected `}` (line 1, column 8)'],
  ['{a:1}', 'unexpected `a` (line 1, column 2)'],
  ["{'a':1}", "unexpected `'` (line 1, column 2)"],
  ['{"a":tru}', 'unexpected `}` (line 1, column 9)'],
  ['{"a" 1}', 'unexpected `1` (line 1, column 6)'],
  ['{"a":1}}', 'unexpected `}` (line 1, column 8)'],
  ['{"a":1 // one\n}', 'unexpected `/` (line 1, column 8)'],
  ['{"a":"b\nc"}', 'unexpected `\\n` (line 1, column 8)'],
  ['{\n"a":\n"\\x"}', 'unexpected `x` (line 3, column 3)'],
  ['[1 2]', 'unexpected `2` (line 1, column 4)'],
  ['[1,2', 'it ends too early (line 1, column 5)'],
  ['"abc', 'it ends too early (line 1, column 5)'],
  ['{"a":\n', 'it ends too early (line 2, column 1)'],
])('%j', (text, problem) => {
  expect(messageOf(text)).toBe(`f.json: not JSON: ${problem}`);
});

test.each(['{"a":1}', '[]', '"a"', ' {"a":{"a":1},"b":[{"a":1},{"a":2}]} ', '{"a":"\\"a\\":1","b":"{"}'])(
  '%s is JSON without doubles',
  (text) => {
    expect(parseJson(text, 'f.json')).toEqual(JSON.parse(text));
  },
);

test('a key that stands twice in one object, at any depth and under any escape', () => {
  expect(messageOf('{"a":1,\n "a":2}')).toBe(
    'f.json: key `a` stands twice in one object (again at line 2, column 2); remove one',
  );
  expect(messageOf('[{"x":[{"b":1,"\\u0062":2}]}]')).toMatch(/key `b` stands twice/);
});

test('larger than the limit, and exactly at it', () => {
  expect(messageOf(`"${'x'.repeat(MAX_CHARACTERS)}"`)).toMatch(/^f\.json: larger than 4,194,304 characters/);
  expect(parseJson(`"${'x'.repeat(MAX_CHARACTERS - 2)}"`, 'f.json')).toHaveLength(MAX_CHARACTERS - 2);
});

test('a policy from text', () => {
  const json = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
  expect(parsePolicyText(json, 'f.json', { kind: 'identity' }).statements).toHaveLength(1);
  expect(() => parsePolicyText(json.replace('}}', ',"Action":"s3:*"}}'), 'f.json')).toThrow(
    /key `Action` stands twice/,
  );
  expect(() => parsePolicyText(json.replace('"*"}}', '{"parts":["*"]}}}'), 'f.json')).toThrow(
    /expected a resource as a string/,
  );
});
