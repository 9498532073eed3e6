/**
 * Who carries which policy: inline and managed policies, boundaries, groups, roles of instance
 * profiles, found from whichever side names the other. A name that no template creates stands for
 * a principal outside the app, of which only this much is known.
 */
import type { PolicyDocument } from '../policy/document';
import { literal, show, type Text, text } from '../policy/text';
import { boundaryOf } from './boundaries';
import { ALWAYS, both, conditionGuard, type Guard } from './conditions';
import { Directory, mayBeOneAccount } from './directory';
import { asList, intrinsicName, isObject } from './json';
import type { ManagedPolicies } from './managed-policies';
import { originOf } from './mark';
import type { AttachedPolicy, Origin } from './model';
import { globMatches } from './name-glob';
import type { Draft } from './principals';
import { isResolvedList, NO_VALUE, type Resolved, toText, toTexts } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';
import { guardedDocument, readPolicy } from './template-policy';
import { brief, onlyHole } from './text-key';
import { branchesOf, type Variant, variantsOf } from './variants';

/** Which property of which type names whom a policy is attached to. */
const TARGETS = [
  ['Roles', 'RoleName', 'role'],
  ['Users', 'UserName', 'user'],
  ['Groups', 'GroupName', 'group'],
] as const;
const POLICY_TYPES: ReadonlySet<string> = new Set([
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::UserPolicy',
  'AWS::IAM::GroupPolicy',
]);

interface Target {
  readonly draft: Draft;
  /** When the policy is attached to it. */
  readonly guard: Guard;
  /** False when it may be another principal of that name, in another account. */
  readonly sure: boolean;
}

function isOfTexts(names: Resolved): boolean {
  const list: readonly Resolved[] = isResolvedList(names) ? names : [names];
  return list.every((name) => toText(name) !== undefined || name === NO_VALUE);
}

/** What counts of a policy that may belong to somebody else: it may allow, and denies nothing for sure. */
function allowsOf(document: PolicyDocument): PolicyDocument {
  return { ...document, statements: document.statements.filter((s) => s.effect === 'Allow') };
}

export class Attachments {
  readonly unresolved: string[] = [];
  private readonly directories: Readonly<Record<'role' | 'user' | 'group', Directory<Draft>>>;
  private readonly external = new Map<string, Draft>();

  constructor(
    private readonly r: Resolver,
    private readonly drafts: Draft[],
    private readonly managed: ManagedPolicies,
  ) {
    const directory = (kind: string): Directory<Draft> =>
      new Directory(drafts.filter((d) => d.kind === kind).map((d) => ({ entry: d, account: d.account, name: d.name })));
    this.directories = { role: directory('role'), user: directory('user'), group: directory('group') };
  }

  /** What a role, user, group or profile says of itself. */
  own(draft: Draft): void {
    const { r } = this;
    const { stack, declared, origin } = draft;
    const { properties } = declared;
    this.inline(draft, properties.Policies);
    this.managedOf(draft, properties.ManagedPolicyArns);
    boundaryOf(r, draft, properties.PermissionsBoundary, this.managed);
    if (draft.kind === 'role') {
      const trust = readPolicy(
        r,
        stack,
        properties.AssumeRolePolicyDocument,
        `${origin.path} (trust policy)`,
        'trust',
        draft.guard,
      );
      draft.trust = trust.document;
      draft.unknown.push(...trust.unknown);
    }
    for (const { value, guard } of draft.kind === 'user' ? this.variants(stack, properties.Groups) : []) {
      for (const name of toTexts(value)) this.join(draft, name, stack, guard);
    }
    if (draft.kind !== 'instance-profile') return;
    // A profile holds one role; under a condition, either.
    for (const name of this.variants(stack, properties.Roles).flatMap(({ value }) => toTexts(value))) {
      const role =
        this.directories.role.find(name, stack.account)?.entry ?? this.outsider('role', name, stack, declared);
      draft.holds.push(role.arn);
    }
  }

  private inline(draft: Draft, policies: unknown): void {
    const { r } = this;
    const { stack, origin } = draft;
    let position = 0;
    for (const list of branchesOf(r, stack, policies, draft.guard)) {
      for (const item of asList(list.value)) {
        position++;
        for (const { value, guard } of branchesOf(r, stack, item, list.guard)) {
          if (!isObject(value) || (intrinsicName(value) === 'Ref' && r.resolve(stack, value) === NO_VALUE)) continue;
          const known = intrinsicName(value) === undefined;
          const [name, document] = known ? [value.PolicyName, value.PolicyDocument] : [undefined, value];
          const where = `${origin.path} (inline policy ${typeof name === 'string' ? name : position})`;
          this.attach(draft, readPolicy(r, stack, document, where, 'identity', guard), 'inline', origin);
        }
      }
    }
  }

  private managedOf(draft: Draft, arns: unknown): void {
    const { stack, guard } = draft;
    for (const variant of this.variants(stack, arns)) {
      for (const arn of toTexts(variant.value)) {
        const found = this.managed.find(arn, stack.partition);
        if (typeof found === 'string') draft.unknown.push(found);
        else this.attachManaged(draft, found.attached, found.unknown, both(guard, variant.guard));
      }
    }
  }

  /** With more conditions than can be enumerated, the one value with holes: names in it are then found nowhere. */
  private variants(stack: Stack, value: unknown): readonly Variant[] {
    if (value === undefined) return [];
    return variantsOf(this.r, stack, value) ?? [{ guard: ALWAYS, value: this.r.resolve(stack, value) }];
  }

