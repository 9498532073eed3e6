/**
 * Managed policies by ARN: those that the app creates, with their documents as the templates have
 * them, and those of AWS, from the catalogue. Any other ARN is a policy that nobody here can read.
 */
import { managedPolicy } from '../catalog/managed-policies';
import type { PolicyDocument, Selection, Statement } from '../policy/document';
import { parsePolicy } from '../policy/parse';
import { literal, show, type Text, text } from '../policy/text';
import { conditionGuard } from './conditions';
import { Directory, type Named, parseIamArn } from './directory';
import { arnOf, physicalName } from './identifiers';
import { originOf } from './mark';
import type { AttachedPolicy } from './model';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';
import { readPolicy } from './template-policy';
import { brief } from './text-key';

export interface ManagedPolicyReading {
  readonly attached: AttachedPolicy;
  /** Why the document is not known in full. */
  readonly unknown: readonly string[];
}

interface Declared {
  readonly stack: Stack;
  readonly declared: ResourceDeclaration;
}

export class ManagedPolicies {
  private readonly directory: Directory<Declared>;
  private readonly read = new Map<ResourceDeclaration, ManagedPolicyReading>();
  private readonly aws = new Map<string, AttachedPolicy>();

  constructor(private readonly r: Resolver) {
    const entries: Named<Declared>[] = [];
    for (const stack of r.app.stacks) {
      for (const declared of stack.template.resources.values()) {
        if (declared.type !== 'AWS::IAM::ManagedPolicy') continue;
        const name = physicalName(r, stack, declared.logicalId);
        if (name !== undefined) entries.push({ entry: { stack, declared }, account: stack.account, name });
      }
    }
    this.directory = new Directory(entries);
  }

  /** The policy of that ARN, or the reason why it cannot be read. */
  find(arn: Text, partition: Text): ManagedPolicyReading | string {
    const parts = parseIamArn(arn);
    if (parts === undefined) return `the managed policy \`${brief(arn)}\` is not known before deployment`;
    if (literal(parts.account) === 'aws')
      return this.ofAws(arn, partition) ?? `\`${brief(arn)}\` is not a policy of AWS that the catalogue holds`;
    const found = parts.kind === 'policy' ? this.directory.find(parts.name, parts.account) : undefined;
    if (found === undefined)
      return `the managed policy \`${brief(arn)}\` is not in the app, so its statements are not known`;
    if (found.sure) return this.ofApp(found.entry.stack, found.entry.declared);
    return `the managed policy \`${brief(arn)}\` may be the app's or one of that name in another account; give its stack an environment`;
  }

  ofApp(stack: Stack, declared: ResourceDeclaration): ManagedPolicyReading {
    const known = this.read.get(declared);
    if (known !== undefined) return known;
    const origin = originOf(stack, declared);
    const guard = conditionGuard(this.r, stack, declared.condition);
    const { document, unknown } = readPolicy(
      this.r,
      stack,
      declared.properties.PolicyDocument,
      origin.path,
      'identity',
      guard,
    );
    const arn = arnOf(this.r, stack, declared.logicalId);
    const reading = {
      attached: { document, attached: 'managed' as const, origin, ...(arn === undefined ? {} : { arn }) },
      unknown,
    };
    this.read.set(declared, reading);
    return reading;
  }

  private ofAws(arn: Text, partition: Text): ManagedPolicyReading | undefined {
    const written = literal(
      text(...arn.parts.map((p) => (typeof p === 'string' ? p : p.type === 'partition' ? 'aws' : p))),
    );
    if (written === undefined) return undefined;
    const key = `${written} ${show(partition)}`;
    let attached = this.aws.get(key);
    if (attached === undefined) {
      const policy = managedPolicy(written);
      if (policy === undefined) return undefined;
      const document = parsePolicy(policy.document, policy.arn, { kind: 'identity', texts: false });
      attached = { document: inPartition(document, partition), attached: 'aws-managed', arn };
      this.aws.set(key, attached);
    }
    return { attached, unknown: [] };
  }
}

/** AWS publishes its documents once, with ARNs of the partition `aws`; each partition has its own. */
function inPartition(document: PolicyDocument, partition: Text): PolicyDocument {
  if (literal(partition) === 'aws') return document;
  const moved = (t: Text): Text => {
    const [first, ...rest] = t.parts;
    if (typeof first !== 'string' || !first.startsWith('arn:aws:')) return t;
    return text('arn:', partition, first.slice('arn:aws'.length), ...rest);
  };
  const selection = (s: Selection | undefined): Selection | undefined => s && { ...s, patterns: s.patterns.map(moved) };
  const statement = (s: Statement): Statement => ({
    ...s,
    ...(s.resource === undefined ? {} : { resource: selection(s.resource) as Selection }),
    conditions: s.conditions.map((c) => ({ ...c, values: c.values.map(moved) })),
  });
  return { ...document, statements: document.statements.map(statement) };
}
