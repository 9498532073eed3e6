/**
 * One principal outside the templates that two trust policies write in two ways is one: certainly, or as far as
 * anybody can know before deployment. Two that something tells apart are two. From whole templates,
 * because the ways of writing are CloudFormation's.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { assumersAreNotShared } from '../../lib/checks/assumers-are-not-shared';
import { CheckContext } from '../../lib/checks/check';
import type { Finding } from '../../lib/checks/finding';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { agnostic, configured, doc, type Json, ref, resource, stack, sub } from '../model/notation';

const HOME = '111122223333';
const AWAY = '444455556666';
const DUTIES = { duties: { deploy: ['*/Deploy'], approve: ['*/Approve'] } };

function findings(templates: readonly RenderedTemplate[], configuration: Json = DUTIES): Finding[] {
  return assumersAreNotShared.run(configured(templates, configuration), new CheckContext(awsCatalogue()));
}

interface Trust {
  readonly Principal: Json;
  readonly Condition?: Json;
  readonly Action?: string | readonly string[];
}

const trusting = (trust: Trust, name: string): Json =>
  resource('AWS::IAM::Role', {
    RoleName: name,
    AssumeRolePolicyDocument: doc({ Effect: 'Allow', Action: 'sts:AssumeRole', ...trust }),
  });
const pair = (a: Trust, b: Trust): Json => ({ Deploy: trusting(a, 'deployer'), Approve: trusting(b, 'approver') });
const aws = (AWS: unknown, Condition?: Json): Trust => ({ Principal: { AWS }, ...(Condition && { Condition }) });
const role = (name: string, account = HOME): string => `arn:aws:iam::${account}:role/${name}`;
const session = (name: string, who: string, account = HOME): string =>
  `arn:aws:sts::${account}:assumed-role/${name}/${who}`;
const ofCaller = (key: string, value: unknown, operator = 'StringEquals'): Json => ({ [operator]: { [key]: value } });

type Verdict = 'violated' | 'undecided' | 'apart';

function verdictOf(found: readonly Finding[]): Verdict {
  expect(found.length).toBeLessThan(2);
  return found[0]?.severity ?? 'apart';
}

const X_AND_Y = { Parameters: { X: { Type: 'String' }, Y: { Type: 'String' } } };

describe('in an account that is known', () => {
  test.each<[string, Trust, Trust, Verdict]>([
    ['the same role', aws(role('x')), aws(role('x')), 'violated'],
    ['two roles', aws(role('x')), aws(role('y')), 'apart'],
    ['one name in two accounts', aws(role('x')), aws(role('x', AWAY)), 'apart'],
    ['the partition open', aws(sub('arn:${AWS::Partition}:iam::111122223333:role/x')), aws(role('x')), 'violated'],
    ['another case of the name, which is the same name', aws(role('Ops')), aws(role('ops')), 'violated'],
    ['a role and a session of it', aws(role('x')), aws(session('x', 'alice')), 'violated'],
    ['a role in a path and a session of it', aws(role('team/x')), aws(session('x', 'alice')), 'violated'],
    ['a role and a session of another', aws(role('x')), aws(session('y', 'alice')), 'apart'],
    ['two sessions of one role', aws(session('x', 'alice')), aws(session('x', 'bob')), 'apart'],
    ['an account by its id and by its root', aws(HOME), aws(`arn:aws:iam::${HOME}:root`), 'violated'],
    ['an account and a session of a role in it', aws(HOME), aws(session('x', 'alice')), 'violated'],
    ['an account and a role in another', aws(HOME), aws(role('x', AWAY)), 'apart'],
    ['somebody by the id that AWS gave', aws('AROAEXAMPLEIDAAAAAAAA'), aws(role('x')), 'undecided'],
    ['a user and a role of one name', aws(`arn:aws:iam::${HOME}:user/x`), aws(role('x')), 'apart'],
    [
      'an account, of which only another role is meant, and a role',
      aws(HOME, ofCaller('aws:PrincipalArn', role('y'))),
      aws(role('x')),
      'apart',
    ],
    [
      'an account, of which roles that begin so are meant, and a role that does',
      aws(HOME, ofCaller('aws:PrincipalArn', role('ops-*'), 'ArnLike')),
      aws(role('ops-1')),
      'violated',
    ],
    [
      'everybody of another account, and a role',
      aws('*', ofCaller('aws:PrincipalAccount', AWAY)),
      aws(role('x')),
      'apart',
    ],
    [
      'an account, of which one session is meant, and another session',
      aws(HOME, ofCaller('aws:userid', '*:bob', 'StringLike')),
      aws(session('x', 'alice')),
      'apart',
    ],
  ])('%s', (_, a, b, expected) => {
    expect(verdictOf(findings([stack(pair(a, b))]))).toBe(expected);
    expect(verdictOf(findings([stack(pair(b, a))]))).toBe(expected);
  });
});

