/**
 * A gateway that several trust domains share: one REST API, stage, web ACL, policy and set of logs, which belong to the party
 * that runs it and to none of its zones.
 *
 * Each `TrustZone` has the routes below a path of its own, and in a stack of its own whatever can be its own. What names
 * the API stands here, because API Gateway lets nobody change a method without the right to change them all. What
 * cannot be separated is printed by every report: docs/adr/0100-a-shared-gateway-has-a-party-of-its-own.md.
 */
import { type CfnParameter, type CfnResource, Lazy, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { AuthorizationType, CfnAuthorizer, type CfnStage, type Method, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRole, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import type { BoundAuthentication } from './authentication-method';
import { AUTHORIZERS_MAX } from './authorizer-function';
import { deploymentOf } from './deployment-identity';
import { DomainApi } from './domain-api';
import { TrustDomainError } from './domain-error';
import { DomainIsolation } from './domain-isolation';
import { keyOf } from './domain-key';
import { DomainLogs } from './domain-logs';
import { DomainMonitoring } from './domain-monitoring';
import { DomainRoles } from './domain-roles';
import { DomainWebAcl, defaultRuleGroups } from './domain-web-acl';
import { type Duty, requireDuty } from './duty';
import { Exposure } from './exposure';
import { GatewayPolicy } from './gateway-policy';
import { GATEWAY_DUTIES, requireGateway } from './gateway-rules';
import { DEFAULT_STAGE } from './imported-trust-domain';
import type { Lifecycle } from './lifecycle';
import { DomainNames, requireDomainName } from './names';
import { markProvisioned, markRest } from './parts';
import { resourcePolicyProblems } from './policy-size';
import { claimDomain, claimThing, outermostStack } from './registry';
import type { SharedGatewayProps } from './shared-gateway-props';

/** What a zone tells its gateway of itself. */
export interface ZoneOfGateway {
  readonly domain: string;
  readonly path: string;
  readonly authentication: string;
}

/** One gateway for several trust domains, of a party that is none of them. Weaker than a gateway each, and said so in every report. */
export class SharedGateway extends Construct {
  /** The name of the gateway's own domain. */
  public readonly domainName: string;

  /** Name of the API's one stage. */
  public readonly stageName: string;

  /** The party that runs the gateway. */
  public readonly owner: string;

  /** The REST API. Routes are added by its zones. */
  public readonly api: RestApi;

  /** The gateway's key, for its logs and alarms. */
  public readonly key: IKey;

  /** The web ACL, which asks the rules of each zone. */
  public readonly webAcl: CfnWebACL;

  /** Who called what, of all zones: the gateway's part of the audit trail. */
  public readonly accessLog: LogGroup;

  /** What the web ACL decided. */
  public readonly webAclLog: LogGroup;

  /** How the gateway executed requests, without their data. */
  public readonly executionLog: LogGroup;

  /** What the gateway's alarms tell: subscribe who must hear them. */
  public readonly alarmTopic: Topic;

  /** The alarms of the gateway as a whole. Zones have theirs. */
  public readonly alarms: Alarm[];

  /** How the gateway is doing. */
  public readonly dashboard: Dashboard;

  /** The switch that isolates the gateway, and with it every zone. Each zone has its own beside it. */
  public readonly isolatedSince: CfnParameter;

  private readonly names: DomainNames;
  private readonly gateway: DomainApi;
  private readonly acl: DomainWebAcl;
  private readonly policy: GatewayPolicy;
  private readonly roles: DomainRoles;
  private readonly zones: ZoneOfGateway[] = [];
  private readonly entrances: readonly string[];

  constructor(scope: Construct, id: string, props: SharedGatewayProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const domain = props.domainName ?? id;
    requireDomainName(domain, stack.region);
    requireGateway(domain, props);
    claimDomain(domain, this);
    this.domainName = domain;
    this.owner = props.owner;
    this.names = new DomainNames(stack, domain);
    this.stageName = props.stageName ?? DEFAULT_STAGE;
    this.entrances = [`/${this.stageName}`, ...(props.basePaths ?? [])];
    const exposure = props.exposure ?? Exposure.PUBLIC;
    const apiId = Lazy.string({ produce: () => this.api.restApiId });
    const executionLogName = `API-Gateway-Execution-Logs_${apiId}/${this.stageName}`;
    const deployment = deploymentOf(this.names, outermostStack(this), props);
    if (props.executionRole !== undefined) {
      claimThing('the execution role', props.executionRole.roleRef.roleArn, domain, this);
    }
    const logGroupArns = [this.names.accessLogGroup, this.names.webAclLogGroup, executionLogName].map((name) =>
      this.names.arn('logs', `log-group:${name}`),
    );
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.key = keyOf(this, props.encryptionKey, {
      names: this.names,
      region: stack.region,
      account: stack.account,
      logGroupArns,
      authentication: [],
      duties: GATEWAY_DUTIES,
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
    this.policy = new GatewayPolicy(this.stageName);
    this.gateway = new DomainApi(this, 'Api', {
      domain,
      name: this.names.api,
      owner: props.owner,
      exposure,
      // A method that nobody's zone added is open to nobody whom no policy names.
      authentication: NOBODYS,
      policy: this.policy.document,
      vpcEndpointIds: [],
      defaultEndpointOff: false,
      stageName: this.stageName,
      throttleRate: props.throttleRate ?? 100,
      throttleBurst: props.throttleBurst ?? 200,
      corsOrigins: [],
      minCompressionSize: props.minCompressionSize,
      accessLog: logs.access,
    });
    this.api = this.gateway.restApi;
    this.api.deploymentStage.node.addDependency(logs.execution);
    const isolation = new DomainIsolation(this, 'Isolation', domain);
    this.isolatedSince = isolation.since;
    this.acl = new DomainWebAcl(this, 'WebAcl', {
      domain,
      name: this.names.webAcl,
      managedRuleGroups: props.managedRuleGroups ?? defaultRuleGroups(exposure),
      stageArn: this.api.deploymentStage.stageArn,
      logGroup: logs.webAcl,
      logGroupArn: logGroupArns[1],
      isolation,
    });
    this.webAcl = this.acl.webAcl;
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
    this.roles = new DomainRoles(this, 'Roles', {
      domain,
      assumers: props.assumers,
      maxSessionDuration: props.maxSessionDuration,
      resources: {
        names: this.names,
        ...deployment.resources,
        keyArn: this.key.keyArn,
        webAclArn: this.webAcl.attrArn,
        accessLogArn: logs.access.logGroupArn,
        executionLogArn: logs.execution.logGroupArn,
        webAclLogArn: logs.webAcl.logGroupArn,
        isolatedSince: isolation.since.valueAsString,
        duties: GATEWAY_DUTIES,
      },
    });
    this.markAll(exposure, props.lifecycle);
    registerGate(this);
    this.node.addValidation({ validate: () => this.problems() });
  }

  /** Id of the REST API. */
  public get restApiId(): string {
    return this.api.restApiId;
  }

  /** ARN of the gateway's key. */
  public get keyArn(): string {
    return this.key.keyArn;
  }

  /** ARN of the role of a duty, by its fixed name. `read` and `write` are duties of zones alone. */
  public dutyRoleArn(duty: Duty): string {
    return this.names.roleArn(requireOwn(this.domainName, duty));
  }

  /** The role of a duty. */
  public dutyRole(duty: Duty): IRole {
    return this.roles.role(requireOwn(this.domainName, duty));
  }

  /** The remit of a duty: the managed policy that is attached to its role, and the role's permissions boundary. */
  public dutyRemit(duty: Duty): ManagedPolicy {
    return this.roles.remit(requireOwn(this.domainName, duty));
  }

  /**
   * Takes in a zone, if its path is nobody else's.
   * @internal
   */
  public _join(zone: ZoneOfGateway): ZoneParts {
    for (const other of this.zones) {
      const [a, b] = [`${zone.path}/`, `${other.path}/`];
      if (a.startsWith(b) || b.startsWith(a)) {
        throw new TrustDomainError(
          `trust domain \`${zone.domain}\`: its path \`${zone.path}\` at gateway \`${this.domainName}\` overlaps with \`${other.path}\` of trust domain \`${other.domain}\`; give each domain a path of its own, which is not below another's`,
        );
      }
    }
    this.zones.push(zone);
    mark(this.api.node.defaultChild as CfnResource, { domain: this.domainName, part: 'api', zones: this.zones });
    return {
      // Where the zone's part of the gateway stands.
      scope: new Construct(this, `Zone-${zone.domain}`),
      entrances: this.entrances,
      gateway: this.gateway,
      policy: this.policy,
      webAcl: this.acl,
      webAclName: this.names.webAcl,
    };
  }

  /**
   * Throttles a method by itself. What the stage says of all methods it says here again, because of a method the nearest setting counts alone.
   * @internal
   */
  public _throttle(method: string, path: string, rate: number, burst: number): void {
    const stage = this.api.deploymentStage.node.defaultChild as CfnStage;
    const settings = stage.methodSettings as CfnStage.MethodSettingProperty[];
    stage.methodSettings = [
      ...settings,
      {
        ...settings[0],
        httpMethod: method,
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html
        resourcePath: `/${path.replace(/\//g, '~1')}`,
        throttlingRateLimit: rate,
        throttlingBurstLimit: burst,
      },
    ];
  }

  /**
   * Marks what a route brought along and is not its zone's: the resources of its path.
   * @internal
   */
  public _markRest(): void {
    markRest(this, this.domainName);
  }

  private problems(): string[] {
    const stack = Stack.of(this);
    const who = `shared gateway \`${this.domainName}\``;
    const count = this.node.findAll().filter((node) => node instanceof CfnAuthorizer).length;
    const unowned = this.api.methods.filter(
      (method: Method) => !this.zones.some(({ path }) => method.resource.path.startsWith(`${path}/`)),
    );
    return [
      ...(this.policy.document.isEmpty ? [] : resourcePolicyProblems(who, stack, this.policy.document)),
      ...(count > AUTHORIZERS_MAX
        ? [
            `${who}: its zones have ${count} authorizers and API Gateway allows ${AUTHORIZERS_MAX} for an API; give some of them an API of their own`,
          ]
        : []),
      ...unowned.map(
        ({ httpMethod, resource }) =>
          `${who}: the route \`${httpMethod} ${resource.path}\` lies in no zone; add it with \`addRoute\` of the zone that it belongs to`,
      ),
    ];
  }

  private markAll(exposure: Exposure, life: Lifecycle | undefined): void {
    const { domainName: domain } = this;
    markProvisioned(this, domain);
    mark(this.api.node.defaultChild as CfnResource, {
      domain,
      part: 'api',
      exposure,
      owner: this.owner,
      zones: [],
      ...(life === undefined ? {} : { life }),
    });
    Tags.of(this).add('bulkhead:domain', domain);
    Tags.of(this).add('bulkhead:owner', this.owner);
  }
}

/** What a zone has of its gateway. Not part of the public API. */
export interface ZoneParts {
  readonly scope: Construct;
  readonly entrances: readonly string[];
  readonly gateway: DomainApi;
  readonly policy: GatewayPolicy;
  readonly webAcl: DomainWebAcl;
  /** The name under which metrics know the web ACL. */
  readonly webAclName: string;
}

const NOBODYS: BoundAuthentication = {
  kind: 'iam',
  byIam: true,
  authorizationType: AuthorizationType.IAM,
  scopes: () => undefined,
};

function requireOwn(domain: string, duty: Duty): Duty {
  if (GATEWAY_DUTIES.includes(requireDuty(duty))) return duty;
  throw new TrustDomainError(
    `shared gateway \`${domain}\`: it has no duty \`${duty}\`, because it has no data of its own; ask one of its zones`,
  );
}
