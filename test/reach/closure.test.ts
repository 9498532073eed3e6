import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { Model, Principal } from '../../lib/model/model';
import { chainOf } from '../../lib/reach/closure';
import { reachOf } from '../../lib/reach/reach';
import { ACCOUNT, arn, modelOf, OTHER, principal, resource, root, service, trusts } from './notation';

const LAMBDA = service('lambda');
const fn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;

/** Whom of the model `from` reaches, as `Name` or `Name+gains`; undecided ones with `?`. */
function reached(model: Model, from: Principal): string[] {
  const closure = reachOf(model, awsCatalogue()).closure(from);
  return [...closure.members.values()]
    .filter((a) => a.step !== undefined && !a.actor.principal.id.startsWith('a new principal'))
    .map(({ actor: { principal: p, gains }, undecided }) => {
      const marks = [
        gains.any ? 'any' : '',
        gains.unbounded ? 'unbounded' : '',
        gains.undenied.length > 0 ? 'undenied' : '',
        ...gains.groups,
      ].filter((m) => m !== '');
      return `${p.id.replace('Test/', '')}${marks.length > 0 ? `+${marks.join('+')}` : ''}${undecided === undefined ? '' : '?'}`;
    })
    .sort();
}

describe('assuming a role', () => {
  const target = (...trust: NonNullable<Parameters<typeof principal>[1]>['trust'] & object) =>
    principal('Q', { trust });
  const p = (resourceArn: string) => principal('P', { can: [{ Action: 'sts:AssumeRole', Resource: resourceArn }] });

  test.each([
    ['the account is trusted and the caller may', p(arn('Q')), target(root()), ['Q']],
    ['the caller may assume another role', p(arn('R')), target(root()), []],
    [
      'the caller is trusted by name, in its own account, without a grant',
      principal('P'),
      target(trusts(arn('P'))),
      ['Q'],
    ],
    ['another is trusted', p('*'), target(trusts(arn('R'))), []],
    [
      'a session of the caller is trusted',
      principal('P'),
      target(trusts(`arn:aws:sts::${ACCOUNT}:assumed-role/P/me`)),
      ['Q'],
    ],
    ['everybody is trusted', principal('P'), target(trusts('*')), ['Q']],
    [
      'everybody is trusted, but the caller is not',
      principal('P'),
      target(trusts('*'), { Effect: 'Deny', ...trusts(arn('P')) }),
      [],
    ],
    ['another account is trusted', p('*'), target(root(OTHER)), []],
    ['only a service is trusted', p('*'), target(LAMBDA), []],
  ])('%s', (_, caller, role, expected) => {
    expect(reached(modelOf([caller, role]), caller)).toEqual(expected);
  });

  test('across accounts both sides have to allow', () => {
    const role = principal('Q', { trust: [trusts(arn('P', OTHER))] });
    const silent = principal('P', { account: OTHER });
    const willing = principal('P', { account: OTHER, can: [{ Action: 'sts:AssumeRole' }] });
    expect(reached(modelOf([silent, role]), silent)).toEqual([]);
    expect(reached(modelOf([willing, role]), willing)).toEqual(['Q']);
  });

  test.each([
    ['sts:ExternalId', 'a', 'a', ['Q']],
    ['sts:ExternalId', 'a', 'b', []],
    ['sts:SourceIdentity', 'a', 'b', []],
    ['aws:PrincipalTag/team', 'a', 'a', ['Q']],
    ['aws:PrincipalTag/team', 'a', 'b', []],
    ['aws:PrincipalOrgID', 'o-1', 'o-2', []],
    ['aws:SourceIp', '10.0.0.0/8', '11.0.0.0/8', []],
  ])('conditions of both sides on %s meet: %s and %s', (key, mine, theirs, expected) => {
    const operator = key === 'aws:SourceIp' ? 'IpAddress' : 'StringEquals';
    const caller = principal('P', { can: [{ Action: 'sts:AssumeRole', Condition: { [operator]: { [key]: mine } } }] });
    const role = principal('Q', { trust: [{ ...root(), Condition: { [operator]: { [key]: theirs } } }] });
    expect(reached(modelOf([caller, role]), caller)).toEqual(expected);
  });

  test('a trust policy that picks callers by aws:PrincipalArn picks them', () => {
    const role = principal('Q', {
      trust: [{ ...trusts('*'), Condition: { ArnLike: { 'aws:PrincipalArn': arn('P*') } } }],
    });
    const caller = principal('P');
    const other = principal('R');
    expect(reached(modelOf([caller, other, role]), caller)).toEqual(['Q']);
    expect(reached(modelOf([caller, other, role]), other)).toEqual([]);
  });

  test('a boundary limits a role that is trusted by name, but not a user', () => {
    const bounded = { boundary: [{ Action: 's3:*' }] };
    const role = principal('P', bounded);
    const user = principal('U', { ...bounded, kind: 'user' });
    const target = principal('Q', { trust: [trusts(arn('P')), trusts(`arn:aws:iam::${ACCOUNT}:user/U`)] });
    expect(reached(modelOf([role, user, target]), role)).toEqual([]);
    expect(reached(modelOf([role, user, target]), user)).toEqual(['Q']);
  });
});

