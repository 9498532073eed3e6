/**
 * Credentials that are written into what will be deployed: into properties and metadata of resources, defaults of
 * parameters, mappings and outputs, and into the files that are uploaded with them. A path of the model says where each
 * stands; what nobody read is an assumption.
 */
import { isNamedCredential } from '../secrets/named';
import { Budget, searchFiles, searchTemplate, type Unread } from '../secrets/scan';
import type { Element } from './elements';
import { isObject, objectAt } from './json';
import type { Assumption, WrittenSecret } from './model';
import type { App, Stack } from './stack';

/** What is uploaded beside the templates. */
export interface AssetSource {
  /** A file or a folder. */
  readonly path: string;
  /** What a reader knows it by. */
  readonly name: string;
}

interface Part {
  readonly part: string;
  readonly value: unknown;
  readonly at: string;
}

export function readSecrets(
  app: App,
  elements: readonly Element[],
  assets: readonly AssetSource[],
): { readonly found: readonly WrittenSecret[]; readonly assumptions: readonly Assumption[] } {
  const parts = [...elements.flatMap(ofElement), ...app.stacks.flatMap(ofStack)];
  const found: WrittenSecret[] = searchTemplate(parts).map(({ part, found: f }) => ({ path: part, ...f }));
  found.push(...app.stacks.flatMap(hiddenDefaults));
  const assumptions: Assumption[] = [];
  const budget = new Budget();
  for (const { path, name } of assets) {
    const searched = searchFiles(path, budget);
    found.push(...searched.found.map((f) => ({ path: name, ...f })));
    if (searched.unread.size > 0) assumptions.push(unread(name, searched.unread));
  }
  return { found, assumptions };
}

function ofElement({ declared, origin }: Element): readonly Part[] {
  const properties = { part: origin.path, value: declared.properties, at: '' };
  const { metadata } = declared;
  // Most have no other.
  if (Object.keys(metadata).every((key) => key === 'aws:cdk:path' || key === 'bulkhead')) return [properties];
  const { 'aws:cdk:path': _, bulkhead: __, ...others } = metadata;
  return [properties, { part: origin.path, value: others, at: 'Metadata' }];
}

/** By name: a default is what its parameter is called, and so is what an output shows. */
function ofStack(stack: Stack): readonly Part[] {
  const { rendered, parameters, outputs, mappings } = stack.template;
  const part = rendered.path ?? stack.id;
  return [
    { part, value: objectOf([...parameters].map(([name, { default: value }]) => [name, value])), at: 'Parameters' },
    { part, value: objectOf([...outputs].map(([name, { value }]) => [name, value])), at: 'Outputs' },
    { part, value: mappings, at: 'Mappings' },
  ];
}

function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Whoever hides a parameter says that it is a credential, whatever its name. */
function hiddenDefaults({ id, template: { rendered } }: Stack): readonly WrittenSecret[] {
  return Object.entries(objectAt(rendered.template, 'Parameters')).flatMap(([name, declared]) => {
    if (!isObject(declared) || String(declared.NoEcho) !== 'true' || typeof declared.Default !== 'string') return [];
    if (!isNamedCredential('SecretString', declared.Default) || isNamedCredential(name, declared.Default)) return [];
    return [{ path: rendered.path ?? id, at: `Parameters.${name}`, what: 'the default of a hidden parameter' }];
  });
}

function unread(name: string, kinds: ReadonlyMap<Unread, number>): Assumption {
  const counted = [...kinds].map(
    ([kind, n]) => `${n} ${n === 1 ? kind : kind.replace(/^(archive|binary file|file)/, '$1s')}`,
  );
  return {
    id: 'unsearched-assets',
    text: `no credential stands in what was not searched of the asset \`${name}\`: ${counted.join(', ')}`,
  };
}
