/**
 * What resource policies grant, seen from the principals: a statement that names a role counts like
 * one of the role's own. Who is named, and what that does to a boundary, follows
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html ("Evaluating
 * effective permissions with boundaries"): a role's ARN is still limited by its boundary, a
 * user's ARN and a role session's are not. An account (or its root) only delegates to the
 * account's own policies and grants nothing by itself.
 *
 * A statement for everyone (`*`) is a property of the resource, not of each principal: it is kept
 * as the resource's `openTo`, except where a condition on `aws:PrincipalArn` says who is meant.
 */
import type { Condition, PolicyDocument, Statement } from '../policy/document';
import { literal, type Text, text } from '../policy/text';
import { arnKey, mayBeOneAccount, parseIamArn } from './directory';
import type { Element } from './elements';
import { globMatches } from './name-glob';
import type { Draft } from './principals';
import { brief, iamNameKey, joinTexts, onlyHole, splitText } from './text-key';

export class Grants {
  /** Grants to principals of which only the deployment knows who they are. */
  readonly unresolved: string[] = [];
  private readonly byArn = new Map<string, Draft[]>();
  private readonly byName = new Map<string, Draft[]>();
  private readonly byId = new Map<string, Draft>();
  private readonly bounded = new Map<Draft, PolicyDocument[]>();
  private readonly unbounded = new Map<Draft, PolicyDocument[]>();
  private readonly open = new Map<string, PolicyDocument>();

  constructor(private readonly drafts: readonly Draft[]) {
    for (const draft of drafts) {
      if (draft.kind === 'instance-profile') continue;
      push(this.byArn, arnKey(draft.arn), draft);
      push(this.byName, iamNameKey(draft.name), draft);
      this.byId.set(draft.origin.id, draft);
    }
  }

  of(draft: Draft): {
    readonly resourceGrants?: readonly PolicyDocument[];
    readonly unboundedGrants?: readonly PolicyDocument[];
  } {
    const [resourceGrants, unboundedGrants] = [this.bounded.get(draft), this.unbounded.get(draft)];
    return {
      ...(resourceGrants === undefined ? {} : { resourceGrants }),
      ...(unboundedGrants === undefined ? {} : { unboundedGrants }),
    };
  }

  /** Allow statements of the resource's policy that name everyone, as statements on the resource. */
  openTo(element: Element): PolicyDocument | undefined {
    return this.open.get(element.origin.id);
  }

  add(element: Element, policy: PolicyDocument): void {
    // An endpoint's policy limits what passes through it; it grants nobody anything.
    if (element.declared.type === 'AWS::EC2::VPCEndpoint') return;
    const bounded = new Map<Draft, Statement[]>();
    const unbounded = new Map<Draft, Statement[]>();
    const everyone: Statement[] = [];
    for (const statement of policy.statements) {
      if (statement.effect !== 'Allow') continue;
      const granted = onResource(statement, element);
      const named = this.named(statement, policy.origin, element);
      if (named === 'everyone') everyone.push(granted);
      else for (const { draft, limited } of named) push(limited ? bounded : unbounded, draft, granted);
    }
    const origin = policy.origin;
    const document = (statements: readonly Statement[]): PolicyDocument => ({
      version: '2012-10-17',
      origin,
      statements: statements.map((s, index) => ({ ...s, index })),
    });
    for (const [draft, statements] of bounded) push(this.bounded, draft, document(statements));
    for (const [draft, statements] of unbounded) push(this.unbounded, draft, document(statements));
    if (everyone.length > 0) this.open.set(element.origin.id, document(everyone));
  }

  private named(
    { principal, conditions }: Statement,
    by: string,
    element: Element,
  ): 'everyone' | readonly { readonly draft: Draft; readonly limited: boolean }[] {
    if (principal === undefined) return [];
    // `NotPrincipal` with Allow is everyone but those it lists.
    const all = principal.not || principal.entries.some((e) => e.type === 'AWS' && literal(e.value) === '*');
    if (!all) {
      return principal.entries.flatMap(({ type, value }) =>
        type === 'AWS' ? this.byPrincipal(value, by, element) : [],
      );
    }
    const meant = conditions.filter(saysWho);
    if (meant.length === 0) return 'everyone';
    const drafts = this.drafts.filter(
      (d) =>
        d.kind !== 'instance-profile' &&
        d.kind !== 'group' &&
        meant.every((c) => c.values.some((v) => mayBe(v, d.arn))),
    );
    // Through `*` the session itself is named, which a boundary does not limit.
    return drafts.map((draft) => ({ draft, limited: false }));
  }

  private byPrincipal(
    value: Text,
    by: string,
    element: Element,
  ): readonly { readonly draft: Draft; readonly limited: boolean }[] {
    const exact = this.byArn.get(arnKey(value));
    if (exact !== undefined) return exact.map((draft) => ({ draft, limited: draft.kind === 'role' }));
    const session = sessionOf(value);
    const iam = parseIamArn(value);
    const [kind, account, name] =
      session !== undefined ? ['role', session.account, session.name] : [iam?.kind, iam?.account, iam?.name];
    if (account !== undefined && name !== undefined) {
      return (this.byName.get(iamNameKey(name)) ?? [])
        .filter((d) => d.kind === kind && mayBeOneAccount(d.account, account))
        .map((draft) => ({ draft, limited: session === undefined && draft.kind === 'role' }));
    }
    // The unique id, which AWS takes in place of an ARN.
    const id = onlyHole(value)?.hole;
    const own = this.byId.get(id?.split('#')[0] ?? '');
    if (own !== undefined) return [{ draft: own, limited: false }];
    if (literal(value) !== undefined || iam !== undefined) return [];
    this.unresolved.push(`${by} grants to \`${brief(value)}\``);
    return suggestedBy(value, element).flatMap((suggested) => this.byPrincipal(text(suggested), by, element));
  }
}

