/**
 * The switch that isolates a trust domain: one parameter of its stack, the moment since which it is isolated.
 *
 * From then on the web ACL blocks every request, and sessions of the duty roles that began before are denied
 * everything. It is a parameter and not a property, so that no code has to be at hand: two people, or one with
 * declared emergency access, change it with the template that is deployed (docs/containment.md). No other
 * stack has it, so no other domain notices.
 */
import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { outermostStack } from './registry';

/** The name of the parameter, and of the rule that it switches on. */
export const ISOLATED_SINCE = 'IsolatedSince';
export const ISOLATION_RULE = 'isolation';

// No session is older than STS.
const NEVER = '1970-01-01T00:00:00Z';

// AWS WAF has no statement for everything; every request has a path of at least no characters.
const EVERYTHING = {
  SizeConstraintStatement: {
    FieldToMatch: { UriPath: {} },
    ComparisonOperator: 'GE',
    Size: 0,
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
};

/** One of the parameters of a stack that isolate something. */
interface Switch {
  readonly parameter: string;
  /** What it does to the domain. */
  readonly effect: string;
}

const OWN: Switch = {
  parameter: ISOLATED_SINCE,
  effect: 'is isolated, and sessions are revoked that began before',
};

export class DomainIsolation extends Construct {
  public readonly since: CfnParameter;
  private condition?: CfnCondition;

  constructor(scope: Construct, id: string, domain: string, { parameter, effect }: Switch = OWN) {
    super(scope, id);
    // In the stack that is deployed, under its own name: a nested stack has no parameters that anybody could set.
    this.since = new CfnParameter(outermostStack(this), parameter, {
      type: 'String',
      description: `Bulkhead: trust domain ${domain} ${effect} this moment (UTC). ${NEVER}: not isolated`,
      default: NEVER,
      allowedPattern: '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ',
      constraintDescription: 'a moment in UTC, like 2027-01-31T04:05:06Z',
    });
  }

  /** The rule that blocks while the domain is isolated, and is not there otherwise: everything, or what the statement matches. */
  public rule(priority: number, metricName: string, statement: object = EVERYTHING): IResolvable {
    this.condition ??= new CfnCondition(this, 'Isolated', {
      expression: Fn.conditionNot(Fn.conditionEquals(this.since.valueAsString, NEVER)),
    });
    // As CloudFormation spells it: CDK does not look into a condition.
    const rule = {
      Name: ISOLATION_RULE,
      Priority: priority,
      Action: { Block: { CustomResponse: { ResponseCode: 503 } } },
      VisibilityConfig: { CloudWatchMetricsEnabled: true, MetricName: metricName, SampledRequestsEnabled: true },
      Statement: statement,
    };
    return Fn.conditionIf(this.condition.logicalId, rule, Aws.NO_VALUE);
  }
}
