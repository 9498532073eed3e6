/**
 * What CloudFormation's resource types are called in policies, for `lib/model/arn-shapes.ts`: a line a type, with the property
 * that names it, its ARN, what `Ref` returns, and the attributes that are its ARN, id or name.
 *
 * The types, their properties, attributes and references are those of aws-cdk-lib's L1 constructs, which are generated from
 * AWS's resource schemas; the ARNs are those of the Service Authorization Reference. A type whose own name is
 * that of one of the service's resource types is taken for it; other pairs are in `lib/catalog/curated/types.tsv`.
 * What names what is not guessed: a slot that no property fills is a part that AWS generates.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inOrder, readTable, type SourceService } from './sources';

/** For a type that only sounds like a resource type of its service. */
const NONE = '-';

interface L1 {
  readonly type: string;
  /** In CDK's notation, where the library writes the ARN out. */
  readonly arn?: string;
  readonly properties: readonly string[];
  /** Members of its reference interface: what they are, and the expression that gives them. */
  readonly reference: readonly (readonly [string, string])[];
  readonly attributes: readonly string[];
}

export interface Aliases {
  /** Namespace of CloudFormation → prefix of IAM. */
  readonly services: ReadonlyMap<string, string>;
  /** Type → resource type `prefix:key`, or `-` for none. */
  readonly types: ReadonlyMap<string, string>;
}

/** `AWS::MSK` kafka, or `AWS::Neptune::DBCluster` rds:cluster. */
export function readAliases(): Aliases {
  const rows = readTable('types.tsv', 2);
  const map = (types: boolean) =>
    new Map(rows.filter(([type]) => (type!.split('::').length === 3) === types).map(([a, b]) => [a!, b!]));
  return { services: map(false), types: map(true) };
}

/** Aliases of types that are not there (any more), or that lead to no resource type. */
export function staleAliases(aliases: Aliases, services: readonly SourceService[]): readonly string[] {
  const known = new Set(readL1s().flatMap(({ type }) => [type, type.split('::').slice(0, 2).join('::')]));
  const targets = new Set(services.flatMap(({ prefix, types }) => [prefix, ...types.map((t) => `${prefix}:${t.key}`)]));
  return [...aliases.services, ...aliases.types]
    .filter(([type, target]) => !known.has(type) || !(target === NONE || targets.has(target)))
    .map(([type, target]) => `types.tsv: ${type} ${target}`);
}

export function renderShapes(services: readonly SourceService[], aliases: Aliases): string {
  const lines = readL1s().flatMap((l1) => {
    const arn = arnOf(l1, services, aliases);
    // Where AWS lists several, the last is of the type itself: `apis/…, restapis/…`.
    return arn === undefined ? [] : [shapeOf(l1, arn.split(', ').at(-1)!)];
  });
  return `${lines.sort(inOrder).join('\n')}\n`;
}

let l1s: readonly L1[] | undefined;