describe('where only the deployment knows', () => {
  const inAccount = (name: string): Json => sub(`arn:aws:iam::\${AWS::AccountId}:role/${name}`);

  test.each<[string, Trust, Trust, Verdict]>([
    ['one role of the open account', aws(inAccount('x')), aws(inAccount('x')), 'violated'],
    ['two roles of the open account', aws(inAccount('x')), aws(inAccount('y')), 'apart'],
    ['the open account and a role in it', aws(ref('AWS::AccountId')), aws(inAccount('x')), 'violated'],
    ['a role of the open account, and of one that it may be', aws(inAccount('x')), aws(role('x')), 'undecided'],
    ['another name there', aws(inAccount('x')), aws(role('y')), 'apart'],
    ['a session there', aws(sub('arn:aws:sts::${AWS::AccountId}:assumed-role/x/alice')), aws(role('x')), 'undecided'],
  ])('%s', (_, a, b, expected) => {
    expect(verdictOf(findings([agnostic(pair(a, b))]))).toBe(expected);
    expect(verdictOf(findings([agnostic(pair(b, a))]))).toBe(expected);
  });

  test.each<[string, unknown, unknown, Verdict]>([
    ['one parameter', ref('X'), ref('X'), 'undecided'],
    ['two parameters', ref('X'), ref('Y'), 'undecided'],
    ['a parameter, and somebody who is known', ref('X'), role('x'), 'undecided'],
    ['a parameter, and an account', ref('X'), HOME, 'undecided'],
    [
      'a name by a parameter, in the account of the other',
      sub('arn:aws:iam::111122223333:role/${X}'),
      role('x'),
      'undecided',
    ],
    ['a name by a parameter, in another account', sub('arn:aws:iam::444455556666:role/${X}'), role('x'), 'apart'],
    ['a name by a parameter, in another account than all', sub('arn:aws:iam::444455556666:role/${X}'), HOME, 'apart'],
    ['names that begin differently', sub('arn:aws:iam::111122223333:role/a-${X}'), role('b-1'), 'apart'],
  ])('%s', (_, a, b, expected) => {
    expect(verdictOf(findings([stack(pair(aws(a), aws(b)), { sections: X_AND_Y })]))).toBe(expected);
    expect(verdictOf(findings([stack(pair(aws(b), aws(a)), { sections: X_AND_Y })]))).toBe(expected);
  });

  test('the finding names the open part', () => {
    const [finding] = findings([stack(pair(aws(ref('X')), aws(role('x'))), { sections: X_AND_Y })]);
    expect(finding!.message).toContain(
      'whether `arn:aws:iam::111122223333:role/x` and `${parameter X of stack S}` are one principal is not known before deployment',
    );
  });

  test('parameters that take different values are two principals', () => {
    const Parameters = {
      X: { Type: 'String', AllowedValues: [role('x'), role('y')] },
      Y: { Type: 'String', AllowedValues: [role('z')] },
    };
    const found = (a: string, b: string) =>
      verdictOf(findings([stack(pair(aws(ref(a)), aws(ref(b))), { sections: { Parameters } })]));
    expect(found('X', 'Y')).toBe('apart');
    expect(verdictOf(findings([stack(pair(aws(ref('X')), aws(role('y'))), { sections: { Parameters } })]))).toBe(
      'undecided',
    );
  });

  test('a tag that a parameter gives may be the other’s', () => {
    const tagged = (value: unknown) => aws(HOME, ofCaller('aws:PrincipalTag/duty', value));
    const found = (a: unknown, b: unknown) =>
      verdictOf(findings([stack(pair(tagged(a), tagged(b)), { sections: X_AND_Y })]));
    expect(found(ref('X'), 'approve')).toBe('undecided');
    expect(found(ref('X'), ref('X'))).toBe('violated');
    expect(found('deploy', 'approve')).toBe('apart');
  });
});

