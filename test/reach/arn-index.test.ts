/** The sieve lets nothing through its fingers: whatever a pattern matches is among its candidates. */
import * as fc from 'fast-check';
import { type Hole, type Text, text } from '../../lib/policy/text';
import { ArnIndex } from '../../lib/reach/arn-index';
import { mightMeet, mightMeetBySegments, mightSelect } from '../../lib/reach/arn-sieve';

const generated = (id: string): Hole => ({ hole: id, type: 'segment', identity: 'names', label: id });
const unknown: Hole = { hole: 'Ref P', type: 'segment', label: 'Ref P' };
const only = (pattern: Text) => ({ not: false, patterns: [pattern] });

/** IAM's glob over plain text: the ground truth. */
function matches(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  const [head, rest] = [pattern[0]!, pattern.slice(1)];
  if (head === '*') return matches(rest, value) || (value !== '' && matches(pattern, value.slice(1)));
  return value !== '' && (head === '?' || head === value[0]) && matches(rest, value.slice(1));
}

const tail = fc.stringMatching(/^[ab/:]{0,6}$/);
const arn = tail.map((t) => `arn:aws:s:r:1:${t}`);
const pattern = fc
  .stringMatching(/^[ab/:*?]{0,6}$/)
  .chain((t) => fc.constantFrom(`arn:aws:s:r:1:${t}`, `arn:aws:s:*:${t}`, `*${t}`, `arn:*`));

