/** What the parser refuses, and the words that mend it. */
import { MAX_DOCUMENT_CHARACTERS, type ParseOptions, PolicyError, parsePolicy } from '../../lib/policy/parse';

const ROLE = 'arn:aws:iam::111122223333:role/reader';
const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const withStatement = (statement: unknown) => ({ Version: '2012-10-17', Statement: [statement] });

function messageOf(document: unknown, options?: ParseOptions): string {
  try {
    parsePolicy(document, 'p.json', options);
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  throw new Error('accepted');
}

const identity: ParseOptions = { kind: 'identity' };

describe('refused', () => {
  test.each<[string, unknown, RegExp, ParseOptions?]>([
    ['no object', 'policy', /^p\.json: got `"policy"`, expected a policy document/],
    ['null', null, /^p\.json: got `null`, expected a policy document/],
    ['an array', [], /^p\.json: got `\[\]`, expected a policy document/],
    ['no statement', { Version: '2012-10-17' }, /no `Statement`, expected an array of statements; add one$/],
    [
      'a statement that is a string',
      { Statement: 'Allow' },
      /^p\.json: Statement: got `"Allow"`, expected a statement/,
    ],
    [
      'a statement that is a number',
      { Statement: [5] },
      /^p\.json: statement 1: got `5`, expected a statement: an object/,
    ],
    [
      'an unknown version',
      { Version: '2012-10-18', Statement: [] },
      /^p\.json: Version: unknown version `2012-10-18`, expected 2012-10-17 or 2008-10-17; write `2012-10-17`$/,
    ],
    [
      'a version that is a number',
      { Version: 2012, Statement: [] },
      /^p\.json: Version: got `2012`, expected a version as a string/,
    ],
    [
      'an unknown element',
      { Statement: [], Statments: [] },
      /unknown element `Statments` of a policy document.*did you mean `Statement`\?$/,
    ],
    [
      'an unknown element of a statement',
      withStatement({ ...allow, Conditions: {} }),
      /unknown element `Conditions` of a statement.*did you mean `Condition`\?$/,
    ],
    [
      'an element in lower case',
      withStatement({ ...allow, effect: 'Allow' }),
      /unknown element `effect`.*did you mean `Effect`\?$/,
    ],
    [
      'no effect',
      withStatement({ Action: '*', Resource: '*' }),
      /^p\.json: statement 1: no `Effect`, expected `Allow` or `Deny`; add one$/,
    ],
    [
      'an effect in lower case',
      withStatement({ ...allow, Effect: 'allow' }),
      /^p\.json: statement 1: Effect: got `allow`, expected `Allow` or `Deny`; did you mean `Allow`\?$/,
    ],
    [
      'no action',
      withStatement({ Effect: 'Allow', Resource: '*' }),
      /no `Action`, expected `Action` or `NotAction`; add one$/,
    ],
    [
      'both actions',
      withStatement({ ...allow, NotAction: '*' }),
      /both `Action` and `NotAction`, expected one of them; remove one$/,
    ],
    [
      'an action without service',
      withStatement({ ...allow, Action: 'GetObject' }),
      /Action: got `GetObject`, expected `service:Name`.*put the service before the name$/,
    ],
    [
      'an action with a space',
      withStatement({ ...allow, Action: 's3: GetObject' }),
      /got `s3: GetObject`.*remove the white space$/,
    ],
    ['an action with two colons', withStatement({ ...allow, Action: 'aws:s3:Get' }), /write one colon$/],
    [
      'an action with a variable',
      withStatement({ ...allow, Action: 's3:${aws:username}' }),
      /policy variables are allowed in `Resource` and `Condition` only/,
    ],
    [
      'an action of the wrong type',
      withStatement({ ...allow, Action: { s3: 'Get' } }),
      /Action: got `\{"s3":"Get"\}`, expected an action as a string$/,
    ],
    ['an empty action', withStatement({ ...allow, Action: '' }), /Action: got an empty string, expected an action$/],
    [
      'an empty NotAction',
      withStatement({ Effect: 'Allow', NotAction: [], Resource: '*' }),
      /NotAction: an empty list, which would match everything/,
    ],
    [
      'no resource',
      withStatement({ Effect: 'Allow', Action: '*' }),
      /no `Resource`, expected `Resource` or `NotResource`; add one$/,
    ],
    ['both resources', withStatement({ ...allow, NotResource: '*' }), /both `Resource` and `NotResource`/],
    [
      'a resource that is no ARN',
      withStatement({ ...allow, Resource: 'my-bucket' }),
      /Resource: got `my-bucket`, expected an ARN/,
    ],
    [
      'a resource without its sixth letter',
      withStatement({ ...allow, Resource: 'arn' }),
      /Resource: got `arn`, expected an ARN/,
    ],
    [
      'a number as resource',
      withStatement({ ...allow, Resource: 5 }),
      /Resource: got `5`, expected a resource as a string$/,
    ],
    [
      'a Sid that is no string',
      withStatement({ ...allow, Sid: 5 }),
      /Sid: got `5`, expected a statement id as a string$/,
    ],
    [
      'a variable without brace',
      withStatement({ ...allow, Resource: 'arn:aws:s3:::${aws:username' }),
      /has no closing brace; add `\}`/,
    ],
    ['an empty variable', withStatement({ ...allow, Resource: 'arn:aws:s3:::${}' }), /policy variable is empty/],
    [
      'a default without quotes',
      withStatement({ ...allow, Resource: 'arn:aws:s3:::${aws:username, x}' }),
      /default value is misspelt; write `\$\{aws:username, 'value'\}`$/,
    ],
    [
      'a principal in an identity policy',
      withStatement({ ...allow, Principal: '*' }),
      /Principal: got `"\*"` in an identity policy, expected none.*remove it$/,
      identity,
    ],
    [
      'a principal in a boundary',
      withStatement({ ...allow, Principal: '*' }),
      /in a permissions boundary/,
      { kind: 'boundary' },
    ],
    [
      'a principal in a session policy',
      withStatement({ ...allow, Principal: '*' }),
      /in a session policy/,
      { kind: 'session' },
    ],
    [
      'a principal in an SCP',
      withStatement({ ...allow, NotPrincipal: { AWS: ROLE } }),
      /NotPrincipal: got .* in a service control policy/,
      { kind: 'scp' },
    ],
    [
      'no principal in a resource policy',
      withStatement(allow),
      /no `Principal`, which a resource policy needs; add one$/,
      { kind: 'resource' },
    ],
    [
      'no principal in a trust policy',
      withStatement({ Effect: 'Allow', Action: 'sts:AssumeRole' }),
      /no `Principal`, which a role trust policy needs/,
      { kind: 'trust' },
    ],
    [
      'NotPrincipal in a trust policy',
      withStatement({ Effect: 'Deny', Action: 'sts:AssumeRole', NotPrincipal: { AWS: ROLE } }),
      /NotPrincipal: not allowed in a role trust policy/,
      { kind: 'trust' },
    ],
    [
      'NotPrincipal in an RCP',
      withStatement({ ...allow, NotPrincipal: { AWS: ROLE } }),
      /not allowed in a resource control policy/,
      { kind: 'rcp' },
    ],
    [
      'a resource in a trust policy',
      withStatement({ ...allow, Principal: '*' }),
      /Resource: not allowed in a role trust policy, whose resource is the role itself; remove it$/,
      { kind: 'trust' },
    ],
    [
      'both principals',
      withStatement({ ...allow, Principal: '*', NotPrincipal: '*' }),
      /both `Principal` and `NotPrincipal`/,
      { kind: 'resource' },
    ],
    [
      'a principal that is a string',
      withStatement({ ...allow, Principal: ROLE }),
      /Principal: got .*, expected `"\*"` or an object such as/,
      { kind: 'resource' },
    ],
    [
      'an unknown type of principal',
      withStatement({ ...allow, Principal: { Aws: ROLE } }),
      /unknown element `Aws` of a principal.*did you mean `AWS`\?$/,
      { kind: 'resource' },
    ],
    [
      'a wildcard in a principal',
      withStatement({ ...allow, Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      /a wildcard cannot stand for part of a principal/,
      { kind: 'resource' },
    ],
    [
      'a principal that is no ARN',
      withStatement({ ...allow, Principal: { AWS: 'reader' } }),
      /Principal\.AWS: got `reader`, expected an ARN, a 12-digit account id or `\*`$/,
      { kind: 'resource' },
    ],
    [
      'an empty NotPrincipal',
      withStatement({ ...allow, NotPrincipal: {} }),
      /names nobody, so it would match everyone/,
      { kind: 'resource' },
    ],
    [
      'an unknown operator',
      withStatement({ ...allow, Condition: { StringEqual: { a: 'b' } } }),
      /Condition: unknown operator `StringEqual`.*did you mean `StringEquals`\?$/,
    ],
    [
      'an operator of another language',
      withStatement({ ...allow, Condition: { Matches: { a: 'b' } } }),
      /unknown operator `Matches`/,
    ],
    [
      'an unknown set operator',
      withStatement({ ...allow, Condition: { 'ForAnyValues:StringEquals': { a: 'b' } } }),
      /unknown set operator `ForAnyValues`.*did you mean `ForAnyValue`\?$/,
    ],
    [
      'NullIfExists',
      withStatement({ ...allow, Condition: { NullIfExists: { a: 'true' } } }),
      /`Null` itself asks whether the key exists; write `Null`$/,
    ],
    [
      'a condition that is a list',
      withStatement({ ...allow, Condition: [] }),
      /Condition: got `\[\]`, expected an object from operators to keys$/,
    ],
    [
      'an operator without keys',
      withStatement({ ...allow, Condition: { StringEquals: 'a' } }),
      /Condition\.StringEquals: got `"a"`, expected an object from condition keys to values$/,
    ],
    [
      'an empty key',
      withStatement({ ...allow, Condition: { StringEquals: { '': 'a' } } }),
      /got an empty condition key/,
    ],
    [
      'a null value',
      withStatement({ ...allow, Condition: { StringEquals: { 'aws:x': null } } }),
      /Condition\.StringEquals\.aws:x: got `null`, expected a string, a number, a boolean/,
    ],
    [
      'an object as value',
      withStatement({ ...allow, Condition: { StringEquals: { 'aws:x': { y: 1 } } } }),
      /aws:x: got `\{"y":1\}`/,
    ],
    [
      'a number that JSON cannot carry',
      withStatement({ ...allow, Condition: { NumericEquals: { 'aws:x': 2 ** 60 } } }),
      /which JSON cannot carry exactly; write it as a string$/,
    ],
    [
      'keys that differ in case',
      withStatement({
        ...allow,
        Condition: { StringEquals: { 'aws:PrincipalTag/a': '1', 'aws:principaltag/A': '2' } },
      }),
      /condition key `aws:principaltag\/A` stands beside `aws:PrincipalTag\/a`, which differs only in case; merge the two$/,
    ],
    [
      'operators that differ in case',
      withStatement({ ...allow, Condition: { StringEquals: { a: '1' }, stringEquals: { b: '2' } } }),
      /operator `stringEquals` stands beside `StringEquals`/,
    ],
  ])('%s', (_, document, message, ...[options]) => {
    expect(messageOf(document, options)).toMatch(message);
  });

  test('the message names the statement by its Sid, and the position counts from 1', () => {
    const bad = { ...allow, Effect: 'Grant' };
    expect(messageOf({ Statement: [allow, { ...bad, Sid: 'Second' }] })).toMatch(
      /^p\.json: statement "Second": Effect: got `Grant`/,
    );
    expect(messageOf({ Statement: [allow, bad] })).toMatch(/^p\.json: statement 2: Effect/);
  });

  test('the error carries its parts', () => {
    const thrown = (() => {
      try {
        return parsePolicy(withStatement({ ...allow, Effect: 'x' }), 'p.json');
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(PolicyError);
    expect(thrown).toMatchObject({ origin: 'p.json', statement: 'statement 1', field: 'Effect' });
  });

  test('megabytes, with one clear error; just below the limit is read', () => {
    const sized = (length: number) =>
      withStatement({ ...allow, Resource: Array.from({ length }, () => `arn:aws:s3:::${'x'.repeat(987)}`) });
    expect(messageOf(sized(1100))).toBe(
      `p.json: the policy holds more than ${MAX_DOCUMENT_CHARACTERS.toLocaleString('en')} characters, expected at most that; AWS accepts no policy larger than 32,768`,
    );
    expect(parsePolicy(sized(1000), 'p.json').statements).toHaveLength(1);
  });

  test('long bad values are cut short', () => {
    expect(messageOf('x'.repeat(5000)).length).toBeLessThan(250);
  });
});
