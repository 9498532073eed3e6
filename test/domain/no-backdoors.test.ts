/** SOD-10 on domains as the constructs build them, and with one backdoor opened. */
import { App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import {
  type CfnMethod,
  type CfnRestApi,
  type CfnStage,
  DomainName,
  LambdaIntegration,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnApi, CfnStage as CfnHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type CfnManagedPolicy,
  type CfnRole,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Assumer, BreakGlassRole, Duty, Exposure } from '../../lib';
import { noBackdoors } from '../../lib/checks/no-backdoors';
import { ACCOUNT, certificate, cognito, endpoint } from './a-domain';
import { type Built, built, findingsOf, judged } from './a-judged-domain';
import { makeAuthority, mtls } from './with-authorizer';

beforeAll(makeAuthority);

const found = (open: (built: Built) => void, of = built()): readonly string[] => {
  open(of);
  return judged(noBackdoors, of.stack);
};
const stageOf = ({ domain }: Built) => domain.api.deploymentStage.node.defaultChild as CfnStage;
const API = 'Orders/orders/Api/Resource/Resource';
const STAGE = 'Orders/orders/Api/Resource/DeploymentStage.v1/Resource';

test('the constructs open none', () => {
  expect(judged(noBackdoors, built().stack)).toEqual([]);
  const internal = built((stack) => ({ exposure: Exposure.INTERNAL, vpcEndpoints: [endpoint(stack)] }));
  expect(judged(noBackdoors, internal.stack)).toEqual([]);
  expect(judged(noBackdoors, built(() => ({ authentication: cognito() })).stack)).toEqual([]);
  expect(judged(noBackdoors, built(() => ({ authentication: mtls() })).stack)).toEqual([]);
});

describe('test invocations', () => {
  const POST = new PolicyStatement({ actions: ['apigateway:POST'], resources: ['*'] });

  test('of a duty whose remit comes to hold them, past its own Deny', () => {
    const made = built();
    const remit = made.domain.dutyRemit(Duty.MONITOR).node.defaultChild as CfnManagedPolicy;
    remit.addPropertyOverride('PolicyDocument', { Version: '2012-10-17', Statement: [POST.toStatementJson()] });
    const [finding, ...more] = findingsOf(noBackdoors, made.stack);
    expect(more).toEqual([]);
    expect(finding?.message).toMatch(
      /^`Orders\/orders\/Roles\/monitor\/Role` \(monitor of `orders`\) may test-invoke `arn:aws:apigateway:eu-central-1::\/restapis\/[^`]+\/(authorizers\/|resources\/[^`]+\/methods\/)[^`]+`, past authorizers, web ACL and logs$/,
    );
    expect(finding?.witness?.action).toBe('apigateway:POST');
    expect(finding?.explanation.join(' ')).toContain('Granted by statement');
  });

  test('what its boundary stops is SOD-4’s', () => {
    expect(
      found(({ domain, stack }) => {
        new ManagedPolicy(stack, 'Handy', { statements: [POST], roles: [domain.dutyRole(Duty.MONITOR) as Role] });
      }),
    ).toEqual([]);
  });

  test('of a duty that a configuration gives', () => {
    const made = built();
    const role = (statement: PolicyStatement) => {
      const id = `Operators${made.stack.node.children.length}`;
      const operators = new Role(made.stack, id, {
        assumedBy: new Role(made.stack, `${id}Of`, { assumedBy: made.domain.dutyRole(Duty.READ) }),
      });
      operators.addToPolicy(statement);
      return findingsOf(noBackdoors, made.stack, { duties: { monitor: [`Orders/${id}`] } });
    };
    expect(role(new PolicyStatement({ actions: ['apigateway:GET'], resources: ['*'] }))).toEqual([]);
    expect(role(POST)).toMatchObject([{ severity: 'violated' }]);
    const elsewhere = new PolicyStatement({
      actions: ['apigateway:*'],
      resources: ['arn:aws:apigateway:*::/restapis'],
    });
    expect(role(elsewhere)).toEqual([]);
  });

  test('that a function is open to', () => {
    const integration = (allowTestInvoke: boolean) =>
      found(({ domain, stack }) => {
        const fn = new LambdaFunction(stack, 'Fn', {
          code: Code.fromInline('x'),
          handler: 'index.handler',
          runtime: Runtime.NODEJS_24_X,
        });
        const answer = new LambdaIntegration(fn, { allowTestInvoke });
        domain.addRoute('GET', '/a', answer);
        domain.addRoute('GET', '/b', answer);
      });
    expect(integration(false)).toEqual([]);
    expect(integration(true)).toEqual([
      expect.stringMatching(
        /^violated: the permission `Orders\/[^`]+` \(and so 1 more\) opens a function to test invocations of the API `Orders\/orders\/Api\/Resource\/Resource`$/,
      ),
    ]);
  });

  test('that a permission written by hand is open to', () => {
    const permitted = (stage: string) =>
      found(({ domain, stack }) => {
        const fn = new LambdaFunction(stack, 'Fn', {
          code: Code.fromInline('x'),
          handler: 'index.handler',
          runtime: Runtime.NODEJS_24_X,
        });
        fn.addPermission('Called', {
          principal: new ServicePrincipal('apigateway.amazonaws.com'),
          sourceArn: domain.api.arnForExecuteApi('GET', '/a', stage),
        });
        domain.own(fn);
        new CfnParameter(stack, 'Stage');
      });
    const opens = `the permission \`Orders/Fn/Called\` opens a function to test invocations of the API \`${API}\``;
    for (const stage of ['*', 'test-*', 'test-invoke-stage', '????-invoke-stage'])
      expect(permitted(stage)).toEqual([`violated: ${opens}`]);
    for (const stage of ['v1', 'testing', 'v*']) expect(permitted(stage)).toEqual([]);
    expect(permitted(Fn.ref('Stage'))).toEqual([
      `undecided: it cannot be decided whether ${opens}: only the deployment knows the stage`,
    ]);
    expect(permitted(`v${Fn.ref('Stage')}`)).toEqual([]);
  });
});

