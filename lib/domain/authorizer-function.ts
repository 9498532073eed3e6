/**
 * The authorizer of a trust domain: a function whose code comes ready with this package, a role that
 * may do what the check needs on the domain's own resources, a log of its own, reserved concurrency.
 *
 * The function is told everything by one JSON text in its environment, which holds no secret: keys of
 * issuers and certificates are public, and clients prove what they have without handing it over.
 */
import { join } from 'node:path';
import { type CfnResource, Duration, Lazy, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, type IAuthorizer, IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { mark, type Trusts } from '../enforce/marker';
import { TrustDomainError } from './domain-error';
import type { DomainNames } from './names';

/** Beside the sources and, in the package, beside the compiled code: scripts/bundle-authorizers.mjs. */
const BUNDLES = join(__dirname, '..', 'authorizer', 'bundles');

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: names and values together. */
const ENVIRONMENT_MAX = 4096;
const VARIABLE = 'BULKHEAD_AUTHORIZER';
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
export const AUTHORIZERS_MAX = 10;
/** The longest text that a reference in the configuration becomes: the name of a bucket. */
const LONGEST_REFERENCE = 63;

/** A function of the domain: whichever of the bundles it runs. */
export interface DomainFunctionProps {
  readonly names: DomainNames;
  /** Which bundle. */
  readonly bundle: string;
  /** Last part of the names of function and role. */
  readonly name: 'auth' | 'trust';
  readonly description: string;
  readonly key: IKey;
  readonly logGroupName: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly reservedConcurrency: number;
  /** Beside writing its log. */
  readonly statements: readonly PolicyStatement[];
  readonly environment?: { readonly [name: string]: string };
}

export class DomainFunction extends Construct {
  public readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, props: DomainFunctionProps) {
    super(scope, id);
    const { names } = props;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: props.logGroupName,
      encryptionKey: props.key,
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const role = new Role(this, 'Role', {
      roleName: names.serviceRole(props.name),
      description: props.description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: names.serviceRole(props.name),
      description: props.description,
      statements: [
        new PolicyStatement({
          sid: 'WriteOwnLog',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [names.arn('logs', `log-group:${props.logGroupName}:log-stream:*`)],
        }),
        ...props.statements,
      ],
      roles: [role],
    });
    this.handler = new LambdaFunction(this, 'Resource', {
      functionName: `bulkhead-${names.domain}-${props.name}`,
      description: props.description,
      code: Code.fromAsset(join(BUNDLES, props.bundle)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrency,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: props.environment,
    });
    // A function that may not write its log would leave no trace of its first decisions. CDK names the
    // role here, which the function refers to anyway.
    const { logicalId } = policy.node.defaultChild as CfnResource;
    (this.handler.node.defaultChild as CfnResource).addOverride('DependsOn', [logicalId]);
  }
}

export interface AuthorizerFunctionProps {
  readonly names: DomainNames;
  readonly key: IKey;
  /** Where the authorizer stands, if not beside its function. */
  readonly authorizerScope?: Construct;
  /** Which bundle. */
  readonly bundle: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly reservedConcurrency?: number;
  readonly resultsCacheTtl?: Duration;
  /** Requests without this header are turned away before the function is called. */
  readonly identityHeader?: string;
  readonly statements?: readonly PolicyStatement[];
  /** As lib/authorizer/configuration.ts reads it. Asked for when the template is written. */
  readonly configuration: () => unknown;
  /** By whose word callers are let in. */
  readonly trusts: Trusts;
}

export class AuthorizerFunction extends Construct {
  public readonly handler: LambdaFunction;
  public readonly authorizer: IAuthorizer;
  private readonly configuration: () => unknown;
  private readonly domain: string;

  constructor(scope: Construct, id: string, props: AuthorizerFunctionProps) {
    super(scope, id);
    const { names } = props;
    this.configuration = props.configuration;
    this.domain = names.domain;
    const concurrency = props.reservedConcurrency ?? 25;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new TrustDomainError(
        `trust domain \`${names.domain}\`: \`reservedConcurrency\` is \`${concurrency}\`; give a whole number of requests, at least 1`,
      );
    }
    this.handler = new DomainFunction(this, 'Function', {
      names,
      bundle: props.bundle,
      name: 'auth',
      description: `Bulkhead: checks who calls trust domain ${names.domain}`,
      key: props.key,
      logGroupName: names.authorizerLogGroup,
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
      timeout: Duration.seconds(10),
      memorySize: 512,
      reservedConcurrency: concurrency,
      statements: props.statements ?? [],
      environment: { [VARIABLE]: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.configuration()) }) },
    }).handler;
    const at = props.authorizerScope ?? this;
    this.authorizer = new RequestAuthorizer(at, 'Authorizer', {
      authorizerName: `bulkhead-${names.domain}`,
      handler: at === this ? this.handler : this.named(at, names),
      identitySources: props.identityHeader === undefined ? [] : [IdentitySource.header(props.identityHeader)],
      resultsCacheTtl: props.resultsCacheTtl ?? Duration.seconds(0),
    });
    const resource = at.node.findAll().find((node) => node instanceof CfnAuthorizer);
    mark(resource as CfnResource, { domain: names.domain, part: 'authorizer', trusts: props.trusts });
  }

  /** By its fixed name, so that the stack of the authorizer needs nothing of the function's, and permits the calls itself. */
  private named(at: Construct, names: DomainNames): IFunction {
    return LambdaFunction.fromFunctionAttributes(at, 'Function', {
      functionArn: names.arn('lambda', `function:bulkhead-${names.domain}-auth`),
      sameEnvironment: true,
    });
  }

  /** What AWS would refuse half-way through a deployment. */
  public problems(): string[] {
    const who = `trust domain \`${this.domain}\``;
    const size = sizeOf(Stack.of(this).resolve(this.configuration())) + VARIABLE.length;
    const count = Stack.of(this)
      .node.findAll()
      .filter((node) => node instanceof CfnAuthorizer).length;
    return [
      ...(size > ENVIRONMENT_MAX
        ? [
            `${who}: routes, scopes and clients take ${size} characters of the authorizer's environment, and Lambda allows ${ENVIRONMENT_MAX}; use fewer scopes, shorter paths or names, or a second domain`,
          ]
        : []),
      ...(count > AUTHORIZERS_MAX
        ? [
            `${who}: its stack has ${count} authorizers and API Gateway allows ${AUTHORIZERS_MAX} for an API; remove those beside the domain's own`,
          ]
        : []),
    ];
  }
}

/** Characters of the JSON text at most, once every reference is the longest text that it may become. */
function sizeOf(value: unknown): number {
  const text = JSON.stringify(value, (_, part: unknown) => (isReference(part) ? 'x'.repeat(LONGEST_REFERENCE) : part));
  return Buffer.byteLength(text);
}

function isReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

/** Scope names as OAuth carries them: RFC 6749, 3.3. */
export function requireScopes(kind: string, scopes: { readonly [name: string]: string } | undefined): string[] {
  const names = Object.keys(scopes ?? {});
  if (names.length === 0) {
    throw new TrustDomainError(
      `${kind} authentication: \`scopes\` is empty, and a caller without a scope opens no route; declare at least one`,
    );
  }
  for (const name of names) {
    if (!/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/.test(name)) {
      throw new TrustDomainError(
        `${kind} authentication: the scope \`${name}\` must be printable characters without spaces, quotes and \`\\\``,
      );
    }
  }
  return names;
}
