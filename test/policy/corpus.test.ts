/** The evaluator against the corpus: every expected value comes from the documentation that the case names. */
import { evaluate } from '../../lib/policy/evaluate';
import { corpus, inputOf } from './corpus';

const files = corpus();

test.each(files)('corpus: $file', ({ cases }) => {
  const wrong = cases.flatMap(({ name, source, expected, ...question }) => {
    const { decision, reason } = evaluate(inputOf(question));
    return decision === expected ? [] : [`${name}: ${decision} (${reason}), expected ${expected}; see ${source}`];
  });
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThan(0);
});

test('the corpus is wide: sources, unique names, every decision', () => {
  const cases = files.flatMap(({ file, cases }) => cases.map((one) => ({ ...one, file })));
  expect(cases.length).toBeGreaterThanOrEqual(250);
  expect(new Set(cases.map(({ file, name }) => `${file}: ${name}`)).size).toBe(cases.length);
  expect(cases.filter(({ source }) => !/^https:\/\/(docs\.aws\.amazon\.com|www\.w3\.org)\//.test(source))).toEqual([]);
  const of = (decision: string) => cases.filter(({ expected }) => expected === decision).length;
  expect(Math.min(of('allowed'), of('explicitlyDenied'), of('implicitlyDenied'))).toBeGreaterThanOrEqual(40);
});

test('a wrong expectation would be seen', () => {
  const [first] = files[0]?.cases ?? [];
  if (first === undefined) throw new Error('no case');
  const other = first.expected === 'allowed' ? 'implicitlyDenied' : 'allowed';
  expect(evaluate(inputOf(first)).decision).not.toBe(other);
});
