/**
 * The reference app that `cdk.json` runs: one stack per trust domain of the context key
 * `bulkhead-app`, the account-wide logging role in a stack of its own, and cdk-nag's AwsSolutions
 * pack beside our gate (which the constructs register by themselves).
 *
 * Configuration is parsed once, here; whatever is wrong with it ends in one line on stderr.
 */
import { App, DefaultStackSynthesizer, type IStackSynthesizer, Stack, Token, Validations } from 'aws-cdk-lib';
import { type CfnRestApi, HttpIntegration, type JsonSchema, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import {
  ApiGatewayAccount,
  Assumer,
  Attestation,
  Authentication,
  Duty,
  type DutyAssumers,
  Exposure,
  type RouteOptions,
  Sensitivity,
  TrustDomain,
} from '../lib';

const CONTEXT_KEY = 'bulkhead-app';

/** A mistake in the configuration, said in one line. */
class ConfigurationError extends Error {}

interface Configuration {
  readonly account?: string;
  readonly region?: string;
  readonly attestation: string;
  readonly assumers: string;
  readonly domains: ReadonlyMap<string, DomainConfiguration>;
}

interface DomainConfiguration {
  readonly exposure: Exposure;
  readonly owner: string;
  readonly authentication: 'iam' | 'cognito';
  readonly backend: string;
  readonly vpcEndpoints: readonly string[];
  readonly rateLimit?: number;
}

/** How the stack of a domain is deployed. */
export type SynthesizerOf = (domain: string, stackName: string) => IStackSynthesizer | undefined;

/** Builds the app; throws a `ConfigurationError` or the constructs' own error for what is wrong with the context. */
export function referenceApp(app: App): App {
  const logging = addStacks(app);
  acknowledge(app, logging);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** The stacks alone, without cdk-nag. They are deployed through the bootstrap unless `synthesizerOf` says otherwise. */
export function addStacks(app: App, synthesizerOf: SynthesizerOf = () => undefined): ApiGatewayAccount {
  const configuration = parseConfiguration(app.node.tryGetContext(CONTEXT_KEY));
  const env = { account: configuration.account, region: configuration.region };
  const account = new Stack(app, 'ApiGatewayAccount', { env });
  const logging = new ApiGatewayAccount(account, 'Logging');
  for (const [name, domain] of configuration.domains) {
    const stackName = `${name[0].toUpperCase()}${name.slice(1)}Domain`;
    const stack = new Stack(app, stackName, { env, synthesizer: synthesizerOf(name, stackName) });
    // A stage that logs cannot be created before API Gateway may write logs.
    stack.addStackDependency(account);
    addDomain(stack, name, domain, configuration);
  }
  return logging;
}

function addDomain(stack: Stack, name: string, domain: DomainConfiguration, configuration: Configuration): void {
  const byToken = domain.authentication === 'cognito';
  const trustDomain = new TrustDomain(stack, name, {
    exposure: domain.exposure,
    owner: domain.owner,
    authentication: byToken
      ? Authentication.cognito({ scopes: { 'orders.read': 'See orders', 'orders.write': 'Place orders' } })
      : Authentication.iam(),
    assumers: assumersOf(name, configuration),
    rateLimit: domain.rateLimit,
    vpcEndpoints: domain.vpcEndpoints.map((vpcEndpointId) =>
      InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, vpcEndpointId, { vpcEndpointId, port: 443 }),
    ),
  });
  const backend = (method: string) => new HttpIntegration(`${domain.backend}/orders`, { httpMethod: method });
  const scoped = (scope: string): RouteOptions => (byToken ? { scopes: [scope] } : {});
  trustDomain.addRoute('GET', '/orders', backend('GET'), scoped('orders.read'));
  trustDomain.addRoute('POST', '/orders', backend('POST'), {
    ...scoped('orders.write'),
    requestModel: ORDER,
    sensitivity: Sensitivity.HIGH,
  });
}

const ORDER: JsonSchema = {
  type: JsonSchemaType.OBJECT,
  required: ['item', 'quantity'],
  additionalProperties: false,
  properties: {
    item: { type: JsonSchemaType.STRING, maxLength: 64 },
    quantity: { type: JsonSchemaType.INTEGER, minimum: 1, maximum: 1000 },
  },
};

function assumersOf(domain: string, configuration: Configuration): DutyAssumers {
  const attestation = Attestation.byProvider(configuration.attestation);
  const named = (duty: Duty) => [
    Assumer.role(configuration.assumers.replaceAll('{domain}', domain).replaceAll('{duty}', duty), attestation),
  ];
  return {
    provision: named(Duty.PROVISION),
    deploy: named(Duty.DEPLOY),
    approve: named(Duty.APPROVE),
    read: named(Duty.READ),
    write: named(Duty.WRITE),
    monitor: named(Duty.MONITOR),
    audit: named(Duty.AUDIT),
  };
}

function parseConfiguration(value: unknown): Configuration {
  const at = `context \`${CONTEXT_KEY}\` of cdk.json`;
  const root = record(at, value, ['account', 'region', 'attestation', 'assumers', 'domains']);
  const domains = Object.entries(record(`${at}, \`domains\``, root.domains));
  if (domains.length === 0) throw new ConfigurationError(`${at}, \`domains\`: expected at least one trust domain`);
  return {
    account: optional(`${at}, \`account\``, root.account, text),
    region: optional(`${at}, \`region\``, root.region, text),
    attestation: text(`${at}, \`attestation\``, root.attestation),
    assumers: assumerPattern(`${at}, \`assumers\``, root.assumers),
    domains: new Map(domains.map(([name, domain]) => [name, parseDomain(`${at}, domain \`${name}\``, domain)])),
  };
}

function parseDomain(at: string, value: unknown): DomainConfiguration {
  const known = ['exposure', 'owner', 'authentication', 'backend', 'vpcEndpoints', 'rateLimit'];
  const domain = record(at, value, known);
  return {
    exposure: oneOf(`${at}, \`exposure\``, domain.exposure, Object.values(Exposure)),
    owner: text(`${at}, \`owner\``, domain.owner),
    authentication: oneOf(`${at}, \`authentication\``, domain.authentication, ['iam', 'cognito'] as const),
    backend: text(`${at}, \`backend\``, domain.backend),
    vpcEndpoints: optional(`${at}, \`vpcEndpoints\``, domain.vpcEndpoints, texts) ?? [],
    rateLimit: optional(`${at}, \`rateLimit\``, domain.rateLimit, number),
  };
}

/** @param known The only keys that the record may have; absent: any. */
function record(at: string, value: unknown, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpected(at, value, 'an object');
  const unknown = Object.keys(value).find((key) => known !== undefined && !known.includes(key));
  if (unknown !== undefined) {
    throw new ConfigurationError(`${at}: unknown key \`${unknown}\`; expected \`${known?.join('`, `')}\``);
  }
  return value as Readonly<Record<string, unknown>>;
}

function text(at: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw unexpected(at, value, 'a text');
  return value;
}

function texts(at: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw unexpected(at, value, 'a list of texts');
  return value.map((element) => text(at, element));
}

function number(at: string, value: unknown): number {
  if (typeof value !== 'number') throw unexpected(at, value, 'a number');
  return value;
}

function oneOf<T extends string>(at: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw unexpected(at, value, `one of \`${allowed.join('`, `')}\``);
  return found;
}

function optional<T>(at: string, value: unknown, parse: (at: string, value: unknown) => T): T | undefined {
  return value === undefined ? undefined : parse(at, value);
}

function assumerPattern(at: string, value: unknown): string {
  const pattern = text(at, value);
  if (!pattern.includes('{domain}') || !pattern.includes('{duty}')) {
    throw unexpected(at, pattern, 'an ARN with `{domain}` and `{duty}` in it, so that nobody has two duties');
  }
  return pattern;
}

function unexpected(at: string, value: unknown, expected: string): ConfigurationError {
  return new ConfigurationError(`${at}: \`${JSON.stringify(value)}\` found, ${expected} expected`);
}

/**
 * What cdk-nag is right to ask about, with the answers a reviewer gets: five, for AwsSolutions, NIST 800-53 R5 and
 * PCI DSS 3.2.1 together, here and in the examples. Granular ids are built from the domain's own names,
 * so an answer covers exactly the wildcard that it explains.
 */
export const REASONS = {
  metrics:
    'CloudWatch takes no resource for GetMetricData and ListMetrics. They are declared as common requests, which every report prints: counts and durations, no data.',
  ownPathsAndAssets:
    'The wildcard stands for the paths of one method, the assets of one prefix, or the alarms under one name, of this domain alone. The gate proves at every synthesis that no other duty and no other domain reaches them.',
  signedCalls:
    'Callers of this domain sign with IAM: the resource policy names the roles that may call, and a user pool would be a second way in.',
  noCache:
    'Responses are not cached: a cached response is served without asking the backend who may see it, and API Gateway does not encrypt its cache with the key of the domain.',
  logsOfTheAccount:
    'The account has one role with which API Gateway writes the logs of every API, and API Gateway checks it for these rights. No principal but the service assumes it.',
} as const;

/** For a whole app: its trust domains and, where it has one, the account-wide logging role. */
export function acknowledge(app: App, account?: ApiGatewayAccount): void {
  for (const domain of app.node.findAll().filter((node) => node instanceof TrustDomain)) acknowledgeDomain(domain);
  if (account === undefined) return;
  const stack = Stack.of(account);
  const logGroups = `arn:${partition(stack)}:logs:${region(stack)}:${accountId(stack)}:log-group:*`;
  answer(account, [wildcard(logGroups)], REASONS.logsOfTheAccount);
}

function acknowledgeDomain(domain: TrustDomain): void {
  const stack = Stack.of(domain);
  for (const duty of Object.values(Duty)) answer(domain.dutyRemit(duty), [wildcard('*')], REASONS.metrics);
  const bucket = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${accountId(stack)}-${region(stack)}`;
  const assets = `arn:${partition(stack)}:s3:::${bucket}/bulkhead/${domain.domainName}/*`;
  const api = `<${stack.getLogicalId(domain.api.node.defaultChild as CfnRestApi)}>`;
  const stage = `arn:${partition(stack)}:execute-api:${region(stack)}:${accountId(stack)}:${api}/${domain.stageName}`;
  const paths = ['GET', 'DELETE', 'PATCH', 'POST', 'PUT'].map((method) => `${stage}/${method}/*`);
  const alarms = `arn:${partition(stack)}:cloudwatch:${region(stack)}:${accountId(stack)}:alarm:bulkhead/${domain.domainName}/*`;
  answer(domain, [assets, alarms, ...paths].map(wildcard), REASONS.ownPathsAndAssets);
  if (domain.userPool === undefined) answer(domain, ['AwsSolutions-COG4'], REASONS.signedCalls);
  const cached = ['NIST.800.53.R5', 'PCI.DSS.321'].map((pack) => `${pack}-APIGWCacheEnabledAndEncrypted`);
  answer(domain, cached, REASONS.noCache);
}

function answer(scope: IConstruct, ids: readonly string[], reason: string): void {
  Validations.of(scope).acknowledge(...ids.map((id) => ({ id, reason })));
}

function wildcard(resource: string): string {
  return `AwsSolutions-IAM5[Resource::${resource}]`;
}

// As cdk-nag writes a reference that only deployment resolves.
function partition(stack: Stack): string {
  return Token.isUnresolved(stack.partition) ? '<AWS::Partition>' : stack.partition;
}

function region(stack: Stack): string {
  return Token.isUnresolved(stack.region) ? '<AWS::Region>' : stack.region;
}

function accountId(stack: Stack): string {
  return Token.isUnresolved(stack.account) ? '<AWS::AccountId>' : stack.account;
}

/** The message iff the author of the configuration can mend it. */
function mistake(error: unknown): string | undefined {
  const mendable = error instanceof ConfigurationError || (error instanceof Error && error.name === 'TrustDomainError');
  return mendable ? error.message : undefined;
}

if (require.main === module) {
  try {
    referenceApp(new App());
  } catch (error) {
    const message = mistake(error);
    if (message === undefined) throw error;
    console.error(`error: ${message}`);
    process.exitCode = 1;
  }
}
