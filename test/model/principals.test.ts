import { buildModel } from '../../lib/model/build-model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { show } from '../../lib/policy/text';
import {
  ACCOUNT,
  agnostic,
  allow,
  deny,
  doc,
  type Json,
  join,
  model,
  principalOf,
  ref,
  resource,
  rights,
  role,
  sentence,
  stack,
  sub,
  when,
} from './notation';

const READ = allow('s3:GetObject', 'arn:aws:s3:::b/x');
const READS = 'Allow s3:GetObject on arn:aws:s3:::b/x';

describe('policies, from whichever side they are attached', () => {
  const managed = { M: resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'm', PolicyDocument: doc(READ) }) };

  test.each<[string, Json]>([
    ['inline', { A: role([READ]) }],
    [
      'AWS::IAM::Policy by Ref',
      { A: role(), P: resource('AWS::IAM::Policy', { Roles: [ref('A')], PolicyDocument: doc(READ) }) },
    ],
    [
      'AWS::IAM::Policy by name',
      { A: role([], { RoleName: 'a' }), P: resource('AWS::IAM::Policy', { Roles: ['a'], PolicyDocument: doc(READ) }) },
    ],
    [
      'AWS::IAM::RolePolicy',
      { A: role(), P: resource('AWS::IAM::RolePolicy', { RoleName: ref('A'), PolicyDocument: doc(READ) }) },
    ],
    ['a managed policy, by its ARN', { A: role([], { ManagedPolicyArns: [ref('M')] }), ...managed }],
    [
      'a managed policy, by its spelled ARN',
      { A: role([], { ManagedPolicyArns: [sub('arn:aws:iam::${AWS::AccountId}:policy/m')] }), ...managed },
    ],
    [
      'a managed policy that names the role',
      { A: role(), M: resource('AWS::IAM::ManagedPolicy', { Roles: [ref('A')], PolicyDocument: doc(READ) }) },
    ],
    [
      'a document as JSON text',
      { A: role(), P: resource('AWS::IAM::Policy', { Roles: [ref('A')], PolicyDocument: JSON.stringify(doc(READ)) }) },
    ],
    [
      'one statement instead of a list',
      { A: role([], { Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: READ } }] }) },
    ],
  ])('%s', (_, resources) => {
    const a = principalOf(model(resources), 'A');
    expect(rights(a)).toEqual([READS]);
    expect(a.unknown).toEqual([]);
  });

  test('users have the policies of their groups', () => {
    const m = model({
      G: resource('AWS::IAM::Group', { Policies: [{ PolicyName: 'p', PolicyDocument: doc(READ) }] }),
      U: resource('AWS::IAM::User', { Groups: [ref('G')] }),
      V: resource('AWS::IAM::User'),
      W: resource('AWS::IAM::User'),
      Add: resource('AWS::IAM::UserToGroupAddition', { GroupName: ref('G'), Users: [ref('V')] }),
      P: resource('AWS::IAM::UserPolicy', { UserName: ref('V'), PolicyDocument: doc(allow('s3:ListBucket')) }),
      Q: resource('AWS::IAM::GroupPolicy', { GroupName: ref('G'), PolicyDocument: doc(allow('s3:PutObject')) }),
    });
    expect(rights(principalOf(m, 'U'))).toEqual([READS, 'Allow s3:PutObject on *']);
    expect(new Set(rights(principalOf(m, 'V')))).toEqual(
      new Set([READS, 'Allow s3:ListBucket on *', 'Allow s3:PutObject on *']),
    );
    expect(principalOf(m, 'V').memberOf).toEqual(['S/G']);
    expect(rights(principalOf(m, 'W'))).toEqual([]);
  });

  test('a group from outside the app leaves its member undecided', () => {
    const m = model({ U: resource('AWS::IAM::User', { Groups: ['admins'] }) });
    expect(principalOf(m, 'U').unknown).toEqual([expect.stringContaining('the group `admins` is not in the app')]);
  });

  test('a group is in no group, not even in itself', () => {
    const sections = { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } };
    const m = model(
      {
        G: resource('AWS::IAM::Group', {
          Groups: [when('C', ref('G'))],
          Policies: [{ PolicyName: 'p', PolicyDocument: doc(READ) }],
        }),
      },
      sections,
    );
    expect(rights(principalOf(m, 'G'))).toEqual([READS]);
  });

  test('an instance profile holds its roles', () => {
    const m = model({ A: role(), I: resource('AWS::IAM::InstanceProfile', { Roles: [ref('A')] }) });
    expect(principalOf(m, 'I').holds?.map(show)).toEqual([show(principalOf(m, 'A').arn)]);
  });

  test('across stacks: by name, and by import', () => {
    const roles = stack(
      { A: role([], { RoleName: 'a' }), B: role() },
      { sections: { Outputs: { B: { Value: ref('B'), Export: { Name: 'b' } } } } },
    );
    const policies = stack(
      { P: resource('AWS::IAM::Policy', { Roles: ['a', { 'Fn::ImportValue': 'b' }], PolicyDocument: doc(READ) }) },
      { stackName: 'T' },
    );
    const m = buildModel([roles, policies]);
    expect(rights(principalOf(m, 'S/A'))).toEqual([READS]);
    expect(rights(principalOf(m, 'S/B'))).toEqual([READS]);
    expect(m.principals).toHaveLength(2);
  });

  test('in another account, a role of that name is another role', () => {
    const policies = stack(
      { P: resource('AWS::IAM::Policy', { Roles: ['a'], PolicyDocument: doc(READ) }) },
      { stackName: 'T', account: '444455556666' },
    );
    const m = buildModel([stack({ A: role([], { RoleName: 'a' }) }), policies]);
    expect(rights(principalOf(m, 'S/A'))).toEqual([]);
    expect(principalOf(m, 'external/role/a').kind).toBe('external');
  });

  test('a role that the app names and does not create is a principal of which little is known', () => {
    const m = model({ P: resource('AWS::IAM::Policy', { Roles: ['legacy'], PolicyDocument: doc(READ) }) });
    const legacy = principalOf(m, 'external/role/legacy');
    expect(show(legacy.arn)).toBe(`arn:aws:iam::${ACCOUNT}:role/legacy`);
    expect(rights(legacy)).toEqual([READS]);
    expect(legacy.unknown).toHaveLength(1);
  });

  test('a name that only the deployment knows is an assumption', () => {
    const sections = { Parameters: { Name: { Type: 'String' } } };
    const m = model({ P: resource('AWS::IAM::Policy', { Roles: [ref('Name')], PolicyDocument: doc(READ) }) }, sections);
    expect(m.assumptions.map((a) => a.text)).toEqual([
      expect.stringContaining('S/P is attached to the role `${parameter Name of stack S}`'),
    ]);
  });
});

