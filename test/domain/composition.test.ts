/** How trust domains compose: names, marks and tags, Stages, places unknown, grants, other apps' domains. */
import { App, CfnResource, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthorizationType, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AccountPrincipal, CompositePrincipal, type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as fc from 'fast-check';
import { ApiGatewayAccount, Duty, Exposure, type ITrustDomain, TrustDomain } from '../../lib';
import { ALL_DUTIES } from '../../lib/domain/duty';
import { DomainNames } from '../../lib/domain/names';
import { ACCOUNT, aDomain, BACKEND, cognito, ENV, inStack, REGION, templateOf } from './a-domain';

type Rendered = {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: { readonly bulkhead?: Record<string, unknown> };
};

const resources = (template: Template): readonly Rendered[] => Object.values(template.toJSON().Resources);

describe('every resource of a domain', () => {
  test.each([
    ['IAM', undefined],
    ['Cognito', cognito],
  ])('carries its domain and part, and tags where it can, with %s', (_, authentication) => {
    const template = templateOf(aDomain(authentication === undefined ? {} : { authentication: authentication() }));
    for (const resource of resources(template)) {
      expect(resource.Metadata?.bulkhead).toMatchObject({ domain: 'orders', part: expect.any(String) });
      expect([resource.Type, resource.Metadata?.bulkhead?.part]).not.toEqual([resource.Type, 'resource']);
    }
    for (const type of [
      'AWS::KMS::Key',
      'AWS::WAFv2::WebACL',
      'AWS::IAM::Role',
      'AWS::Logs::LogGroup',
      'AWS::ApiGateway::Stage',
    ]) {
      template.allResourcesProperties(type, {
        Tags: Match.arrayWith([
          { Key: 'bulkhead:domain', Value: 'orders' },
          { Key: 'bulkhead:owner', Value: 'shop-team' },
        ]),
      });
    }
  });

  test('is classified at the API: exposure, owner, authentication', () => {
    templateOf(aDomain({ exposure: Exposure.PARTNER })).hasResource('AWS::ApiGateway::RestApi', {
      Metadata: {
        bulkhead: { domain: 'orders', part: 'api', exposure: 'partner', owner: 'shop-team', authentication: 'iam' },
      },
    });
  });

  test('that an author gives to it is marked, and is no role or boundary of a duty', () => {
    const domain = aDomain();
    const stack = Stack.of(domain);
    domain.own(new Bucket(stack, 'Data', { encryptionKey: domain.key }));
    domain.own(new Role(stack, 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
    const api = new RestApi(stack, 'Second', { deploy: false });
    const requestValidator = api.addRequestValidator('All', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    api.root.addMethod('GET', BACKEND, { authorizationType: AuthorizationType.IAM, requestValidator });
    domain.own(api);
    const template = templateOf(domain);
    template.hasResource('AWS::S3::Bucket', {
      Properties: { Tags: Match.arrayWith([{ Key: 'bulkhead:domain', Value: 'orders' }]) },
      Metadata: { bulkhead: { domain: 'orders', part: 'resource' } },
    });
    template.hasResource('AWS::IAM::Role', {
      Properties: {
        AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'lambda.amazonaws.com' } })] },
      },
      Metadata: { bulkhead: { domain: 'orders', part: 'resource' } },
    });
    template.hasResource('AWS::ApiGateway::RestApi', {
      Properties: { Name: 'Second' },
      Metadata: { bulkhead: { domain: 'orders', part: 'api', exposure: 'public', owner: 'shop-team' } },
    });
  });
});

