/**
 * The resource policy of a gateway that domains share: each zone's callers on the zone's path and nowhere else. There is one
 * for the API, of at most 8,192 characters for all zones together, which every report says.
 *
 * Two denies stand against whoever is nobody's caller, because within one account an identity policy alone would be enough
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html): one for everything but
 * the paths of zones whose callers carry tokens, so that no spelling of a path leads around it, and one for each
 * zone's path against callers of the others. Without a zone whose callers sign with IAM nothing is to say.
 */
import { Lazy } from 'aws-cdk-lib';
import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { READING_METHODS, WRITING_METHODS } from './route';

export interface ZoneCallers {
  readonly domain: string;
  readonly path: string;
  /** Callers are IAM principals. */
  readonly byIam: boolean;
  readonly preflight: boolean;
  readonly readers: string[];
  readonly writers: string[];
}

const METHODS: readonly string[] = [...READING_METHODS, ...WRITING_METHODS];

export class GatewayPolicy {
  /** Says nothing, and so is left out, as long as no zone's callers sign with IAM. */
  public readonly document: PolicyDocument;
  private readonly zones: ZoneCallers[] = [];

  constructor(private readonly stageName: string) {
    this.document = new PolicyDocument();
  }

  public add(zone: ZoneCallers): void {
    this.zones.push(zone);
    if (zone.byIam && !this.zones.some((other) => other !== zone && other.byIam)) this.begin();
    else if (this.zones.some(({ byIam }) => byIam)) this.admit(zone);
  }

  /** `execute-api:/STAGE/METHOD/partner/*`: API Gateway puts the API's own ARN in front. */
  public methods(method: string, path: string): string {
    return `execute-api:/${this.stageName}/${method}${path}/*`;
  }

  private begin(): void {
    const callers = () => this.zones.flatMap(({ readers, writers }) => [...readers, ...writers]);
    const open = () => {
      const paths = this.zones.flatMap(({ byIam, preflight, path }) => [
        ...(byIam ? [] : METHODS.map((method) => this.methods(method, path))),
        ...(byIam && preflight ? [this.methods('OPTIONS', path)] : []),
      ]);
      // A list may not be empty; this is no route's.
      return paths.length > 0 ? paths : [`execute-api:/${this.stageName}/NONE/`];
    };
    this.document.addStatements(this.denied('NobodyElse', { notResources: Lazy.list({ produce: open }) }, callers));
    for (const zone of this.zones) this.admit(zone);
  }

  private admit(zone: ZoneCallers): void {
    const { domain, path, byIam, preflight, readers, writers } = zone;
    const sid = domain.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
    const methods = (of: readonly string[]) => of.map((method) => this.methods(method, path));
    if (!byIam) {
      this.document.addStatements(allowed(`${sid}Tokens`, new AnyPrincipal(), methods(METHODS)));
    } else {
      this.document.addStatements(
        this.denied(`${sid}Alone`, { resources: methods(METHODS) }, () => [...readers, ...writers]),
        allowed(`${sid}Readers`, new AccountRootPrincipal(), methods(READING_METHODS), readers),
        allowed(`${sid}Writers`, new AccountRootPrincipal(), methods(WRITING_METHODS), writers),
      );
    }
    if (preflight) this.document.addStatements(allowed(`${sid}Preflight`, new AnyPrincipal(), methods(['OPTIONS'])));
  }

  private denied(
    sid: string,
    what: { readonly resources?: string[]; readonly notResources?: string[] },
    but: () => readonly string[],
  ): PolicyStatement {
    return new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      ...what,
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => [...but()] }) } },
    });
  }
}

function allowed(
  sid: string,
  principal: AccountRootPrincipal | AnyPrincipal,
  resources: readonly string[],
  callers?: string[],
): PolicyStatement {
  return new PolicyStatement({
    sid,
    principals: [principal],
    actions: ['execute-api:Invoke'],
    resources: [...resources],
    conditions:
      callers === undefined
        ? undefined
        : { ArnEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => [...callers] }) } },
  });
}