describe('identity providers', () => {
  const GITHUB = 'token.actions.githubusercontent.com';
  const oidc = (provider: unknown, subject: string, operator = 'StringEquals'): Trust => ({
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { [operator]: { [`${GITHUB}:sub`]: subject } },
  });
  const github = (account = HOME): string => `arn:aws:iam::${account}:oidc-provider/${GITHUB}`;
  const stated = (key: string, value: string): Trust => ({ ...saml('Okta'), Condition: ofCaller(key, value) });
  const named = (session: string): Trust => ({
    ...oidc(github(), 'repo:o/a'),
    Condition: { StringEquals: { [`${GITHUB}:sub`]: 'repo:o/a', 'sts:RoleSessionName': session } },
  });
  const saml = (name: string, account = HOME): Trust => ({
    Principal: { Federated: `arn:aws:iam::${account}:saml-provider/${name}` },
    Action: 'sts:AssumeRoleWithSAML',
  });

  test.each<[string, Trust, Trust, Verdict]>([
    ['one subject', oidc(github(), 'repo:o/a'), oidc(github(), 'repo:o/a'), 'violated'],
    ['two subjects', oidc(github(), 'repo:o/a'), oidc(github(), 'repo:o/b'), 'apart'],
    ['one subject by a wildcard', oidc(github(), 'repo:o/*', 'StringLike'), oidc(github(), 'repo:o/a'), 'violated'],
    ['one issuer in two accounts', oidc(github(), 'repo:o/a'), oidc(github(AWAY), 'repo:o/a'), 'violated'],
    ['one issuer with a slash', oidc(github(), 'repo:o/a'), oidc(`${github()}/`, 'repo:o/a'), 'violated'],
    ['two subjects in two accounts', oidc(github(), 'repo:o/a'), oidc(github(AWAY), 'repo:o/b'), 'apart'],
    [
      'another issuer',
      oidc(github(), 'repo:o/a'),
      oidc(`arn:aws:iam::${HOME}:oidc-provider/idp.example.com`, 'repo:o/a'),
      'apart',
    ],
    ['an issuer and everybody of the account', oidc(github(), 'repo:o/a'), aws(HOME), 'apart'],
    ['a provider by a parameter', oidc(ref('X'), 'repo:o/a'), oidc(github(), 'repo:o/a'), 'undecided'],
    ['a provider by a parameter, another subject', oidc(ref('X'), 'repo:o/a'), oidc(github(), 'repo:o/b'), 'apart'],
    ['one SAML provider', saml('Okta'), saml('Okta'), 'violated'],
    ['SAML providers of one name in two accounts', saml('Okta'), saml('Okta', AWAY), 'undecided'],
    ['two SAML providers', saml('Okta'), saml('Ping'), 'apart'],
    ['two subjects of a SAML provider', stated('saml:sub', 'a'), stated('saml:sub', 'b'), 'apart'],
    ['two audiences, of which one person has both', stated('saml:aud', 'a'), stated('saml:aud', 'b'), 'violated'],
    [
      'two session tags that the provider states',
      stated('aws:RequestTag/duty', 'a'),
      stated('aws:RequestTag/duty', 'b'),
      'apart',
    ],
    [
      'two session names that it states',
      stated('sts:RoleSessionName', 'a'),
      stated('sts:RoleSessionName', 'b'),
      'apart',
    ],
    ['two session names that the caller chooses', named('a'), named('b'), 'violated'],
    [
      'Identity Center, which is one everywhere',
      saml('AWSSSO_1_DO_NOT_DELETE'),
      saml('AWSSSO_1_DO_NOT_DELETE', AWAY),
      'violated',
    ],
  ])('%s', (_, a, b, expected) => {
    expect(verdictOf(findings([stack(pair(a, b), { sections: X_AND_Y })]))).toBe(expected);
    expect(verdictOf(findings([stack(pair(b, a), { sections: X_AND_Y })]))).toBe(expected);
  });

  test('a provider of the templates, one in each account', () => {
    const own = (url: string, subject: string, name: 'Deploy' | 'Approve', account: string): RenderedTemplate =>
      stack(
        {
          Provider: resource('AWS::IAM::OIDCProvider', { Url: url }),
          [name]: trusting(oidc(ref('Provider'), subject), name),
        },
        { stackName: name, account },
      );
    const found = (url: string, subject: string) =>
      verdictOf(findings([own(`https://${GITHUB}`, 'repo:o/a', 'Deploy', HOME), own(url, subject, 'Approve', AWAY)]));
    expect(found(`https://${GITHUB}`, 'repo:o/a')).toBe('violated');
    expect(found(`https://${GITHUB}`, 'repo:o/b')).toBe('apart');
    expect(found('https://idp.example.com', 'repo:o/a')).toBe('apart');
  });
});