describe('passing a role', () => {
  const Q = principal('Q', { trust: [LAMBDA] });
  const passing = { Action: 'iam:PassRole', Resource: arn('Q') };
  const making = { Action: ['lambda:CreateFunction', 'lambda:InvokeFunction'], Resource: fn('*') };

  test.each([
    ['to a function that one creates and invokes', [passing, making], ['Q']],
    ['without creating', [passing, { Action: 'lambda:InvokeFunction' }], []],
    ['without passing', [making], []],
    ['another role', [{ ...passing, Resource: arn('R') }, making], []],
    [
      'to another service',
      [{ ...passing, Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }, making],
      [],
    ],
    [
      'to that service',
      [{ ...passing, Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } }, making],
      ['Q'],
    ],
    ['with a Deny', [passing, making, { Effect: 'Deny', Action: 'iam:PassRole' }], []],
    [
      'to functions that one creates, invoking others',
      [
        passing,
        { Action: 'lambda:CreateFunction', Resource: fn('a-*') },
        { Action: 'lambda:InvokeFunction', Resource: fn('b-*') },
      ],
      [],
    ],
    [
      'to functions that one creates, invoking versions of them',
      [
        passing,
        { Action: 'lambda:CreateFunction', Resource: fn('a') },
        { Action: 'lambda:InvokeFunction', Resource: fn('a:1') },
      ],
      ['Q'],
    ],
  ])('%s', (_, can, expected) => {
    const P = principal('P', { can });
    expect(reached(modelOf([P, Q]), P)).toEqual(expected);
  });

  test('needs the trust of the service', () => {
    const P = principal('P', { can: [passing, making] });
    const other = principal('Q', { trust: [service('ec2')] });
    expect(reached(modelOf([P, other]), P)).toEqual([]);
  });

  test('within a boundary', () => {
    const P = principal('P', { can: [passing, making], boundary: [{ Action: 'lambda:*' }] });
    expect(reached(modelOf([P, Q]), P)).toEqual([]);
  });

  test('two principals of one person share the requests, but for the one that passes', () => {
    const invoker = principal('I', { can: [{ Action: 'lambda:InvokeFunction' }], trust: [trusts(arn('P'))] });
    const P = principal('P', { can: [passing, { Action: 'lambda:CreateFunction' }] });
    expect(reached(modelOf([P, invoker, Q]), P)).toEqual(['I', 'Q']);
    const creator = principal('I', {
      can: [{ Action: ['lambda:CreateFunction', 'lambda:InvokeFunction'] }],
      trust: [trusts(arn('P'))],
    });
    const passer = principal('P', { can: [passing] });
    expect(reached(modelOf([passer, creator, Q]), passer)).toEqual(['I']);
  });
});

describe('driving what runs as a role', () => {
  const Q = principal('Q', { trust: [LAMBDA] });
  const F = resource('F', 'AWS::Lambda::Function', fn('f'), Q);
  const update = (name: string) =>
    principal('P', { can: [{ Action: 'lambda:UpdateFunctionCode', Resource: fn(name) }] });

  test('its code', () => {
    expect(reached(modelOf([update('f'), Q], [F]), update('f'))).toEqual(['Q']);
    expect(reached(modelOf([update('g'), Q], [F]), update('g'))).toEqual([]);
  });

  test('nothing in the templates runs as the role', () => {
    expect(reached(modelOf([update('f'), Q]), update('f'))).toEqual(['Q?']);
    const R = principal('R', { trust: [LAMBDA] });
    const G = resource('G', 'AWS::Lambda::Function', fn('g'), R);
    // The only function that it may change is known to run as somebody else.
    expect(reached(modelOf([update('g'), Q, R], [G]), update('g'))).toEqual(['R']);
  });
});

