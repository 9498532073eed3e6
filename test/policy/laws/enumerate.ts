/**
 * All requests of a small world: every action of the small catalogue with every resource of its
 * formats over a small alphabet, in every context over the values that the policies tell apart.
 *
 * Complete in one direction only, and that is enough: an overlap brings its witness, which is
 * judged as it is; for "disjoint" the world must hold no counterexample. `c`, `z` and the values
 * that no policy names stand for all that the policies do not tell apart.
 */
import type { Catalogue } from '../../../lib/policy/catalogue';
import type { Condition, Context, Policies, PolicyDocument } from '../../../lib/policy/document';
import { literal } from '../../../lib/policy/text';
import { FORMATS, SMALL } from '../notation';

function words(alphabet: readonly string[], longest: number): string[] {
  let last = [''];
  const all: string[] = [];
  for (let n = 0; n < longest; n++) {
    last = last.flatMap((w) => alphabet.map((c) => w + c));
    all.push(...last);
  }
  return all;
}

const S = 'arn:aws:s:::';
const NAMES = words(['a', 'b', 'c'], 2);
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  [FORMATS.object.id]: [
    ...NAMES.flatMap((name) => words(['a', 'b', 'c', '/'], 2).map((path) => `${S}${name}/${path}`)),
    ...words(['a', 'b', '/'], 3).map((path) => `${S}a/${path}`),
  ],
  [FORMATS.box.id]: words(['a', 'b', 'c'], 3).map((name) => S + name),
  [FORMATS.job.id]: ['a', 'b', 'ab', 'c'].flatMap((region) =>
    ['111111111111', '222222222222', '333333333333'].flatMap((account) =>
      NAMES.map((name) => `arn:aws:t:${region}:${account}:${name}`),
    ),
  ),
};

export interface Place {
  readonly action: string;
  readonly resource: string;
}

/** Every action with every resource that it takes. */
const PLACES: readonly Place[] = [...SMALL.actions].flatMap((action, id) => {
  const formats = SMALL.resourceFormats(id);
  const resources = formats.length === 0 ? ['*'] : formats.flatMap((f) => RESOURCES[f.id] ?? []);
  return [...new Set(resources)].map((resource) => ({ action, resource }));
});

/**
 * One place of each kind: places of one action that the same resource patterns of the policies
 * match are alike, as long as the patterns hold no variables.
 */
