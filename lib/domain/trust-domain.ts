/**
 * The trust domain: one exposure, one owner, and resources that nobody shares.
 *
 * Reads as the list of what is provisioned. Every resource is a property; every name is fixed; every
 * resource carries its domain, duty and part in the template, where the gate finds them. How the key
 * is never orphaned, and what each duty may do: docs/domain.md.
 */
import { type CfnParameter, type CfnResource, Lazy, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import type {
  CfnDomainNameV2,
  DomainName,
  Integration,
  Method,
  RequestValidator,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable, type IRole, type ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct, type IConstruct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import { ApiPolicy } from './api-policy';
import type { BoundAuthentication } from './authentication-method';
import { deploymentOf } from './deployment-identity';
import { DomainApi } from './domain-api';
import { TrustDomainError } from './domain-error';
import { DomainIsolation } from './domain-isolation';
import { keyOf } from './domain-key';
import { DomainLogs } from './domain-logs';
import { DomainMonitoring } from './domain-monitoring';
import { DomainRoles } from './domain-roles';
import { DomainWebAcl, defaultRuleGroups, rateLimitOf } from './domain-web-acl';
import { type Duty, requireDuty } from './duty';
import type { Exposure } from './exposure';
import { grantedArns } from './granted-arns';
import {
  DEFAULT_STAGE,
  ImportedTrustDomain,
  type ITrustDomain,
  type TrustDomainAttributes,
} from './imported-trust-domain';
import { READ_WITH_KEY, WRITE_WITH_KEY } from './key-actions';
import type { Lifecycle } from './lifecycle';
import { DomainNames, requireDomainName } from './names';
import { markOwned, markProvisioned } from './parts';
import { resourcePolicyProblems } from './policy-size';
import { PrivateDomain } from './private-domain';
import { PrivateEndpoint } from './private-endpoint';
import { claimDomain, claimThing, outermostStack } from './registry';
import { READING_METHODS, type RouteOptions, Sensitivity, WRITING_METHODS } from './route';
import type { TrustDomainProps } from './trust-domain-props';
import { requireProps } from './trust-domain-rules';

/** A set of APIs with one exposure and one owner, on resources that nobody shares with another domain. */
export class TrustDomain extends Construct implements ITrustDomain {
  /** A domain that another app or stack provisioned. */
  public static fromAttributes(scope: Construct, id: string, attributes: TrustDomainAttributes): ITrustDomain {
    return new ImportedTrustDomain(scope, id, attributes);
  }

  public readonly domainName: string;
  public readonly stageName: string;

  /** Whom the domain serves. */
  public readonly exposure: Exposure;

  /** The team that answers for the domain. */
  public readonly owner: string;

  /** The domain's REST API. */
  public readonly api: RestApi;

  /** Checks bodies and parameters: for methods that are added with CDK's own `addMethod`, which takes no validator by itself. */
  public readonly requestValidator: RequestValidator;

  /** The domain's key. */
  public readonly key: IKey;

  /** The domain's web ACL. */
  public readonly webAcl: CfnWebACL;

  /** Who called what: the domain's part of the audit trail. */
  public readonly accessLog: LogGroup;

  /** What the web ACL decided. */
  public readonly webAclLog: LogGroup;

  /** How the gateway executed requests, without their data. */
  public readonly executionLog: LogGroup;

  /** What the domain's alarms tell: subscribe who must hear them. */
  public readonly alarmTopic: Topic;

  /** The domain's alarms, each on what is the domain's own. Crossings have theirs. */
  public readonly alarms: Alarm[];

  /** How the domain is doing. */
  public readonly dashboard: Dashboard;

  /** The switch that isolates the domain: the moment since which it is isolated. For `aws cloudformation`; see docs/containment.md. */
  public readonly isolatedSince: CfnParameter;

  /** The domain's users, where callers are authenticated by Cognito. */
  public readonly userPool?: UserPool;

  /** What checks the domain's callers, where that is a function of the domain's own. */
  public readonly authorizerFunction?: LambdaFunction;

  /** The name under which the API is reached, where callers have client certificates: for an alias record in DNS. */
  public readonly customDomain?: DomainName;

  /** The name under which an INTERNAL API is reached from its own endpoints, where there is one. */
  public readonly privateDomain?: CfnDomainNameV2;

  /** The domain's own endpoint, where it made one: for an alias record in the network's hosted zone. */
  public readonly endpoint?: InterfaceVpcEndpoint;

  private readonly names: DomainNames;
  private readonly gateway: DomainApi;
  private readonly roles: DomainRoles;
  private readonly authentication: BoundAuthentication;
  private readonly apiPolicy: ApiPolicy;

  constructor(scope: Construct, id: string, props: TrustDomainProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const domain = props.domainName ?? id;
    requireDomainName(domain, stack.region);
    requireProps(domain, props);
    claimDomain(domain, this);

    this.domainName = domain;
    this.exposure = props.exposure;
    this.owner = props.owner;
    this.names = new DomainNames(stack, domain);
    this.stageName = props.stageName ?? DEFAULT_STAGE;
    // The log and the key exist before the API whose id their names and policies hold.
    const apiId = Lazy.string({ produce: () => this.api.restApiId });
    const executionLogName = `API-Gateway-Execution-Logs_${apiId}/${this.stageName}`;
    const deployment = deploymentOf(this.names, outermostStack(this), props);
    if (props.executionRole !== undefined) {
      claimThing('the execution role', props.executionRole.roleRef.roleArn, domain, this);
    }
    const needs = props.authentication._keyNeeds(this.names);
    const logGroupNames = [this.names.accessLogGroup, this.names.webAclLogGroup, executionLogName, ...needs.logGroups];
    const logGroupArns = logGroupNames.map((name) => this.names.arn('logs', `log-group:${name}`));
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.key = keyOf(this, props.encryptionKey, {
      names: this.names,
      region: stack.region,
      account: stack.account,
      logGroupArns,
      authentication: needs.statements(deployment.executionRoleArn, stack.region),
      executionRoleArn: deployment.executionRoleArn,
      removalPolicy,
    });

    const logs = new DomainLogs(this, 'Logs', {
      names: this.names,
      key: this.key,
      retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      removalPolicy,
      executionLogGroupName: executionLogName,
    });
    this.accessLog = logs.access;
    this.webAclLog = logs.webAcl;
    this.executionLog = logs.execution;

    this.authentication = props.authentication._bind({
      scope: this,
      names: this.names,
      key: this.key,
      exposure: props.exposure,
      restApiId: apiId,
      host: props.privateDomain?.domainName,
      logRetention: props.logRetention ?? RetentionDays.ONE_YEAR,
      removalPolicy,
    });
    this.userPool = this.authentication.userPool;
    this.authorizerFunction = this.authentication.authorizerFunction;
    this.customDomain = this.authentication.customDomain;

    this.endpoint = this.ownEndpoint(props);
    const vpcEndpointIds = this.claimEndpoints(props);
    this.apiPolicy = new ApiPolicy({
      names: this.names,
      stageName: this.stageName,
      byIam: this.authentication.byIam,
      preflight: (props.corsOrigins ?? []).length > 0,
      vpcEndpointIds,
    });
    this.gateway = new DomainApi(this, 'Api', {
      domain,
      name: this.names.api,
      owner: props.owner,
      exposure: props.exposure,
      authentication: this.authentication,
      policy: this.apiPolicy.document,
      vpcEndpointIds,
      defaultEndpointOff: props.disableDefaultEndpoint === true || props.privateDomain !== undefined,
      stageName: this.stageName,
      throttleRate: props.throttleRate ?? 100,
      throttleBurst: props.throttleBurst ?? 200,
      corsOrigins: props.corsOrigins ?? [],
      minCompressionSize: props.minCompressionSize,
      accessLog: logs.access,
    });
    this.api = this.gateway.restApi;
    this.requestValidator = this.gateway.validator;
    this.api.deploymentStage.node.addDependency(logs.execution);
    this.authentication.attach?.(this.api);
    if (props.privateDomain !== undefined) {
      const named = { ...props.privateDomain, api: this.api, vpcEndpointIds };
      this.privateDomain = new PrivateDomain(this, 'PrivateDomain', named).resource;
    }

    const isolation = new DomainIsolation(this, 'Isolation', domain);
    this.isolatedSince = isolation.since;
    this.webAcl = new DomainWebAcl(this, 'WebAcl', {
      domain,
      name: this.names.webAcl,
      rate: rateLimitOf(props, props.exposure),
      managedRuleGroups: props.managedRuleGroups ?? defaultRuleGroups(props.exposure),
      stageArn: this.api.deploymentStage.stageArn,
      logGroup: logs.webAcl,
      logGroupArn: logGroupArns[1],
      isolation,
    }).webAcl;

    const monitoring = new DomainMonitoring(this, 'Monitoring', {
      names: this.names,
      key: this.key,
      stageName: this.stageName,
      accessLog: logs.access,
      said: props,
    });
    this.alarmTopic = monitoring.topic;
    this.alarms = monitoring.alarms;
    this.dashboard = monitoring.dashboard;

    const resources = {
      names: this.names,
      ...deployment.resources,
      keyArn: this.key.keyArn,
      webAclArn: this.webAcl.attrArn,
      invokeArn: this.authentication.byIam ? this.invokeArn : undefined,
      userPoolArn: this.userPool?.userPoolArn,
      accessLogArn: logs.access.logGroupArn,
      executionLogArn: logs.execution.logGroupArn,
      webAclLogArn: logs.webAcl.logGroupArn,
      isolatedSince: isolation.since.valueAsString,
    };
    this.roles = new DomainRoles(this, 'Roles', {
      domain,
      assumers: props.assumers,
      maxSessionDuration: props.maxSessionDuration,
      resources,
    });

    this.markAll(props.lifecycle);
    registerGate(this);
    this.node.addValidation({ validate: () => this.problems() });
  }

  public get restApiId(): string {
    return this.api.restApiId;
  }

  public get keyArn(): string {
    return this.key.keyArn;
  }

  public dutyRoleArn(duty: Duty): string {
    return this.names.roleArn(requireDuty(duty));
  }

  /** The role of a duty. */
  public dutyRole(duty: Duty): IRole {
    return this.roles.role(duty);
  }

  /** The remit of a duty: the managed policy that is attached to its role, and the role's permissions boundary. */
  public dutyRemit(duty: Duty): ManagedPolicy {
    return this.roles.remit(duty);
  }

  /**
   * Adds a route: authenticated as the domain is, its body and parameters validated.
   * @param method GET, POST, PUT, PATCH or DELETE.
   * @param path From the root of the stage: `/orders/{id}`.
   * @param integration What answers.
   * @param options Scopes, the body's schema, sensitivity.
   */
  public addRoute(method: string, path: string, integration: Integration, options: RouteOptions = {}): Method {
    const added = this.gateway.addRoute(method, path, integration, options);
    const sensitivity = options.sensitivity === Sensitivity.HIGH ? Sensitivity.HIGH : undefined;
    markProvisioned(this.api, this.domainName);
    mark(added.node.defaultChild as CfnResource, {
      domain: this.domainName,
      part: 'method',
      authentication: this.authentication.kind,
      ...(sensitivity === undefined ? {} : { sensitivity }),
      ...(this.authorizerFunction === undefined ? {} : { scopes: options.scopes }),
    });
    return added;
  }

  /**
   * Takes a resource into the domain: it carries the domain's mark and tags, and no other domain may have it.
   * @param resource Any construct: a table, a function, another API. Everything under it comes along.
   */
  public own(resource: IConstruct): void {
    claimThing('the resource', resource, this.domainName, this);
    markOwned(resource, this.domainName, { exposure: this.exposure, owner: this.owner });
    this.tag(resource);
  }

  public grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, READING_METHODS, READ_WITH_KEY);
  }

  public grantWrite(grantee: IGrantable): Grant {
    return this.grant(grantee, WRITING_METHODS, WRITE_WITH_KEY);
  }

  /**
   * Lets a caller of another domain past the API's own policy, to some routes.
   * @returns the routes as resources of `execute-api:Invoke`
   * @internal
   */
  public _openTo(who: string, callerArn: string, routes: readonly { method: string; path: string }[]): string[] {
    if (!this.authentication.byIam) {
      throw new TrustDomainError(
        `${who}: callers of \`${this.domainName}\` carry tokens and no IAM identity; cross by \`actions\` and \`resources\`, or give the caller a client of its user pool`,
      );
    }
    // In a resource, a path parameter is whatever the caller puts there.
    const paths = routes.map(({ method, path }) => `${method}${path.replace(/\{[^}]*\}/g, '*')}`);
    this.apiPolicy.cross(callerArn, paths);
    return paths.map((path) => `${this.invokeArn}/${path}`);
  }

  /**
   * The name of one more alarm of the domain, which its topic takes.
   * @internal
   */
  public _alarmName(watched: string): string {
    return this.names.alarm(watched);
  }

  private problems(): string[] {
    const { document } = this.apiPolicy;
    const who = `trust domain \`${this.domainName}\``;
    return [
      ...(document === undefined ? [] : resourcePolicyProblems(who, Stack.of(this), document)),
      ...(this.authentication.problems?.() ?? []),
    ];
  }

  private ownEndpoint(props: TrustDomainProps): InterfaceVpcEndpoint | undefined {
    if (props.privateEndpoint === undefined) return undefined;
    return new PrivateEndpoint(this, 'Endpoint', {
      ...props.privateEndpoint,
      names: this.names,
      stageName: this.stageName,
      domainName: props.privateDomain?.domainName,
      callerArns: this.authentication.byIam ? () => this.apiPolicy.callerArns : undefined,
      preflight: (props.corsOrigins ?? []).length > 0,
    }).endpoint;
  }

  private claimEndpoints(props: TrustDomainProps): string[] {
    const endpoints = [...(props.vpcEndpoints ?? []), ...(this.endpoint === undefined ? [] : [this.endpoint])];
    const ids = endpoints.map((endpoint) => endpoint.vpcEndpointRef.vpcEndpointId);
    for (const id of ids) claimThing('the endpoint', id, this.domainName, this);
    return ids;
  }

  private markAll(life: Lifecycle | undefined): void {
    const { domainName: domain } = this;
    markProvisioned(this, domain);
    mark(this.api.node.defaultChild as CfnResource, {
      domain,
      part: 'api',
      exposure: this.exposure,
      owner: this.owner,
      ...(life === undefined ? {} : { life }),
      authentication: this.authentication.kind,
    });
    this.tag(this);
  }

  /** `arn:…:execute-api:REGION:ACCOUNT:API/STAGE`: methods and paths follow. */
  private get invokeArn(): string {
    return this.names.arn('execute-api', `${this.restApiId}/${this.stageName}`);
  }

  private tag(scope: IConstruct): void {
    Tags.of(scope).add('bulkhead:domain', this.domainName);
    Tags.of(scope).add('bulkhead:owner', this.owner);
  }

  private grant(grantee: IGrantable, methods: readonly string[], keyActions: readonly string[]): Grant {
    const arns = grantedArns(this.domainName, Stack.of(this), grantee);
    const useKey = this.key.grant(grantee, ...keyActions);
    if (!this.authentication.byIam) return useKey;
    for (const arn of arns) this.apiPolicy.admit(arn);
    return useKey.combine(
      Grant.addToPrincipalOrResource({
        grantee,
        actions: ['execute-api:Invoke'],
        resourceArns: methods.map((method) => `${this.invokeArn}/${method}/*`),
        resourceSelfArns: methods.map((method) => this.apiPolicy.methods(method)),
        resource: this.api,
      }),
    );
  }
}
