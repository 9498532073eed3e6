/**
 * Which declarations of two templates are the same but for their names: those that stand in the same place of
 * the graph of references, found by refining colours. A colour is what a declaration says with every name in it
 * replaced by the colour of what it refers to, and the colours of those that refer to it. Two declarations with one
 * colour say the same and are used alike, so taking one for the other hides nothing.
 */
import { canonical, isList, isObject } from '../model/json';
import { mapReferences } from './diff-rename';

export interface Declaration {
  readonly id: string;
  readonly section: 'Resources' | 'Parameters';
  readonly declared: unknown;
}

/** Rounds of refinement: how far away a difference may lie and still tell two declarations apart. */
const ROUNDS = 6;

/**
 * @param known ids of the first template to those of the second, for declarations that are matched already
 * @returns further ids of the first to those of the second
 */
export function matchByStructure(
  before: readonly Declaration[],
  after: readonly Declaration[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const taken = new Set(known.values());
  const anchored = new Map<string, string>([...known].map(([a, b]) => [a, `matched ${b}`]));
  // One table for both sides, so that equal contents have equal colours.
  const seen = new Map<string, string>();
  const colour: Paint = (content) => {
    const known = seen.get(content) ?? `${seen.size}`;
    seen.set(content, known);
    return known;
  };
  const left = coloursOf(before, anchored, colour);
  const right = coloursOf(after, new Map([...taken].map((id) => [id, `matched ${id}`])), colour);
  const byColour = (colours: ReadonlyMap<string, string>, skip: (id: string) => boolean): Map<string, string[]> => {
    const groups = new Map<string, string[]>();
    for (const [id, colour] of colours) if (!skip(id)) groups.set(colour, [...(groups.get(colour) ?? []), id].sort());
    return groups;
  };
  const candidates = byColour(right, (id) => taken.has(id));
  const found = new Map<string, string>();
  for (const [shared, ids] of byColour(left, (id) => known.has(id))) {
    const others = candidates.get(shared);
    if (others?.length !== ids.length) continue;
    for (const [i, id] of ids.entries()) found.set(id, others[i]!);
  }
  return found;
}

type Paint = (content: string) => string;

function coloursOf(
  declarations: readonly Declaration[],
  anchored: ReadonlyMap<string, string>,
  paint: Paint,
): ReadonlyMap<string, string> {
  const ids = new Set(declarations.map((d) => d.id));
  const referrers = new Map<string, string[]>();
  const bodies = new Map<string, unknown>();
  for (const { id, section, declared } of declarations) {
    bodies.set(id, { section, declared: withoutMetadata(declared) });
    mapReferences(declared, (to) => {
      if (ids.has(to)) referrers.set(to, [...(referrers.get(to) ?? []), id]);
      return to;
    });
  }
  let colours = new Map([...ids].map((id) => [id, anchored.get(id) ?? '']));
  for (let round = 0; round < ROUNDS; round++) {
    const now = colours;
    colours = new Map(
      [...ids].map((id) => {
        const fixed = anchored.get(id);
        if (fixed !== undefined) return [id, fixed];
        const body = unordered(mapReferences(bodies.get(id), (to) => (ids.has(to) ? `<${now.get(to)}>` : to)));
        const users = (referrers.get(id) ?? []).map((from) => now.get(from)).sort();
        return [id, paint(`${body}\n${users.join()}`)];
      }),
    );
  }
  return colours;
}

/** Paths and marks of a toolkit name the declaration, and say nothing of what it does. */
function withoutMetadata(declared: unknown): unknown {
  if (!isObject(declared)) return declared;
  const { Metadata: _, ...rest } = declared;
  return rest;
}

/** Canonical, with lists in one order: to reorder is no change either. */
function unordered(value: unknown): string {
  if (isList(value)) return `[${value.map(unordered).sort().join()}]`;
  if (!isObject(value)) return canonical(value);
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${unordered(inner)}`);
  return `{${entries.sort().join()}}`;
}
