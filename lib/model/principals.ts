/**
 * Roles, users, groups and instance profiles, with every policy that the app attaches to them, from
 * whichever side, in whichever stack. Inherited by a user: the policies of its groups.
 *
 * What is not known makes the principal's verdicts undecided when it could allow more (an attached
 * policy that cannot be read); a boundary that cannot be read bounds nothing.
 */
import type { PolicyDocument } from '../policy/document';
import type { Text } from '../policy/text';
import { assignHolders } from './assignments';
import { Attachments } from './attachments';
import { conditionGuard, type Guard } from './conditions';
import { arnOf, physicalName } from './identifiers';
import { ManagedPolicies } from './managed-policies';
import { originOf } from './mark';
import type { AttachedPolicy, Origin, Principal } from './model';
import { PERMISSION_SET, permissionSetArn, roleOfPermissionSet } from './permission-set';
import { literalString, property } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';
import { guardedDocument } from './template-policy';

/** A principal under construction; `policies` come last, when every attachment is known. */
export interface Draft {
  readonly kind: 'role' | 'user' | 'group' | 'instance-profile' | 'external';
  readonly origin: Origin;
  readonly stack: Stack;
  readonly declared: ResourceDeclaration;
  readonly arn: Text;
  readonly name: Text;
  readonly account: Text;
  readonly guard: Guard;
  readonly attached: AttachedPolicy[];
  readonly unknown: string[];
  readonly memberOf: { readonly group: Draft; readonly guard: Guard }[];
  readonly holds: Text[];
  boundary?: AttachedPolicy;
  boundaryUnknown?: string;
  trust?: PolicyDocument;
  tags?: Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<string, Draft['kind']>> = {
  'AWS::IAM::Role': 'role',
  'AWS::IAM::User': 'user',
  'AWS::IAM::Group': 'group',
  'AWS::IAM::InstanceProfile': 'instance-profile',
  [PERMISSION_SET]: 'role',
};

export function isPrincipalType(type: string): boolean {
  return Object.hasOwn(KINDS, type);
}

export interface Principals {
  readonly drafts: readonly Draft[];
  readonly managed: ManagedPolicies;
  /** Names in `Roles`, `Users` and `Groups` that only the deployment knows. */
  readonly unresolved: readonly string[];
}

export function readPrincipals(r: Resolver): Principals {
  const drafts: Draft[] = [];
  for (const stack of r.app.stacks) {
    for (const declared of stack.template.resources.values()) {
      const kind = KINDS[declared.type];
      if (kind !== undefined) drafts.push(draftOf(r, stack, declared, kind));
    }
  }
  const managed = new ManagedPolicies(r);
  const attachments = new Attachments(r, drafts, managed);
  for (const draft of [...drafts]) attachments.own(draft);
  for (const stack of r.app.stacks) {
    for (const declared of stack.template.resources.values()) attachments.fromPolicy(stack, declared);
  }
  for (const draft of drafts) inherit(draft);
  assignHolders(r, drafts);
  return { drafts, managed, unresolved: attachments.unresolved };
}

function draftOf(r: Resolver, stack: Stack, declared: ResourceDeclaration, kind: Draft['kind']): Draft {
  const { logicalId } = declared;
  const set = declared.type === PERMISSION_SET;
  const tags = r.resolve(stack, declared.properties.Tags);
  return {
    kind,
    origin: originOf(stack, declared),
    stack,
    declared: set ? roleOfPermissionSet(declared) : declared,
    arn: set ? permissionSetArn(r, stack, declared) : (arnOf(r, stack, logicalId) ?? r.text(stack, { Ref: logicalId })),
    name: physicalName(r, stack, logicalId) ?? r.text(stack, { Ref: logicalId }),
    account: stack.account,
    guard: conditionGuard(r, stack, declared.condition),
    attached: [],
    unknown: [],
    memberOf: [],
    holds: [],
    tags: tagsOf(tags),
  };
}

function tagsOf(tags: ReturnType<Resolver['resolve']>): Readonly<Record<string, string>> | undefined {
  const pairs = (Array.isArray(tags) ? tags : []).flatMap((tag) => {
    const [key, value] = [literalString(property(tag, 'Key')), literalString(property(tag, 'Value'))];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function inherit(draft: Draft): void {
  for (const { group, guard } of draft.memberOf) {
    for (const attached of group.attached) {
      const document = guardedDocument(attached.document, guard);
      draft.attached.push(document === attached.document ? attached : { ...attached, document });
    }
    draft.unknown.push(...group.unknown);
  }
}

/** The principal, with what reaches it from outside its own policies. */
export function finish(
  draft: Draft,
  more: Pick<Principal, 'domain' | 'duty' | 'dutyFrom'> & {
    readonly policies: Omit<Principal['policies'], 'identityPolicies' | 'permissionsBoundary'>;
  },
): Principal {
  const { policies, ...classification } = more;
  return {
    kind: draft.kind,
    id: draft.origin.id,
    origin: draft.origin,
    arn: draft.arn,
    account: draft.account,
    ...classification,
    attached: draft.attached,
    boundary: draft.boundary,
    boundaryUnknown: draft.boundaryUnknown,
    trust: draft.trust,
    memberOf: draft.kind === 'user' ? draft.memberOf.map(({ group }) => group.origin.id) : undefined,
    holds: draft.kind === 'instance-profile' ? draft.holds : undefined,
    tags: draft.tags,
    policies: {
      identityPolicies: draft.attached.map((a) => a.document),
      ...(draft.boundary === undefined ? {} : { permissionsBoundary: draft.boundary.document }),
      ...policies,
    },
    unknown: [...new Set(draft.unknown)],
  };
}