  private attachManaged(draft: Draft, attached: AttachedPolicy, unknown: readonly string[], guard: Guard): void {
    // Attached from both sides, it counts once.
    if (draft.attached.some((a) => a.document === attached.document)) return;
    const document = guardedDocument(attached.document, guard);
    draft.attached.push(document === attached.document ? attached : { ...attached, document });
    draft.unknown.push(...unknown);
  }

  /** A policy resource that names whom it is attached to. */
  fromPolicy(stack: Stack, declared: ResourceDeclaration): void {
    const { properties, type } = declared;
    if (type === 'AWS::IAM::UserToGroupAddition') this.members(stack, declared);
    if (!POLICY_TYPES.has(type)) return;
    const targets = TARGETS.flatMap(([many, one, kind]) =>
      [properties[many], properties[one]]
        .filter((v) => v !== undefined)
        .flatMap((value) => this.named(stack, value, kind, declared)),
    );
    if (targets.length === 0) return;
    if (type === 'AWS::IAM::ManagedPolicy') {
      const { attached, unknown } = this.managed.ofApp(stack, declared);
      for (const { draft, guard, sure } of targets) {
        const document = sure ? attached.document : allowsOf(attached.document);
        this.attachManaged(draft, { ...attached, document }, unknown, both(draft.guard, guard));
      }
      return;
    }
    const origin = originOf(stack, declared);
    const guard = conditionGuard(this.r, stack, declared.condition);
    const reading = readPolicy(this.r, stack, properties.PolicyDocument, origin.path, 'identity', guard);
    for (const target of targets) {
      const document = target.sure ? reading.document : allowsOf(reading.document);
      const known = guardedDocument(document, both(target.draft.guard, target.guard));
      this.attach(target.draft, { document: known, unknown: reading.unknown }, 'inline', origin);
    }
  }

  private named(
    stack: Stack,
    value: unknown,
    kind: 'role' | 'user' | 'group',
    by: ResourceDeclaration,
  ): readonly Target[] {
    const variants = this.variants(stack, value);
    if (variants.some(({ value: names }) => !isOfTexts(names)))
      this.unresolved.push(`${originOf(stack, by).path} is attached to a ${kind} that cannot be read`);
    return variants.flatMap(({ value: names, guard }) =>
      toTexts(names).flatMap((name): readonly Target[] => {
        const found = this.directories[kind].all(name, stack.account);
        if (found.length > 0) return found.map(({ entry, sure }) => ({ draft: entry, guard, sure }));
        const outsider = { draft: this.outsider(kind, name, stack, by), guard, sure: true };
        if (literal(name) !== undefined) return [outsider];
        this.unresolved.push(`${originOf(stack, by).path} is attached to the ${kind} \`${brief(name)}\``);
        return [...this.suggested(name, kind, stack).map((draft) => ({ draft, guard, sure: false })), outsider];
      }),
    );
  }

  /** Whom a name that only the deployment knows points to all the same: by a default, allowed values, or the written part. */
  private suggested(name: Text, kind: 'role' | 'user' | 'group', stack: Stack): readonly Draft[] {
    const hole = onlyHole(name);
    const parameter = stack.template.parameters.get(hole?.hole.slice(stack.id.length + 1) ?? '');
    const listed = [...(hole?.values ?? []), ...String(parameter?.default ?? '').split(',')];
    const pattern = name.parts.map((part) => (typeof part === 'string' ? part : '*')).join('');
    return this.drafts.filter((draft) => {
      const plain = literal(draft.name);
      if (draft.kind !== kind || plain === undefined || !mayBeOneAccount(draft.account, stack.account)) return false;
      return hole === undefined ? globMatches(pattern, plain) : listed.includes(plain);
    });
  }

  private members(stack: Stack, declared: ResourceDeclaration): void {
    const group = toText(this.r.resolve(stack, declared.properties.GroupName));
    if (group === undefined) return;
    const own = conditionGuard(this.r, stack, declared.condition);
    for (const { draft, guard } of this.named(stack, declared.properties.Users, 'user', declared)) {
      this.join(draft, group, stack, both(own, guard));
    }
  }

  private join(user: Draft, name: Text, stack: Stack, guard: Guard): void {
    const group = this.directories.group.find(name, stack.account)?.entry;
    if (group === undefined)
      user.unknown.push(`the group \`${brief(name)}\` is not in the app, so its policies are not known`);
    else user.memberOf.push({ group, guard: both(user.guard, guard) });
  }

  private attach(
    draft: Draft,
    reading: { readonly document: PolicyDocument; readonly unknown: readonly string[] },
    attached: 'inline',
    origin: Origin,
  ): void {
    draft.attached.push({ document: reading.document, attached, origin });
    draft.unknown.push(...reading.unknown);
  }

  /** A role, user or group that the app names and does not create: one principal, however often it is named. */
  private outsider(kind: 'role' | 'user' | 'group', name: Text, stack: Stack, by: ResourceDeclaration): Draft {
    const key = `${kind} ${show(stack.account)} ${show(name)}`;
    const known = this.external.get(key);
    if (known !== undefined) return known;
    const id = `external/${kind}/${show(name)}`;
    const draft: Draft = {
      kind: 'external',
      origin: { ...originOf(stack, by), id, path: id },
      stack,
      declared: by,
      arn: text('arn:', stack.partition, ':iam::', stack.account, `:${kind}/`, name),
      name,
      account: stack.account,
      guard: ALWAYS,
      attached: [],
      unknown: [`the ${kind} \`${brief(name)}\` is not created by the app, so its other policies are not known`],
      memberOf: [],
      holds: [],
    };
    this.external.set(key, draft);
    this.drafts.push(draft);
    return draft;
  }
}
