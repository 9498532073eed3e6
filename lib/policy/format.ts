/** ARN formats of resource types as automata: the strings that can be the resource of an action. */
import { Automaton } from './automaton';
import type { Catalogue, ResourceFormat, Slot } from './catalogue';
import { charTokens, type Glob, type Token } from './token';

const automata = new WeakMap<Catalogue, Map<string, Automaton>>();

/** The resources of a known action. An action without resource types is authorised on `*`. */
export function resourcesOf(action: number, catalogue: Catalogue): Automaton {
  const formats = catalogue.resourceFormats(action);
  return shared(catalogue, formats.length === 0 ? '*' : formats.map((f) => f.id).join(), () =>
    formats.length === 0 ? [charTokens('*')] : formats.flatMap((f) => globsOf(f)),
  );
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
 * types, `*`, and new types of the form `arn:…:type:id`, `arn:…:type/id…` whose id has no colon.
 * (Assumed, and printed in the documentation: a new type does not hide a second ARN in its id.)
 */
export function futureResourcesOf(service: string | undefined, catalogue: Catalogue): Automaton {
  return shared(catalogue, `future:${service ?? ''}`, () => {
    const name: readonly Token[] = service === undefined ? [{ kind: 'plus', of: 'name' }] : charTokens(service);
    const head: Glob = [
      ...charTokens('arn:'),
      { kind: 'plus', of: 'partition' },
      ...charTokens(':'),
      ...name,
      ...charTokens(':'),
      { kind: 'star', of: 'region' },
      ...charTokens(':'),
      { kind: 'star', of: 'region' },
      ...charTokens(':'),
    ];
    const known = service === undefined ? [] : formatsOfService(service, catalogue).flatMap((f) => globsOf(f));
    return [
      charTokens('*'),
      ...known,
      [...head, { kind: 'plus', of: 'no-colon' }],
      [...head, { kind: 'plus', of: 'name' }, { kind: 'char', char: ':' }, { kind: 'plus', of: 'no-colon' }],
    ];
  });
}

/** Services of the catalogue, in order. */
export function servicesOf(catalogue: Catalogue): readonly string[] {
  return [...new Set(catalogue.actions.map((a) => a.slice(0, a.indexOf(':')).toLowerCase()))];
}

function formatsOfService(service: string, catalogue: Catalogue): readonly ResourceFormat[] {
  const formats = new Map<string, ResourceFormat>();
  catalogue.actions.forEach((name, id) => {
    if (name.toLowerCase().startsWith(`${service}:`))
      for (const f of catalogue.resourceFormats(id)) formats.set(f.id, f);
  });
  return [...formats.values()];
}

function shared(catalogue: Catalogue, key: string, globs: () => readonly Glob[]): Automaton {
  let byKey = automata.get(catalogue);
  if (byKey === undefined) {
    byKey = new Map();
    automata.set(catalogue, byKey);
  }
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
    case 'any':
      return [[{ kind: 'plus', of: 'any' }]];
  }
}