test('every match is a candidate, of the index and of single questions', () => {
  fc.assert(
    fc.property(fc.array(arn, { minLength: 1, maxLength: 12 }), pattern, (arns, p) => {
      const index = new ArnIndex(arns, (a) => text(a));
      const candidates = new Set(index.candidates(only(text(p))));
      for (const a of arns.filter((x) => matches(p, x))) {
        expect(candidates.has(a)).toBe(true);
        expect(mightSelect(only(text(p)), text(a))).toBe(true);
        expect(mightMeet(text(p), text(a))).toBe(true);
        expect(mightMeetBySegments(text(p), text(a))).toBe(true);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test('a policy variable may stand for anything, and the colons of its name are none of the pattern’s', () => {
  const variable = '${aws:PrincipalTag/a:b}';
  const piece = fc.oneof(fc.stringMatching(/^[ab/:*?]{0,3}$/), fc.constant(variable));
  const withVariables = fc
    .tuple(fc.constantFrom('arn:aws:s:r:1:', `arn:aws:s:r:${variable}:`, `arn:aws:${variable}`), fc.array(piece))
    .map(([start, rest]) => start + rest.join(''));
  let met = 0;
  fc.assert(
    fc.property(withVariables, fc.array(arn, { minLength: 1, maxLength: 12 }), (p, arns) => {
      // Wherever its name is cut, because a part of it is not known.
      const cut = p.indexOf('Tag/') + 'Tag/'.length;
      const parts = p.includes(variable) ? text(p.slice(0, cut), unknown, p.slice(cut)) : text(p);
      const read = p.replaceAll(variable, '*');
      for (const selection of [only(text(p)), only(parts)]) {
        const candidates = new Set(new ArnIndex(arns, (a) => text(a)).candidates(selection));
        for (const a of arns.filter((x) => matches(read, x))) {
          met++;
          expect(candidates.has(a)).toBe(true);
          expect(mightSelect(selection, text(a))).toBe(true);
        }
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect(met).toBeGreaterThan(1000);
  expect(mightSelect(only(text('arn:aws:s:r:1:a/${aws:username}')), text('arn:aws:s:r:1:b/x'))).toBe(false);
  expect(mightSelect(only(text('arn:aws:s:r:1:a/${aws:username')), text('arn:aws:s:r:1:b/x'))).toBe(true);
});

test('patterns that match a common string may meet', () => {
  fc.assert(
    fc.property(pattern, pattern, arn, (p, q, a) => {
      if (!matches(p, a) || !matches(q, a)) return;
      expect(mightMeet(text(p), text(q))).toBe(true);
      expect(mightMeetBySegments(text(p), text(q))).toBe(true);
    }),
    { numRuns: 5000, seed: 7 },
  );
});

describe('patterns in a place that only the deployment knows', () => {
  const region: Hole = { hole: 'AWS::Region', type: 'region', label: 'AWS::Region' };
  const account: Hole = { hole: 'AWS::AccountId', type: 'account', label: 'AWS::AccountId' };
  const anything: Hole = { hole: 'Ref P', type: 'any', label: 'Ref P' };
  const listed: Hole = { hole: 'Ref L', type: 'any', values: ['s', '*'], label: 'Ref L' };
  const values = new Map([
    [region.hole, 'r'],
    [account.hole, '1'],
    [anything.hole, 'aws:s'],
    [listed.hole, '*'],
  ]);
  const filled = (t: Text): string =>
    t.parts.map((part) => (typeof part === 'string' ? part : values.get(part.hole))).join('');
  const ofPlace = fc
    .tuple(
      fc.constantFrom<readonly Text['parts'][number][]>(
        ['arn:aws:s'],
        ['arn:', anything],
        ['arn:aws:*'],
        ['arn:aws:?'],
        ['arn:aws:', listed],
      ),
      fc.constantFrom<Text['parts'][number]>('r', region, '*', '?', ''),
      fc.constantFrom<Text['parts'][number]>('1', account, '2', '*'),
      fc.stringMatching(/^[ab/:*?]{0,5}$/),
    )
    .map(([head, r, a, rest]) => text(...head, ':', r, ':', a, ':', rest));

  test('what both match under the values of a deployment may meet', () => {
    let met = 0;
    fc.assert(
      fc.property(ofPlace, ofPlace, tail, (p, q, t) => {
        const a = `arn:aws:s:r:1:${t}`;
        if (!matches(filled(p), a) || !matches(filled(q), a)) return;
        met++;
        expect(mightMeet(p, q)).toBe(true);
        expect(mightMeetBySegments(p, q)).toBe(true);
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(met).toBeGreaterThan(100);
  });

  test('a value that a parameter allows may be a wildcard', () => {
    const [p, q] = [text('arn:aws:', listed, ':a:b:t'), text('arn:aws:s:r:1:a:b:t')];
    expect(matches(filled(p), filled(q))).toBe(true);
    expect(mightMeet(p, q)).toBe(true);
    expect(mightMeetBySegments(text('a/', listed, '/b'), text('a/s/r/b'))).toBe(true);
  });

  test('a generated name is no written one, and one service is not another', () => {
    const at = (service: string, ...rest: (string | Hole)[]) =>
      text('arn:aws:', service, ':', region, ':', account, ':', ...rest);
    const made = at('logs', 'log-group:', generated('G'), ':*');
    expect(mightMeet(at('logs', 'log-group:orders:*'), made)).toBe(false);
    expect(mightMeet(at('kms', 'log-group:', generated('G'), ':*'), made)).toBe(false);
    expect(mightMeet(at('logs', 'log-group:*'), made)).toBe(true);
    expect(mightMeet(made, made)).toBe(true);
  });
});

test('between slashes, patterns are told apart up to their first wildcard', () => {
  const call = (...path: (string | Hole)[]) => text('arn:aws:execute-api:', unknown, ':1:', generated('api'), ...path);
  const stage: Hole = { hole: 'stage', type: 'segment', label: 'the stage' };
  const reading = call('/', stage, '/GET/orders');
  expect(mightMeetBySegments(call('/prod/POST/orders'), reading)).toBe(false);
  expect(mightMeetBySegments(call('/prod/GET/orders/archive'), reading)).toBe(false);
  expect(mightMeetBySegments(call('/prod/GET/orders'), reading)).toBe(true);
  expect(mightMeetBySegments(call('/*/POST/orders'), reading)).toBe(true);
  expect(mightMeetBySegments(call('/prod/GET*'), reading)).toBe(true);
});

describe('names that only the deployment knows', () => {
  const [x, y] = [generated('X'), generated('Y')];
  const entries = [
    text('arn:aws:iam::1:role/', x),
    text('arn:aws:iam::1:role/', y),
    text('arn:aws:iam::1:role/written'),
    text('arn:aws:iam::1:role/', unknown),
  ];
  const index = new ArnIndex(entries, (e) => e);
  const found = (p: Text): number[] => [...new Set(index.candidates(only(p)))].map((e) => entries.indexOf(e)).sort();

  test.each<[string, Text, number[]]>([
    ['itself, and what may have any name', text('arn:aws:iam::1:role/', x), [0, 3]],
    ['a written name is no generated one', text('arn:aws:iam::1:role/written'), [2, 3]],
    ['another written name', text('arn:aws:iam::1:role/other'), [3]],
    ['a wildcard in the name means any', text('arn:aws:iam::1:role/w*'), [0, 1, 2, 3]],
    ['a wildcard after it', text('arn:aws:iam::1:role/', x, '*'), [0, 3]],
    ['an unknown name means any', text('arn:aws:iam::1:role/', unknown), [0, 1, 2, 3]],
    ['everything', text('*'), [0, 1, 2, 3]],
    ['another kind', text('arn:aws:iam::1:user/', x), []],
  ])('%s', (_, p, expected) => {
    expect(found(p)).toEqual(expected);
    entries.forEach((e, i) => {
      if (!expected.includes(i)) expect(mightSelect(only(p), e)).toBe(false);
    });
  });

  test('all but some is everything, and so is what has no ARN', () => {
    expect([...index.candidates({ not: true, patterns: [text('arn:aws:iam::1:role/written')] })]).toHaveLength(4);
    const loose = new ArnIndex(['no arn'], () => undefined);
    expect([...loose.candidates(only(text('arn:aws:iam::1:role/a')))]).toEqual(['no arn']);
  });
});
