/** One request, judged by `evaluate`: the ground truth of the laws. */
import type { Context, Policies } from '../../../lib/policy/document';
import { evaluate } from '../../../lib/policy/evaluate';
import type { OverlapWitness, SubsetWitness } from '../../../lib/policy/verdict';
import { SMALL } from '../notation';
import { type Contexts, type Place, placesFor, wellFormed } from './enumerate';

export function allows(policies: Policies, { action, resource }: Place, context: Context): boolean {
  return evaluate({ policies, request: { action, resource, context } }).decision === 'allowed';
}

/** The first request of the small world that both allow, the keys of the request shared and those of the caller not. */
export function commonRequest(
  a: Policies,
  b: Policies,
  { request, callerA, callerB }: Contexts,
): OverlapWitness | undefined {
  for (const place of placesFor([a, b])) {
    for (const shared of request) {
      const contextA = callerA.map((own) => ({ ...shared, ...own })).find((c) => allows(a, place, c));
      if (contextA === undefined) continue;
      const contextB = callerB.map((own) => ({ ...shared, ...own })).find((c) => allows(b, place, c));
      if (contextB !== undefined) return { ...place, contextA, contextB };
    }
  }
  return undefined;
}

/** The first request of the small world that A allows and B does not, in one context. */
export function extraRequest(a: Policies, b: Policies, all: readonly Context[]): SubsetWitness | undefined {
  for (const place of placesFor([a, b])) {
    const context = all.find((c) => allows(a, place, c) && !allows(b, place, c));
    if (context !== undefined) return { ...place, context };
  }
  return undefined;
}

/** Why the witness proves no overlap; `undefined` when it proves one. */
export function faultOfOverlap(a: Policies, b: Policies, witness: OverlapWitness): string | undefined {
  if (!wellFormed(witness) && isKnown(witness)) return 'no such request exists';
  const fault = faultOfContext(witness.contextA) ?? faultOfContext(witness.contextB);
  if (fault !== undefined) return fault;
  for (const key of keysOf(witness.contextA, witness.contextB)) {
    if (SMALL.keyFacts(key).scope !== 'request') continue;
    if (JSON.stringify(lookUp(witness.contextA, key)) !== JSON.stringify(lookUp(witness.contextB, key))) {
      return `the request has two values for ${key}`;
    }
  }
  if (!allows(a, witness, witness.contextA)) return 'A does not allow it';
  if (!allows(b, witness, witness.contextB)) return 'B does not allow it';
  return undefined;
}

/** Why the witness does not show that A allows more than B; `undefined` when it does. */
export function faultOfSubset(a: Policies, b: Policies, witness: SubsetWitness): string | undefined {
  if (!wellFormed(witness) && isKnown(witness)) return 'no such request exists';
  const fault = faultOfContext(witness.context);
  if (fault !== undefined) return fault;
  if (!allows(a, witness, witness.context)) return 'A does not allow it';
  return allows(b, witness, witness.context) ? 'B allows it too' : undefined;
}

function isKnown({ action }: { readonly action: string }): boolean {
  return [...SMALL.actions].some((a) => a.toLowerCase() === action.toLowerCase());
}

function faultOfContext(context: Context): string | undefined {
  for (const [key, value] of Object.entries(context)) {
    const facts = SMALL.keyFacts(key);
    if (typeof value !== 'string' && value.length > 1 && !facts.multivalued) return `${key} has several values`;
    for (const one of typeof value === 'string' ? [value] : value) {
      if (facts.type === 'numeric' && !Number.isFinite(Number(one))) return `${key} is \`${one}\`, no number`;
      if (facts.type === 'date' && Number.isNaN(Date.parse(one))) return `${key} is \`${one}\`, no date`;
      if (facts.type === 'bool' && !/^(true|false)$/i.test(one)) return `${key} is \`${one}\`, neither true nor false`;
    }
  }
  return undefined;
}

function keysOf(...all: readonly Context[]): Set<string> {
  return new Set(all.flatMap((c) => Object.keys(c).map((k) => k.toLowerCase())));
}

function lookUp(context: Context, key: string): string | readonly string[] | undefined {
  return Object.entries(context).find(([k]) => k.toLowerCase() === key)?.[1];
}