describe('names', () => {
  const NAMING = [
    'RoleName',
    'ManagedPolicyName',
    'AliasName',
    'LogGroupName',
    'UserPoolName',
    'Name',
    'TopicName',
    'AlarmName',
    'DashboardName',
  ];
  const ALARMS = [
    'client-errors',
    'server-errors',
    'latency',
    'throttled',
    'blocked',
    'authentication-failures',
    'denied-key-use',
    'unusual-requests',
  ];
  const SCOPED = [
    'AWS::ApiGateway::RequestValidator',
    'AWS::ApiGateway::Authorizer',
    'AWS::Cognito::UserPoolResourceServer',
  ];

  /** All fixed names of a domain, as `DomainNames` gives them. */
  function namesOf(domain: string, region: string): string[] {
    const names = new DomainNames(new Stack(new App(), 'S', { env: { account: ACCOUNT, region } }), domain);
    const roles = ALL_DUTIES.map((duty) => names.role(duty));
    return [
      ...roles,
      names.dashboard,
      names.api,
      names.keyAlias,
      names.accessLogGroup,
      names.webAclLogGroup,
      names.approval,
      names.assetPrefix,
      names.alarmTopic,
      names.deniedKeyUse,
      ...ALARMS.map((watched) => names.alarm(watched)),
    ];
  }

  const domainName = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,9}){0,3}$/).filter((name) => name.length <= 30);
  const region = fc.constantFrom('eu-central-1', 'us-east-1', 'ap-southeast-1');

  test('of two domains, or of one in two regions where names are global, are different', () => {
    fc.assert(
      fc.property(domainName, domainName, region, region, (a, b, here, there) => {
        const [first, second] = [namesOf(a, here), namesOf(b, there)];
        expect(new Set(first).size).toBe(first.length);
        const global = (names: string[]) => names.slice(0, ALL_DUTIES.length + 1);
        if (a !== b) expect(first.filter((name) => second.includes(name))).toEqual([]);
        else if (here !== there) expect(global(first).filter((name) => global(second).includes(name))).toEqual([]);
      }),
    );
  });

  test('that open a family hold no name of another domain', () => {
    fc.assert(
      fc.property(domainName, domainName, region, (a, b, where) => {
        fc.pre(a !== b);
        const families = namesOf(a, where).filter((name) => name.endsWith('/'));
        expect(families).toHaveLength(1);
        for (const family of families) expect(namesOf(b, where).filter((name) => name.startsWith(family))).toEqual([]);
      }),
    );
  });

  test('in the template are these, whatever the exposure and authentication', () => {
    for (const exposure of Object.values(Exposure)) {
      const template = templateOf(aDomain({ exposure, authentication: cognito() }));
      const written = resources(template)
        .filter((r) => !SCOPED.includes(r.Type))
        .flatMap(({ Properties = {} }) =>
          NAMING.flatMap((key) => (typeof Properties[key] === 'string' ? [Properties[key]] : [])),
        );
      expect(new Set(written)).toEqual(new Set(namesOf('orders', REGION).filter((name) => !/Approve|\/$/.test(name))));
    }
  });

  test('need no reference to the domain’s stack', () => {
    const app = new App();
    const domain = inStack(new Stack(app, 'Orders', { env: ENV }), 'orders');
    const other = new Stack(app, 'Other', { env: ENV });
    new CfnResource(other, 'R', { type: 'Test::R', properties: { Role: domain.dutyRoleArn(Duty.AUDIT) } });
    domain.addRoute('GET', '/orders', BACKEND);
    expect(other.dependencies).toEqual([]);
    expect(JSON.stringify(Template.fromStack(other).toJSON())).toContain(`role/bulkhead-orders-audit-${REGION}`);
  });

  test('of untyped duties are refused', () => {
    expect(() => aDomain().dutyRoleArn('admin' as Duty)).toThrow(/^`admin` is no duty; the duties are `provision`/);
    expect(() => aDomain().dutyRole('admin' as Duty)).toThrow(/is no duty/);
  });
});