describe('services that assume roles for others', () => {
  const anywhere = (Condition?: Json): Trust => ({
    Principal: { Service: 'rolesanywhere.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    ...(Condition && { Condition }),
  });
  const subject = (name: string) => anywhere(ofCaller('aws:PrincipalTag/x509Subject/CN', name));
  const anchor = (id: string) =>
    anywhere(ofCaller('aws:SourceArn', `arn:aws:rolesanywhere:eu-west-1:${HOME}:trust-anchor/${id}`, 'ArnEquals'));
  const pods = (Condition?: Json): Trust => ({
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    ...(Condition && { Condition }),
  });
  const namespace = (name: string) => pods(ofCaller('aws:RequestTag/kubernetes-namespace', name));

  test.each<[string, Trust, Trust, Verdict]>([
    ['any certificate', anywhere(), anywhere(), 'violated'],
    ['one subject', subject('alice'), subject('alice'), 'violated'],
    ['two subjects', subject('alice'), subject('bob'), 'apart'],
    ['one subject, and any', subject('alice'), anywhere(), 'violated'],
    ['two trust anchors', anchor('a'), anchor('b'), 'apart'],
    [
      'two source identities, which the certificate gives',
      anywhere(ofCaller('sts:SourceIdentity', 'CN=a')),
      anywhere(ofCaller('sts:SourceIdentity', 'CN=b')),
      'apart',
    ],
    [
      'two times of day',
      anywhere(ofCaller('aws:CurrentTime', '2020-01-01T00:00:00Z', 'DateLessThan')),
      anywhere(ofCaller('aws:CurrentTime', '2021-01-01T00:00:00Z', 'DateGreaterThan')),
      'violated',
    ],
    ['any pod', pods(), pods(), 'violated'],
    ['two namespaces', namespace('a'), namespace('b'), 'apart'],
    ['a pod and a certificate', pods(), anywhere(), 'apart'],
    [
      'a service that runs what is deployed for it',
      { Principal: { Service: 'codebuild.amazonaws.com' } },
      { Principal: { Service: 'codebuild.amazonaws.com' } },
      'apart',
    ],
  ])('%s', (_, a, b, expected) => {
    expect(verdictOf(findings([stack(pair(a, b))]))).toBe(expected);
    expect(verdictOf(findings([stack(pair(b, a))]))).toBe(expected);
  });

  test('of two accounts: a certificate may hold in both, a pod is in one', () => {
    const found = (trust: Trust) =>
      verdictOf(
        findings([
          stack({ Deploy: trusting(trust, 'd') }, { stackName: 'A' }),
          stack({ Approve: trusting(trust, 'a') }, { stackName: 'B', account: AWAY }),
        ]),
      );
    expect(found(anywhere())).toBe('undecided');
    expect(found(subject('alice'))).toBe('undecided');
    expect(found(pods())).toBe('apart');
  });

  test('pods that the templates associate with one role each', () => {
    const associated = (name: string, role: string): Json =>
      resource('AWS::EKS::PodIdentityAssociation', {
        ClusterName: 'main',
        Namespace: 'ops',
        ServiceAccount: name,
        RoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
      });
    const found = (more: Json) => verdictOf(findings([stack({ ...pair(pods(), pods()), ...more })]));
    expect(found({ D: associated('deployer', 'Deploy'), A: associated('approver', 'Approve') })).toBe('apart');
    expect(found({ D: associated('one', 'Deploy'), A: associated('one', 'Approve') })).toBe('violated');
    expect(found({ D: associated('deployer', 'Deploy') })).toBe('violated');
  });
});

describe('permission sets', () => {
  const set = (Name: string): Json =>
    resource('AWS::SSO::PermissionSet', { Name, InstanceArn: 'arn:aws:sso:::instance/i' });
  const assigned = (permissionSet: string, PrincipalId: unknown, PrincipalType = 'GROUP'): Json =>
    resource('AWS::SSO::Assignment', {
      InstanceArn: 'arn:aws:sso:::instance/i',
      PermissionSetArn: { 'Fn::GetAtt': [permissionSet, 'PermissionSetArn'] },
      PrincipalId,
      PrincipalType,
      TargetId: HOME,
      TargetType: 'AWS_ACCOUNT',
    });
  const sets = { Deploy: set('Deployers'), Approve: set('Approvers') };
  const found = (more: Json) => findings([stack({ ...sets, ...more }, { sections: X_AND_Y })]);

  test('of two groups are held by two people, of one by one', () => {
    expect(found({ D: assigned('Deploy', 'g-1'), A: assigned('Approve', 'g-2') })).toEqual([]);
    const both = found({ D: assigned('Deploy', 'g-1'), A: assigned('Approve', 'g-1') });
    expect(verdictOf(both)).toBe('violated');
    const also = { D: assigned('Deploy', 'g-1'), A: assigned('Approve', 'g-2'), B: assigned('Approve', 'g-1') };
    expect(verdictOf(found(also))).toBe('violated');
  });

  test('of groups that the templates put one user into', () => {
    const group = (DisplayName: string): Json =>
      resource('AWS::IdentityStore::Group', { DisplayName, IdentityStoreId: 'd-1' });
    const member = (id: string, UserId: string): Json =>
      resource('AWS::IdentityStore::GroupMembership', {
        IdentityStoreId: 'd-1',
        GroupId: { 'Fn::GetAtt': [id, 'GroupId'] },
        MemberId: { UserId },
      });
    const of = (second: string) =>
      found({
        G: group('deployers'),
        H: group('approvers'),
        M: member('G', 'u-1'),
        N: member('H', second),
        D: assigned('Deploy', { 'Fn::GetAtt': ['G', 'GroupId'] }),
        A: assigned('Approve', { 'Fn::GetAtt': ['H', 'GroupId'] }),
      });
    expect(verdictOf(of('u-1'))).toBe('violated');
    expect(verdictOf(of('u-2'))).toBe('apart');
  });

  test('of parameters, or of nobody in the templates: undecided', () => {
    expect(verdictOf(found({ D: assigned('Deploy', ref('X')), A: assigned('Approve', ref('Y')) }))).toBe('undecided');
    const [finding] = found({ D: assigned('Deploy', 'g-1') });
    expect(finding).toMatchObject({ severity: 'undecided' });
    expect(finding!.message).toContain('who the permission set S/Approve is assigned to');
  });
});
