/** The contract of `overlap`, `subset` and `simulate`: forms of input, forms of output, exit status. */
import { corpus } from '../policy/corpus';
import { bulkhead, file } from './command-line';

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, Resource: unknown = '*', rest: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});
const policies = (...documents: object[]) => ({ identityPolicies: documents });

const TABLE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders';
const reader = document(allow('dynamodb:GetItem', TABLE));
const writer = document(allow('dynamodb:PutItem', TABLE));
const both = document(allow(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE));

describe('overlap of two files', () => {
  test('disjoint: status 0', () => {
    const run = bulkhead(['overlap', file('reader.json', reader), file('writer.json', writer)]);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.lines).toEqual([
      { verdict: 'disjoint', reason: expect.any(String), explanation: ['Proved: no request is allowed by both.'] },
    ]);
  });

  test('overlap: status 1, with witness, reason and explanation', () => {
    const run = bulkhead(['overlap', file('reader.json', reader), file('both.json', policies(both))]);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(1);
    const [answer] = run.lines;
    expect(answer).toMatchObject({
      verdict: 'overlap',
      witness: {
        action: 'dynamodb:GetItem',
        resource: TABLE,
        contextA: expect.any(Object),
        contextB: expect.any(Object),
      },
    });
    expect(answer?.reason).toMatch(
      /^A is allowed by statement 1 of identity policy .*reader\.json; B is allowed by .*both\.json: identityPolicies\[0\]$/,
    );
    expect(answer?.explanation).toContain(`A may call dynamodb:GetItem on ${TABLE}.`);
  });

  test('a boundary and a control policy are heeded', () => {
    const bounded = { ...policies(both), permissionsBoundary: writer };
    const controlled = { ...policies(both), serviceControlPolicies: [writer] };
    expect(bulkhead(['overlap', file('reader.json', reader), file('bounded.json', bounded)]).status).toBe(0);
    expect(bulkhead(['overlap', file('reader.json', reader), file('controlled.json', controlled)]).status).toBe(0);
    expect(bulkhead(['overlap', file('writer.json', writer), file('bounded.json', bounded)]).status).toBe(1);
  });
});

describe('subset of two files', () => {
  test('subset: status 0; not a subset: status 1 with a witness', () => {
    const [small, large] = [file('reader.json', reader), file('both.json', both)];
    const yes = bulkhead(['subset', small, large]);
    expect([yes.status, yes.lines[0]?.verdict]).toEqual([0, 'subset']);
    const no = bulkhead(['subset', large, small]);
    expect(no.status).toBe(1);
    expect(no.lines[0]).toMatchObject({
      verdict: 'not-subset',
      witness: { action: 'dynamodb:PutItem', resource: TABLE, context: {} },
    });
  });
});

describe('batches', () => {
  const question = (id: unknown, a: object, b: object) => JSON.stringify({ id, a: policies(a), b: policies(b) });

  test('answers stand in order under their ids, whatever an id is', () => {
    const ids = [3, 'x', null, { n: 1 }, [1], true];
    const input = ids.map((id, index) => question(id, reader, index % 2 ? both : writer)).join('\n');
    const run = bulkhead(['overlap', '--batch', '-'], input);
    expect(run.lines.map(({ id, verdict }) => [id, verdict])).toEqual(
      ids.map((id, index) => [id, index % 2 ? 'overlap' : 'disjoint']),
    );
    expect(run.status).toBe(1);
    expect(run.lines.every((line) => !('explanation' in line))).toBe(true);
  });

  test('a file as well as standard input; status 0 when all are proved', () => {
    const path = file('pairs.jsonl', `${question(1, reader, writer)}\r\n${question(2, writer, reader)}\n`);
    const run = bulkhead(['overlap', '--batch', path]);
    expect([run.status, run.lines.map(({ id }) => id)]).toEqual([0, [1, 2]]);
    expect(bulkhead(['subset', '--batch', path]).status).toBe(1);
  });

  test('unusable lines are answered in place, the others still, and the status is 2', () => {
    const input = [
      question('good', reader, writer),
      'nonsense',
      '{"id":"no b","a":{"identityPolicies":[]}}',
      '',
      '[]',
      '{"id":"dup","id":"dup2","a":{"identityPolicies":[]},"b":{"identityPolicies":[]}}',
      JSON.stringify({
        id: 7,
        a: { identityPolicies: [document({ Effect: 'allow', Action: '*', Resource: '*' })] },
        b: policies(reader),
      }),
      JSON.stringify({ id: 8, a: policies(reader), b: { identityPolicies: [], permissionBoundary: reader } }),
      question('overlapping', both, writer),
    ].join('\n');
    const run = bulkhead(['overlap', '--batch', '-'], input);
    expect(run.status).toBe(2);
    expect(run.stderr).toBe('');
    expect(run.lines.map(({ id, verdict, error }) => [id, verdict ?? error])).toEqual([
      ['good', 'disjoint'],
      [null, 'line: line 1, column 1: not JSON at `nonsense`'],
      ['no b', 'b: got nothing, expected an object'],
      [null, 'line: it is empty, expected JSON'],
      [null, 'line: got `[]`, expected an object'],
      [
        'dup2',
        expect.stringMatching(
          /^line: line 1, column 13: the key `id` stands twice in one object, first on line 1; remove one$/,
        ),
      ],
      [7, 'a.identityPolicies[0]: statement 1: Effect: got `allow`, expected `Allow` or `Deny`; did you mean `Allow`?'],
      [8, expect.stringMatching(/^b: unknown member `permissionBoundary`.*did you mean `permissionsBoundary`\?$/)],
      ['overlapping', 'overlap'],
    ]);
  });

  test('empty lists of policies limit nothing', () => {
    const line = JSON.stringify({ id: 1, a: { ...policies(reader), serviceControlPolicies: [] }, b: policies(both) });
    expect(bulkhead(['overlap', '--batch', '-'], line).lines[0]?.verdict).toBe('overlap');
  });

  test('what cannot be decided within the work allowed is undecided, with a reason, and status 1', () => {
    const hostile = (letter: string) =>
      document(
        allow(
          's3:GetObject',
          Array.from({ length: 40 }, (_, n) => `arn:aws:s3:::${`*${letter}?`.repeat(60)}${'?'.repeat(n)}*b`),
        ),
        {
          Effect: 'Deny',
          Action: '*',
          Resource: Array.from({ length: 40 }, (_, n) => `arn:aws:s3:::*${letter}${'?'.repeat(n * 3)}*`),
        },
      );
    const run = bulkhead(
      ['overlap', '--batch', '-'],
      JSON.stringify({ id: 1, a: policies(hostile('a')), b: policies(hostile('c')) }),
    );
    expect(['undecided', 'disjoint', 'overlap']).toContain(run.lines[0]?.verdict);
    expect(run.lines[0]).toHaveProperty('reason');
    expect(run.status).toBe(run.lines[0]?.verdict === 'disjoint' ? 0 : 1);
  });
});

