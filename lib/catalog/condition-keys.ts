/**
 * What is known of each condition key: its type, whether it has several values, whether two
 * principals that make the same request share its value, whether it is always there. An unknown
 * key has the facts that are sound for every key. The argument for each class, and how a key
 * comes into it, stands in docs/catalogue.md, "Condition keys".
 */
import { DEPLOYMENT_KEY_PREFIX, type KeyFacts, type KeyType } from '../policy/catalogue';
import { readSnapshotText } from './snapshot';

const UNKNOWN: KeyFacts = { scope: 'caller', multivalued: true, type: 'string', alwaysPresent: false };

/**
 * A decision of the deployment is the same for every principal and every request. Not always present: a policy
 * that was written with such a key by hand would find it absent in AWS.
 */
const DEPLOYMENT: KeyFacts = { scope: 'request', multivalued: false, type: 'string', alwaysPresent: false };

interface KeyTable {
  /** By lower-cased key. */
  readonly exact: ReadonlyMap<string, KeyFacts>;
  /** Keys with one variable part, `aws:principaltag/*`. */
  readonly patterns: readonly { readonly before: string; readonly after: string; readonly facts: KeyFacts }[];
}

let table: KeyTable | undefined;
const answers = new Map<string, KeyFacts>();

/** `key` in any case. */
export function keyFacts(key: string): KeyFacts {
  const wanted = key.toLowerCase();
  let facts = answers.get(wanted);
  if (facts === undefined) {
    facts = lookUp(wanted);
    answers.set(wanted, facts);
  }
  return facts;
}

/**
 * True iff AWS documents the key, in any case. Every documented key that has one value is also the name
 * of a policy variable: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function isKnownKey(key: string): boolean {
  return keyFacts(key) !== UNKNOWN;
}

function lookUp(key: string): KeyFacts {
  if (key.startsWith(DEPLOYMENT_KEY_PREFIX)) return DEPLOYMENT;
  table ??= parse(readSnapshotText('condition-keys.txt'));
  const exact = table.exact.get(key);
  if (exact !== undefined) return exact;
  const found = table.patterns.find(
    ({ before, after }) => key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after),
  );
  return found?.facts ?? UNKNOWN;
}

function parse(text: string): KeyTable {
  const exact = new Map<string, KeyFacts>();
  const patterns: { before: string; after: string; facts: KeyFacts }[] = [];
  for (const line of text.split('\n')) {
    const [name, type, scope] = line.split('\t');
    if (name === undefined || type === undefined || scope === undefined) continue;
    const facts: KeyFacts = {
      scope: scope.startsWith('request') ? 'request' : 'caller',
      multivalued: type.endsWith('[]'),
      type: type.replace('[]', '') as KeyType,
      alwaysPresent: scope.endsWith(' always'),
    };
    const key = name.toLowerCase();
    const star = key.indexOf('*');
    if (star < 0) exact.set(key, facts);
    else patterns.push({ before: key.slice(0, star), after: key.slice(star + 1), facts });
  }
  // The most specific pattern first: `ssm:resourcetag/aws:…/*` before `ssm:resourcetag/*`.
  patterns.sort((a, b) => b.before.length + b.after.length - a.before.length - a.after.length);
  return { exact, patterns };
}
