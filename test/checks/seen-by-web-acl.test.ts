/**
 * What is proved of all requests for a path holds of each: random statements, and requests in random spellings, transformed here
 * by segments and there as the checks do. And it is not proved of nothing: what the constructs write is.
 */
import fc from 'fast-check';
import { requestFor, spellingsBelow, spellingsOf } from '../../lib/checks/request-spellings';
import { matchesEvery, matchesPath, type Requests } from '../../lib/checks/seen-by-web-acl';
import type { Json } from '../model/notation';

const PATH = '/v/p';

/** What API Gateway may take for it: as it decodes, or as it decodes and follows dots. */
function reading(request: string, read: Requests['read']): string | undefined {
  const decoded = decodeURIComponent(request);
  switch (read) {
    case 'plain':
      return request === decoded && request === followed(request) ? request : undefined;
    case 'decoded':
      return decoded;
    case 'normalised':
      return followed(decoded);
  }
}

function followed(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === '..') out.pop();
    else if (segment !== '.' && segment !== '') out.push(segment);
    else if (segment === '' && isLast && out.length > 0) out.push('');
  });
  return `/${out.join('/')}`;
}

function isOf(request: string, { path, are, read }: Requests): boolean {
  const whole = reading(request, read);
  return whole !== undefined && (are === 'it' ? whole === path : whole.startsWith(`${path}/`));
}

const segment = fc.constantFrom('v', 'p', 'P', 'q', '.', '..', '', 'pq', '%252e%252e', '%252F..', '%2e%2e');
/** What is escaped already stays so. */
const spelt = (path: string) =>
  fc.array(fc.constantFrom('plain', 'lower', 'upper'), { minLength: path.length, maxLength: path.length }).map((how) =>
    path.replace(/%..|[^/]/g, (c, i: number) => {
      const code = c.charCodeAt(0).toString(16);
      return c.length > 1 || how[i] === 'plain' ? c : `%${how[i] === 'upper' ? code.toUpperCase() : code}`;
    }),
  );
const request = fc
  .tuple(
    fc.constantFrom('/v/p', '/v/q', '/x/../v/p', '/v//p', '/v/./p', '/v/q/../p', ''),
    fc.array(segment, { maxLength: 4 }),
  )
  .map(([beginning, rest]) => `${beginning}${rest.map((one) => `/${one}`).join('')}` || '/')
  .chain((path) => fc.oneof(fc.constant(path), spelt(path)));

const match: fc.Arbitrary<Json> = fc
  .record({
    PositionalConstraint: fc.constantFrom('EXACTLY', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS'),
    SearchString: fc.constantFrom(
      '/',
      '/v',
      '/v/',
      '/v/p',
      '/v/p/',
      '/v/p/q',
      '/v/q/',
      '/v/P/',
      'p',
      '/p/',
      '%70',
      '..',
      '/../',
    ),
    types: fc.constantFrom(
      ...[
        ['NONE'],
        ['URL_DECODE'],
        ['NORMALIZE_PATH'],
        ['URL_DECODE', 'NORMALIZE_PATH'],
        ['NORMALIZE_PATH', 'URL_DECODE'],
        ['URL_DECODE', 'NORMALIZE_PATH', 'LOWERCASE'],
        ['LOWERCASE', 'URL_DECODE'],
        ['URL_DECODE', 'LOWERCASE'],
        ['URL_DECODE', 'URL_DECODE'],
        ['URL_DECODE', 'URL_DECODE', 'NORMALIZE_PATH'],
        ['URL_DECODE', 'NORMALIZE_PATH', 'URL_DECODE', 'NORMALIZE_PATH'],
      ],
    ),
  })
  .map(({ types, ...rest }) => ({
    ByteMatchStatement: {
      ...rest,
      FieldToMatch: { UriPath: {} },
      TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
    },
  }));
const statement = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    match,
    fc.array(tie('any'), { minLength: 2, maxLength: 3 }).map((Statements) => ({ OrStatement: { Statements } })),
    fc.array(tie('any'), { minLength: 2, maxLength: 3 }).map((Statements) => ({ AndStatement: { Statements } })),
    tie('any').map((Statement) => ({ NotStatement: { Statement } })),
  ),
})).any;
const requests = fc.record<Requests>({
  path: fc.constant(PATH),
  are: fc.constantFrom('it', 'below'),
  read: fc.constantFrom('plain', 'decoded', 'normalised'),
});

test('what is proved of all is so of each', () => {
  let decided = 0;
  fc.assert(
    fc.property(statement, requests, fc.array(request, { minLength: 20, maxLength: 20 }), (one, all, some) => {
      const proved = matchesEvery(one, all);
      if (proved === undefined) return;
      for (const of of some.filter((r) => isOf(r, all))) {
        decided++;
        expect([of, matchesPath(one, of)]).toEqual([of, proved]);
      }
    }),
    { numRuns: 8_000, seed: 20261122 },
  );
  expect(decided).toBeGreaterThan(5_000);
});

test('requests to try a zone with are such as API Gateway may take for it', () => {
  const mayBe = (are: Requests['are']) => (one: string) =>
    (['decoded', 'normalised'] as const).some((read) => isOf(one, { path: PATH, are, read }));
  expect(spellingsBelow(PATH, '/v/q').filter((one) => !mayBe('below')(one))).toEqual([]);
  expect(spellingsOf(PATH).filter((one) => !mayBe('it')(one) && !mayBe('below')(one))).toEqual([]);
  expect(requestFor('/p/{id}/{rest+}')).toBe('/p/bulkhead-probe/bulkhead-probe');
});

describe('a path is proved to be matched', () => {
  const begins = (types: readonly string[], SearchString = '/v/p/', PositionalConstraint = 'STARTS_WITH'): Json => ({
    ByteMatchStatement: {
      FieldToMatch: { UriPath: {} },
      PositionalConstraint,
      SearchString,
      TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
    },
  });
  const decoded: Requests = { path: PATH, are: 'below', read: 'decoded' };
  const normalised: Requests = { path: PATH, are: 'below', read: 'normalised' };
  const plus: Requests = { path: '/v/a+b', are: 'below', read: 'decoded' };

  test.each<[string, Json, Requests, boolean | undefined]>([
    ['decoded', begins(['URL_DECODE']), decoded, true],
    ['decoded, and not followed', begins(['URL_DECODE']), normalised, undefined],
    ['normalised', begins(['URL_DECODE', 'NORMALIZE_PATH']), normalised, true],
    ['normalised, and not as it is', begins(['URL_DECODE', 'NORMALIZE_PATH']), decoded, undefined],
    ['as it was sent', begins(['NONE']), decoded, undefined],
    ['by what every path begins with', begins(['NONE'], '/'), normalised, true],
    ['another', begins(['URL_DECODE'], '/v/q/'), decoded, false],
    ['another, as it was sent', begins(['NONE'], '/v/q/'), decoded, false],
    ['another, as a whole', begins(['NONE'], '/v/q/health', 'EXACTLY'), normalised, false],
    ['decoded twice', begins(['URL_DECODE', 'URL_DECODE']), decoded, true],
    ['decoded twice, and then followed', begins(['URL_DECODE', 'URL_DECODE', 'NORMALIZE_PATH']), normalised, undefined],
    ['in lower case', begins(['URL_DECODE', 'LOWERCASE']), decoded, true],
    ['a plus sign, which may be a space', begins(['URL_DECODE'], '/v/a+b/'), plus, undefined],
  ])('%s', (_, one, all, expected) => {
    expect(matchesEvery(one, all)).toBe(expected);
  });
});