function readL1s(): readonly L1[] {
  if (l1s !== undefined) return l1s;
  const root = dirname(require.resolve('aws-cdk-lib/package.json'));
  const found = new Map<string, L1>();
  for (const module of readdirSync(root).sort(inOrder)) {
    const lib = join(root, module, 'lib');
    if (!module.startsWith('aws-') || !existsSync(lib)) continue;
    for (const file of readdirSync(lib).filter((f) => f.endsWith('.generated.js'))) {
      const classes = readFileSync(join(lib, file), 'utf8').split(/(?=class Cfn\w+ extends cdk\(\)\.CfnResource\{)/);
      for (const source of classes.slice(1)) {
        const l1 = parse(source);
        if (l1 !== undefined) found.set(l1.type, l1);
      }
    }
  }
  if (found.size < 1500) throw new Error(`aws-cdk-lib: got ${found.size} L1 constructs, expected more than 1500`);
  l1s = [...found.values()];
  return l1s;
}

function parse(source: string): L1 | undefined {
  const type = /CFN_RESOURCE_TYPE_NAME="([^"]+)"/.exec(source)?.[1];
  const head = source.slice(0, source.indexOf('cfnPropertyNames='));
  const names = /cfnPropertyNames=\{([^}]*)\}/.exec(source)?.[1] ?? '';
  if (type === undefined) return undefined;
  const arn = /static arnFor\w+\(resource\).*?TemplateString\("([^"]+)"\)/.exec(head)?.[1];
  const reference = /get \w+Ref\(\)\{return\{([^}]*)\}\}/.exec(source)?.[1] ?? '';
  return {
    type,
    ...(arn === undefined ? {} : { arn }),
    properties: [...names.matchAll(/"([^"]+)"/g)].map((m) => m[1]!),
    reference: [...reference.matchAll(/(\w+):(this\.\w+)(?=,|$)/g)].map((m) => [m[1]!, m[2]!] as const),
    attributes: [...new Set([...source.matchAll(/getAtt\("([^"]+)"/g)].map((m) => m[1]!))].sort(inOrder),
  };
}

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function arnOf({ type, arn }: L1, services: readonly SourceService[], aliases: Aliases): string | undefined {
  const [vendor, namespace, own] = type.split('::') as [string, string, string];
  const given = aliases.types.get(type);
  if (given === NONE) return undefined;
  if (given === undefined && arn !== undefined) return arn;
  const prefix = given?.split(':')[0] ?? aliases.services.get(`${vendor}::${namespace}`) ?? namespace.toLowerCase();
  const types = services.find((s) => s.prefix === prefix)?.types ?? [];
  if (given !== undefined) return types.find((t) => `${prefix}:${t.key}` === given)?.arn;
  const fits = (key: string, name: string): boolean => letters(key) === letters(name);
  return [own, `${namespace}${own}`, `${own}Resource`].flatMap((n) => types.filter((t) => fits(t.key, n)))[0]?.arn;
}

/** The line: type, property with the name, ARN, what `Ref` is, attributes; `-` where there is none. */
function shapeOf(l1: L1, arn: string): string {
  const own = l1.type.split('::')[2]!;
  const slots = [...arn.matchAll(/\$\{(\w+)\}/g)].map((m) => m[1]!).filter((s) => !PLACES.has(s));
  // The parent's name is not the resource's own: of several slots the last that is named after the type, else the last.
  const slot = slots.findLast((s) => letters(s).startsWith(letters(own))) ?? slots.at(-1);
  const ref = l1.reference.find(([, expression]) => expression === 'this.ref')?.[0];
  const name = slot === undefined ? undefined : nameOf(slot, own, l1, ref);
  const mine =
    name !== undefined ? '{name}' : slot !== undefined && isGenerated(slot, own, ref, l1) ? '{id}' : `{~${slot}}`;
  const text = arn.replace(/\$\{(\w+)\}/g, (_, s: string) => {
    if (PLACES.has(s)) return `{${s.toLowerCase()}}`;
    if (s === slot) return mine;
    // The parent, by the property that names it.
    const parent = l1.properties.find((p) => letters(p) === letters(s));
    return parent === undefined ? `{~${s}}` : `{$${parent}}`;
  });
  const means = (member: string): string | undefined => {
    const is = letters(member);
    if (is.endsWith('arn')) return is === `${letters(own)}arn` || is === 'arn' ? '{arn}' : undefined;
    if (slot === undefined || mine.startsWith('{~')) return undefined;
    const own_ = [slot, `${own}${slot}`, ...(name === undefined ? [] : [name, `${own}${name}`])].map(letters);
    return own_.includes(is) ? mine : undefined;
  };
  const attributes = l1.attributes.flatMap((attribute) => {
    const expression = `this.attr${attribute[0]!.toUpperCase()}${attribute.slice(1)}`;
    const member = l1.reference.find(([, e]) => e === expression)?.[0];
    const meant = means(attribute) ?? (member === undefined ? undefined : means(member));
    return meant === undefined ? [] : [`${attribute}=${meant}`];
  });
  const refers = ref === undefined ? undefined : means(ref);
  return [l1.type, name ?? '-', text, refers ?? '{ref}', attributes.length === 0 ? '-' : attributes.join(' ')].join(
    '\t',
  );
}

const PLACES: ReadonlySet<string> = new Set(['Partition', 'Region', 'Account']);

/** The property that gives the name: `CanaryName` is `Name` of a canary, or `CanaryName`, or what the reference is called. */
function nameOf(slot: string, own: string, { properties }: L1, ref: string | undefined): string | undefined {
  const [is, type] = [letters(slot), letters(own)];
  const rest = is.startsWith(type) ? is.slice(type.length) : is;
  const wanted = [is, rest, ...(rest === '' || rest === 'name' ? [`${type}name`, 'name'] : [])];
  const called =
    ref === undefined || /arn$/i.test(ref) ? [] : [letters(ref), letters(ref).replace(/id$/, 'identifier')];
  for (const name of [...wanted, ...called]) {
    const found = properties.find((p) => letters(p) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** AWS makes it: an attribute, which nobody can give, says so; or `Ref` returns what no property gives. */
function isGenerated(slot: string, own: string, ref: string | undefined, l1: L1): boolean {
  const is = letters(slot).startsWith(letters(own)) ? letters(slot).slice(letters(own).length) : letters(slot);
  const given = [...l1.attributes, ...l1.reference.map(([member]) => member)].map(letters);
  if ([is, letters(slot), `${letters(own)}${is}`].some((name) => name !== '' && given.includes(name))) return true;
  return ref !== undefined && !/arn$/i.test(ref) && !l1.properties.some((p) => letters(p) === letters(ref));
}
