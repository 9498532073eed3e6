/** The duty roles: who may assume them, for how long, and what bounds them. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Assumer, Attestation, Duty } from '../../lib';
import { ALL_DUTIES, isPrivileged } from '../../lib/domain/duty';
import { policySize, requirePolicySize } from '../../lib/domain/policy-size';
import { DUTIES } from '../../lib/model/model';
import { ACCOUNT, aDomain, assumers, cognito, ENV, inStack, REGION, templateOf } from './a-domain';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

function remitOf(template: Template, duty: Duty): readonly Statement[] {
  const [policy] = Object.values(
    template.findResources('AWS::IAM::ManagedPolicy', {
      Properties: { ManagedPolicyName: `bulkhead-orders-${duty}-${REGION}` },
    }),
  );
  return policy!.Properties.PolicyDocument.Statement;
}

const allowed = (statements: readonly Statement[]): string[] =>
  statements.filter((s) => s.Effect === 'Allow').flatMap((s) => [s.Action ?? []].flat());
const statement = (statements: readonly Statement[], sid: string): Statement | undefined =>
  statements.find((s) => s.Sid === sid);

test('the duties are those of the model, in its words', () => {
  expect(ALL_DUTIES).toEqual(DUTIES);
});

describe.each(ALL_DUTIES)('the role of %s', (duty) => {
  const template = templateOf(aDomain({ maxSessionDuration: Duration.hours(4) }));
  const name = `bulkhead-orders-${duty}-${REGION}`;

  test('has a fixed name, a bounded session, exactly its assumer, and its remit as policy and boundary', () => {
    const [remit] = Object.keys(
      template.findResources('AWS::IAM::ManagedPolicy', { Properties: { ManagedPolicyName: name } }),
    );
    template.hasResource('AWS::IAM::Role', {
      Properties: {
        RoleName: name,
        MaxSessionDuration: isPrivileged(duty) ? 3600 : 4 * 3600,
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Action: 'sts:AssumeRole',
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/orders-${duty}` },
            },
          ],
        },
        ManagedPolicyArns: [{ Ref: remit }],
        PermissionsBoundary: { Ref: remit },
        Policies: Match.absent(),
        Tags: Match.arrayWith([{ Key: 'bulkhead:duty', Value: duty }]),
      },
      Metadata: { bulkhead: { domain: 'orders', duty, part: 'role' } },
    });
  });

  test('is denied test-invoke and every write to the gateway', () => {
    expect(statement(remitOf(template, duty), 'NoGatewayWriteNoTestInvoke')).toMatchObject({
      Effect: 'Deny',
      Action: expect.arrayContaining([
        'apigateway:POST',
        'apigateway:PUT',
        'apigateway:PATCH',
        'apigateway:DELETE',
        'apigateway:SetWebACL',
      ]),
      Resource: '*',
    });
  });

  test('is denied every action that the remit does not allow', () => {
    const statements = remitOf(template, duty);
    const nothingElse = statement(statements, 'NothingElse');
    expect(nothingElse).toMatchObject({ Effect: 'Deny', Resource: '*' });
    expect(nothingElse?.NotAction).toEqual([...new Set(allowed(statements))].sort());
  });

  test('may not become another principal, nor change who it is', () => {
    const actions = allowed(remitOf(template, duty));
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => /^(sts|lambda|ssm|codebuild):|^iam:(?!Get|List)/.test(action))).toEqual([]);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });
});

describe('remits', () => {
  const iam = templateOf(aDomain());

  test('allow on no resource but the domain’s, the metrics of the account apart', () => {
    for (const duty of ALL_DUTIES) {
      const open = remitOf(iam, duty).filter((s) => s.Effect === 'Allow' && s.Resource === '*');
      expect(open.map((s) => s.Sid)).toEqual(['CommonMetrics']);
    }
  });

  test('of approve runs changes, of deploy prepares them, of neither both', () => {
    expect(allowed(remitOf(iam, Duty.APPROVE))).toContain('cloudformation:ExecuteChangeSet');
    expect(allowed(remitOf(iam, Duty.APPROVE))).not.toContain('cloudformation:CreateChangeSet');
    expect(allowed(remitOf(iam, Duty.DEPLOY))).toContain('cloudformation:CreateChangeSet');
    expect(allowed(remitOf(iam, Duty.DEPLOY))).not.toContain('cloudformation:ExecuteChangeSet');
    for (const duty of ALL_DUTIES) {
      const actions = allowed(remitOf(iam, duty));
      for (const direct of ['cloudformation:UpdateStack', 'cloudformation:CreateStack'])
        expect(actions).not.toContain(direct);
    }
  });

  test('of deploy names this stack, passes no role, and writes each asset once', () => {
    const deploy = remitOf(iam, Duty.DEPLOY);
    expect(statement(deploy, 'PrepareChange')).toMatchObject({
      Resource: { Ref: 'AWS::StackId' },
      Condition: { Null: { 'cloudformation:RoleArn': 'true' } },
    });
    expect(allowed(deploy)).not.toContain('iam:PassRole');
    expect(statement(deploy, 'UploadAssetOnce')).toMatchObject({
      Action: 's3:PutObject',
      Condition: { Null: { 's3:if-none-match': 'false' } },
    });
    expect(JSON.stringify(statement(deploy, 'UploadAssetOnce'))).toContain('/bulkhead/orders/*');
  });

  test('of deploy passes the domain’s own execution role when it has one, to CloudFormation alone', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const executionRole = Role.fromRoleArn(stack, 'Execution', `arn:aws:iam::${ACCOUNT}:role/orders-execution`);
    const deploy = remitOf(templateOf(inStack(stack, 'orders', { executionRole })), Duty.DEPLOY);
    expect(statement(deploy, 'PrepareChange')?.Condition).toEqual({
      StringEquals: { 'cloudformation:RoleArn': `arn:aws:iam::${ACCOUNT}:role/orders-execution` },
    });
    expect(statement(deploy, 'PassExecutionRole')).toMatchObject({
      Action: 'iam:PassRole',
      Resource: `arn:aws:iam::${ACCOUNT}:role/orders-execution`,
      Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    });
  });

  test('of read and write split the methods of the API', () => {
    const methods = (duty: Duty) =>
      JSON.stringify(remitOf(iam, duty).filter((s) => s.Effect === 'Allow')).match(/v1\/[A-Z]+\/\*/g);
    expect(methods(Duty.READ)).toEqual(['v1/GET/*']);
    expect(methods(Duty.WRITE)).toEqual(['v1/DELETE/*', 'v1/PATCH/*', 'v1/POST/*', 'v1/PUT/*']);
  });

  test('name no method where callers carry tokens, and administer users only there', () => {
    const byToken = templateOf(aDomain({ authentication: cognito() }));
    expect(allowed(remitOf(byToken, Duty.READ))).not.toContain('execute-api:Invoke');
    expect(allowed(remitOf(byToken, Duty.PROVISION))).toContain('cognito-idp:AdminCreateUser');
    expect(allowed(remitOf(iam, Duty.READ))).toContain('execute-api:Invoke');
    expect(allowed(remitOf(iam, Duty.PROVISION))).not.toContain('cognito-idp:AdminCreateUser');
  });

  test('of provision cannot act as a user, nor set a password or a secret that would let it', () => {
    const actions = allowed(remitOf(templateOf(aDomain({ authentication: cognito() })), Duty.PROVISION));
    for (const impersonation of [
      'AdminSetUserPassword',
      'AdminInitiateAuth',
      'DescribeUserPoolClient',
      'CreateUserPoolClient',
    ]) {
      expect(actions).not.toContain(`cognito-idp:${impersonation}`);
    }
  });

  test('of monitor and audit read different logs', () => {
    const read = (duty: Duty, sid: string) => JSON.stringify(statement(remitOf(iam, duty), sid)?.Resource);
    expect(read(Duty.MONITOR, 'ReadExecutionLog')).toMatch(/ordersLogsExecution/);
    expect(read(Duty.AUDIT, 'ReadAuditTrail')).toMatch(/ordersLogsAccess.*ordersLogsWebAcl/);
    expect(read(Duty.AUDIT, 'ReadAuditTrail')).not.toMatch(/Execution/);
  });

  test('declare the common requests in the template, once, and all of them have them', () => {
    const boundaries = Object.values(iam.findResources('AWS::IAM::ManagedPolicy'));
    const marked = boundaries.filter(({ Metadata }) => Metadata.bulkhead.common !== undefined);
    expect(marked).toHaveLength(1);
    const { common } = marked[0]!.Metadata.bulkhead;
    expect(common).toHaveLength(3);
    for (const boundary of boundaries)
      expect(boundary.Properties.PolicyDocument.Statement).toEqual(expect.arrayContaining(common));
  });
});