describe('simulate', () => {
  test('the whole corpus in one batch', () => {
    const cases = corpus().flatMap(({ cases }) => cases);
    const input = cases
      .map(({ name, source, expected, ...question }, id) => JSON.stringify({ id, ...question }))
      .join('\n');
    const run = bulkhead(['simulate', '--batch', '-'], input);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.lines.map(({ id, decision }) => [id, decision])).toEqual(
      cases.map(({ expected }, id) => [id, expected]),
    );
    expect(run.lines.every(({ reason }) => typeof reason === 'string' && reason !== '')).toBe(true);
  });

  const good = {
    id: 1,
    principal: 'arn:aws:iam::111122223333:role/reader',
    identityPolicies: [reader],
    request: { action: 'dynamodb:GetItem', resource: TABLE, context: {} },
  };
  const answer = (line: object) => bulkhead(['simulate', '--batch', '-'], JSON.stringify(line)).lines[0];

  test('one line in its plainest form, with members of the user beside', () => {
    expect(answer({ ...good, expected: 'allowed', note: 'x' })).toEqual({
      id: 1,
      decision: 'allowed',
      reason: 'allowed by statement 1 of identity policy identityPolicies[0]',
    });
  });

  test.each<[string, object, RegExp]>([
    [
      'no principal',
      { principal: undefined },
      /^principal: got nothing, expected an ARN, an account id, a service or `\*`$/,
    ],
    [
      'a principal that is none',
      { principal: 'reader' },
      /^principal: got the principal `reader`, expected an ARN of a user/,
    ],
    ['no identity policies', { identityPolicies: undefined }, /^identityPolicies: got nothing, expected an array$/],
    ['a bad identity policy', { identityPolicies: [{}] }, /^identityPolicies\[0\]: no `Statement`/],
    [
      'a principal in an identity policy',
      { identityPolicies: [document({ ...allow('*'), Principal: '*' })] },
      /^identityPolicies\[0\]: statement 1: Principal: got `"\*"` in an identity policy/,
    ],
    ['a bad boundary', { permissionsBoundary: [] }, /^permissionsBoundary: got `\[\]`, expected a policy document/],
    [
      'a misspelt member',
      { permissionsBoundry: reader },
      /^line: unknown member `permissionsBoundry`.*did you mean `permissionsBoundary`\?$/,
    ],
    ['no request', { request: undefined }, /^request: got nothing, expected an object$/],
    [
      'an action with a wildcard',
      { request: { ...good.request, action: 's3:*' } },
      /^request\.action: got `s3:\*`, expected one action/,
    ],
    [
      'no resource',
      { request: { action: 's3:GetObject', context: {} } },
      /^request\.resource: got nothing, expected an ARN/,
    ],
    [
      'an account that is a number',
      { request: { ...good.request, resourceAccount: 111122223333 } },
      /^request\.resourceAccount: got `111122223333`, expected 12 digits as a string$/,
    ],
    [
      'a context that is a list',
      { request: { ...good.request, context: [] } },
      /^request\.context: got `\[\]`, expected an object$/,
    ],
    [
      'a context value that is an object',
      { request: { ...good.request, context: { 'aws:x': {} } } },
      /^request\.context\.aws:x: got `\{\}`, expected a string or an array of strings$/,
    ],
    [
      'context keys that differ in case',
      { request: { ...good.request, context: { 'aws:x': 'a', 'AWS:X': 'b' } } },
      /`AWS:X` stands beside `aws:x`, which is the same key/,
    ],
    [
      'an unknown member of the request',
      { request: { ...good.request, ressource: 'x' } },
      /^request: unknown member `ressource`.*did you mean `resource`\?$/,
    ],
  ])('%s', (_, change, error) => {
    expect(answer({ ...good, ...change })).toEqual({ id: 1, error: expect.stringMatching(error) });
  });

  test('numbers and booleans in the context are their text', () => {
    const conditional = document(
      allow('*', '*', { Condition: { NumericEquals: { 'aws:n': '5' }, Bool: { 'aws:b': 'true' } } }),
    );
    expect(
      answer({
        ...good,
        identityPolicies: [conditional],
        request: { ...good.request, context: { 'aws:n': 5, 'aws:b': true } },
      }),
    ).toMatchObject({ decision: 'allowed' });
  });
});
