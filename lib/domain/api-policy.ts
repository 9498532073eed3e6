/**
 * The resource policy of a trust domain's API: exactly which principals call which methods, and,
 * for a private API, from which endpoints.
 *
 * An allow by the account principal delegates to identity policies and grants nothing by itself;
 * `aws:PrincipalArn` narrows it to fixed role names, so that the API depends on no role. The deny is
 * what keeps others out: within one account an identity policy alone would be enough
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
 */
import { Lazy } from 'aws-cdk-lib';
import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duty } from './duty';
import type { DomainNames } from './names';
import { READING_METHODS, WRITING_METHODS } from './route';

export interface ApiPolicyProps {
  readonly names: DomainNames;
  readonly stageName: string;
  /** Callers are IAM principals. */
  readonly byIam: boolean;
  /** Browsers send preflight requests, which carry no identity. */
  readonly preflight: boolean;
  /** The endpoints of a private API; empty for a regional one. */
  readonly vpcEndpointIds: readonly string[];
}

export class ApiPolicy {
  /** Absent when nothing is to say: a regional API whose callers carry tokens. */
  public readonly document?: PolicyDocument;
  private readonly callers: string[];

  constructor(private readonly props: ApiPolicyProps) {
    const { names, byIam, vpcEndpointIds, preflight } = props;
    this.callers = [names.roleArn(Duty.READ), names.roleArn(Duty.WRITE)];
    if (!byIam && vpcEndpointIds.length === 0) return;
    this.document = new PolicyDocument();
    if (vpcEndpointIds.length > 0) this.document.addStatements(onlyThrough(vpcEndpointIds));
    if (byIam) {
      this.document.addStatements(
        this.nobodyElse(),
        this.delegate('ReadByDuty', names.roleArn(Duty.READ), READING_METHODS),
        this.delegate('WriteByDuty', names.roleArn(Duty.WRITE), WRITING_METHODS),
      );
    } else {
      this.document.addStatements(this.anyone('AnyoneWithToken', [...READING_METHODS, ...WRITING_METHODS]));
    }
    if (preflight) this.document.addStatements(this.anyone('Preflight', ['OPTIONS']));
  }

  /** Who gets past the deny. */
  public get callerArns(): readonly string[] {
    return this.callers;
  }

  /** Lets a principal past the deny; what it may call is its own grant's business. */
  public admit(principalArn: string): void {
    if (!this.callers.includes(principalArn)) this.callers.push(principalArn);
  }

  /** Lets a caller of another domain call these, and nothing else. */
  public cross(principalArn: string, paths: readonly string[]): void {
    this.admit(principalArn);
    this.document?.addStatements(
      new PolicyStatement({
        principals: [new AccountRootPrincipal()],
        actions: ['execute-api:Invoke'],
        resources: paths.map((path) => `execute-api:/${this.props.stageName}/${path}`),
        conditions: { ArnEquals: { 'aws:PrincipalArn': principalArn } },
      }),
    );
  }

  /** `execute-api:/STAGE/METHOD/*`: API Gateway puts the API's own ARN in front. */
  public methods(method: string): string {
    return `execute-api:/${this.props.stageName}/${method}/*`;
  }

  private nobodyElse(): PolicyStatement {
    return new PolicyStatement({
      sid: 'NobodyElse',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      ...(this.props.preflight ? { notResources: [this.methods('OPTIONS')] } : { resources: ['execute-api:/*'] }),
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.callers }) } },
    });
  }

  private delegate(sid: string, roleArn: string, methods: readonly string[]): PolicyStatement {
    return new PolicyStatement({
      sid,
      principals: [new AccountRootPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: methods.map((method) => this.methods(method)),
      conditions: { ArnEquals: { 'aws:PrincipalArn': roleArn } },
    });
  }

  /** For what API Gateway authenticates otherwise, or a preflight request, which nobody can. */
  private anyone(sid: string, methods: readonly string[]): PolicyStatement {
    const { vpcEndpointIds } = this.props;
    return new PolicyStatement({
      sid,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: methods.map((method) => this.methods(method)),
      conditions: vpcEndpointIds.length === 0 ? undefined : { StringEquals: { 'aws:SourceVpce': [...vpcEndpointIds] } },
    });
  }
}

/** Whoever comes through one of the endpoints, and nobody else: what callers prove of themselves is asked elsewhere. */
export function throughOwnEndpoints(vpcEndpointIds: readonly string[]): PolicyDocument {
  return new PolicyDocument({
    statements: [
      onlyThrough(vpcEndpointIds),
      new PolicyStatement({
        sid: 'AnyoneThroughOwnEndpoints',
        principals: [new AnyPrincipal()],
        actions: ['execute-api:Invoke'],
        resources: ['execute-api:/*'],
        conditions: { StringEquals: { 'aws:SourceVpce': [...vpcEndpointIds] } },
      }),
    ],
  });
}

function onlyThrough(vpcEndpointIds: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'OnlyThroughOwnEndpoints',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: ['execute-api:/*'],
    conditions: { StringNotEquals: { 'aws:SourceVpce': [...vpcEndpointIds] } },
  });
}
