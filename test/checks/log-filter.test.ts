/** Filter patterns of CloudWatch Logs, on one record. */
import { countsRecord, matchesWildcard } from '../../lib/checks/log-filter';

const RECORD = { status: '429', error: '-', callerArn: 'arn:aws:sts::111122223333:assumed-role/worker/x' };

test.each<[string, boolean]>([
  ['{ $.status = "429" }', true],
  ['{$.status="429"}', true],
  ['{ $.status = "4*" }', true],
  ['{ $.status = "5*" }', false],
  ['{ $.status != "200" }', true],
  ['{ $.status != "429" }', false],
  ['{ $.nothing = "429" }', false],
  ['{ $.callerArn = "*:assumed-role/worker/*" }', true],
  ['{ $.callerArn = "*:assumed-role/other/*" }', false],
  ['{ $.status = "401" || $.status = "429" }', true],
  ['{ $.status = "401" || $.status = "403" }', false],
  ['{ $.status = "429" && $.error = "-" }', true],
  ['{ $.status = "429" && $.error = "x" }', false],
  ['{ $.status = "429" || $.status = "1" && $.error = "x" }', true],
  ['{ ($.status = "429" || $.status = "1") && $.error = "x" }', false],
  ['', true],
])('%s: %s', (pattern, counts) => {
  expect(countsRecord(pattern, RECORD)).toBe(counts);
});

test.each([
  '"429"',
  '{ $.status = 429 }',
  '{ $.status > 400 }',
  '{ $.a.b = "x" }',
  '{ $.status = "429" ',
  '{ $.status = "429" $.status = "1" }',
  '{ ($.status = "429" }',
  '{ $.nothing != "x" }',
  '[ip, user, status = 429]',
])('%s is not decided', (pattern) => {
  expect(countsRecord(pattern, RECORD)).toBeUndefined();
});

test('what is undecided decides nothing, and needs to decide nothing', () => {
  expect(countsRecord('{ $.nothing != "x" || $.status = "429" }', RECORD)).toBe(true);
  expect(countsRecord('{ $.nothing != "x" && $.status = "1" }', RECORD)).toBe(false);
});

test.each<[string, string, boolean]>([
  ['a*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*c', 'acb', false],
  ['*b*', 'abc', true],
  ['ab*ba', 'aba', false],
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['*', '', true],
])('%s matches %s: %s', (pattern, value, matches) => {
  expect(matchesWildcard(pattern, value)).toBe(matches);
});