describe('a deny counts only where it is certain', () => {
  const DENY = deny('s3:GetObject');
  const sections = { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } };
  const roles = { A: role([READ], { RoleName: 'a' }), B: role([READ], { RoleName: 'b' }) };

  test.each([
    ['to either of two roles', { Roles: [when('C', ref('A'), ref('B'))] }],
    ['to one role, under a condition', { Roles: when('C', [ref('A')], []) }],
  ])('attached %s', (_, target) => {
    const m = model({ ...roles, P: resource('AWS::IAM::Policy', { ...target, PolicyDocument: doc(DENY) }) }, sections);
    expect(rights(principalOf(m, 'A'))).toEqual([READS, 'Deny s3:GetObject on * if StringEquals bulkhead:S/P x']);
  });

  test('of a group that a user may not be in', () => {
    const group = { G: resource('AWS::IAM::Group', { Policies: [{ PolicyName: 'p', PolicyDocument: doc(DENY) }] }) };
    const certain = model({ U: resource('AWS::IAM::User', { Groups: [ref('G')] }), ...group }, sections);
    expect(rights(principalOf(certain, 'U'))).toEqual(['Deny s3:GetObject on *']);
    const open = model({ U: resource('AWS::IAM::User', { Groups: [when('C', ref('G'))] }), ...group }, sections);
    expect(rights(principalOf(open, 'U'))).toEqual(['Deny s3:GetObject on * if StringEquals bulkhead:S/P x']);
  });

  test('from a stack that may be in another account', () => {
    const elsewhere = agnostic(
      { P: resource('AWS::IAM::Policy', { Roles: ['a'], PolicyDocument: doc(DENY, allow('s3:PutObject')) }) },
      { stackName: 'T' },
    );
    const m = buildModel([stack(roles), elsewhere]);
    expect(rights(principalOf(m, 'S/A'))).toEqual([READS, 'Allow s3:PutObject on *']);
  });

  test('a managed policy that may be another account’s leaves the role undecided', () => {
    const managed = stack({
      M: resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'm', PolicyDocument: doc(READ) }),
    });
    const attached = agnostic(
      { A: role([], { ManagedPolicyArns: [sub('arn:aws:iam::${AWS::AccountId}:policy/m')] }) },
      { stackName: 'T' },
    );
    expect(principalOf(buildModel([managed, attached]), 'T/A').unknown).toEqual([
      expect.stringContaining('give its stack an environment'),
    ]);
  });
});

