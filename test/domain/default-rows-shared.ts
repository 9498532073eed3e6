/** The defaults of gateways that domains share, and of their zones. */
import { type App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Exposure, Lifecycle, RateAggregation, SharedGateway, TrustZone, type TrustZoneProps } from '../../lib';
import { ACCOUNT, assumers, BACKEND, ENV, REGION } from './a-domain';
import { jwt } from './a-shared-gateway';
import { aStack, type Build, made, NONE, type Row, templateOf } from './default-row';

const gatewayIn = (stack: Stack, props: object): SharedGateway => {
  const { read: _, write: __, ...duties } = assumers('orders');
  return new SharedGateway(stack, 'orders', { owner: 'platform-team', assumers: duties, ...props });
};

/** What stands in the gateway's stack, and in a zone's. */
const shared =
  (of: 'gateway' | 'zone', always: Partial<TrustZoneProps> = {}): Build =>
  (props) => {
    const stack = aStack();
    const gateway = gatewayIn(stack, of === 'gateway' ? props(stack) : {});
    const own = new Stack(stack.node.scope as App, 'Partner', { env: ENV });
    const zone = new TrustZone(own, 'partner', {
      gateway,
      basePath: '/partner',
      exposure: Exposure.PARTNER,
      owner: 'partner-team',
      authentication: jwt(),
      assumers: assumers('partner'),
      ...always,
      ...(of === 'zone' ? props(own) : {}),
    });
    zone.addRoute('GET', '/partner/orders', BACKEND, { scopes: ['orders.read'] });
    return [templateOf(stack), templateOf(own)];
  };
const gateway = shared('gateway');
const zone = shared('zone');

const KEPT = "RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - kept, unless the stack's own creation fails";
const ROLE =
  "- `deploy` passes no role: a change runs as the role that the stack was first deployed with, which the stack's synthesizer names";
const BUCKET = "- the bucket of `cdk bootstrap`, by the qualifier of the stack's synthesizer";
const key = made((stack) => new Key(stack, 'OwnKey'));
const role = made((stack) => Role.fromRoleName(stack, 'Execution', 'execution'));
const bucket = (name: string) => made((stack) => Bucket.fromBucketName(stack, name, name));
const ASSETS = bucket(`cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`);
const [COMMON, INPUTS, LIST] = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesAmazonIpReputationList',
];
const PUBLIC = [COMMON, INPUTS, LIST, 'AWSManagedRulesAnonymousIpList', 'AWSManagedRulesSQLiRuleSet'];

export const SHARED_ROWS: readonly Row[] = [
  ['SharedGatewayProps.assetBucket', BUCKET, gateway, ASSETS, bucket('own-assets')],
  [
    'SharedGatewayProps.basePaths',
    '- none: the gateway is reached at its stage alone, under `/v1`',
    gateway,
    [],
    ['/api'],
  ],
  ['SharedGatewayProps.domainName', "- the construct's id", gateway, 'orders', 'edge'],
  ['SharedGatewayProps.encryptionKey', "- a key of the gateway's own, with a policy for its uses", gateway, NONE, key],
  ['SharedGatewayProps.executionRole', ROLE, gateway, NONE, role],
  ['SharedGatewayProps.exposure', 'Exposure.PUBLIC', gateway, Exposure.PUBLIC, Exposure.PARTNER],
  [
    'SharedGatewayProps.lifecycle',
    '- what the configuration says, or the name of the CDK Stage (`Prod`, `dev-eu`); unknown where neither does',
    gateway,
    NONE,
    Lifecycle.PRODUCTION,
  ],
  ['SharedGatewayProps.logRetention', 'RetentionDays.ONE_YEAR', gateway, RetentionDays.ONE_YEAR, RetentionDays.ONE_DAY],
  ['SharedGatewayProps.managedRuleGroups', '- those of a trust domain of the same exposure', gateway, PUBLIC, [COMMON]],
  ['SharedGatewayProps.maxSessionDuration', 'Duration.hours(1)', gateway, Duration.hours(1), Duration.hours(2)],
  ['SharedGatewayProps.minCompressionSize', '- no compression', gateway, NONE, Size.kibibytes(1)],
  ['SharedGatewayProps.removalPolicy', KEPT, gateway, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, RemovalPolicy.DESTROY],
  ['SharedGatewayProps.stageName', "'v1'", gateway, 'v1', 'live'],
  ['SharedGatewayProps.throttleBurst', '200', gateway, 200, 201],
  ['SharedGatewayProps.throttleRate', '100', gateway, 100, 101],
  ['TrustZoneProps.assetBucket', BUCKET, zone, ASSETS, bucket('own-assets')],
  ['TrustZoneProps.corsOrigins', '- none: no preflight request is answered', zone, [], ['https://shop.example.com']],
  ['TrustZoneProps.domainName', "- the construct's id", zone, 'partner', 'friends'],
  ['TrustZoneProps.encryptionKey', "- a key of the zone's own, with a policy for its uses", zone, NONE, key],
  ['TrustZoneProps.executionRole', ROLE, zone, NONE, role],
  ['TrustZoneProps.logRetention', 'RetentionDays.ONE_YEAR', zone, RetentionDays.ONE_YEAR, RetentionDays.ONE_DAY],
  ['TrustZoneProps.maxSessionDuration', 'Duration.hours(1)', zone, Duration.hours(1), Duration.hours(2)],
  ['TrustZoneProps.rateAggregation', 'RateAggregation.ip()', zone, RateAggregation.ip(), RateAggregation.forwardedIp()],
  ['TrustZoneProps.rateLimit', '1000 for PUBLIC, 5000 for PARTNER', zone, 5000, 5001],
  [
    'TrustZoneProps.rateLimit',
    '1000 for PUBLIC, 5000 for PARTNER',
    shared('zone', { exposure: Exposure.PUBLIC }),
    1000,
    1001,
  ],
  ['TrustZoneProps.rateWindow', 'Duration.minutes(5)', zone, Duration.minutes(5), Duration.minutes(1)],
  ['TrustZoneProps.removalPolicy', KEPT, zone, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, RemovalPolicy.DESTROY],
  ['TrustZoneProps.throttleBurst', '200', zone, 200, 201],
  ['TrustZoneProps.throttleRate', '100', zone, 100, 101],
];