describe('data trace', () => {
  test('of the domain’s stage', () => {
    const of = (value: unknown) =>
      found((made) => stageOf(made).addPropertyOverride('MethodSettings.0.DataTraceEnabled', value));
    expect(of(false)).toEqual([]);
    expect(of(true)).toEqual([
      `violated: \`${STAGE}\` of the domain \`orders\` traces requests and answers, with all they hold, into its log`,
    ]);
    expect(of({ Ref: 'Trace' })).toEqual([
      `undecided: it cannot be decided whether \`${STAGE}\` of the domain \`orders\` traces requests into its log: only the deployment knows it`,
    ]);
  });

  test('of one method, and of a WebSocket API', () => {
    expect(
      found((made) =>
        stageOf(made).addPropertyOverride('MethodSettings.1', {
          HttpMethod: 'GET',
          ResourcePath: '/a',
          DataTraceEnabled: 'true',
        }),
      ),
    ).toHaveLength(1);
    expect(
      found(({ domain, stack }) => {
        const socket = new CfnApi(stack, 'Socket', { name: 'socket', protocolType: 'WEBSOCKET' });
        domain.own(socket);
        new CfnHttpStage(stack, 'Stage', {
          apiId: socket.ref,
          stageName: 'v1',
          defaultRouteSettings: { dataTraceEnabled: true },
        });
      }),
    ).toEqual([expect.stringContaining('`Orders/Stage` of the domain `orders`')]);
  });
});

test('a key alone opens nothing', () => {
  const method = ({ domain }: Built) => domain.api.methods[0]!.node.defaultChild as CfnMethod;
  expect(found((made) => method(made).addPropertyOverride('ApiKeyRequired', true))).toEqual([]);
  expect(
    found((made) => {
      method(made).addPropertyOverride('ApiKeyRequired', true);
      method(made).addPropertyOverride('AuthorizationType', 'NONE');
    }),
  ).toEqual([`violated: a key alone opens \`GET /orders\` of the API \`${API}\` of the domain \`orders\``]);
});

test('an API with a name of its own has no default one beside it', () => {
  const named = (disableDefaultEndpoint?: boolean) => {
    const made = built(() => ({ disableDefaultEndpoint }));
    const name = new DomainName(made.stack, 'Name', {
      domainName: 'orders.example.com',
      certificate: certificate(made.stack),
    });
    name.addBasePathMapping(made.domain.api);
    return made;
  };
  expect(judged(noBackdoors, named(true).stack)).toEqual([]);
  expect(judged(noBackdoors, named().stack)).toEqual([
    expect.stringMatching(
      /^violated: the API `Orders\/orders\/Api\/Resource\/Resource` has a name by `Orders\/Name\/[^`]+`, and its default endpoint goes around whatever stands at that name$/,
    ),
  ]);
  const unknown = named(true);
  (unknown.domain.api.node.defaultChild as CfnRestApi).addPropertyOverride('DisableExecuteApiEndpoint', { Ref: 'Off' });
  expect(judged(noBackdoors, unknown.stack)).toEqual([expect.stringMatching(/^undecided: /)]);
});

describe('a role for emergencies', () => {
  const broken = (change?: (role: CfnRole) => void) =>
    found(({ domain, stack }) => {
      const glass = new BreakGlassRole(stack, 'BreakGlass', {
        domain,
        assumers: [Assumer.user(`arn:aws:iam::${ACCOUNT}:user/on-call`)],
        statements: [new PolicyStatement({ actions: ['cloudformation:ExecuteChangeSet'], resources: [stack.stackId] })],
        alarmTopic: Topic.fromTopicArn(stack, 'Told', `arn:aws:sns:eu-central-1:${ACCOUNT}:told`),
        reason: 'a release at night',
        approvedBy: 'security',
        expires: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
      });
      change?.(glass.role.node.defaultChild as CfnRole);
    });

  test('is bounded in time, by a boundary, and to whom', () => {
    expect(broken()).toEqual([]);
    expect(broken((role) => role.addPropertyOverride('MaxSessionDuration', 43_200))).toEqual([
      'violated: the role for emergencies `Orders/BreakGlass/Role` (of `orders`) admits sessions of more than an hour',
    ]);
    expect(broken((role) => role.addPropertyDeletionOverride('PermissionsBoundary'))).toEqual([
      'violated: the role for emergencies `Orders/BreakGlass/Role` (of `orders`) has no permissions boundary',
    ]);
    const wide = broken((role) =>
      role.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Principal', {
        AWS: `arn:aws:iam::${ACCOUNT}:root`,
      }),
    );
    expect(wide).toEqual([expect.stringContaining('which stands for principals that nobody named')]);
    const bare = broken((role) =>
      role.addPropertyDeletionOverride('AssumeRolePolicyDocument.Statement.0.Condition.Bool'),
    );
    expect(bare).toEqual([expect.stringContaining('without a second factor')]);
  });
});

test('an app without trust domains is asked nothing', () => {
  const stack = new Stack(new App(), 'Plain');
  new CfnHttpStage(stack, 'Stage', {
    apiId: 'a1b2c3',
    stageName: 'v1',
    defaultRouteSettings: { dataTraceEnabled: true },
  });
  expect(judged(noBackdoors, stack)).toEqual([]);
});