test('a managed policy attached from both sides counts once', () => {
  const m = model({
    A: role([], { ManagedPolicyArns: [ref('M')] }),
    M: resource('AWS::IAM::ManagedPolicy', { Roles: ['a'], PolicyDocument: doc(READ) }),
    B: role(),
  });
  expect(rights(principalOf(m, 'A'))).toEqual([READS]);
  const both = model({
    A: role([], { RoleName: 'a', ManagedPolicyArns: [join('arn:aws:iam::', ref('AWS::AccountId'), ':policy/m')] }),
    M: resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'm', Roles: ['a'], PolicyDocument: doc(READ) }),
  });
  expect(rights(principalOf(both, 'A'))).toEqual([READS]);
});

describe('documents as JSON text', () => {
  const A = (document: unknown) =>
    principalOf(
      model(
        {
          A: role([], { Policies: [{ PolicyName: 'p', PolicyDocument: document }] }),
          T: resource('AWS::DynamoDB::Table'),
        },
        { Parameters: { P: { Type: 'String' } } },
      ),
      'A',
    );
  const written = (resource: string) => sub(JSON.stringify(doc(allow('dynamodb:GetItem', resource))));

  test('names within their strings are holes as ever', () => {
    expect(rights(A(written('${T.Arn}/index/*')))).toEqual([
      `Allow dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/\${the name of T in stack S}/index/*`,
    ]);
  });

  test('a value that may be anything might rewrite the document', () => {
    expect(rights(A(written('arn:aws:dynamodb:::${P}')))).toEqual([]);
    expect(A(written('arn:aws:dynamodb:::${P}')).unknown).toEqual([
      expect.stringContaining('is not known before deployment'),
    ]);
  });
});

describe('managed policies of AWS', () => {
  const attached = (arn: unknown, options = {}) =>
    principalOf(buildModel([agnostic({ A: role([], { ManagedPolicyArns: [arn] }) }, options)]), 'A');

  test('are read from the catalogue', () => {
    const a = attached('arn:aws:iam::aws:policy/AdministratorAccess', { region: 'eu-west-1' });
    expect(rights(a)).toEqual(['Allow * on *']);
    expect(a.attached[0]).toMatchObject({ attached: 'aws-managed' });
    expect(a.unknown).toEqual([]);
  });

  test('by an ARN in an open partition, as CDK writes them', () => {
    const arn = join('arn:', ref('AWS::Partition'), ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
    expect(rights(attached(arn))).toEqual([expect.stringContaining('logs:CreateLogGroup')]);
  });

  test('have the ARNs of their partition', () => {
    const arn = 'arn:aws-cn:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda';
    expect(rights(attached(arn, { region: 'cn-north-1' })).join()).toContain('arn:aws-cn:');
    expect(rights(attached(arn, { region: 'cn-north-1' })).join()).not.toContain('arn:aws:');
    expect(rights(attached(arn)).join()).toContain('arn:${AWS::Partition}:');
  });

  test.each([
    ['a policy of AWS that is not in the catalogue', 'arn:aws:iam::aws:policy/NoSuchPolicy', 'not a policy of AWS'],
    ['a policy outside the app', `arn:aws:iam::${ACCOUNT}:policy/elsewhere`, 'not in the app'],
    ['a parameter', ref('P'), 'not known before deployment'],
    ['an import', { 'Fn::ImportValue': 'x' }, 'not known before deployment'],
  ])('%s leaves the role undecided', (_, arn, reason) => {
    expect(attached(arn, { sections: { Parameters: { P: { Type: 'String' } } } }).unknown).toEqual([
      expect.stringContaining(reason),
    ]);
  });
});

describe('boundaries', () => {
  const B = resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'b', PolicyDocument: doc(READ) });

  test.each([
    ['by Ref', ref('B')],
    ['by its spelled ARN', sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/b')],
  ])('%s', (_, arn) => {
    const a = principalOf(model({ A: role([], { PermissionsBoundary: arn }), B }), 'A');
    expect(a.boundary?.document.statements.map(sentence)).toEqual([READS]);
    expect(a.policies.permissionsBoundary).toBe(a.boundary?.document);
  });

  test('a policy of AWS', () => {
    const a = principalOf(
      model({ A: role([], { PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }) }),
      'A',
    );
    expect(a.boundary?.attached).toBe('aws-managed');
  });

  test.each([
    ['outside the app', `arn:aws:iam::${ACCOUNT}:policy/elsewhere`, {}],
    [
      'that cannot be read',
      ref('B'),
      { B: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc({ Effect: 'Allow' }) }) },
    ],
  ])('a boundary %s bounds nothing, and the role is not undecided for it', (_, arn, more) => {
    const a = principalOf(model({ A: role([READ], { PermissionsBoundary: arn }), ...more }), 'A');
    expect(a.boundary).toBeUndefined();
    expect(a.policies.permissionsBoundary).toBeUndefined();
    expect(a.boundaryUnknown).toBeDefined();
    expect(a.unknown).toEqual([]);
  });

  test('none', () => {
    const a = principalOf(model({ A: role() }), 'A');
    expect(a.boundary).toBeUndefined();
    expect(a.boundaryUnknown).toBeUndefined();
  });
});

