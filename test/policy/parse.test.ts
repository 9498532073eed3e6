/** The grammar: every form that is accepted, and what holes make of it. */
import { type ParseOptions, PolicyError, parsePolicy } from '../../lib/policy/parse';
import { type Hole, literal, show, text } from '../../lib/policy/text';

const ROLE = 'arn:aws:iam::111122223333:role/reader';
const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const withStatement = (statement: unknown) => ({ Version: '2012-10-17', Statement: [statement] });

function parseOne(statement: unknown, options?: ParseOptions) {
  const [parsed] = parsePolicy(withStatement(statement), 'p.json', options).statements;
  if (parsed === undefined) throw new Error('no statement');
  return parsed;
}

function messageOf(document: unknown, options?: ParseOptions): string {
  try {
    parsePolicy(document, 'p.json', options);
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  throw new Error('accepted');
}

describe('accepted', () => {
  test('a statement with everything', () => {
    const parsed = parseOne({
      Sid: 'All',
      Effect: 'Deny',
      NotAction: ['s3:Get*', 'iam:*'],
      NotResource: 'arn:aws:s3:::bucket/*',
      Condition: {
        'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a*', 'b'] },
        Bool: { 'aws:SecureTransport': false },
      },
    });
    expect(parsed).toMatchObject({ sid: 'All', effect: 'Deny', index: 0, origin: 'p.json', version: '2012-10-17' });
    expect(parsed.action).toEqual({ not: true, patterns: [text('s3:Get*'), text('iam:*')] });
    expect(parsed.resource).toEqual({ not: true, patterns: [text('arn:aws:s3:::bucket/*')] });
    expect(parsed.conditions).toEqual([
      {
        operator: 'StringLike',
        quantifier: 'ForAnyValue',
        ifExists: true,
        key: 'aws:TagKeys',
        values: [text('a*'), text('b')],
      },
      { operator: 'Bool', ifExists: false, key: 'aws:SecureTransport', values: [text('false')] },
    ]);
    expect(parsed.opaque).toBeUndefined();
  });

  test('one statement without array, an Id, and no version, which is 2008-10-17', () => {
    const document = parsePolicy({ Id: 'x', Statement: allow }, 'p.json');
    expect(document).toMatchObject({ version: '2008-10-17', origin: 'p.json' });
    expect(document.statements).toHaveLength(1);
  });

  test('every form of principal', () => {
    const entries = (Principal: unknown) => parseOne({ ...allow, Principal }, { kind: 'resource' }).principal?.entries;
    expect(entries('*')).toEqual([{ type: 'AWS', value: text('*') }]);
    expect(
      entries({ AWS: [ROLE, '111122223333'], Service: 'lambda.amazonaws.com', Federated: '*', CanonicalUser: 'ab12' }),
    ).toEqual([
      { type: 'AWS', value: text(ROLE) },
      { type: 'AWS', value: text('111122223333') },
      { type: 'Service', value: text('lambda.amazonaws.com') },
      { type: 'Federated', value: text('*') },
      { type: 'CanonicalUser', value: text('ab12') },
    ]);
    expect(entries({ AWS: 111122223333 })).toEqual([{ type: 'AWS', value: text('111122223333') }]);
    expect(parseOne({ ...allow, NotPrincipal: { AWS: ROLE } }, { kind: 'resource' }).principal?.not).toBe(true);
  });

  test('operators in any case and numbers as their text', () => {
    const [condition] = parseOne({
      ...allow,
      Condition: { 'foranyvalue:numericlessthanifexists': { 'aws:MultiFactorAuthAge': 3600 } },
    }).conditions;
    expect(condition).toMatchObject({
      operator: 'NumericLessThan',
      quantifier: 'ForAnyValue',
      ifExists: true,
      values: [text('3600')],
    });
  });

  test('a trust policy without resource, a resource policy without resource, and lists that match nothing', () => {
    expect(
      parseOne({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ROLE } }, { kind: 'trust' }).resource,
    ).toBeUndefined();
    expect(
      parseOne({ Effect: 'Allow', Action: 'sns:*', Principal: '*' }, { kind: 'resource' }).resource,
    ).toBeUndefined();
    expect(parseOne({ Effect: 'Allow', Action: [], Resource: [] }).action).toEqual({ not: false, patterns: [] });
    expect(parsePolicy({ Statement: [] }, 'p.json').statements).toEqual([]);
  });

  test.each(['*', 'a*', 'arn:*', '?rn:aws:s3:::x', 'arn:aws:lambda:*:my-function', 'arn:aws:s3:::${aws:username}'])(
    'resource %s',
    (Resource) => {
      expect(parseOne({ ...allow, Resource }).resource?.patterns.map(show)).toEqual([Resource]);
    },
  );
});

describe('holes', () => {
  const hole: Hole = { hole: 'h', type: 'segment', label: 'Ref Bucket' };
  const arn = text('arn:aws:s3:::', hole, '/*');

  test('in a resource and a condition value they stay', () => {
    const parsed = parseOne({ ...allow, Resource: arn, Condition: { StringEquals: { 's3:prefix': text(hole) } } });
    expect(parsed.resource?.patterns).toEqual([arn]);
    expect(parsed.conditions[0]?.values).toEqual([text(hole)]);
    expect(parsed.opaque).toBeUndefined();
  });

  test('in an action, an effect or the version they make the statement opaque', () => {
    expect(parseOne({ ...allow, Action: text('s3:', hole) }).opaque).toBe('its action s3:${Ref Bucket} is unresolved');
    expect(parseOne({ ...allow, Effect: text(hole) }).opaque).toBe('its effect ${Ref Bucket} is unresolved');
    expect(parsePolicy({ Version: text(hole), Statement: allow }, 'p.json').statements[0]?.opaque).toMatch(
      /version \$\{Ref Bucket\} is unresolved/,
    );
  });

  test('a text without holes is a string', () => {
    expect(parseOne({ ...allow, Effect: text('Deny'), Principal: text('*') }, { kind: 'resource' })).toMatchObject({
      effect: 'Deny',
    });
    expect(literal(parseOne({ ...allow, Resource: text('*') }).resource?.patterns[0] ?? text())).toBe('*');
  });

  test('policies from plain JSON have none: an object of that shape is an error', () => {
    const forged = { ...allow, Resource: { parts: ['*'] } };
    expect(messageOf(withStatement(forged), { texts: false })).toBe(
      'p.json: statement 1: Resource: got the object `{"parts":["*"]}`, expected a resource as a string',
    );
    expect(parseOne(forged).resource?.patterns).toEqual([text('*')]);
  });

  test('a text of anything but strings and holes is an error', () => {
    expect(messageOf(withStatement({ ...allow, Resource: { parts: ['arn:', 5] } }))).toMatch(
      /expected a resource as a string or a text/,
    );
  });
});
