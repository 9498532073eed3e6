/** JSON from users: every mistake has a place, and a key stands once. */
import * as fc from 'fast-check';
import { MAX_CHARACTERS, parseJson, parsePolicyText } from '../../bin/command/json-text';
import { parseJsonSource } from '../../lib/model/json-source';

const messageOf = (text: string): string => {
  try {
    parseJson(text, 'f.json');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('accepted');
};

test.each([
  ['{"a":1,}', 'line 1, column 8: expected a key, found `}`'],
  ['{a:1}', 'line 1, column 2: not JSON at `a:1}`'],
  ["{'a':1}", "line 1, column 2: not JSON at `'a':1}`"],
  ['{"a":tru}', 'line 1, column 6: not JSON at `tru}`'],
  ['{"a" 1}', 'line 1, column 6: expected `:`, found `1}`'],
  ['{"a":1}}', 'line 1, column 8: expected the end of the text, found `}`'],
  ['{"a":1 // one\n}', 'line 1, column 8: not JSON at `//`'],
  ['{"a":"b\nc"}', 'line 1, column 6: not JSON at `"b`'],
  ['{\n"a":\n"\\x"}', 'line 3, column 1: not JSON at `"\\x"}`'],
  ['[1 2]', 'line 1, column 4: expected `,`, found `2]`'],
  ['[1,2', 'line 1, column 5: expected `,` or `]`, found the end of the text'],
  ['"abc', 'line 1, column 1: not JSON at `"abc`'],
  ['{"a":\n', 'line 2, column 1: expected a value, found the end of the text'],
  ['{"a":01}', 'line 1, column 7: expected `,`, found `1}`'],
])('%j', (text, problem) => {
  expect(messageOf(text)).toBe(`f.json: ${problem}`);
});

test('no JSON is told by JSON.parse, and every refusal has a place', () => {
  const tokens = fc.constantFrom('{', '}', '[', ']', ':', ',', '"a"', '1', 'null', ' ', '\n', '"', '\u00a0', '-', '\\');
  fc.assert(
    fc.property(fc.array(tokens, { minLength: 1, maxLength: 9 }), (parts) => {
      const text = parts.join('');
      if (text.trim() === '') return;
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      const source = parseJsonSource(text);
      if (!('fault' in source)) expect(isJson).toBe(true);
      else if (source.fault.kind === 'syntax') {
        expect(isJson).toBe(false);
        expect(source.fault.line).toBeGreaterThan(0);
      } else expect(source.fault.kind).toBe('duplicate');
    }),
    { numRuns: 2_000 },
  );
});

test('nested deeper than the call stack', () => {
  expect(messageOf('['.repeat(200_000) + ']'.repeat(200_000))).toBe('f.json: nested too deeply');
  expect(messageOf('{"a":'.repeat(200_000))).toMatch(/^f\.json: (nested too deeply|line 1, )/);
});

test.each(['{"a":1}', '[]', '"a"', ' {"a":{"a":1},"b":[{"a":1},{"a":2}]} ', '{"a":"\\"a\\":1","b":"{"}'])(
  '%s is JSON without doubles',
  (text) => {
    expect(parseJson(text, 'f.json')).toEqual(JSON.parse(text));
  },
);

test('a key that stands twice in one object, at any depth and under any escape', () => {
  expect(messageOf('{"a":1,\n "a":2}')).toBe(
    'f.json: line 2, column 2: the key `a` stands twice in one object, first on line 1; remove one',
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
