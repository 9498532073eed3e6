/** The defaults of trust domains, of what deploys them and of what crosses between them. */
import { type App, Aws, Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { type JsonSchema, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Artifact } from 'aws-cdk-lib/aws-codepipeline';
import { CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { Peer, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  Authentication,
  DomainCrossing,
  DomainDeployment,
  Exposure,
  FourEyesPipeline,
  type GitLabJob,
  Lifecycle,
  ProofAlgorithm,
  RateAggregation,
  SecurityException,
  Sensitivity,
  TokenAlgorithm,
  TokenType,
  TrustDomain,
  type TrustDomainProps,
} from '../../lib';
import { DEFAULT_SERVICES } from '../../lib/domain/deployment-execution';
import { gitLabIdentity } from '../../lib/domain/oidc-identity';
import { ACCOUNT, BACKEND, certificate, cognito, ENV, endpoint, inStack, network, REGION } from './a-domain';
import { aStack, type Build, made, NONE, type Row, templateOf } from './default-row';
import { dpop, jwt, mtls, TOKEN } from './with-authorizer';

const domain =
  (always: Partial<TrustDomainProps> = {}): Build =>
  (props) => {
    const stack = aStack();
    const vpcEndpoints = always.exposure === Exposure.INTERNAL ? [endpoint(stack)] : undefined;
    const orders = inStack(stack, 'orders', { ...always, ...(vpcEndpoints && { vpcEndpoints }), ...props(stack) });
    orders.addRoute('GET', '/orders', BACKEND);
    return templateOf(stack);
  };

const authenticated =
  (authentication: (props: object) => TrustDomainProps['authentication']): Build =>
  (props) => {
    const stack = aStack();
    const orders = inStack(stack, 'orders', { authentication: authentication(props(stack)) });
    const scopes = orders.userPool === undefined ? ['orders.read'] : ['read'];
    orders.addRoute('GET', '/orders', BACKEND, { scopes });
    return templateOf(stack);
  };
const SUBJECT = { subject: 'CN=shop,O=Partner,C=DE' };
const client = (always: object): Build =>
  authenticated((props) => mtls({ clients: [{ name: 'shop', ...always, ...props }] }));

const route =
  (method: string, byToken = false, always: object = {}): Build =>
  (props) => {
    const stack = aStack();
    const orders = inStack(stack, 'orders', byToken ? { authentication: cognito() } : {});
    orders.addRoute(method, '/orders/{id}', BACKEND, { ...always, ...props(stack) });
    return templateOf(stack);
  };

const crossing =
  (always: object): Build =>
  (props) => {
    const stack = aStack();
    const to = inStack(stack, 'orders');
    to.addRoute('GET', '/orders', BACKEND);
    new DomainCrossing(to, 'Crossing', {
      from: inStack(new Stack(stack.node.scope as App, 'Ledger', { env: ENV }), 'ledger'),
      to,
      caller: Role.fromRoleName(stack, 'Caller', 'ledger-worker'),
      justification: 'the ledger reads what was ordered',
      approvedBy: 'orders-team',
      expires: '2099-12-31',
      ...always,
      ...props(stack),
    });
    return templateOf(stack);
  };

const deployment: Build = (props) => {
  const stack = aStack();
  new DomainDeployment(stack, 'Deployment', { domainName: 'orders', stackName: 'TheOrders', ...props(stack) });
  return templateOf(stack);
};

const pipeline: Build = (props) => {
  const stack = aStack();
  const sourceOutput = new Artifact('Source');
  const connectionArn = `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/5d7f`;
  const source = { actionName: 'Source', owner: 'acme', repo: 'orders', output: sourceOutput, connectionArn };
  new FourEyesPipeline(stack, 'Pipeline', {
    domainName: 'orders',
    stackName: 'Orders',
    source: new CodeStarConnectionsSourceAction(source),
    sourceOutput,
    ...props(stack),
  });
  return templateOf(stack);
};

const gitLab =
  (always: Partial<GitLabJob>): Build =>
  (props) => {
    const providerArn = `arn:aws:iam::${ACCOUNT}:oidc-provider/git.example.com/gitlab`;
    return gitLabIdentity({ providerArn, project: 'acme/orders', ...always, ...props(aStack()) });
  };

const imported: Build = (props) => {
  const stack = aStack();
  const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const attributes = { domainName: 'ledger', restApiId: 'a1b2c3', keyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1` };
  TrustDomain.fromAttributes(stack, 'Ledger', { ...attributes, ...props(stack) }).grantRead(role);
  return templateOf(stack);
};

const privately: Build = (props) => {
  const stack = aStack();
  inStack(stack, 'orders', {
    exposure: Exposure.INTERNAL,
    privateEndpoint: { vpc: network(stack), callers: [Peer.ipv4('10.20.4.0/24')], ...props(stack) },
  });
  return templateOf(stack);
};

const DEFAULT_ENDPOINT = 'false - on, unless callers have client certificates or `privateDomain` names the API';
const EVERYWHERE = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'];
const PARTNER = [...EVERYWHERE, 'AWSManagedRulesAmazonIpReputationList'];
const PUBLIC = [...PARTNER, 'AWSManagedRulesAnonymousIpList', 'AWSManagedRulesSQLiRuleSet'];
const RULE_GROUPS =
  '- common rules and known bad inputs; for PARTNER also the reputation list; for PUBLIC also anonymous addresses and SQL injection';
const RATES = '1000 for PUBLIC, 5000 for PARTNER, 20000 for INTERNAL';
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ask`;
const byPool = authenticated((props) => Authentication.cognito({ scopes: { read: 'See orders' }, ...props }));
const DEFAULT_HOST = Lazy.uncachedString({
  produce: ({ scope }) => {
    const api = Stack.of(scope)
      .node.findAll()
      .find((node) => node instanceof TrustDomain)?.restApiId;
    return `${api}.execute-api.${REGION}.${Aws.URL_SUFFIX}`;
  },
});
const SCHEMA: JsonSchema = { type: JsonSchemaType.OBJECT };
const ROUTES = { routes: ['GET /orders'] };
const ACTIONS = { actions: ['sqs:SendMessage'], resources: [`arn:aws:sqs:${REGION}:${ACCOUNT}:ledger-jobs`] };
const bucket = (name: string) => made((stack) => Bucket.fromBucketName(stack, name, name));
const roleOf = (name: string) => made((stack) => Role.fromRoleName(stack, name, name));
const withToken = authenticated((props) => mtls({ token: TOKEN, ...props }));

export const ROWS: readonly Row[] = [
  [
    'TrustDomainProps.lifecycle',
    '- what the configuration says, or the name of the CDK Stage (`Prod`, `dev-eu`); unknown where neither does',
    domain(),
    NONE,
    Lifecycle.PRODUCTION,
  ],
  ['AuthorizerProps.reservedConcurrency', '25', authenticated(jwt), 25, 26],
  [
    'CognitoAuthenticationProps.removalPolicy',
    'RemovalPolicy.RETAIN',
    byPool,
    RemovalPolicy.RETAIN,
    RemovalPolicy.DESTROY,
  ],
  ['DomainCrossingProps.actions', '- none; `routes` say what crosses', crossing(ROUTES), [], ACTIONS.actions],
  ['DomainCrossingProps.resources', '- none; `routes` say what crosses', crossing(ROUTES), [], ACTIONS.resources],
  [
    'DomainCrossingProps.routes',
    '- none; `actions` and `resources` say what crosses',
    crossing(ACTIONS),
    NONE,
    ROUTES.routes,
  ],
  ['DomainCrossingProps.alarmAbove', '0 - every use raises it', crossing(ROUTES), 0, 1],
  [
    'DomainCrossingProps.alarmActions',
    '- nothing more',
    crossing(ROUTES),
    [],
    [{ bind: () => ({ alarmActionArn: TOPIC }) }],
  ],
  [
    'DomainDeploymentProps.services',
    '- those of a trust domain, and what its functions, tables, queues and alarms need',
    deployment,
    [...DEFAULT_SERVICES],
    ['s3'],
  ],
  [
    'DpopAuthenticationProps.hosts',
    "- the domain's private name, or else the name of the API's default endpoint",
    authenticated(dpop),
    [DEFAULT_HOST],
    ['api.example.com'],
  ],
  ['DpopAuthenticationProps.nonce', 'true', authenticated(dpop), true, false],
  [
    'DpopAuthenticationProps.proofAlgorithms',
    '- ES256 and EdDSA',
    authenticated(dpop),
    [ProofAlgorithm.ES256, ProofAlgorithm.EDDSA],
    [ProofAlgorithm.ES256],
  ],
  [
    'DpopAuthenticationProps.proofMaxAge',
    'Duration.minutes(1)',
    authenticated(dpop),
    Duration.minutes(1),
    Duration.minutes(2),
  ],
  [
    'FourEyesPipelineProps.approvalTopic',
    '- nobody; the pipeline shows it',
    pipeline,
    NONE,
    made((stack) => Topic.fromTopicArn(stack, 'Ask', TOPIC)),
  ],
  [
    'FourEyesPipelineProps.synthCommands',
    '- `npm ci`, `npx cdk synth --quiet`',
    pipeline,
    ['npm ci', 'npx cdk synth --quiet'],
    ['make'],
  ],
  [
    'GitLabJob.audience',
    '- `https://` and the host of the provider',
    gitLab({ branch: 'main' }),
    'https://git.example.com',
    'aws',
  ],
  [
    'SecurityExceptionProps.says',
    '- it is the only one there; several are not excused',
    (props) => {
      const stack = aStack();
      new SecurityException(stack, 'Accepted', {
        finding: 'DOM-3',
        constructPaths: ['Orders/Legacy'],
        reason: 'the legacy API is switched off in March',
        approver: 'security-team',
        expires: '2099-12-31',
        ...props(stack),
      });
      return stack.templateOptions.metadata;
    },
    NONE,
    'no owner',
  ],
  ['GitLabJob.branch', '- none; `environment` says which jobs', gitLab({ environment: 'production' }), NONE, 'main'],
  ['GitLabJob.environment', '- none; `branch` says which jobs', gitLab({ branch: 'main' }), NONE, 'production'],
  [
    'JwtAuthenticationProps.resultsCacheTtl',
    'Duration.seconds(0)',
    authenticated(jwt),
    Duration.seconds(0),
    Duration.seconds(60),
  ],
  ['MutualTlsAuthenticationProps.boundTokens', 'true', withToken, true, false],
  ['MonitoringProps.alarmAboveAuthenticationFailures', '20', domain(), 20, 21],
  ['MonitoringProps.alarmAboveBlocked', '100', domain(), 100, 101],
  ['MonitoringProps.alarmAboveClientErrors', '100', domain(), 100, 101],
  ['MonitoringProps.alarmAboveDeniedKeyUse', '0 - every one raises it', domain(), 0, 1],
  ['MonitoringProps.alarmAboveLatency', 'Duration.seconds(5)', domain(), Duration.seconds(5), Duration.seconds(6)],
  ['MonitoringProps.alarmAboveServerErrors', '5', domain(), 5, 6],
  ['MonitoringProps.alarmAboveThrottled', '50', domain(), 50, 51],
  ['MonitoringProps.alarmActions', '- nothing more', domain(), [], [{ bind: () => ({ alarmActionArn: TOPIC }) }]],
  ['MonitoringProps.alarmOutsideDeviations', '3', domain(), 3, 4],
  ['MonitoringProps.alarmPeriod', 'Duration.minutes(5)', domain(), Duration.minutes(5), Duration.minutes(1)],
  [
    'MonitoringProps.alarmSubscribers',
    '- nobody yet: somebody subscribes to `alarmTopic` outside the app, which the report prints as an assumption',
    domain(),
    [],
    [new EmailSubscription('on-call@example.com')],
  ],
  [
    'MutualTlsAuthenticationProps.revocationLists',
    '- `revocation/1.crl` and so on, one for each authority',
    authenticated(mtls),
    ['revocation/1.crl'],
    ['lists/a.crl'],
  ],
  [
    'MutualTlsAuthenticationProps.revocationPublisher',
    '- nobody whom this stack lets',
    authenticated(mtls),
    NONE,
    roleOf('publisher'),
  ],
  [
    'MutualTlsAuthenticationProps.revocationRefresh',
    'Duration.minutes(5)',
    authenticated(mtls),
    Duration.minutes(5),
    Duration.minutes(6),
  ],
  ['MutualTlsAuthenticationProps.token', '- the certificate is enough', authenticated(mtls), NONE, TOKEN],
  ['RouteOptions.methodResponses', '- whatever the integration gives', route('GET'), [], [{ statusCode: '200' }]],
  [
    'RouteOptions.requestModel',
    '- the body is not checked; an error on a route of sensitivity HIGH that takes a body',
    route('POST'),
    NONE,
    SCHEMA,
  ],
  [
    'RouteOptions.requestParameters',
    '- no parameter is passed on or required',
    route('GET'),
    NONE,
    { 'method.request.querystring.page': true },
  ],
  ['RouteOptions.scopes', '- none; an error where callers authenticate with tokens', route('GET', true), [], ['read']],
  ['RouteOptions.sensitivity', 'Sensitivity.NORMAL', route('GET'), Sensitivity.NORMAL, Sensitivity.HIGH],
  ['TlsClient.alternativeName', '- any; then `subject` is required', client(SUBJECT), NONE, 'DNS:shop.example.com'],
  ['TlsClient.issuer', '- any authority of the trust store', client(SUBJECT), NONE, 'C=DE, O=Partner, CN=Partner CA'],
  ['TlsClient.scopes', '- none', client(SUBJECT), [], ['orders.read']],
  [
    'TlsClient.subject',
    '- any; then `alternativeName` is required',
    client({ alternativeName: 'DNS:shop.example.com' }),
    NONE,
    SUBJECT.subject,
  ],
  [
    'TokenProps.algorithms',
    '- ES256 and RS256',
    authenticated(jwt),
    [TokenAlgorithm.ES256, TokenAlgorithm.RS256],
    [TokenAlgorithm.RS256],
  ],
  [
    'TokenProps.jwksUri',
    '- `.well-known/jwks.json` below the issuer',
    authenticated(jwt),
    `${TOKEN.issuer}/.well-known/jwks.json`,
    'https://keys.example.com/jwks',
  ],
  ['TokenProps.tokenType', 'TokenType.RFC_9068', authenticated(jwt), TokenType.RFC_9068, TokenType.BY_AUDIENCE],
  ['TrustDomainAttributes.account', '- the account of the stack that refers to it', imported, ACCOUNT, '444455556666'],
  ['TrustDomainAttributes.region', '- the region of the stack that refers to it', imported, REGION, 'us-east-1'],
  ['TrustDomainAttributes.stageName', "'v1'", imported, 'v1', 'v2'],
  [
    'TrustDomainProps.assetBucket',
    "- the bucket of `cdk bootstrap`, by the qualifier of the stack's synthesizer",
    domain(),
    bucket(`cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`),
    bucket('own-assets'),
  ],
  [
    'TrustDomainProps.corsOrigins',
    '- none: no preflight request is answered',
    domain(),
    [],
    ['https://shop.example.com'],
  ],
  ['TrustDomainProps.domainName', "- the construct's id", domain(), 'orders', 'shop'],
  [
    'TrustDomainProps.encryptionKey',
    "- a key of the domain's own, with a policy for the domain's uses",
    domain(),
    NONE,
    made((stack) => new Key(stack, 'Key')),
  ],
  [
    'TrustDomainProps.executionRole',
    "- `deploy` passes no role: a change runs as the role that the stack was first deployed with, which the stack's synthesizer names",
    domain(),
    NONE,
    roleOf('execution'),
  ],
  [
    'TrustDomainProps.logRetention',
    'RetentionDays.ONE_YEAR',
    domain(),
    RetentionDays.ONE_YEAR,
    RetentionDays.TWO_YEARS,
  ],
  ['TrustDomainProps.managedRuleGroups', RULE_GROUPS, domain({ exposure: Exposure.INTERNAL }), EVERYWHERE, []],
  ['TrustDomainProps.managedRuleGroups', RULE_GROUPS, domain({ exposure: Exposure.PARTNER }), PARTNER, EVERYWHERE],
  ['TrustDomainProps.managedRuleGroups', RULE_GROUPS, domain({ exposure: Exposure.PUBLIC }), PUBLIC, PARTNER],
  ['TrustDomainProps.maxSessionDuration', 'Duration.hours(1)', domain(), Duration.hours(1), Duration.hours(2)],
  ['TrustDomainProps.minCompressionSize', '- no compression', domain(), NONE, Size.kibibytes(1)],
  [
    'TrustDomainProps.rateAggregation',
    'RateAggregation.ip()',
    domain(),
    RateAggregation.ip(),
    RateAggregation.forwardedIp(),
  ],
  ['TrustDomainProps.rateLimit', RATES, domain({ exposure: Exposure.PUBLIC }), 1000, 1001],
  ['TrustDomainProps.rateLimit', RATES, domain({ exposure: Exposure.PARTNER }), 5000, 1000],
  ['TrustDomainProps.rateLimit', RATES, domain({ exposure: Exposure.INTERNAL }), 20_000, 5000],
  ['TrustDomainProps.rateWindow', 'Duration.minutes(5)', domain(), Duration.minutes(5), Duration.minutes(1)],
  [
    'TrustDomainProps.removalPolicy',
    "RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - kept, unless the stack's own creation fails",
    domain(),
    RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    RemovalPolicy.DESTROY,
  ],
  ['TrustDomainProps.stageName', "'v1'", domain(), 'v1', 'v2'],
  ['TrustDomainProps.throttleBurst', '200', domain(), 200, 201],
  ['TrustDomainProps.throttleRate', '100', domain(), 100, 101],
  [
    'TrustDomainProps.vpcEndpoints',
    '- none; an error for INTERNAL without `privateEndpoint`, and required to stay empty for the others',
    domain(),
    [],
    made((stack) => [endpoint(stack)]),
  ],
  ['TrustDomainProps.disableDefaultEndpoint', DEFAULT_ENDPOINT, domain(), false, true],
  [
    'TrustDomainProps.privateDomain',
    '- none: callers use the default name; for the others it is an error',
    domain({ exposure: Exposure.INTERNAL }),
    NONE,
    made((stack) => ({ domainName: 'orders.internal', certificate: certificate(stack) })),
  ],
  [
    'TrustDomainProps.privateEndpoint',
    '- none is made; for the others it is an error',
    domain({ exposure: Exposure.INTERNAL }),
    NONE,
    made((stack) => ({ vpc: network(stack), callers: [Peer.ipv4('10.20.4.0/24')] })),
  ],
  ['PrivateEndpointProps.privateDns', 'false', privately, false, true],
  [
    'PrivateEndpointProps.subnets',
    '- the private subnets of the network',
    privately,
    { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    { subnetType: SubnetType.PRIVATE_ISOLATED },
  ],
];
