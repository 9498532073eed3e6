/**
 * An actor: a principal with what it has gained, ready for questions. Actors are interned, so that
 * what was found out about one is never asked again; actors whose requests are allowed alike
 * share a *class*, so that what was found out about one administrator holds for all.
 */
import type { Principal } from '../model/model';
import { textKey } from '../model/text-key';
import type { CompiledPolicies } from '../policy/compile';
import type { Condition, Policies, PolicyDocument, Statement } from '../policy/document';
import { mentionsVariable, text } from '../policy/text';
import { type Gains, gainsKey, policiesWith } from './gains';
import { knownOfOutsider } from './spelling';

export interface Actor {
  readonly key: string;
  readonly principal: Principal;
  readonly gains: Gains;
  readonly policies: Policies;
  readonly compiled: CompiledPolicies;
  /** Actors of one class may make the same requests, whoever they are. */
  readonly class: string;
}

export class Actors {
  private readonly actors = new Map<string, Actor>();
  private readonly compiled = new Map<string, CompiledPolicies>();
  private readonly documents = new WeakMap<PolicyDocument, number>();
  private readonly personal = new WeakMap<PolicyDocument, boolean>();
  private seen = 0;

  constructor(
    private readonly compile: (policies: Policies) => CompiledPolicies,
    private readonly groups: ReadonlyMap<string, Principal>,
  ) {}

  of(principal: Principal, gains: Gains): Actor {
    const key = `${principal.id}#${gainsKey(gains)}`;
    let actor = this.actors.get(key);
    if (actor === undefined) {
      const plain = policiesWith(principal, gains, this.groups);
      const personal = documentsOf(plain).some((d) => this.isPersonal(d));
      const policies = personal ? asCaller(plain, principal) : plain;
      const same = personal ? key : this.classKey(plain);
      let compiled = this.compiled.get(same);
      if (compiled === undefined) {
        compiled = this.compile(policies);
        this.compiled.set(same, compiled);
      }
      actor = { key, principal, gains, policies, compiled, class: `${same} ${textKey(principal.account)}` };
      this.actors.set(key, actor);
    }
    return actor;
  }

  /** Documents count by identity: those of different principals are rarely equal, and never need to be found equal. */
  private classKey(p: Policies): string {
    const ids = (documents: readonly PolicyDocument[] | undefined): string =>
      documents === undefined ? '-' : documents.map((d) => this.idOf(d)).join();
    return [
      ids(p.identityPolicies),
      p.permissionsBoundary === undefined ? '-' : this.idOf(p.permissionsBoundary),
      ids(p.sessionPolicies),
      ids(p.serviceControlPolicies),
      ids(p.resourceGrants),
      ids(p.unboundedGrants),
    ].join(';');
  }

  private idOf(document: PolicyDocument): number {
    let id = this.documents.get(document);
    if (id === undefined) {
      id = this.seen++;
      this.documents.set(document, id);
    }
    return id;
  }

  /** True iff what the document says may depend on who asks. */
  private isPersonal(document: PolicyDocument): boolean {
    let personal = this.personal.get(document);
    if (personal === undefined) {
      personal = document.statements.some(speaksOfCaller);
      this.personal.set(document, personal);
    }
    return personal;
  }
}

function documentsOf(p: Policies): readonly PolicyDocument[] {
  return [
    ...p.identityPolicies,
    ...(p.permissionsBoundary === undefined ? [] : [p.permissionsBoundary]),
    ...(p.sessionPolicies ?? []),
    ...(p.serviceControlPolicies ?? []),
    ...(p.resourceGrants ?? []),
    ...(p.unboundedGrants ?? []),
  ];
}

const OF_THE_CALLER = /^aws:(principal|user)/i;

/** True iff a condition or a policy variable of the statement is about the caller itself. */
export function speaksOfCaller(statement: Statement): boolean {
  return (
    statement.conditions.some((c) => OF_THE_CALLER.test(c.key) || c.values.some(mentionsVariable)) ||
    statement.resource?.patterns.some(mentionsVariable) === true
  );
}

/**
 * What the context of every request of the principal says for certain. Tags are not among it: a session
 * may bring its own. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function knownOfCaller(principal: Principal): readonly Condition[] {
  const is = (key: string, value: Condition['values'][number]): Condition => ({
    operator: 'StringEquals',
    ifExists: false,
    key,
    values: [value],
  });
  switch (principal.kind) {
    case 'role':
    case 'bootstrap-role':
      return [
        is('aws:PrincipalArn', principal.arn),
        is('aws:PrincipalAccount', principal.account),
        is('aws:PrincipalType', text('AssumedRole')),
        is('aws:PrincipalIsAWSService', text('false')),
      ];
    case 'user':
      return [
        is('aws:PrincipalArn', principal.arn),
        is('aws:PrincipalAccount', principal.account),
        is('aws:PrincipalType', text('User')),
        is('aws:PrincipalIsAWSService', text('false')),
      ];
    case 'external':
      return knownOfOutsider(principal);
    case 'group':
    case 'instance-profile':
      return [];
  }
}

/** How the origin of a document begins that states a caller's context. */
export const CONTEXT_OF = 'the context of ';

/** The policies, of requests with the principal's context: as a session policy that allows nothing else. */
function asCaller(policies: Policies, principal: Principal): Policies {
  const conditions = knownOfCaller(principal);
  if (conditions.length === 0 || policies.sessionPolicies !== undefined) return policies;
  const origin = `${CONTEXT_OF}\`${principal.id}\``;
  const statement: Statement = {
    effect: 'Allow',
    index: 0,
    origin,
    version: '2008-10-17',
    action: { not: false, patterns: [text('*')] },
    resource: { not: false, patterns: [text('*')] },
    conditions,
  };
  return { ...policies, sessionPolicies: [{ version: '2008-10-17', origin, statements: [statement] }] };
}