describe('policies that cannot be read leave their principal undecided, with the place', () => {
  test.each<[string, unknown, string]>([
    ['a misspelt effect', doc({ ...READ, Effect: 'allow' }), 'S/A (inline policy p): statement 1: Effect: got `allow`'],
    ['the second statement', doc(READ, { Effect: 'Allow' }), 'S/A (inline policy p): statement 2: no `Action`'],
    ['a principal', doc({ ...READ, Principal: '*' }), 'statement 1: Principal'],
    [
      'a document that only the deployment knows',
      ref('P'),
      'the document `${parameter P of stack S}` is not known before deployment',
    ],
    ['statements that only the deployment knows', { Version: '2012-10-17', Statement: ref('P') }, 'the statements'],
    ['no document', undefined, 'got no policy document'],
    ['text that is not JSON', '{', 'is not known before deployment'],
    ['no statement', { Version: '2012-10-17' }, 'no `Statement`'],
  ])('%s', (_, document, reason) => {
    const sections = { Parameters: { P: { Type: 'String' } } };
    const a = principalOf(
      model({ A: role([], { Policies: [{ PolicyName: 'p', PolicyDocument: document }] }) }, sections),
      'A',
    );
    expect(a.unknown.join('\n')).toContain(reason);
  });

  test('an unresolved action is the engine’s to judge', () => {
    const sections = { Parameters: { P: { Type: 'String' } } };
    const a = principalOf(model({ A: role([allow(ref('P'))]) }, sections), 'A');
    expect(a.unknown).toEqual([]);
    expect(a.policies.identityPolicies[0]?.statements[0]?.opaque).toContain('unresolved');
  });

  test('what else the document says is read all the same', () => {
    const a = principalOf(model({ A: role([READ, { Effect: 'Allow' }, deny('iam:*')]) }), 'A');
    expect(rights(a)).toEqual([READS, 'Deny iam:* on *']);
  });
});

