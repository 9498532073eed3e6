import { buildModel } from '../../lib/model/build-model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { show } from '../../lib/policy/text';
import {
  ACCOUNT,
  agnostic,
  att,
  doc,
  type Json,
  model,
  principalOf,
  ref,
  resource,
  role,
  sentence,
  stack,
  sub,
} from './notation';

describe('grants by resource policies', () => {
  const key = (statement: Json): Json => resource('AWS::KMS::Key', { KeyPolicy: doc(statement) });
  const grants = (resources: Json, id = 'A') => {
    const { policies } = principalOf(model(resources), id);
    return {
      bounded: (policies.resourceGrants ?? []).flatMap((d) => d.statements.map(sentence)),
      unbounded: (policies.unboundedGrants ?? []).flatMap((d) => d.statements.map(sentence)),
    };
  };
  const to = (principal: unknown, more: Json = {}): Json => ({
    Effect: 'Allow',
    Principal: principal,
    Action: 'kms:Decrypt',
    Resource: '*',
    ...more,
  });
  const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/\${the id of K in stack S}`;

  test('to a role, within its boundary', () => {
    expect(grants({ A: role(), K: key(to({ AWS: att('A') })) })).toEqual({
      bounded: [`Allow kms:Decrypt on ${KEY}`],
      unbounded: [],
    });
  });

  test('to a role by its fixed ARN', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/a`;
    expect(grants({ A: role([], { RoleName: 'a' }), K: key(to({ AWS: arn })) }).bounded).toHaveLength(1);
  });

  test('to a user, or a session of a role, beyond any boundary', () => {
    expect(grants({ A: resource('AWS::IAM::User'), K: key(to({ AWS: att('A') })) }).unbounded).toHaveLength(1);
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/a/me`;
    expect(grants({ A: role([], { RoleName: 'a' }), K: key(to({ AWS: session })) }).unbounded).toHaveLength(1);
  });

  test('to a role whose account one side leaves open, written in either way', () => {
    const literalArn = `arn:aws:iam::${ACCOUNT}:role/a`;
    const here = sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/a');
    const bounded = (roles: RenderedTemplate, keys: RenderedTemplate) =>
      (buildModel([roles, keys]).principals[0]?.policies.resourceGrants ?? []).length;
    const named = { A: role([], { RoleName: 'a' }) };
    expect(bounded(agnostic(named), stack({ K: key(to({ AWS: literalArn })) }, { stackName: 'T' }))).toBe(1);
    expect(bounded(stack(named), agnostic({ K: key(to({ AWS: here })) }, { stackName: 'T' }))).toBe(1);
    const elsewhere = stack({ K: key(to({ AWS: here })) }, { stackName: 'T', account: '222233334444' });
    expect(bounded(stack(named), elsewhere)).toBe(0);
  });

  test('to a role by its unique id, beyond its boundary', () => {
    expect(grants({ A: role(), K: key(to({ AWS: att('A', 'RoleId') })) }).unbounded).toHaveLength(1);
    expect(grants({ A: role(), B: role(), K: key(to({ AWS: att('B', 'RoleId') })) }).unbounded).toHaveLength(0);
  });

  test('to a role whose name is written in another case, which is the same name', () => {
    const grantTo = (name: string): number => {
      const AWS = `arn:aws:iam::${ACCOUNT}:role/${name}`;
      return grants({ A: role([], { RoleName: 'Reader' }), K: key(to({ AWS })) }).bounded.length;
    };
    expect(grantTo('reader')).toBe(1);
    expect(grantTo('reader2')).toBe(0);
  });

  test('to a parameter, by its default and its allowed values', () => {
    const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    const bounded = (P: Json): number => {
      const A = role([], { RoleName: 'reader' });
      const m = model({ A, K: key(to({ AWS: ref('P') })) }, { Parameters: { P: { Type: 'String', ...P } } });
      return principalOf(m, 'A').policies.resourceGrants?.length ?? 0;
    };
    expect(bounded({ Default: arn('reader') })).toBe(1);
    expect(bounded({ AllowedValues: [arn('x'), arn('reader')] })).toBe(1);
    expect(bounded({ Default: arn('writer') })).toBe(0);
  });

  test('by the policy of a table’s stream, beside that of the table', () => {
    const policy = (action: string): Json => ({ PolicyDocument: doc(to({ AWS: att('A') }, { Action: action })) });
    const table = (more: Json): Json => resource('AWS::DynamoDB::Table', { TableName: 't', ...more });
    const stream = {
      StreamSpecification: { StreamViewType: 'KEYS_ONLY', ResourcePolicy: policy('dynamodb:GetRecords') },
    };
    const granted = (more: Json): unknown =>
      principalOf(model({ A: role(), T: table(more) }), 'A').policies.resourceGrants?.flatMap((d) =>
        d.statements.map((s) => show(s.action.patterns[0]!)),
      );
    expect(granted(stream)).toEqual(['dynamodb:GetRecords']);
    expect(granted({ ...stream, ResourcePolicy: policy('dynamodb:GetItem') })).toEqual([
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
    ]);
    expect(granted({})).toBeUndefined();
  });

  test('to nobody knows whom is an assumption', () => {
    const ids = (principal: unknown) => model({ A: role(), K: key(to(principal)) }).assumptions.map(({ id }) => id);
    expect(ids({ AWS: '{{resolve:ssm:/reader}}' })).toEqual(['unresolved-attachment']);
    expect(ids({ AWS: att('A') })).toEqual([]);
  });

  test('to everyone whose ARN matches', () => {
    const like = (arn: string): Json => to('*', { Condition: { ArnLike: { 'aws:PrincipalArn': arn } } });
    const resources = (arn: string): Json => ({ A: role([], { RoleName: 'orders-read' }), K: key(like(arn)) });
    expect(grants(resources('arn:aws:iam::*:role/orders-*')).unbounded).toHaveLength(1);
    expect(grants(resources('arn:aws:iam::*:role/billing-*')).unbounded).toHaveLength(0);
  });

  test.each([
    ['another role', { AWS: att('B') }],
    ['a service', { Service: 'lambda.amazonaws.com' }],
    ['the account, which only delegates', { AWS: `arn:aws:iam::${ACCOUNT}:root` }],
    ['the account by its number', { AWS: ACCOUNT }],
  ])('not by a grant to %s', (_, principal) => {
    expect(grants({ A: role(), B: role(), K: key(to(principal)) })).toEqual({ bounded: [], unbounded: [] });
  });

  test('everyone is the resource’s, not the role’s', () => {
    const m = model({ A: role(), K: key(to('*')) });
    expect(principalOf(m, 'A').policies.unboundedGrants).toBeUndefined();
    expect(m.resources[0]?.openTo?.statements.map(sentence)).toEqual([`Allow kms:Decrypt on ${KEY}`]);
    expect(model({ K: key(to({ AWS: att('A') })), A: role() }).resources[0]?.openTo).toBeUndefined();
  });

  test('an endpoint’s policy grants nothing', () => {
    const endpoint = resource('AWS::EC2::VPCEndpoint', { PolicyDocument: doc(to({ AWS: att('A') })) });
    expect(grants({ A: role(), E: endpoint }).bounded).toEqual([]);
  });
});
