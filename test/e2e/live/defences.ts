/**
 * What stands before an API where the emulator has nothing of the kind, or no emulator is there: web ACLs and stage
 * throttles, as AWS documents them, with the settings of the templates. Knows nothing of Bulkhead.
 *
 * A rate rule counts requests by address within its window, for its own web ACL alone
 * (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html); here at once, where
 * AWS estimates every few seconds. A throttle is a bucket of tokens for each method of a stage
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html).
 */
import { REGION } from './place';
import type { Deployed, Json, World } from './world';

export interface Arrival {
  readonly stack: string;
  readonly method: string;
  readonly address: string;
  /** In seconds. */
  readonly at: number;
}

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: { readonly Block?: { readonly CustomResponse?: { readonly ResponseCode: number } } };
  readonly Statement: Readonly<Record<string, Json>>;
}

interface Setting {
  readonly HttpMethod: string;
  readonly ResourcePath: string;
  readonly ThrottlingRateLimit: number;
  readonly ThrottlingBurstLimit: number;
}

const LETS_BY = 200;

export class Defences {
  private readonly counted = new Map<string, number[]>();
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly world: World) {}

  /** The status with which the request is turned away, or 200. Requests come in the order of their times. */
  answer(arrival: Arrival): number {
    const stage = this.world.only(arrival.stack, 'AWS::ApiGateway::Stage');
    const blocked = this.webAcl(stage, arrival);
    return blocked ?? this.throttle(stage, arrival) ?? LETS_BY;
  }

  private webAcl(stage: Deployed, arrival: Arrival): number | undefined {
    const api = this.world.only(stage.stack, 'AWS::ApiGateway::RestApi');
    const stages = `arn:aws:apigateway:${REGION}::/restapis/${api.physicalId}/stages/`;
    const associated = this.world.resources.find(
      (r) => r.type === 'AWS::WAFv2::WebACLAssociation' && String(r.properties.ResourceArn).startsWith(stages),
    );
    const acl = this.world.resources.find(
      (r) => r.type === 'AWS::WAFv2::WebACL' && this.world.arnOf(r) === associated?.properties.WebACLArn,
    );
    if (acl === undefined) throw new Error(`the stage of \`${stage.stack}\` has no web ACL`);
    const rules = [...(acl.properties.Rules as unknown as readonly Rule[])].sort((a, b) => a.Priority - b.Priority);
    for (const rule of rules) {
      // AWS's own groups of rules, whose content nobody publishes, could only turn away more.
      if (rule.Action?.Block === undefined || !this.matches(this.world.arnOf(acl), rule, arrival)) continue;
      return rule.Action.Block.CustomResponse?.ResponseCode ?? 403;
    }
    return undefined;
  }

  private matches(acl: string, { Name: name, Statement: statement }: Rule, { address, at }: Arrival): boolean {
    const rate = statement.RateBasedStatement as
      | { readonly Limit: number; readonly EvaluationWindowSec?: number; readonly AggregateKeyType: string }
      | undefined;
    if (rate === undefined || rate.AggregateKeyType !== 'IP') {
      throw new Error(`rule \`${name}\`: a statement that is not evaluated here: ${JSON.stringify(statement)}`);
    }
    const key = `${acl} ${name} ${address}`;
    const since = at - (rate.EvaluationWindowSec ?? 300);
    const within = [...(this.counted.get(key) ?? []).filter((t) => t > since), at];
    this.counted.set(key, within);
    return within.length > rate.Limit;
  }

  private throttle(stage: Deployed, { method, at }: Arrival): number | undefined {
    const settings = stage.properties.MethodSettings as unknown as readonly Setting[];
    const setting = settings.find((s) => s.HttpMethod === '*' && s.ResourcePath === '/*');
    if (setting === undefined) throw new Error(`stage of \`${stage.stack}\` has no settings for all methods`);
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = setting;
    const key = `${stage.stack} ${stage.logicalId} ${method}`;
    const before = this.buckets.get(key) ?? { tokens: burst, at };
    const tokens = Math.min(burst, before.tokens + (at - before.at) * rate);
    this.buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
    return tokens >= 1 ? undefined : 429;
  }
}
