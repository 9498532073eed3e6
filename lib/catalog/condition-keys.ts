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

interface Pattern {
  readonly before: string;
  readonly after: string;
  readonly line: string;
}

/** The snapshot's lines in lower case, each after a newline: most questions are about a key or two, so only their lines are read. */
let text: string | undefined;
/** Keys with one variable part, `aws:principaltag/*`. */
let patterns: readonly Pattern[] | undefined;
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
  text ??= `\n${readSnapshotText('condition-keys.txt').toLowerCase()}`;
  const at = text.indexOf(`\n${key}\t`);
  // Of what is no key, `*` stands in patterns, and a tab between the columns.
  if (at >= 0 && !/[*\t\n]/.test(key)) return factsOf(lineAt(text, at + 1));
  patterns ??= patternsIn(text);
  const found = patterns.find(
    ({ before, after }) => key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after),
  );
  return found === undefined ? UNKNOWN : factsOf(found.line);
}

function lineAt(text: string, begin: number): string {
  const end = text.indexOf('\n', begin);
  return text.slice(begin, end < 0 ? text.length : end);
}

function factsOf(line: string): KeyFacts {
  const [, type = '', scope = ''] = line.split('\t');
  return {
    scope: scope.startsWith('request') ? 'request' : 'caller',
    multivalued: type.endsWith('[]'),
    type: type.replace('[]', '') as KeyType,
    alwaysPresent: scope.endsWith(' always'),
  };
}

function patternsIn(text: string): readonly Pattern[] {
  const found: Pattern[] = [];
  for (let star = text.indexOf('*'); star >= 0; star = text.indexOf('*', star + 1)) {
    const begin = text.lastIndexOf('\n', star) + 1;
    const line = lineAt(text, begin);
    found.push({ before: text.slice(begin, star), after: text.slice(star + 1, text.indexOf('\t', star)), line });
  }
  // The most specific pattern first: `ssm:resourcetag/aws:…/*` before `ssm:resourcetag/*`.
  return found.sort((a, b) => b.before.length + b.after.length - a.before.length - a.after.length);
}
