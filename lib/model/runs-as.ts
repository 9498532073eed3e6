/**
 * The roles that a resource runs as. From the table for the types it holds; for every other AWS
 * type, any property whose name speaks of a role and whose value is one of the app's roles counts,
 * so that a service missing from the table hides nobody.
 */
import { isText, literal, type Text, text } from '../policy/text';
import { parseIamArn } from './directory';
import type { Element, ElementIndex } from './elements';
import { isResolvedList, isResolvedObject, property, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';
import { RUNS_AS } from './runs-as-table';
import { textKey } from './text-key';
import { anyVariant, type PropertyVariants } from './variants';

export interface RunningRole {
  readonly service: string;
  readonly role: Text;
}

/** @param rolesOfProfile the ARNs of the roles that an instance profile holds, by the profile's id */
export function runsAs(
  r: Resolver,
  element: Element,
  variants: PropertyVariants,
  index: ElementIndex,
  rolesOfProfile: ReadonlyMap<string, readonly Text[]>,
): readonly RunningRole[] {
  const { type } = element.declared;
  const found: RunningRole[] = [];
  const rows = RUNS_AS.get(type);
  for (const { service, path, profile } of rows ?? []) {
    for (const value of valuesOf(variants, path)) {
      if (!profile) found.push({ service, role: roleArn(element, value, index) });
      else for (const role of ofProfile(element, value, index, rolesOfProfile)) found.push({ service, role });
    }
  }
  if (rows === undefined) found.push(...guessed(element, variants, index, rolesOfProfile));
  if (type.startsWith(BEANSTALK)) found.push(...ofOptions(element, variants, index, rolesOfProfile));
  if (isCustom(type)) found.push(...provider(r, variants, index));
  if (found.length < 2) return found;
  return [...new Map(found.map((f) => [`${f.service} ${textKey(f.role)}`, f])).values()];
}

function valuesOf(variants: PropertyVariants, path: readonly string[]): readonly Text[] {
  const [first = '', ...rest] = path;
  if (first === '**') return [...variants.values()].flat().flatMap((value) => valuesAt(value, path));
  return (variants.get(first) ?? []).flatMap((value) => valuesAt(value, rest));
}

export function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** Every value at the path: `[]` for each element, `*` for each member, `**` for any depth. */
function valuesAt(value: Resolved | undefined, path: readonly string[]): readonly Text[] {
  if (value === undefined) return [];
  const [step, ...rest] = path;
  if (step === undefined) {
    if (isResolvedList(value)) return value.flatMap((v) => toText(v) ?? []);
    const t = toText(value);
    return t === undefined ? [] : [t];
  }
  if (step === '[]') return isResolvedList(value) ? value.flatMap((v) => valuesAt(v, rest)) : valuesAt(value, rest);
  if (step === '**') {
    const inner = isResolvedList(value) ? value : isResolvedObject(value) ? Object.values(value) : [];
    return [...valuesAt(value, rest), ...inner.flatMap((v) => valuesAt(v, path))];
  }
  if (!isResolvedObject(value)) return [];
  if (step === '*') return Object.values(value).flatMap((v) => valuesAt(v, rest));
  return valuesAt(property(value, step), rest);
}

/** Services take a role's ARN; some take its name, which leaves the path to be found. */
function roleArn(element: Element, value: Text, index: ElementIndex): Text {
  const known = index.find(value, ['AWS::IAM::Role'], element.stack.account)?.[0]?.arn;
  if (known !== undefined) return known;
  const first = value.parts[0];
  if (typeof first === 'string' && first.startsWith('arn:')) return value;
  const plain = literal(value);
  const isName =
    plain === undefined
      ? value.parts.every((p) => typeof p === 'string' || p.type === 'segment')
      : /^[\w+=,.@-]+$/.test(plain);
  const { partition, account } = element.stack;
  return isName ? text('arn:', partition, ':iam::', account, ':role/', value) : value;
}

function ofProfile(
  element: Element,
  value: Text,
  index: ElementIndex,
  rolesOfProfile: ReadonlyMap<string, readonly Text[]>,
): readonly Text[] {
  const profiles = index.find(parseIamArn(value)?.name ?? value, ['AWS::IAM::InstanceProfile'], element.stack.account);
  return profiles?.flatMap((profile) => rolesOfProfile.get(profile.origin.id) ?? []) ?? [];
}

const BEANSTALK = 'AWS::ElasticBeanstalk::';

/** Options name the roles by an option name beside the value. Source: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html */
function ofOptions(
  element: Element,
  variants: PropertyVariants,
  index: ElementIndex,
  rolesOfProfile: ReadonlyMap<string, readonly Text[]>,
): readonly RunningRole[] {
  const options = (variants.get('OptionSettings') ?? []).flatMap((list) =>
    list !== undefined && isResolvedList(list) ? list : [],
  );
  return options.flatMap((option): readonly RunningRole[] => {
    const [name, value] = [property(option, 'OptionName'), toText(property(option, 'Value'))];
    if (value === undefined) return [];
    if (name === 'ServiceRole')
      return [{ service: 'elasticbeanstalk.amazonaws.com', role: roleArn(element, value, index) }];
    if (name !== 'IamInstanceProfile') return [];
    return ofProfile(element, value, index, rolesOfProfile).map((role) => ({ service: EC2, role }));
  });
}

const EC2 = 'ec2.amazonaws.com';

type KeyKind = 'profile' | 'role' | 'other';

/** A template has few names of properties, each many times. */
const kinds = new Map<string, KeyKind>();
const MAX_KINDS = 10_000;

/** What a property of that name may name. */
function kindOf(key: string): KeyKind {
  const known = kinds.get(key);
  if (known !== undefined) return known;
  const kind = /instanceprofile/i.test(key) ? 'profile' : /role/i.test(key) ? 'role' : 'other';
  if (kinds.size < MAX_KINDS) kinds.set(key, kind);
  return kind;
}

/** For types that the table does not hold: `…Role…` properties that name a role of the app, `…InstanceProfile…` that name a profile. */
function guessed(
  element: Element,
  variants: PropertyVariants,
  index: ElementIndex,
  rolesOfProfile: ReadonlyMap<string, readonly Text[]>,
): readonly RunningRole[] {
  const { type } = element.declared;
  const [vendor, service] = type.split('::');
  if (vendor !== 'AWS' || service === undefined || service === 'IAM' || type === 'AWS::CloudFormation::Stack')
    return [];
  const found: RunningRole[] = [];
  const visit = (inner: Resolved, key: string): void => {
    if (typeof inner === 'object' && inner !== null && !isText(inner)) {
      if (isResolvedList(inner)) {
        for (const item of inner) if (typeof item === 'object' || kindOf(key) !== 'other') visit(item, key);
      } else {
        for (const k in inner) if (typeof inner[k] === 'object' || kindOf(k) !== 'other') visit(inner[k]!, k);
      }
      return;
    }
    const kind = kindOf(key);
    const named = kind === 'other' ? undefined : toText(inner);
    if (named === undefined) return;
    if (kind === 'profile') {
      for (const role of ofProfile(element, named, index, rolesOfProfile)) found.push({ service: EC2, role });
    } else {
      for (const role of index.find(named, ['AWS::IAM::Role'], element.stack.account) ?? [])
        if (role.arn !== undefined) found.push({ service: `${service.toLowerCase()}.amazonaws.com`, role: role.arn });
    }
  };
  for (const [key, values] of variants) for (const value of values) visit(value, key);
  return found;
}

/** A custom resource runs as the role of the function that its `ServiceToken` names. */
function provider(r: Resolver, variants: PropertyVariants, index: ElementIndex): readonly RunningRole[] {
  const tokens = (variants.get('ServiceToken') ?? []).flatMap((token) => toText(token) ?? []);
  return tokens
    .flatMap((token) => index.mentioned(token))
    .flatMap((target) => {
      if (target.declared.type !== 'AWS::Lambda::Function') return [];
      return anyVariant(r, target.stack, target.declared.properties.Role).flatMap((role) => {
        const arn = toText(role);
        return arn === undefined ? [] : [{ service: 'lambda.amazonaws.com', role: roleArn(target, arn, index) }];
      });
    });
}