describe('changing what oneself may do', () => {
  const self = { Action: 'iam:PutRolePolicy', Resource: arn('P') };

  test.each([
    ['by an inline policy', [self], ['P+any']],
    ['of another role', [{ ...self, Resource: arn('Q') }], []],
    ['by an attached policy', [{ ...self, Action: 'iam:AttachRolePolicy' }], ['P+any']],
    [
      'by one attached policy that is not known',
      [
        {
          ...self,
          Action: 'iam:AttachRolePolicy',
          Condition: { ArnEquals: { 'iam:PolicyARN': `arn:aws:iam::${ACCOUNT}:policy/x` } },
        },
      ],
      ['P+any?'],
    ],
    [
      'where a boundary is demanded that it has not',
      [{ ...self, Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:x' } } }],
      [],
    ],
  ])('%s', (_, can, expected) => {
    const P = principal('P', { can });
    expect(reached(modelOf([P, principal('Q', { account: OTHER })]), P)).toEqual(expected);
  });

  test('a boundary holds after it, and what lies beyond is not reached', () => {
    const Q = principal('Q', { trust: [root()] });
    const within = principal('P', { can: [self], boundary: [{ Action: ['iam:PutRolePolicy', 's3:*'] }] });
    const beyond = principal('P', {
      can: [self],
      boundary: [{ Action: ['iam:PutRolePolicy', 'sts:*'], Resource: [arn('P'), arn('Q')] }],
    });
    expect(reached(modelOf([within, Q]), within)).toEqual(['P+any']);
    expect(reached(modelOf([beyond, Q]), beyond)).toEqual(['P+any+unbounded', 'Q+any']);
  });

  test('a managed policy of its own', () => {
    const can = [{ Action: 'iam:CreatePolicyVersion', Resource: `arn:aws:iam::${ACCOUNT}:policy/own` }];
    const P = principal('P', { can, managed: 'own' });
    const R = principal('R', { can });
    expect(reached(modelOf([P]), P)).toEqual(['P+any']);
    // Then it is an administrator, and may edit the other role as well.
    expect(reached(modelOf([P, R]), P)).toEqual(['P+any', 'R+any']);
    expect(reached(modelOf([P, R]), R)).toEqual([]);
  });

  test('a group that it joins, or is in', () => {
    const admins = principal('G', { kind: 'group', can: [{ Action: 'sts:AssumeRole' }] });
    const Q = principal('Q', { trust: [root()] });
    const join = principal('U', {
      kind: 'user',
      can: [{ Action: 'iam:AddUserToGroup', Resource: `arn:aws:iam::${ACCOUNT}:group/G` }],
    });
    expect(reached(modelOf([join, admins, Q]), join)).toEqual(['Q', 'U+Test/G']);
    const member = principal('U', { kind: 'user', memberOf: [admins] });
    expect(reached(modelOf([member, admins, Q]), member)).toEqual(['Q']);
    const edit = principal('G', {
      kind: 'group',
      can: [{ Action: 'iam:PutGroupPolicy', Resource: `arn:aws:iam::${ACCOUNT}:group/G` }],
    });
    const editor = principal('U', { kind: 'user', memberOf: [edit] });
    expect(reached(modelOf([editor, edit]), editor)).toEqual(['U+any']);
  });
});

describe('chains', () => {
  test('a step needs what the steps before it gave', () => {
    const Q = principal('Q', { trust: [trusts(arn('M'))] });
    const M = principal('M', { can: [{ Action: 's3:GetObject' }], trust: [trusts(arn('P'))] });
    const P = principal('P');
    const model = modelOf([P, M, Q]);
    expect(reached(model, P)).toEqual(['M', 'Q']);
    const closure = reachOf(model, awsCatalogue()).closure(P);
    const chain = chainOf(closure, closure.members.get('Test/Q')!);
    expect(chain.map((s) => [s.path.id, s.permits[0]!.actor.principal.id, s.to.id])).toEqual([
      ['sts-001', 'Test/P', 'Test/M'],
      ['sts-001', 'Test/M', 'Test/Q'],
    ]);
  });

  test('a role that is edited and assumed has everything', () => {
    const Q = principal('Q', { trust: [trusts(arn('P'))] });
    const P = principal('P', { can: [{ Action: 'iam:PutRolePolicy', Resource: arn('Q') }] });
    expect(reached(modelOf([P, Q]), P)).toEqual(['P+any', 'Q+any']);
    const closed = principal('Q', { trust: [LAMBDA] });
    expect(reached(modelOf([P, closed]), P)).toEqual([]);
  });

  test('an administrator reaches everybody in its account, and nobody elsewhere', () => {
    const P = principal('P', { can: [{ Action: '*' }] });
    const here = ['A', 'B'].map((n) => principal(n, { trust: [service('ec2')] }));
    const there = principal('C', { account: OTHER, trust: [service('ec2')] });
    const found = reached(modelOf([P, ...here, there]), P);
    expect(found).toEqual(expect.arrayContaining(['A+any', 'B+any']));
    expect(found.some((f) => f.startsWith('C'))).toBe(false);
  });
});

describe('who can', () => {
  test('directly, through a chain, and not at all', () => {
    const reader = principal('R', {
      can: [{ Action: 's3:GetObject' }],
      trust: [trusts(arn('P')), trusts(`arn:aws:iam::${OTHER}:role/x`)],
    });
    const P = principal('P');
    const N = principal('N');
    const reach = reachOf(modelOf([reader, P, N]), awsCatalogue());
    const can = reach.whoCan('s3:GetObject', 'arn:aws:s3:::bucket/key');
    expect(can.map((c) => [c.principal.id, c.as.actor.principal.id, c.undecided])).toEqual([
      ['Test/R', 'Test/R', undefined],
      ['Test/P', 'Test/R', undefined],
      [`arn:aws:iam::${OTHER}:role/x`, 'Test/R', undefined],
    ]);
    expect(can[0]?.witness).toMatchObject({ action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key' });
  });
});
