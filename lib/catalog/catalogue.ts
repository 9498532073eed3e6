/**
 * The facts about AWS that the policy engine decides over, from the committed snapshot in `data`
 * (see docs/catalogue.md). Everything is synchronous and parsed only when asked: the names of the
 * actions with the first question, formats by service, condition keys with the first key.
 */
import type { ActionNames, Catalogue, KeyFacts, ResourceFormat, Slot } from '../policy/catalogue';
import { keyFacts } from './condition-keys';
import { readSnapshotText } from './snapshot';

/** As the Service Authorization Reference classifies actions. */
export type AccessLevel = 'list' | 'read' | 'write' | 'tagging' | 'permissions-management';

export interface AwsCatalogue extends Catalogue {
  /** The prefixes of services that have actions. */
  readonly services: readonly string[];
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
  const actions = new Actions(readSnapshotText('actions.txt'));

  const interned = new Map<string, readonly ResourceFormat[]>();
  const known: (readonly ResourceFormat[] | undefined)[] = [];
  function resourceFormats(action: number): readonly ResourceFormat[] {
    known[action] ??= formatsOfAction(action);
    return known[action];
  }
  function formatsOfAction(action: number): readonly ResourceFormat[] {
    let at = action;
    let types = actions.cell(at, 2);
    while (types === '"') types = actions.cell(--at, 2);
    if (types === '') return [];
    const service = actions.serviceOf(action);
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
    services: actions.services,
    resourceFormats,
    keyFacts: (key): KeyFacts => keyFacts(key),
    actionId: (name) => actions.find(name.toLowerCase()),
    accessLevel: (action) => LEVELS[actions.cell(action, 1)]!,
    serviceFormats: (service) => [...formatsOfService(service).values()].flat(),
  };
}

const SPACE = 0x20;

/** The file of actions: a line with a service's prefix, then ` Name⇥Level⇥types` for each of its actions. */
class Actions implements ActionNames {
  readonly length: number;
  /** Where the line of each action begins. */
  private readonly begins: Uint32Array;
  readonly services: readonly string[];
  /** The first action of each service. */
  private readonly firsts: readonly number[];
  private readonly names: (string | undefined)[];

  constructor(private readonly text: string) {
    const begins = new Uint32Array(text.length / SHORTEST_LINE);
    const services: string[] = [];
    const firsts: number[] = [];
    let length = 0;
    for (let begin = 0; begin < text.length; begin = this.endOf(begin) + 1) {
      if (text.charCodeAt(begin) === SPACE) begins[length++] = begin;
      else {
        services.push(text.slice(begin, this.endOf(begin)));
        firsts.push(length);
      }
    }
    this.length = length;
    this.begins = begins;
    this.services = services;
    this.firsts = firsts;
    this.names = new Array(length);
  }

  private endOf(begin: number): number {
    const newline = this.text.indexOf('\n', begin);
    return newline < 0 ? this.text.length : newline;
  }

  at(id: number): string | undefined {
    if (id >= this.length) return undefined;
    this.names[id] ??= `${this.serviceOf(id)}:${this.cell(id, 0).slice(1)}`;
    return this.names[id];
  }

  *[Symbol.iterator](): Generator<string> {
    for (let id = 0; id < this.length; id++) yield this.at(id)!;
  }

  serviceOf(id: number): string {
    const { firsts } = this;
    let low = 0;
    let high = firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (firsts[middle]! <= id) low = middle;
      else high = middle;
    }
    return this.services[low]!;
  }

  cell(id: number, column: number): string {
    const begin = this.begins[id]!;
    if (column === 0) return this.text.slice(begin, this.text.indexOf('\t', begin));
    return this.text.slice(begin, this.endOf(begin)).split('\t')[column] ?? '';
  }

  /** The id of a name in lower case. */
  find(wanted: string): number | undefined {
    const id = lowest(this.length, (id) => this.at(id)!.toLowerCase() >= wanted);
    return this.at(id)?.toLowerCase() === wanted ? id : undefined;
  }
}

/** ` x⇥R` and its newline. */
const SHORTEST_LINE = 5;

/** The lowest number below `length` that is so, when all above it are; `length` when none is. */
function lowest(length: number, isSo: (number: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
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
