/** ARN formats of resource types as automata: the strings that can be the resource of an action. */
import { ActionIndex } from './action-set';
import { Automaton } from './automaton';
import { type Catalogue, PerCatalogue, type ResourceFormat, type Slot } from './catalogue';
import { charTokens, type Glob, type Token } from './token';

const automata = new PerCatalogue(() => new Map<string, Automaton>());

/** Strings that can be resources, and how the patterns that select them are read. */
export interface Resources {
  readonly automaton: Automaton;
  readonly aligned: boolean;
}

/**
 * The resources of a known action. An action without resource types is authorised on `*`.
 *
 * An id that AWS makes may hold colons, but is assumed not to imitate the rest of an ARN: with
 * colons, it is asked about only under patterns whose wildcards before the fifth colon stay in
 * their component, or end the pattern. So `arn:aws:x:*:111122223333:thing/a:b` still selects it, while
 * `…:x:*:…:thing/internal-*` and `…:thing/partner-*` have nothing in common.
 */
export function resourcesOf(action: number, catalogue: Catalogue): readonly Resources[] {
  const formats = catalogue.resourceFormats(action);
  let resources = byFormats.get(formats);
  if (resources === undefined) {
    resources = readBothWays(catalogue, formats.length === 0 ? [ONLY_STAR] : formats, 'id');
    byFormats.set(formats, resources);
  }
  return resources;
}

const byFormats = new WeakMap<readonly ResourceFormat[], readonly Resources[]>();

const ONLY_STAR: ResourceFormat = { id: '*', parts: ['*'] };

function readBothWays(
  catalogue: Catalogue,
  formats: readonly ResourceFormat[],
  wide: 'id' | 'id or any',
): readonly Resources[] {
  const isWide = (slot: Slot): boolean => slot === 'id' || (slot === 'any' && wide === 'id or any');
  const narrow = (slot: Slot): readonly Glob[] => slotGlobs(isWide(slot) ? 'path' : slot);
  const key = `${wide}:${formats.map((f) => f.id).join()}`;
  const usual = shared(catalogue, key, () => formats.flatMap((f) => globsOf(f, narrow)));
  const some = formats.filter((f) => f.parts.some((p) => typeof p !== 'string' && isWide(p.slot)));
  if (some.length === 0) return [{ automaton: usual, aligned: false }];
  const open = shared(catalogue, `aligned:${key}`, () => some.flatMap((f) => globsOf(f)));
  return [
    { automaton: usual, aligned: false },
    { automaton: open, aligned: true },
  ];
}

/** Those of them that look as resources mostly do: an account of 12 digits, a region, no colon in the last name. */
export function usualResourcesOf(action: number, catalogue: Catalogue): Automaton {
  const formats = catalogue.resourceFormats(action);
  return shared(catalogue, `usual:${formats.map((f) => f.id).join()}`, () =>
    formats.flatMap((f) => globsOf(f, usualGlobs)),
  );
}

function usualGlobs(slot: Slot): readonly Glob[] {
  switch (slot) {
    case 'region':
      return [[{ kind: 'plus', of: 'region' }]];
    case 'account':
      return [TWELVE_DIGITS];
    case 'id':
    case 'any':
      return [[{ kind: 'plus', of: 'no-colon' }]];
    case 'partition':
    case 'name':
    case 'path':
      return slotGlobs(slot);
  }
}

const TWELVE_DIGITS: Glob = Array.from({ length: 12 }, (): Token => ({ kind: 'one', of: 'digit' }));

/**
 * The resources of an action that AWS may add to a service: those of the service's known
 * types, `*`, and new types, of the form `arn:…:type:id` or `arn:…:type/id…`. Assumed of names and ids alike, since
 * neither the action nor the type exists yet: they do not imitate the rest of an ARN.
 */
export function futureResourcesOf(service: string | undefined, catalogue: Catalogue): readonly Resources[] {
  const known = service === undefined ? [] : formatsOfService(service, catalogue);
  return readBothWays(catalogue, [ONLY_STAR, ...known, ...newTypes(service)], 'id or any');
}

function newTypes(service: string | undefined): readonly ResourceFormat[] {
  const head: ResourceFormat['parts'] = [
    'arn:',
    { slot: 'partition' },
    ':',
    service ?? { slot: 'name' },
    ':',
    { slot: 'region' },
    ':',
    { slot: 'account' },
    ':',
  ];
  return [
    { id: `${service ?? ''}:new/`, parts: [...head, { slot: 'path' }] },
    { id: `${service ?? ''}:new:`, parts: [...head, { slot: 'id' }] },
  ];
}

/** Services of the catalogue, in order. */
export function servicesOf(catalogue: Catalogue): readonly string[] {
  return [...new Set(Array.from(catalogue.actions, (a) => a.slice(0, a.indexOf(':')).toLowerCase()))];
}

function formatsOfService(service: string, catalogue: Catalogue): readonly ResourceFormat[] {
  const formats = new Map<string, ResourceFormat>();
  const actions = ActionIndex.of(catalogue).select({ not: false, patterns: [{ parts: [`${service}:*`] }] });
  for (const id of actions) for (const f of catalogue.resourceFormats(id)) formats.set(f.id, f);
  return [...formats.values()];
}

function shared(catalogue: Catalogue, key: string, globs: () => readonly Glob[]): Automaton {
  const byKey = automata.of(catalogue);
  let automaton = byKey.get(key);
  if (automaton === undefined) {
    automaton = new Automaton(globs(), 'may');
    byKey.set(key, automaton);
  }
  return automaton;
}

/** A format's globs: one for each form of the account slot (12 digits, `aws`, empty). */
export function globsOf(format: ResourceFormat, ofSlot: (slot: Slot) => readonly Glob[] = slotGlobs): readonly Glob[] {
  let globs: Token[][] = [[]];
  for (const part of format.parts) {
    const choices: readonly (readonly Token[])[] = typeof part === 'string' ? [charTokens(part)] : ofSlot(part.slot);
    globs = globs.flatMap((glob) => choices.map((choice) => [...glob, ...choice]));
  }
  return globs;
}

function slotGlobs(slot: Slot): readonly Glob[] {
  switch (slot) {
    case 'partition':
      return [[{ kind: 'plus', of: 'partition' }]];
    case 'region':
      // Some global resources leave the region empty.
      return [[{ kind: 'star', of: 'region' }]];
    case 'account':
      return [TWELVE_DIGITS, charTokens('aws'), []];
    case 'name':
      return [[{ kind: 'plus', of: 'name' }]];
    case 'path':
      return [[{ kind: 'plus', of: 'no-colon' }]];
    case 'id':
    case 'any':
      return [[{ kind: 'plus', of: 'any' }]];
  }
}