describe('a domain', () => {
  test('in a stack of unknown place refers to that place', () => {
    templateOf(aDomain({}, {})).hasResourceProperties('AWS::IAM::Role', {
      RoleName: { 'Fn::Join': ['', ['bulkhead-orders-audit-', { Ref: 'AWS::Region' }]] },
    });
  });

  test('in a Stage synthesizes there', () => {
    const stage = new Stage(new App(), 'Prod', { env: ENV });
    const domain = inStack(new Stack(stage, 'Orders'), 'orders');
    templateOf(domain).resourceCountIs('AWS::IAM::Role', 7);
  });

  test('exposes what it provisions', () => {
    const domain = aDomain({ authentication: cognito() });
    const resolved = (value: unknown) => Stack.of(domain).resolve(value);
    expect(resolved(domain.restApiId)).toEqual({ Ref: expect.stringMatching(/^ordersApi/) });
    expect(resolved(domain.keyArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ordersKey/), 'Arn'] });
    expect(resolved(domain.webAcl.attrArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ordersWebAcl/), 'Arn'] });
    expect(resolved(domain.userPool?.userPoolArn)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^ordersUserPool/), 'Arn'],
    });
    expect(resolved(domain.dutyRole(Duty.READ).roleArn)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^ordersRolesreadRole/), 'Arn'],
    });
    expect(resolved(domain.dutyRemit(Duty.READ).managedPolicyArn)).toEqual({
      Ref: expect.stringMatching(/^ordersRolesreadRemit/),
    });
    for (const log of [domain.accessLog, domain.webAclLog, domain.executionLog]) {
      expect(resolved(log.logGroupArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ordersLogs/), 'Arn'] });
    }
    expect(domain).toMatchObject({ domainName: 'orders', exposure: 'public', owner: 'shop-team', stageName: 'v1' });
    expect(aDomain().userPool).toBeUndefined();
  });

  test("takes CDK's own escape hatches", () => {
    const domain = aDomain();
    (domain.api.deploymentStage.node.defaultChild as CfnResource).addPropertyOverride('TracingEnabled', true);
    Tags.of(domain).add('cost-centre', '42');
    const template = templateOf(domain);
    template.hasResourceProperties('AWS::ApiGateway::Stage', { TracingEnabled: true });
    template.hasResourceProperties('AWS::KMS::Key', { Tags: Match.arrayWith([{ Key: 'cost-centre', Value: '42' }]) });
  });
});

