/**
 * A declared crossing: one caller of one trust domain may call some routes of another, or make some requests on
 * its resources, because somebody said why, approved it, and set a last day.
 *
 * It builds both sides, so that neither says more than is declared: the grant to the caller, and the place in
 * the resource policy of the API that is called. Calls are counted in the access log of that API and raise
 * an alarm. The declaration stands in the template, where the gate takes exactly these requests out of its
 * proof; whatever goes beyond them, or lasts longer, fails synthesis.
 */
import { type CfnResource, Duration, Names, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import { expiry, requireDay, requireName, requireText } from './declaration';
import { TrustDomainError } from './domain-error';
import { METRIC_NAMESPACE, promise } from './domain-monitoring';
import { grantedArns } from './granted-arns';
import type { ITrustDomain } from './imported-trust-domain';
import { TrustDomain } from './trust-domain';

/** What crosses, who calls, and who answers for it. */
export interface DomainCrossingProps {
  /** The domain that the caller belongs to. */
  readonly from: ITrustDomain;

  /** The domain that is called. The crossing stands in its stack. */
  readonly to: ITrustDomain;

  /** The role that calls: one role of `from`. Of another stack, by its name: `Role.fromRoleName(…)`. */
  readonly caller: IRole;

  /**
   * Routes of the API of `to`: `GET /orders/{id}`. The domain must authenticate by IAM.
   * @default - none; `actions` and `resources` say what crosses
   */
  readonly routes?: string[];

  /**
   * IAM actions, where something other than the API is reached.
   * @default - none; `routes` say what crosses
   */
  readonly actions?: string[];

  /**
   * ARNs on which the `actions` may be made.
   * @default - none; `routes` say what crosses
   */
  readonly resources?: string[];

  /** Why the domains must be connected: a sentence. */
  readonly justification: string;

  /** Who agreed. */
  readonly approvedBy: string;

  /** The last day on which the crossing holds: `2027-01-31`. After it, synthesis fails. */
  readonly expires: string;

  /**
   * Calls within five minutes above which the alarm is raised.
   * @default 0 - every use raises it
   */
  readonly alarmAbove?: number;

  /**
   * What the alarm does beside telling the alarm topic of the domain that is called.
   * @default - nothing more
   */
  readonly alarmActions?: IAlarmAction[];
}

const ROUTE = /^(DELETE|GET|PATCH|POST|PUT) (\/[^\s*?]*)$/;

/** A declared access from one trust domain into another. */
export class DomainCrossing extends Construct {
  /** What the caller is granted. */
  public readonly grant: ManagedPolicy;

  /** Raised when the crossing is used; absent for a crossing by actions, whose uses are in CloudTrail. */
  public readonly alarm?: Alarm;

  constructor(scope: Construct, id: string, props: DomainCrossingProps) {
    super(scope, id);
    const { from, to, justification, approvedBy, expires } = props;
    const who = `crossing \`${this.node.path}\` from trust domain \`${from.domainName}\` to \`${to.domainName}\``;
    if (from.domainName === to.domainName)
      throw new TrustDomainError(`${who}: within one domain nothing crosses; grant without it`);
    requireText(who, 'justification', justification);
    requireName(who, 'approvedBy', approvedBy);
    requireDay(who, 'expires', expires);
    this.requireOneKind(who, props);
    const [callerArn] = requireOneCaller(who, grantedArns(to.domainName, Stack.of(this), props.caller));

    const actions = props.routes === undefined ? (props.actions ?? []) : ['execute-api:Invoke'];
    const resources =
      props.routes === undefined ? (props.resources ?? []) : this.open(who, props, props.routes, callerArn);
    this.grant = new ManagedPolicy(this, 'Grant', {
      description: `Bulkhead: ${from.domainName} may call ${to.domainName} until ${expires}`,
      statements: [new PolicyStatement({ sid: 'Crossing', actions, resources })],
      roles: [props.caller],
    });
    mark(this.grant.node.defaultChild as CfnResource, {
      domain: from.domainName,
      part: 'crossing',
      crossing: { from: from.domainName, to: to.domainName, actions, resources, justification, approvedBy, expires },
    });
    if (props.routes !== undefined && to instanceof TrustDomain) this.alarm = this.watch(to, props);
    registerGate(this);
    this.node.addValidation({ validate: () => expiry(who, expires) });
  }

  private requireOneKind(who: string, { routes, actions, resources }: DomainCrossingProps): void {
    const byActions = (actions ?? []).length > 0 && (resources ?? []).length > 0;
    const some = (actions ?? []).length > 0 || (resources ?? []).length > 0;
    if ((routes ?? []).length > 0 === some || (some && !byActions)) {
      throw new TrustDomainError(
        `${who}: say what crosses either by \`routes\` or by \`actions\` and \`resources\`, and not with an empty list`,
      );
    }
    for (const what of [...(actions ?? []), ...(resources ?? [])]) {
      if (what === '*') throw new TrustDomainError(`${who}: \`*\` opens everything; name what crosses`);
    }
  }

  /** Opens the API's own policy for the routes; what they are is then the grant's resource. */
  private open(who: string, { to }: DomainCrossingProps, routes: readonly string[], callerArn: string): string[] {
    const parsed = routes.map((route) => {
      const [, method, path] = ROUTE.exec(route) ?? [];
      if (method === undefined || path === undefined) {
        throw new TrustDomainError(
          `${who}: \`${route}\` is no route; write method and path, like \`GET /orders/{id}\``,
        );
      }
      return { method, path };
    });
    if (!(to instanceof TrustDomain)) {
      throw new TrustDomainError(
        `${who}: the API of \`${to.domainName}\` is another app's, and so is its policy; declare the crossing there`,
      );
    }
    if (Stack.of(this) !== Stack.of(to)) {
      throw new TrustDomainError(
        `${who}: it names the API of \`${to.domainName}\`, and in another stack that would bind the two stacks to each other; put it into stack \`${Stack.of(to).stackName}\``,
      );
    }
    this.node.addValidation({
      validate: () =>
        parsed
          .filter(
            ({ method, path }) => !to.api.methods.some((m) => m.httpMethod === method && m.resource.path === path),
          )
          .map(({ method, path }) => `${who}: \`${to.domainName}\` has no route \`${method} ${path}\``),
    });
    return to._openTo(who, callerArn, parsed);
  }

  private watch(to: TrustDomain, { from, caller, alarmAbove = 0, alarmActions = [] }: DomainCrossingProps): Alarm {
    const filter = new MetricFilter(this, 'Calls', {
      logGroup: to.accessLog,
      filterPattern: FilterPattern.literal(`{ $.callerArn = "*:assumed-role/${caller.roleName}/*" }`),
      metricNamespace: METRIC_NAMESPACE,
      metricName: `crossing/${from.domainName}/${to.domainName}/${this.node.id}`,
    });
    // Named among the alarms of the domain that is called: its topic takes no others.
    const unique = Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    const alarm = new Alarm(this, 'Alarm', {
      alarmName: to._alarmName(`crossing/${from.domainName}/${unique}`),
      alarmDescription: `Bulkhead: trust domain ${from.domainName} calls ${to.domainName}`,
      metric: filter.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: alarmAbove,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction({ bind: () => ({ alarmActionArn: to.alarmTopic.topicArn }) }, ...alarmActions);
    mark(filter.node.defaultChild as CfnResource, { domain: to.domainName, part: 'crossing-metric' });
    promise(alarm, { domain: to.domainName });
    mark(alarm.node.defaultChild as CfnResource, { domain: to.domainName, part: 'crossing-alarm' });
    return alarm;
  }
}

function requireOneCaller(who: string, arns: readonly string[]): readonly [string] {
  const [arn] = arns;
  if (arn === undefined || arns.length !== 1)
    throw new TrustDomainError(`${who}: one role calls; declare a crossing for each`);
  return [arn];
}
