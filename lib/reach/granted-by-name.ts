/**
 * Requests that policies plainly allow: a statement of every layer names the resource as the question does, and every
 * Deny that speaks of the action leaves that very resource out, or needs a value that a request need not have. Most steps of reach are of this kind (a
 * role that administers one key), and need no search; the engine is asked for the witness when somebody looks at it.
 *
 * The argument. Texts with one key are one string in every deployment, holes and wildcards included, so what a text selects
 * the same text selects, and `NotResource` with it does not. In a context without its key a condition with
 * `IfExists` holds and one without fails, unless it is negated; and there is a context without any of their keys. True may therefore be wrong only where
 * no such resource exists; that is the safe side, since a permit only adds to what is reached.
 */
import { textKey } from '../model/text-key';
import type { Catalogue } from '../policy/catalogue';
import type { CompiledPolicies, CompiledStatement } from '../policy/compile';
import { mentionsVariable, type Text } from '../policy/text';

/** False where it takes the engine to tell. */
export function plainlyAllows(
  policies: CompiledPolicies,
  action: number,
  resource: Text,
  catalogue: Catalogue,
): boolean {
  // A variable has one value for the caller and none in the question.
  if (policies.opaque.length > 0 || mentionsVariable(resource)) return false;
  const key = textKey(resource);
  const speaks = (s: CompiledStatement): boolean => s.actions.has(action);
  const allows = (s: CompiledStatement): boolean => speaks(s) && selects(s, key) && holdsInSilence(s, catalogue);
  const denies = (s: CompiledStatement): boolean => speaks(s) && !leavesOut(s, key) && !failsInSilence(s, catalogue);
  return policies.layers.every((l) => l.allow.some(allows)) && !policies.deny.some(denies);
}

function selects({ source: { resource } }: CompiledStatement, key: string): boolean {
  return (
    resource === undefined || (!resource.not && resource.patterns.some((p) => textKey(p) === key || isEverything(p)))
  );
}

function leavesOut({ source: { resource } }: CompiledStatement, key: string): boolean {
  return resource?.not === true && resource.patterns.some((p) => textKey(p) === key || isEverything(p));
}

function isEverything(pattern: Text): boolean {
  return textKey(pattern) === '*';
}

/** True only if every condition holds where its key is absent, and the key may be absent. */
function holdsInSilence({ source: { conditions } }: CompiledStatement, catalogue: Catalogue): boolean {
  return conditions.every(({ operator, ifExists, quantifier, key }) => {
    const silent = ifExists && quantifier !== 'ForAnyValue' && operator !== 'Null';
    return silent && !catalogue.keyFacts(key.toLowerCase()).alwaysPresent;
  });
}

/** True only if some condition fails where its key is absent, and the key may be absent. */
function failsInSilence({ source: { conditions } }: CompiledStatement, catalogue: Catalogue): boolean {
  return conditions.some(({ operator, ifExists, quantifier, key }) => {
    const needsValue = !ifExists && quantifier !== 'ForAllValues' && operator !== 'Null' && !operator.includes('Not');
    return needsValue && !catalogue.keyFacts(key.toLowerCase()).alwaysPresent;
  });
}