describe('grants', () => {
  const worker = (domain: TrustDomain): Role =>
    new Role(Stack.of(domain), 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const policyOf = (template: Template) => JSON.stringify(template.findResources('AWS::IAM::Policy'));

  test('to read let a role call GET and decrypt, and pass the resource policy', () => {
    const domain = aDomain();
    domain.grantRead(worker(domain));
    const template = templateOf(domain);
    expect(policyOf(template)).toContain('/v1/GET/*');
    expect(policyOf(template)).toContain('kms:Decrypt');
    expect(policyOf(template)).not.toMatch(/POST|kms:Encrypt/);
    const [api] = Object.values(template.findResources('AWS::ApiGateway::RestApi'));
    const others = api!.Properties.Policy.Statement.find((s: { Sid: string }) => s.Sid === 'NobodyElse');
    expect(others.Condition.ArnNotEquals['aws:PrincipalArn']).toContainEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Worker/), 'Arn'],
    });
    expect(others.Condition.ArnNotEquals['aws:PrincipalArn']).toHaveLength(3);
  });

  test('to write let a role call what changes and encrypt', () => {
    const domain = aDomain();
    domain.grantWrite(worker(domain));
    const granted = policyOf(templateOf(domain));
    for (const method of ['DELETE', 'PATCH', 'POST', 'PUT']) expect(granted).toContain(`/v1/${method}/*`);
    expect(granted).toContain('kms:GenerateDataKey');
    expect(granted).not.toMatch(/v1\/GET|kms:Decrypt/);
  });

  test('where callers carry tokens are of the key alone', () => {
    const domain = aDomain({ authentication: cognito() });
    domain.grantRead(worker(domain));
    const granted = policyOf(templateOf(domain));
    expect(granted).toContain('kms:Decrypt');
    expect(granted).not.toContain('execute-api');
  });

  test('across stacks go by name, because each stack would have to be deployed before the other', () => {
    const app = new App();
    const domain = inStack(new Stack(app, 'Orders', { env: ENV }), 'orders');
    const other = new Stack(app, 'Other', { env: ENV });
    const role = new Role(other, 'R', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      roleName: 'reporting',
    });
    expect(() => domain.grantRead(role)).toThrow(
      /`Other\/R` stands in another stack, .*; put it into stack `Orders`, or give it a name and grant to `Role\.fromRoleName/,
    );
    domain.grantRead(Role.fromRoleName(domain, 'Reporting', 'reporting'));
    expect(policyOf(templateOf(domain))).toContain('"Roles":["reporting"]');
  });

  test('are as many as the resource policy holds; one more is a problem of synthesis, not of deployment', () => {
    const granting = (roles: number) => {
      const domain = aDomain();
      for (let i = 0; i < roles; i++)
        domain.grantRead(Role.fromRoleName(domain, `R${i}`, `reporting-${i}`, { mutable: false }));
      return () => templateOf(domain);
    };
    expect(granting(100)).not.toThrow();
    expect(granting(160)).toThrow(
      /trust domain `orders`: the API's resource policy may have \d+ characters and API Gateway allows 8192/,
    );
  });

  test('to what signs no request are refused', () => {
    const domain = aDomain();
    expect(() => domain.grantRead(new ServicePrincipal('lambda.amazonaws.com'))).toThrow(/is no IAM principal/);
  });

  test.each<[string, () => IGrantable]>([
    ['an account', () => new AccountPrincipal('444455556666')],
    [
      'several at once',
      () => new CompositePrincipal(new AccountPrincipal('444455556666'), new AccountPrincipal('777788889999')),
    ],
  ])('to %s are refused, which would let in principals that nobody named', (_, grantee) => {
    expect(() => aDomain().grantWrite(grantee())).toThrow(/grant on trust domain `orders`/);
  });
});

describe('a domain of another app', () => {
  const stack = () => new Stack(new App(), 'Other', { env: ENV });
  const orders = (scope: Stack): ITrustDomain =>
    TrustDomain.fromAttributes(scope, 'orders', {
      domainName: 'orders',
      restApiId: 'abcde12345',
      keyArn: `arn:aws:kms:us-east-1:444455556666:key/11111111-2222-3333-4444-555555555555`,
      account: '444455556666',
      region: 'us-east-1',
    });

  test('is known by its names', () => {
    const scope = stack();
    expect(scope.resolve(orders(scope).dutyRoleArn(Duty.READ))).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::444455556666:role/bulkhead-orders-read-us-east-1']],
    });
  });

  test('grants the caller’s half, and provisions nothing', () => {
    const scope = stack();
    const role = new Role(scope, 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    orders(scope).grantRead(role);
    const template = Template.fromStack(scope);
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'execute-api:Invoke',
            Resource: {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, ':execute-api:us-east-1:444455556666:abcde12345/v1/GET/*'],
              ],
            },
          }),
          Match.objectLike({ Action: 'kms:Decrypt' }),
        ],
      },
    });
  });

  test('has a name like any', () => {
    expect(() => TrustDomain.fromAttributes(stack(), 'x', { domainName: 'X', restApiId: 'a', keyArn: 'b' })).toThrow(
      /`X`: a domain's name/,
    );
  });
});

describe('the account-wide setting', () => {
  test('is a construct of its own, with a role for API Gateway alone', () => {
    const stack = new Stack(new App(), 'Account', { env: ENV });
    new ApiGatewayAccount(stack, 'Logging');
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::Account', {
      CloudWatchRoleArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'apigateway.amazonaws.com' } })],
      },
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['logs:PutLogEvents']) })] },
    });
  });

  test('exists once per account and region', () => {
    const app = new App();
    new ApiGatewayAccount(new Stack(app, 'A', { env: ENV }), 'Logging');
    expect(() => new ApiGatewayAccount(new Stack(app, 'B', { env: ENV }), 'Logging')).toThrow(
      /already .* `A\/Logging`/,
    );
    expect(
      () => new ApiGatewayAccount(new Stack(app, 'C', { env: { ...ENV, region: 'us-east-1' } }), 'Logging'),
    ).not.toThrow();
  });
});
