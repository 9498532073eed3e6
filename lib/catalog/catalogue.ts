/**
 * The facts about AWS that the policy engine decides over, from the committed snapshot in `data`
 * (see docs/catalogue.md). Everything is synchronous and parsed only when asked: the names of the
 * actions with the first question, formats by service, condition keys with the first key.
 */
import type { Catalogue, KeyFacts, ResourceFormat, Slot } from '../policy/catalogue';
import { keyFacts } from './condition-keys';
import { readSnapshotText } from './snapshot';

/** As the Service Authorization Reference classifies actions. */
export type AccessLevel = 'list' | 'read' | 'write' | 'tagging' | 'permissions-management';

export interface AwsCatalogue extends Catalogue {
  /** The id of an action in any case, or undefined when AWS has no such action. */
  actionId(name: string): number | undefined;
  accessLevel(action: number): AccessLevel;
  /** The ARN formats of all resource types of a service prefix; empty for an unknown one. */
  serviceFormats(service: string): readonly ResourceFormat[];
}

let catalogue: AwsCatalogue | undefined;

/** One catalogue a process. */
export function awsCatalogue(): AwsCatalogue {
  catalogue ??= load();
  return catalogue;
}

const LEVELS: Readonly<Record<string, AccessLevel>> = {
  L: 'list',
  R: 'read',
  W: 'write',
  T: 'tagging',
  P: 'permissions-management',
};

/** A request that names no resource is authorised on `*`. */
const NO_RESOURCE: ResourceFormat = { id: '*', parts: ['*'] };

function load(): AwsCatalogue {
  const actions: string[] = [];
  /** ` Name⇥Level⇥types` of each action: parsed when its facts are asked for. */
  const lines: string[] = [];
  let prefix = '';
  for (const line of readSnapshotText('actions.txt').split('\n')) {
    if (line.charCodeAt(0) === SPACE) {
      actions.push(prefix + line.slice(1, line.indexOf('\t')));
      lines.push(line);
    } else prefix = `${line}:`;
  }

  const interned = new Map<string, readonly ResourceFormat[]>();
  const known: (readonly ResourceFormat[] | undefined)[] = [];
  function resourceFormats(action: number): readonly ResourceFormat[] {
    known[action] ??= formatsOfAction(action);
    return known[action];
  }
  function formatsOfAction(action: number): readonly ResourceFormat[] {
    let at = action;
    let types = cell(lines, at, 2);
    while (types === '"') types = cell(lines, --at, 2);
    if (types === '') return [];
    const service = serviceOf(actions[action]!);
    const key = `${service}:${types}`;
    let formats = interned.get(key);
    if (formats === undefined) {
      const ofType = formatsOfService(service);
      formats = types.split(';').flatMap((type) => {
        if (type === '*') return [NO_RESOURCE];
        return type === '@' ? documented(ofType) : (ofType.get(type) ?? []);
      });
      interned.set(key, formats);
    }
    return formats;
  }

  return {
    actions,
    resourceFormats,
    keyFacts: (key): KeyFacts => keyFacts(key),
    actionId: (name) => find(actions, name.toLowerCase()),
    accessLevel: (action) => LEVELS[cell(lines, action, 1)]!,
    serviceFormats: (service) => [...formatsOfService(service).values()].flat(),
  };
}

const SPACE = 0x20;

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}

function cell(lines: readonly string[], line: number, column: number): string {
  return lines[line]?.split('\t')[column] ?? '';
}

/** Binary search over names in the order of their lower-cased spelling. */
function find(actions: readonly string[], wanted: string): number | undefined {
  let low = 0;
  let high = actions.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const name = actions[middle]!.toLowerCase();
    if (name === wanted) return middle;
    if (name < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

let formatsText: string | undefined;
/** The formats of the types that AWS documents; those that our corrections add are called `any …` or `every …`. */
function documented(types: ReadonlyMap<string, readonly ResourceFormat[]>): readonly ResourceFormat[] {
  return [...types].flatMap(([type, formats]) => (/^(any|every) /.test(type) ? [] : formats));
}

const services = new Map<string, ReadonlyMap<string, readonly ResourceFormat[]>>();

/** Resource type → its formats, in the order of the snapshot. */
function formatsOfService(service: string): ReadonlyMap<string, readonly ResourceFormat[]> {
  let types = services.get(service);
  if (types === undefined) {
    types = parseFormats(service);
    services.set(service, types);
  }
  return types;
}

function parseFormats(service: string): ReadonlyMap<string, readonly ResourceFormat[]> {
  const types = new Map<string, ResourceFormat[]>();
  const heading = `\n${service}\n`;
  // The leading newline lets the first service's heading be found like the others.
  formatsText ??= `\n${readSnapshotText('formats.txt')}`;
  const start = formatsText.indexOf(heading);
  if (start < 0) return types;
  for (const line of formatsText.slice(start + heading.length).split('\n', MAX_TYPES)) {
    if (line.charCodeAt(0) !== SPACE) break;
    const tab = line.indexOf('\t');
    const type = line.slice(1, tab);
    const format = line.slice(tab + 1);
    const known = types.get(type) ?? [];
    const id = `${service}:${type}${known.length === 0 ? '' : `#${known.length + 1}`}`;
    const standard = `arn:{partition}:${service}:{region}:{account}:`;
    types.set(type, [...known, { id, parts: parseParts(format.replace('~', standard)) }]);
  }
  return types;
}

/** No service has as many resource types; bounds the split of the snapshot's tail. */
const MAX_TYPES = 1000;

/** `arn:{partition}:s3:::{name}` → literals and slots in order. */
function parseParts(format: string): ResourceFormat['parts'] {
  return format
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 === 0 ? part : { slot: part as Slot }))
    .filter((part) => part !== '');
}
