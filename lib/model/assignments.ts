/**
 * Who holds a role of which the trust policy does not tell: a permission set is held by the users and groups that it is
 * assigned to, and a role of EKS pods by the service accounts that are associated with it. Where the templates say so,
 * a condition of our own joins the trust policy, with one value for each holder, so that two roles
 * with different holders have nobody in common.
 *
 * Assumed, and printed with every report: the templates show all assignments, and nobody is in two groups
 * that they do not show him in. An assignment that is not there is a hole: nobody knows who holds the role.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/howtoassignaccessusers.html and
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
 */
import { DEPLOYMENT_KEY_PREFIX } from '../policy/catalogue';
import type { Statement } from '../policy/document';
import { literal, type Text, text } from '../policy/text';
import { arnKey } from './directory';
import { PERMISSION_SET } from './permission-set';
import type { Draft } from './principals';
import { literalString, property, toText, toTexts } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';
import { joinTexts, textKey } from './text-key';
import { anyVariant } from './variants';

const HOLDER = `${DEPLOYMENT_KEY_PREFIX}holder`;
const PODS = 'pods.eks.amazonaws.com';

/** How ids are told apart by `PrincipalType`. */
const KINDS: Readonly<Record<string, readonly string[]>> = { USER: ['user/'], GROUP: ['group/'] };

/** Holders by the key of what they hold. */
type Holders = ReadonlyMap<string, readonly Text[]>;

export function assignHolders(r: Resolver, drafts: readonly Draft[]): void {
  const sets = drafts.filter((d) => d.declared.type === PERMISSION_SET);
  if (sets.length > 0) {
    const assigned = assignmentsOf(r);
    for (const set of sets) {
      const arn = toText(r.resolve(set.stack, { 'Fn::GetAtt': [set.declared.logicalId, 'PermissionSetArn'] }));
      const holders = (arn && assigned.get(textKey(arn))) ?? [unknownHolder(set)];
      hold(set, holders, () => true);
    }
  }
  const pods = associationsOf(r);
  if (pods.size === 0) return;
  for (const role of drafts) {
    const holders = pods.get(arnKey(role.arn));
    if (holders !== undefined) hold(role, holders, isForPods);
  }
}

function hold(draft: Draft, values: readonly Text[], where: (s: Statement) => boolean): void {
  if (draft.trust === undefined) return;
  const held = { operator: 'StringEquals', ifExists: false, key: HOLDER, values } as const;
  const statements = draft.trust.statements.map((s) =>
    s.effect === 'Allow' && where(s) ? { ...s, conditions: [...s.conditions, held] } : s,
  );
  draft.trust = { ...draft.trust, statements };
}

/** Allows for pods and for nobody else. */
function isForPods({ principal }: Statement): boolean {
  return principal?.not === false && principal.entries.every((e) => e.type === 'Service' && literal(e.value) === PODS);
}

function unknownHolder({ origin }: Draft): Text {
  const label = `who the permission set ${origin.id} is assigned to`;
  return text({ hole: `${origin.id}#assignees`, type: 'any', label });
}

function assignmentsOf(r: Resolver): Holders {
  const members = new Map<string, Text[]>();
  for (const [stack, { properties }] of ofType(r, 'AWS::IdentityStore::GroupMembership')) {
    for (const group of textsOf(r, stack, properties.GroupId))
      for (const member of anyVariant(r, stack, properties.MemberId))
        for (const user of toTexts(property(member, 'UserId')))
          push(members, textKey(text('group/', group)), text('user/', user));
  }
  const holders = new Map<string, Text[]>();
  for (const [stack, { properties }] of ofType(r, 'AWS::SSO::Assignment')) {
    for (const set of textsOf(r, stack, properties.PermissionSetArn)) {
      for (const id of textsOf(r, stack, properties.PrincipalId)) {
        for (const kind of KINDS[literalString(r.resolve(stack, properties.PrincipalType)) ?? ''] ?? [
          'user/',
          'group/',
        ]) {
          const holder = text(kind, id);
          for (const each of [holder, ...(members.get(textKey(holder)) ?? [])]) push(holders, textKey(set), each);
        }
      }
    }
  }
  return holders;
}

function associationsOf(r: Resolver): Holders {
  const holders = new Map<string, Text[]>();
  const note = (stack: Stack, role: unknown, cluster: Text, namespace: readonly Text[], account: readonly Text[]) => {
    for (const arn of textsOf(r, stack, role))
      for (const ns of namespace)
        for (const sa of account) push(holders, arnKey(arn), joinTexts([stack.account, cluster, ns, sa], '/'));
  };
  for (const [stack, { properties }] of ofType(r, 'AWS::EKS::PodIdentityAssociation')) {
    const { ClusterName, Namespace, ServiceAccount, RoleArn, TargetRoleArn } = properties;
    for (const cluster of textsOf(r, stack, ClusterName)) {
      const [namespaces, accounts] = [textsOf(r, stack, Namespace), textsOf(r, stack, ServiceAccount)];
      for (const role of [RoleArn, TargetRoleArn])
        if (role !== undefined) note(stack, role, cluster, namespaces, accounts);
    }
  }
  return holders;
}

function* ofType(r: Resolver, type: string): Generator<readonly [Stack, ResourceDeclaration]> {
  for (const stack of r.app.stacks)
    for (const declared of stack.template.resources.values()) if (declared.type === type) yield [stack, declared];
}

function textsOf(r: Resolver, stack: Stack, value: unknown): readonly Text[] {
  return anyVariant(r, stack, value).flatMap((v) => toText(v) ?? []);
}

function push(map: Map<string, Text[]>, key: string, value: Text): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