test('a permission set is the role that it becomes', () => {
  const set = resource('AWS::SSO::PermissionSet', {
    Name: 'Operators',
    InlinePolicy: doc(READ),
    ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    CustomerManagedPolicyReferences: [{ Name: 'm', Path: '/' }],
    PermissionsBoundary: { ManagedPolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
  });
  const a = principalOf(model({ A: set }), 'A');
  expect(rights(a)).toEqual([READS, 'Allow * on *']);
  expect(a.boundary?.attached).toBe('aws-managed');
  expect(show(a.arn)).toContain('AWSReservedSSO_Operators_');
  // What a policy of that name says in an assigned account is not known.
  expect(a.unknown).toEqual([expect.stringContaining(':policy/m` is not known before deployment')]);
  const plain = resource('AWS::SSO::PermissionSet', {
    Name: 'x',
    ManagedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  });
  expect(principalOf(model({ A: plain }), 'A').unknown).toEqual([]);
});

test('a stack without resources is one all the same', () => {
  expect(buildModel([{ stackName: 'S', template: {} }]).principals).toEqual([]);
  expect(() => buildModel([{ stackName: 'S', unnamed: true, template: {} }])).toThrow('`Resources` is nothing');
});

test('trust, tags, marks and paths', () => {
  const m = model({
    A: role(
      [],
      {
        Tags: [
          { Key: 'duty', Value: 'read' },
          { Key: 'late', Value: ref('P') },
        ],
      },
      {
        Metadata: {
          bulkhead: { domain: 'orders', duty: 'read', part: 'role' },
          'aws:cdk:path': 'Orders/Read/Resource',
        },
      },
    ),
  });
  const a = principalOf(m, 'A');
  expect(a).toMatchObject({ domain: 'orders', duty: 'read', dutyFrom: 'mark', kind: 'role', tags: { duty: 'read' } });
  expect(a.origin).toMatchObject({
    id: 'S/A',
    path: 'Orders/Read/Resource',
    stack: 'S',
    logicalId: 'A',
    type: 'AWS::IAM::Role',
  });
  expect(a.trust?.statements.map((s) => s.principal?.entries.map((e) => show(e.value)))).toEqual([
    [`arn:aws:iam::${ACCOUNT}:root`],
  ]);
  expect(m.domains).toEqual([{ name: 'orders', declaredAt: [] }]);
});

test('two stacks of one name, in two regions, are two', () => {
  const m = buildModel([stack({ A: role() }), stack({ A: role() }, { region: 'us-east-1' })]);
  expect(m.principals.map((p) => p.id)).toEqual(['S/A', `S@${ACCOUNT}-us-east-1/A`]);
});

describe('policies attached by a name that may be several roles’, or one that the deployment chooses', () => {
  const named = (name: string, more: Json = {}): Json => role([], { RoleName: name }, more);
  const policy = (name: unknown, more: Json = {}): Json =>
    resource('AWS::IAM::Policy', { PolicyName: 'p', Roles: [name], PolicyDocument: doc(allow('s3:GetObject')) }, more);
  const attached = (templates: readonly RenderedTemplate[]) =>
    buildModel(templates)
      .principals.filter((p) => p.kind === 'role' && p.attached.length > 0)
      .map((p) => p.id);

  test('roles of one name under conditions', () => {
    const sections = {
      Parameters: { Env: { Type: 'String' } },
      Conditions: { Prod: { 'Fn::Equals': [ref('Env'), 'prod'] }, Test: { 'Fn::Not': [{ Condition: 'Prod' }] } },
    };
    const roles = { A: named('a', { Condition: 'Prod' }), B: named('a', { Condition: 'Test' }), C: named('c') };
    expect(attached([stack({ ...roles, P: policy('a') }, { sections })])).toEqual(['S/A', 'S/B']);
  });

  test('roles of one name in two accounts, from a stack that names none', () => {
    const dev = stack({ A: named('a') }, { stackName: 'Dev' });
    const prod = stack({ A: named('a') }, { stackName: 'Prod', account: '222233334444' });
    expect(attached([dev, prod, agnostic({ P: policy('a') })])).toEqual(['Dev/A', 'Prod/A']);
    expect(attached([dev, prod, stack({ P: policy('a') })])).toEqual(['Dev/A']);
  });

  test.each<[string, unknown, Json]>([
    ['the default', ref('N'), { Type: 'String', Default: 'a' }],
    ['an allowed value', ref('N'), { Type: 'String', AllowedValues: ['a', 'b'] }],
    ['the written part', { 'Fn::Sub': 'a${N}' }, { Type: 'String' }],
  ])('a role that %s of a parameter points to', (_, name, N) => {
    const sections = { Parameters: { N } };
    expect(attached([stack({ A: named('a'), Z: named('z'), P: policy(name) }, { sections })])).toEqual(['S/A']);
    expect(attached([stack({ Z: named('z'), P: policy(name) }, { sections })])).toEqual([]);
  });
});

describe('the longest session of a role', () => {
  const sections = {
    Parameters: { P: { Type: 'String' } },
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] }, Open: { 'Fn::Equals': [ref('P'), 'x'] } },
  };
  test.each<[string, unknown, number | 'unknown' | undefined]>([
    ['a number', 7200, 7200],
    ['a number as text', '7200', 7200],
    ['a branch that no deployment takes, and nothing', when('Never', 7200), undefined],
    ['nothing', ref('AWS::NoValue'), undefined],
    ['a branch', when('Open', 7200), 'unknown'],
    ['an object', { toString: 'x' }, 'unknown'],
  ])('%s', (_, MaxSessionDuration, expected) => {
    expect(principalOf(model({ R: role([], { MaxSessionDuration }) }, sections), 'S/R').maxSession).toBe(expected);
  });
});