export function placesFor(policies: readonly Policies[]): readonly Place[] {
  const written = policies.flatMap((p) =>
    documentsOf(p).flatMap((d) => d.statements.flatMap((s) => s.resource?.patterns ?? [])),
  );
  const texts = [...new Set(written.map((p) => literal(p) ?? ''))];
  if (texts.some((t) => t.includes('${'))) return PLACES;
  const regexes = texts.map(
    (t) =>
      new RegExp(
        `^${t
          .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ),
  );
  const kinds = new Map<string, Place>();
  for (const place of PLACES) {
    const kind = `${place.action} ${regexes.map((r) => Number(r.test(place.resource))).join('')}`;
    if (!kinds.has(kind)) kinds.set(kind, place);
  }
  return [...kinds.values()];
}

export function documentsOf(p: Policies): readonly PolicyDocument[] {
  return [
    ...p.identityPolicies,
    ...(p.permissionsBoundary ? [p.permissionsBoundary] : []),
    ...(p.sessionPolicies ?? []),
    ...(p.serviceControlPolicies ?? []),
  ];
}

type Value = string | readonly string[] | undefined;

/** The values of a key that the conditions can tell apart, and absence where it may be absent. */
function valuesOf(key: string, conditions: readonly Condition[], catalogue: Catalogue): readonly Value[] {
  const facts = catalogue.keyFacts(key);
  const named = conditions.flatMap((c) => (c.operator === 'Null' ? [] : c.values.map((v) => literal(v) ?? '')));
  const ones = new Set<string>();
  switch (facts.type) {
    case 'string':
    case 'binary':
      for (const v of named) {
        for (const fill of ['', 'z']) ones.add(v.replaceAll('*', fill).replaceAll('?', fill || 'z'));
        if (!facts.multivalued) ones.add(v.toUpperCase().replaceAll('*', '').replaceAll('?', 'Z'));
      }
      for (const v of facts.multivalued ? ['zz'] : ['z', 'zz', 'xzy']) ones.add(v);
      break;
    case 'arn':
      for (const v of named)
        for (const fill of ['', 'a', 'b', 'a:a']) ones.add(v.replaceAll('*', fill).replaceAll('?', 't'));
      ones.add('arn:aws:t:c:333333333333:c');
      for (const v of [...ones]) if (v.split(':').length < 6) ones.delete(v);
      break;
    case 'numeric':
      for (const v of named.map(Number)) for (const d of [-1, -0.25, 0, 0.25, 1]) ones.add(String(v + d));
      break;
    case 'date':
      for (const v of named.map(Date.parse))
        for (const d of [-1000, 0, 1000]) ones.add(new Date(v + d).toISOString().replace('.000', ''));
      break;
    case 'bool':
      for (const v of ['true', 'false']) ones.add(v);
      break;
    case 'ip':
      for (const v of [
        '10.0.0.0',
        '10.1.0.0',
        '10.1.2.3',
        '10.1.2.4',
        '10.255.255.255',
        '11.0.0.0',
        '192.0.2.0',
        '192.0.2.1',
      ])
        ones.add(v);
      for (const v of ['192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db9::']) ones.add(v);
      break;
  }
  const single = [...ones];
  const values: Value[] = [...(facts.alwaysPresent ? [] : [undefined]), ...single];
  if (facts.multivalued) {
    for (let i = 0; i < single.length; i++) {
      for (let j = i + 1; j < single.length; j++) values.push([single[i] ?? '', single[j] ?? '']);
    }
  }
  return values;
}

/** All contexts over the given keys. */
function product(keys: readonly (readonly [string, readonly Value[]])[]): Context[] {
  let contexts: Context[] = [{}];
  for (const [key, values] of keys) {
    contexts = contexts.flatMap((c) => values.map((v) => (v === undefined ? c : { ...c, [key]: v })));
  }
  return contexts;
}

type KeyValues = readonly (readonly [string, readonly Value[]])[];

function valuesByKey(policies: readonly Policies[], scope?: 'request' | 'caller'): KeyValues {
  const all = policies.flatMap((p) => documentsOf(p).flatMap((d) => d.statements.flatMap((s) => s.conditions)));
  const keys = [...new Set(all.map((c) => c.key.toLowerCase()))];
  return keys
    .filter((k) => scope === undefined || SMALL.keyFacts(k).scope === scope)
    .map((k) => [
      k,
      valuesOf(
        k,
        all.filter((c) => c.key.toLowerCase() === k),
        SMALL,
      ),
    ]);
}

const sizeOf = (keys: KeyValues): number => keys.reduce((n, [, values]) => n * values.length, 1);

/** Contexts as A and B see them: for every assignment of the keys of the request, each side's own. */
export interface Contexts {
  readonly request: readonly Context[];
  readonly callerA: readonly Context[];
  readonly callerB: readonly Context[];
}

/** `undefined` when there are more than `most`. */
export function contexts(a: Policies, b: Policies, most: number): Contexts | undefined {
  const [request, callerA, callerB] = [
    valuesByKey([a, b], 'request'),
    valuesByKey([a], 'caller'),
    valuesByKey([b], 'caller'),
  ];
  if (sizeOf(request) * (sizeOf(callerA) + sizeOf(callerB)) > most) return undefined;
  return { request: product(request), callerA: product(callerA), callerB: product(callerB) };
}

/** Contexts in which every key has one value: what `subset` ranges over. `undefined` when there are more than `most`. */
export function sharedContexts(a: Policies, b: Policies, most: number): readonly Context[] | undefined {
  const keys = valuesByKey([a, b]);
  return sizeOf(keys) > most ? undefined : product(keys);
}

/** True iff the resource is one that AWS could name for the action. */
export function wellFormed({ action, resource }: Place): boolean {
  const id = [...SMALL.actions].findIndex((a) => a.toLowerCase() === action.toLowerCase());
  if (id < 0) return false;
  const formats = SMALL.resourceFormats(id);
  if (formats.length === 0) return resource === '*';
  const shapes: Readonly<Record<string, RegExp>> = {
    [FORMATS.object.id]: /^arn:aws:s:::[^:/]+\/[^:]+$/,
    [FORMATS.box.id]: /^arn:aws:s:::[^:/]+$/,
    [FORMATS.job.id]: /^arn:aws:t:[a-z0-9-]*:(\d{12}|aws|):[^:/]+$/,
  };
  return formats.some((f) => shapes[f.id]?.test(resource));
}
