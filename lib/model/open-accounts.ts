/**
 * Places without an account that still cannot be in one: an account has one role, user, group or managed policy of a name, so
 * two Stages (or two assemblies) that both make one of that name are deployed into two accounts. Then what names an account in
 * one of them never means the other's.
 *
 * Only what each of the places is sure to make counts: names that are written out, under no condition, or that name beside that
 * the region, partition and account, which stacks without an environment have in common (the assumption `one-environment`): in one account
 * they would be one name. Where not every two of several places are told apart, as many as are have an account each,
 * and the others one that may be anybody's. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html ("names ... must be unique within the account")
 */
import type { Hole } from '../policy/text';
import { isList, isObject } from './json';
import type { RenderedTemplate } from './rendered-template';

const NAMED: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
};

/** By place, its account where that is open and differs from those of the others here. Two at least, or none. */
export function accountsApart(rendered: readonly RenderedTemplate[]): ReadonlyMap<string, Hole> {
  const names = new Map<string, Set<string>>();
  for (const { account, stage = '', template } of rendered) {
    if (account !== undefined) continue;
    const known = names.get(stage) ?? new Set<string>();
    names.set(stage, known);
    for (const name of namesIn(template)) known.add(name);
  }
  const places = [...names.keys()];
  const differ = (a: string, b: string): boolean => [...names.get(a)!].some((name) => names.get(b)!.has(name));
  const groups = places.map((first) => {
    const group = [first];
    for (const place of places) if (place !== first && group.every((other) => differ(other, place))) group.push(place);
    return group;
  });
  const apart = groups.reduce<string[]>((most, group) => (group.length > most.length ? group : most), []);
  return new Map(apart.length < 2 ? [] : apart.map((place) => [place, accountOf(place)]));
}

function accountOf(place: string): Hole {
  const where = place === '' ? 'the stacks of no Stage' : place;
  return {
    hole: `AWS::AccountId@${place}`,
    type: 'account',
    identity: 'AWS::AccountId',
    label: `AWS::AccountId of ${where}`,
  };
}

function namesIn(template: unknown): readonly string[] {
  const resources = isObject(template) && isObject(template.Resources) ? Object.values(template.Resources) : [];
  return resources.flatMap((resource) => {
    if (!isObject(resource) || resource.Condition !== undefined || typeof resource.Type !== 'string') return [];
    const property = NAMED[resource.Type];
    const name = property !== undefined && isObject(resource.Properties) ? resource.Properties[property] : undefined;
    // IAM tells names apart without regard to case.
    const written = writtenName(name);
    return written === undefined ? [] : [`${resource.Type} ${written.toLowerCase()}`];
  });
}

const COMMON: ReadonlySet<unknown> = new Set(['AWS::Region', 'AWS::Partition', 'AWS::AccountId']);

/** As `Fn::Sub` would have it; undefined where anything but the environment stands in it. */
function writtenName(name: unknown): string | undefined {
  if (typeof name === 'string') return name;
  if (!isObject(name)) return undefined;
  const { Ref: ref, 'Fn::Sub': format, 'Fn::Join': join } = name;
  if (COMMON.has(ref)) return `\${${String(ref)}}`;
  if (typeof format === 'string') {
    const holes = [...format.matchAll(/\$\{([^}]*)\}/g)].map(([, hole]) => hole);
    return holes.every((hole) => COMMON.has(hole)) ? format : undefined;
  }
  if (!isList(join)) return undefined;
  const [delimiter, pieces] = join;
  const written = isList(pieces) ? pieces.map(writtenName) : [undefined];
  return written.includes(undefined) || typeof delimiter !== 'string' ? undefined : written.join(delimiter);
}
