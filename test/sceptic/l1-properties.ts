/**
 * Every property of every resource type of CloudFormation, as aws-cdk-lib's L1 constructs have them, which are generated from
 * AWS's resource schemas: paths of keys, with `[]` after lists and `*` for members of maps. What reads properties by
 * name is held against this list, so that a type that AWS adds is not passed over in silence.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Type → paths of the properties whose last key matches. */
export function propertiesCalled(key: RegExp): ReadonlyMap<string, readonly string[]> {
  const root = dirname(require.resolve('aws-cdk-lib/package.json'));
  const found = new Map<string, Set<string>>();
  for (const module of readdirSync(root)) {
    const lib = join(root, module, 'lib');
    if (!module.startsWith('aws-') || !existsSync(lib)) continue;
    for (const file of readdirSync(lib).filter((f) => f.endsWith('.generated.js'))) {
      const source = readFileSync(join(lib, file), 'utf8');
      const converters = convertersOf(source);
      for (const [, cfn, type] of source.matchAll(
        /class (Cfn\w+) extends cdk\(\)\.CfnResource\{.*?CFN_RESOURCE_TYPE_NAME="([^"]+)"/g,
      )) {
        const paths = found.get(type!) ?? new Set<string>();
        collect(converters, `convert${cfn}PropsToCloudFormation`, [], new Set(), (path) => {
          if (key.test(path.at(-1)!.replace(/\[\]$|\.\*$/g, ''))) paths.add(path.join('.'));
        });
        if (paths.size > 0) found.set(type!, paths);
      }
    }
  }
  return new Map([...found].map(([type, paths]) => [type, [...paths].sort()]));
}

type Converters = ReadonlyMap<string, readonly (readonly [key: string, expression: string])[]>;

/** `convertCfnXToCloudFormation(properties){…{Key:converter(properties.key),…}}`. */
function convertersOf(source: string): Converters {
  const functions = source.matchAll(
    /function (convertCfn\w+ToCloudFormation)\(properties\)\{return cdk\(\)\.canInspect\(properties\)\?\(\w+\(properties\)\.assertSuccess\(\),\{(.*?)\}\):properties\}/g,
  );
  return new Map(
    [...functions].map(([, name, body]) => [
      name!,
      [...body!.matchAll(/(?:^|,)("?[\w-]+"?):(.*?)\(properties\.\w+\)/g)].map(
        (m) => [m[1]!.replaceAll('"', ''), m[2]!] as const,
      ),
    ]),
  );
}

function collect(
  converters: Converters,
  name: string,
  path: readonly string[],
  above: ReadonlySet<string>,
  note: (path: readonly string[]) => void,
): void {
  for (const [key, expression] of converters.get(name) ?? []) {
    const suffix = expression.includes('listMapper') ? '[]' : expression.includes('hashMapper') ? '.*' : '';
    const here = [...path, `${key}${suffix}`];
    const inner = [...expression.matchAll(/convertCfn\w+ToCloudFormation/g)].map((m) => m[0]);
    if (inner.length === 0) note(here);
    for (const next of inner) if (!above.has(next)) collect(converters, next, here, new Set([...above, next]), note);
  }
}
