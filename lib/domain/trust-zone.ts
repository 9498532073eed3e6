/**
 * A trust domain that has a part of a shared gateway to itself: the routes below a path of its own, and in a stack of its own
 * a key, duty roles, whatever authenticates its callers, alarms.
 *
 * Reads as the list of what is provisioned, here and (`part`) in the gateway's stack: the authorizer, methods, throttles,
 * filters of the access log, and a rule group with the rate limit and the switch that blocks the zone alone. The gateway's
 * stack names what stands here by fixed names, but for a user pool, so that neither stack needs the other twice.
 */
import { type CfnParameter, type CfnResource, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Cors, type Integration, type Method } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Grant, type IGrantable, type IRole, type ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { CfnRuleGroup } from 'aws-cdk-lib/aws-wafv2';
import { Construct, type IConstruct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import type { BoundAuthentication } from './authentication-method';
import { deploymentOf } from './deployment-identity';
import { TrustDomainError } from './domain-error';
import { DomainIsolation } from './domain-isolation';
import { keyOf } from './domain-key';
import { DomainMonitoring } from './domain-monitoring';
import { DomainRoles } from './domain-roles';
import { rateLimitOf } from './domain-web-acl';
import { Duty, requireDuty } from './duty';
import type { Exposure } from './exposure';
import type { ZoneCallers } from './gateway-policy';
import { requireZone } from './gateway-rules';
import { grantedArns } from './granted-arns';
import type { ITrustDomain } from './imported-trust-domain';
import { READ_WITH_KEY, WRITE_WITH_KEY } from './key-actions';
import { DomainNames, requireDomainName } from './names';
import { markOwned, markProvisioned } from './parts';
import { claimDomain, claimThing, outermostStack } from './registry';
import { READING_METHODS, type RouteOptions, Sensitivity, WRITING_METHODS } from './route';
import type { SharedGateway, ZoneParts } from './shared-gateway';
import type { TrustZoneProps } from './shared-gateway-props';
import { ZoneRules } from './zone-rules';

/** A trust domain below one path of a gateway that it shares. */
export class TrustZone extends Construct implements ITrustDomain {
  public readonly domainName: string;

  /** The gateway. */
  public readonly gateway: SharedGateway;

  /** The path below which its routes lie. */
  public readonly basePath: string;

  /** Whom the zone serves. */
  public readonly exposure: Exposure;

  /** The team that answers for the zone. */
  public readonly owner: string;

  /** The zone's key. */
  public readonly key: IKey;

  /** The zone's rate limit and switch, which the gateway's web ACL asks. */
  public readonly ruleGroup: CfnRuleGroup;

  /** What the zone's alarms tell: subscribe who must hear them. */
  public readonly alarmTopic: Topic;

  /** The zone's alarms, each on what is the zone's own. */
  public readonly alarms: Alarm[];

  /** How the zone is doing. */
  public readonly dashboard: Dashboard;

  /** The switch that revokes the sessions of the zone's duties. */
  public readonly isolatedSince: CfnParameter;

  /** The switch, of the gateway's stack, that blocks the zone and no other. */
  public readonly blockedSince: CfnParameter;

  /** The zone's users, where callers are authenticated by Cognito. */
  public readonly userPool?: UserPool;

  /** What checks the zone's callers, where that is a function of the zone's own. */
  public readonly authorizerFunction?: LambdaFunction;

  private readonly names: DomainNames;
  private readonly part: ZoneParts;
  private readonly roles: DomainRoles;
  private readonly authentication: BoundAuthentication;
  private readonly callers: ZoneCallers;
  private readonly throttle: readonly [rate: number, burst: number];
  private readonly corsOrigins: readonly string[];

  constructor(scope: Construct, id: string, props: TrustZoneProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const domain = props.domainName ?? id;
    requireDomainName(domain, stack.region);
    requireZone(domain, this, props);
    claimDomain(domain, this);
    const { gateway, basePath: path, exposure, owner } = props;
    this.domainName = domain;
    this.gateway = gateway;
    this.basePath = path;
    this.exposure = exposure;
    this.owner = owner;
    this.throttle = [props.throttleRate ?? 100, props.throttleBurst ?? 200];
    this.corsOrigins = props.corsOrigins ?? [];
    this.names = new DomainNames(stack, domain);
    this.part = gateway._join({ domain, path, authentication: props.authentication.kind });
    const deployment = deploymentOf(this.names, outermostStack(this), props);
    if (props.executionRole !== undefined) {
      claimThing('the execution role', props.executionRole.roleRef.roleArn, domain, this);
    }
    const needs = props.authentication._keyNeeds(this.names);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.key = keyOf(this, props.encryptionKey, {
      names: this.names,
      region: stack.region,
      account: stack.account,
      logGroupArns: needs.logGroups.map((name) => this.names.arn('logs', `log-group:${name}`)),
      authentication: needs.statements(deployment.executionRoleArn, stack.region),
      executionRoleArn: deployment.executionRoleArn,
      removalPolicy,
    });
    this.authentication = props.authentication._bind({
      scope: this,
      authorizerScope: new Construct(this.part.scope, 'Authentication'),
      names: this.names,
      key: this.key,
      exposure,
      restApiId: gateway.restApiId,
      logRetention: props.logRetention ?? RetentionDays.ONE_YEAR,
      removalPolicy,
    });
    this.userPool = this.authentication.userPool;
    this.authorizerFunction = this.authentication.authorizerFunction;
    const { byIam } = this.authentication;
    // The permission to call a function wants the function, which the gateway's stack names by its fixed name.
    if (this.authorizerFunction !== undefined) outermostStack(gateway).addStackDependency(outermostStack(this));
    this.callers = {
      domain,
      path,
      byIam,
      preflight: this.corsOrigins.length > 0,
      readers: [this.names.roleArn(Duty.READ)],
      writers: [this.names.roleArn(Duty.WRITE)],
    };
    this.part.policy.add(this.callers);

    const rules = new ZoneRules(this.part.scope, 'Rules', {
      domain,
      name: this.names.webAcl,
      path,
      entrances: this.part.entrances,
      rate: rateLimitOf(props, exposure),
    });
    this.ruleGroup = rules.ruleGroup;
    this.blockedSince = rules.isolation.since;
    this.part.webAcl.addRuleGroup(this.names.webAcl, this.ruleGroup.attrArn);

    const isolation = new DomainIsolation(this, 'Isolation', domain);
    this.isolatedSince = isolation.since;
    const monitoring = new DomainMonitoring(this, 'Monitoring', {
      names: this.names,
      key: this.key,
      stageName: gateway.stageName,
      accessLog: gateway.accessLog,
      said: props,
      zone: {
        scope: new Construct(this.part.scope, 'Monitoring'),
        path,
        webAcl: this.part.webAclName,
        ruleGroup: this.names.webAcl,
      },
    });
    this.alarmTopic = monitoring.topic;
    this.alarms = monitoring.alarms;
    this.dashboard = monitoring.dashboard;
    this.roles = new DomainRoles(this, 'Roles', {
      domain,
      assumers: props.assumers,
      maxSessionDuration: props.maxSessionDuration,
      resources: {
        names: this.names,
        ...deployment.resources,
        keyArn: this.key.keyArn,
        invokeArn: byIam ? this.invokeArn : undefined,
        invokePath: path,
        userPoolArn: this.userPool?.userPoolArn,
        isolatedSince: isolation.since.valueAsString,
      },
    });
    this.markAll();
    registerGate(this);
    this.node.addValidation({ validate: () => this.authentication.problems?.() ?? [] });
  }

  public get restApiId(): string {
    return this.gateway.restApiId;
  }

  public get stageName(): string {
    return this.gateway.stageName;
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
   * Adds a route: authenticated as the zone is, its body and parameters validated, throttled by itself.
   * @param method GET, POST, PUT, PATCH or DELETE.
   * @param path From the root of the stage, below the zone's own path: `/partner/orders/{id}`.
   * @param integration What answers. Where callers sign with IAM, the zone's stack needs the gateway's, which then cannot need
   * a function of the zone's stack: name it by `Function.fromFunctionArn`.
   * @param options Scopes, the body's schema, sensitivity.
   */
  public addRoute(method: string, path: string, integration: Integration, options: RouteOptions = {}): Method {
    const { domainName: domain, basePath, authentication } = this;
    if (!path.startsWith(`${basePath}/`) || path === `${basePath}/`) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`, route \`${method} ${path}\`: it does not lie below the zone's path; begin it with \`${basePath}/\``,
      );
    }
    const added = this.part.gateway.addRoute(method, path, integration, options, { domain, authentication });
    this.gateway._throttle(method, path, ...this.throttle);
    if (this.corsOrigins.length > 0 && added.resource.node.tryFindChild('OPTIONS') === undefined) {
      const preflight = added.resource.addCorsPreflight({
        allowOrigins: [...this.corsOrigins],
        allowHeaders: [...Cors.DEFAULT_HEADERS, ...(authentication.headers ?? [])],
      });
      this.markPart(preflight);
    }
    this.markPart(added);
    mark(added.node.defaultChild as CfnResource, {
      domain,
      part: 'method',
      authentication: authentication.kind,
      ...(options.sensitivity === Sensitivity.HIGH ? { sensitivity: Sensitivity.HIGH } : {}),
      ...(this.authorizerFunction === undefined ? {} : { scopes: options.scopes }),
    });
    this.gateway._markRest();
    return added;
  }

  /**
   * Takes a resource into the zone: it carries the zone's mark and tags, and no other domain may have it.
   * @param resource Any construct: a table, a function. Everything under it comes along.
   */
  public own(resource: IConstruct): void {
    claimThing('the resource', resource, this.domainName, this);
    markOwned(resource, this.domainName, { exposure: this.exposure, owner: this.owner });
    this.tag(resource);
  }

  public grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, READING_METHODS, READ_WITH_KEY, this.callers.readers);
  }

  public grantWrite(grantee: IGrantable): Grant {
    return this.grant(grantee, WRITING_METHODS, WRITE_WITH_KEY, this.callers.writers);
  }

  /** The grantee's own policy and the gateway's: the latter names it beside the role of the duty. */
  private grant(
    grantee: IGrantable,
    methods: readonly string[],
    keyActions: readonly string[],
    callers: string[],
  ): Grant {
    const arns = grantedArns(this.domainName, Stack.of(this), grantee);
    const useKey = this.key.grant(grantee, ...keyActions);
    if (!this.authentication.byIam) return useKey;
    for (const arn of arns) if (!callers.includes(arn)) callers.push(arn);
    return useKey.combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['execute-api:Invoke'],
        resourceArns: methods.map((method) => `${this.invokeArn}/${method}${this.basePath}/*`),
      }),
    );
  }

  private markAll(): void {
    const { domainName: domain, exposure, owner } = this;
    markProvisioned(this, domain);
    this.markPart(this.part.scope);
    // What a report says of the zone stands with the role that answers for it: its API is another's.
    mark(this.roles.role(Duty.PROVISION).node.defaultChild as CfnResource, {
      domain,
      duty: Duty.PROVISION,
      part: 'role',
      exposure,
      owner,
    });
    this.tag(this);
  }

  /** What stands in the gateway's stack and is the zone's. */
  private markPart(scope: IConstruct): void {
    markProvisioned(scope, this.domainName);
    this.tag(scope);
  }

  /** `arn:…:execute-api:REGION:ACCOUNT:API/STAGE`: methods and paths follow. */
  private get invokeArn(): string {
    return this.names.arn('execute-api', `${this.restApiId}/${this.stageName}`);
  }

  private tag(scope: IConstruct): void {
    // Nearer than the gateway's tags, which reach what stands in its stack.
    Tags.of(scope).add('bulkhead:domain', this.domainName, { priority: 200 });
    Tags.of(scope).add('bulkhead:owner', this.owner, { priority: 200 });
  }
}