describe('trust', () => {
  test('of users demands a recent second factor, of roles what attests it', () => {
    const template = templateOf(
      aDomain({
        assumers: {
          ...assumers('orders'),
          approve: [
            Assumer.user(`arn:aws:iam::${ACCOUNT}:user/ann`),
            Assumer.role(`arn:aws:iam::${ACCOUNT}:role/leads`, Attestation.sessionTag('mfa', 'true')),
          ],
        },
      }),
    );
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: `bulkhead-orders-approve-${REGION}`,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ann` },
            Condition: {
              Bool: { 'aws:MultiFactorAuthPresent': 'true' },
              NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
            },
          },
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/leads` },
            Condition: { StringEquals: { 'aws:PrincipalTag/mfa': 'true' } },
          },
        ],
      },
    });
  });

  test('rests on the provider’s word only where the template says so', () => {
    templateOf(aDomain()).hasResource('AWS::IAM::Role', {
      Properties: { RoleName: `bulkhead-orders-deploy-${REGION}` },
      Metadata: {
        bulkhead: {
          attestations: [
            `arn:aws:iam::${ACCOUNT}:role/orders-deploy: IAM Identity Center: multi-factor authentication at every sign-in`,
          ],
        },
      },
    });
  });

  test('takes roles and users of the app', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const role = new Role(stack, 'Support', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const user = new User(stack, 'Ann');
    const template = templateOf(
      inStack(stack, 'orders', {
        assumers: { ...assumers('orders'), read: [Assumer.fromRole(role)], write: [Assumer.fromUser(user)] },
      }),
    );
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: `bulkhead-orders-read-${REGION}`,
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({ Principal: { AWS: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Support'), 'Arn'] } } }),
        ],
      },
    });
  });

  test('of one role of the app in two duties is refused as well', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const role = new Role(stack, 'Support', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const twice = { ...assumers('orders'), read: [Assumer.fromRole(role)], write: [Assumer.fromRole(role)] };
    expect(() => inStack(stack, 'orders', { assumers: twice })).toThrow(
      /`a role or user of this app` is an assumer of both `read` and `write`/,
    );
  });
});

describe('the size of a remit', () => {
  const stack = new Stack(new App(), 'Orders');
  const naming = (names: number) =>
    Array.from(
      { length: names },
      (_, i) =>
        new PolicyStatement({
          actions: ['iam:GetRole'],
          resources: [stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `role-${i}` })],
        }),
    );

  test('is refused when deployed values could take it past what IAM takes', () => {
    expect(() => requirePolicySize('remit of x', stack, naming(80))).toThrow(
      /^remit of x: the remit may have \d{4} characters and IAM allows 6144 in a managed policy/,
    );
    expect(() => requirePolicySize('remit of x', stack, naming(30))).not.toThrow();
  });

  test('counts a document as IAM does, exactly where nothing is unresolved', () => {
    const literal = new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/x'] });
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [literal.toStatementJson()] });
    expect(policySize(stack, [literal])).toBe(text.length);
  });

  test('stays below for every duty of the longest domain in a stack of unknown place', () => {
    expect(() => aDomain({ domainName: 'a'.repeat(30), authentication: cognito() }, {})).not.toThrow();
    expect(() => aDomain({ domainName: 'a'.repeat(30) }, {})).not.toThrow();
  });
});
