/**
 * Templates as deployed: each with its environment, the stack that nests it, and the exports it
 * offers to others. This is the symbol table that intrinsics are resolved against.
 *
 * Account, region and partition are literals where the app names its environment. All stacks that
 * leave it open share one hole for each, as one `cdk deploy` gives them one environment; the model
 * prints that as an assumption. Places that cannot be in one account have an account each (open-accounts.ts).
 */

import { type Hole, show, type Text, text } from '../policy/text';
import { InputError } from './input-error';
import { accountsApart } from './open-accounts';
import type { RenderedTemplate } from './rendered-template';
import type { Resolved } from './resolved';
import type { What } from './resolver';
import { nameOf, parseTemplate, type Template } from './template';
import { textKey } from './text-key';

export interface Stack {
  /** Unique in the app: the stack's name, with the environment where two stacks share a name. */
  readonly id: string;
  readonly template: Template;
  readonly partition: Text;
  readonly account: Text;
  readonly region: Text;
  /** The stack and the resource in it that deploy this one. */
  parent?: { readonly stack: Stack; readonly logicalId: string };
  /** Nested stacks by the logical id of the resource that deploys them. */
  readonly nested: Map<string, Stack>;
  /** Values of the template that have been resolved, by the object that they were written as. */
  readonly resolved: Map<object, Resolved>;
  /** What its names stand for. */
  readonly known: Map<What, Map<string, Resolved>>;
}

export interface App {
  readonly stacks: readonly Stack[];
  /** Stacks by physical name. */
  readonly byName: ReadonlyMap<string, readonly Stack[]>;
}

export const ACCOUNT_HOLE: Hole = { hole: 'AWS::AccountId', type: 'account', label: 'AWS::AccountId' };
export const REGION_HOLE: Hole = { hole: 'AWS::Region', type: 'region', label: 'AWS::Region' };
export const PARTITION_HOLE: Hole = { hole: 'AWS::Partition', type: 'partition', label: 'AWS::Partition' };

/** Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];

export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

export function buildApp(rendered: readonly RenderedTemplate[]): App {
  const stacks: Stack[] = [];
  const byName = new Map<string, Stack[]>();
  const taken = new Set<string>();
  const apart = accountsApart(rendered);
  for (const r of rendered) {
    const id = uniqueId(r, taken);
    const stack: Stack = {
      id,
      template: parseTemplate(r),
      ...environmentOf(r, apart.get(r.stage ?? '')),
      nested: new Map(),
      resolved: new Map(),
      known: new Map(),
    };
    stacks.push(stack);
    byName.set(r.stackName, [...(byName.get(r.stackName) ?? []), stack]);
  }
  const linked = stacks.map((stack) => link(stack, byName));
  for (const stack of linked) refuseNestingCycle(stack);
  return { stacks: linked, byName };
}

/** Gives a nested stack its parent. In place: the parent must see the same object in `nested`. */
function link(stack: Stack, byName: ReadonlyMap<string, readonly Stack[]>): Stack {
  const nestedIn = stack.template.rendered.nestedIn;
  if (nestedIn === undefined) return stack;
  const candidates = (byName.get(nestedIn.stackName) ?? []).filter((s) => s !== stack);
  const parent = candidates.find((s) => sameEnvironment(s, stack)) ?? candidates[0];
  if (parent === undefined) {
    const { rendered } = stack.template;
    throw new InputError(
      `${nameOf(rendered)} is nested in stack \`${nestedIn.stackName}\`, which is not among the templates`,
      rendered.file,
    );
  }
  stack.parent = { stack: parent, logicalId: nestedIn.logicalId };
  parent.nested.set(nestedIn.logicalId, stack);
  return stack;
}

function refuseNestingCycle(stack: Stack): void {
  const seen = new Set<Stack>();
  for (let s: Stack | undefined = stack; s !== undefined; s = s.parent?.stack) {
    if (seen.has(s))
      throw new InputError(
        `${nameOf(stack.template.rendered)}: nested stacks contain one another`,
        stack.template.rendered.file,
      );
    seen.add(s);
  }
}

export function sameEnvironment(a: Stack, b: Stack): boolean {
  return textKey(a.account) === textKey(b.account) && textKey(a.region) === textKey(b.region);
}

/** `111122223333/eu-west-1`, or `AWS::AccountId/AWS::Region`. */
export function environmentName(stack: Stack): string {
  return `${show(stack.account)}/${show(stack.region)}`;
}

function environmentOf(r: RenderedTemplate, open = ACCOUNT_HOLE): Pick<Stack, 'account' | 'partition' | 'region'> {
  const partition = r.partition ?? (r.region === undefined ? undefined : partitionOf(r.region));
  return {
    account: r.account === undefined ? text(open) : text(r.account),
    region: r.region === undefined ? text(REGION_HOLE) : text(r.region),
    partition: partition === undefined ? text(PARTITION_HOLE) : text(partition),
  };
}

function uniqueId(r: RenderedTemplate, taken: Set<string>): string {
  const environment = [r.account, r.region].filter((p) => p !== undefined).join('-');
  const candidates = [r.stackName, ...(environment === '' ? [] : [`${r.stackName}@${environment}`])];
  let id = candidates.find((c) => !taken.has(c));
  for (let n = 2; id === undefined; n++) if (!taken.has(`${r.stackName}#${n}`)) id = `${r.stackName}#${n}`;
  taken.add(id);
  return id;
}