/** Whom or what a parameter names all the same, by its default or its allowed values. */
export function suggestedBy(value: Text, { stack }: Pick<Element, 'stack'>): readonly string[] {
  const hole = onlyHole(value);
  const parameter = stack.template.parameters.get(hole?.hole.slice(stack.id.length + 1) ?? '');
  return [...(hole?.values ?? []), ...String(parameter?.default ?? '').split(',')].filter((v) => v !== '');
}

/** `arn:…:sts::ACCOUNT:assumed-role/ROLE/SESSION` names a session of the role. */
function sessionOf(value: Text): { readonly account: Text; readonly name: Text } | undefined {
  const pieces = splitText(value, ':');
  const [, , service, , account, rest] = pieces ?? [];
  if (pieces?.length !== 6 || account === undefined || literal(service ?? text()) !== 'sts') return undefined;
  const [kind, name, session] = splitText(rest ?? text(), '/') ?? [];
  if (name === undefined || session === undefined || literal(kind ?? text()) !== 'assumed-role') return undefined;
  return { account, name };
}

function saysWho(c: Condition): boolean {
  return (
    c.key.toLowerCase() === 'aws:principalarn' &&
    !c.ifExists &&
    /^(ArnEquals|ArnLike|StringEquals|StringLike)$/.test(c.operator)
  );
}

/** Whether the pattern may match the ARN: exact where both are known, possible where a hole stands in the way. */
function mayBe(pattern: Text, arn: Text): boolean {
  if (arnKey(pattern) === arnKey(arn)) return true;
  const [p, a] = [literal(pattern), literal(arn)];
  if (p === undefined || p.includes('${')) return true;
  // A hole of the ARN may be anything: compare what stands before the first one, as if the rest were free.
  if (a === undefined) return compatibleStart(p, arn);
  return globMatches(p, a);
}

function compatibleStart(pattern: string, arn: Text): boolean {
  const pieces = splitText(arn, ':') ?? [arn];
  const wanted = pattern.split(':');
  if (pieces.length !== wanted.length || /\*/.test(wanted.slice(0, -1).join(':'))) return true;
  return pieces.every((piece, i) => {
    const plain = literal(piece);
    return plain === undefined || globMatches(wanted[i] ?? '', plain);
  });
}

/**
 * The statement without its principal, on the resource it is attached to: `*`, an absent resource
 * and API Gateway's short form `execute-api:/…` all speak of that resource.
 */
function onResource(statement: Statement, element: Element): Statement {
  const { principal: _, resource, ...rest } = statement;
  const own = ownPatterns(element);
  if (own === undefined) return { ...rest, resource: resource ?? { not: false, patterns: [text('*')] } };
  if (resource === undefined || resource.not) return { ...rest, resource: { not: false, patterns: own } };
  const patterns = resource.patterns.flatMap((p): readonly Text[] => {
    const first = p.parts[0];
    if (literal(p) === '*') return own;
    return typeof first === 'string' && first.startsWith('execute-api:/') ? [executeApi(element, p)] : [p];
  });
  return { ...rest, resource: { not: false, patterns } };
}

/** The resource itself and what it contains. */
function ownPatterns(element: Element): readonly Text[] | undefined {
  if (CALLED.has(element.declared.type)) return [executeApi(element, text('execute-api:/*'))];
  if (element.arn === undefined) return undefined;
  // What lies in a vault has ARNs of its own, of the services that it came from.
  if (/^AWS::Backup::\w*Vault$/.test(element.declared.type)) return undefined;
  if (element.declared.type.startsWith('AWS::KMS::')) return [element.arn];
  return [element.arn, text(element.arn, '/*'), text(element.arn, ':*')];
}

/** Called under one ARN, administered under another. */
const CALLED: ReadonlySet<string> = new Set(['AWS::ApiGateway::DomainNameV2', 'AWS::ApiGateway::RestApi']);

/**
 * `execute-api:/stage/GET/path` → `arn:…:execute-api:REGION:ACCOUNT:API/stage/GET/path`. A private custom domain is one
 * resource, whatever is called by it: `arn:…:execute-api:REGION:ACCOUNT:/domainnames/NAME+ID`.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigateway.html
 */
function executeApi(element: Element, short: Text): Text {
  const { partition, region, account } = element.stack;
  const called = (what: Text): Text =>
    joinTexts([text('arn'), partition, text('execute-api'), region, account, what], ':');
  if (element.declared.type === 'AWS::ApiGateway::DomainNameV2') {
    const name = element.arn === undefined ? undefined : splitText(element.arn, ':')?.[5];
    return called(name ?? text('/domainnames/*'));
  }
  const id = element.arn === undefined ? text('*') : ((splitText(element.arn, '/') ?? []).at(-1) ?? text('*'));
  const [first, ...rest] = short.parts;
  const path = typeof first === 'string' ? first.slice('execute-api:/'.length) : '*';
  return text(called(id), '/', path, ...rest);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
