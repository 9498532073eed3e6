/**
 * Credentials that only their name gives away: `MasterUserPassword: hunter2` has no form of its own.
 *
 * Under a name that means a password any literal is one. Under a name that may as well mean where the credential lies
 * (`API_TOKEN: orders/token`), only what looks drawn at random is. References are what a credential should be: dynamic
 * references, ARNs, names of parameters.
 */

/** Properties of CloudFormation that take the credential itself, whatever it looks like. */
const CERTAIN: ReadonlySet<string> = new Set([
  'AuthToken',
  'ClientSecret',
  'OAuthToken',
  'SecretAccessKey',
  'SecretString',
  'client_secret',
]);

/** Last words of names, in lower case. */
const PASSWORDS: readonly string[] = ['password', 'passwd', 'passphrase'];
const PERHAPS: readonly string[] = [
  'access key',
  'api key',
  'apikey',
  'client secret',
  'credential',
  'credentials',
  'encryption key',
  'private key',
  'pwd',
  'secret',
  'secret key',
  'signing key',
  'token',
];

/** False where no literal under this name is taken for a credential by its name. */
export function mayNameCredential(name: string): boolean {
  return kindOf(name) !== 'other';
}

/** True iff the literal `value` under this name is taken for a credential. */
export function isNamedCredential(name: string, value: string): boolean {
  const kind = kindOf(name);
  if (kind === 'other') return false;
  const text = value.trim();
  if (text.length < 2 || isReference(text) || isPlaceholder(text)) return false;
  switch (kind) {
    case 'certain':
      return true;
    case 'password':
      return !/\s/.test(text);
    case 'perhaps':
      return looksRandom(text);
  }
}

type Kind = 'certain' | 'password' | 'perhaps' | 'other';

/** A template has few names, each many times. */
const kinds = new Map<string, Kind>();
const MAX_KINDS = 10_000;

function kindOf(name: string): Kind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const kind = readKind(name);
  if (kinds.size < MAX_KINDS) kinds.set(name, kind);
  return kind;
}

function readKind(name: string): Kind {
  if (CERTAIN.has(name)) return 'certain';
  const words = wordsOf(name);
  if (PASSWORDS.some((last) => endsIn(words, last))) return 'password';
  return PERHAPS.some((last) => endsIn(words, last)) ? 'perhaps' : 'other';
}

/** `DB_PASSWORD`, `dbPassword`, `/db/password`: `db password`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}

function endsIn(words: string, last: string): boolean {
  return words === last || words.endsWith(` ${last}`);
}

/** Where a credential lies, or a setting that only shares its name. */
function isReference(text: string): boolean {
  return (
    text.includes('{{resolve:') ||
    text.startsWith('arn:') ||
    // Parameters are written as paths, and prefixes of names end in a slash.
    /^\/[\w./-]+$/.test(text) ||
    /^https?:\/\//i.test(text) ||
    /^(true|false|null|none|enabled|disabled|required|optional|\d{1,3})$/i.test(text)
  );
}

function isPlaceholder(text: string): boolean {
  return (
    /^(<[^<>]*>|\*+|\.+|x{3,}|\$\{[^}]*\}|\{\{[^}]*\}\}|%[A-Z_]+%)$/i.test(text) ||
    /^(replace|placeholder|your)([ _-]|$)/i.test(text) ||
    // As the credentials of AWS's documentation do.
    /EXAMPLE/.test(text)
  );
}

const SHORTEST = 20;
/** Bits a character: below it are words and names, above it what generators draw. */
const ENTROPY = 3.3;

/**
 * Letters and digits in no order that a writer would choose. A name that CDK generates ends in eight digits of a hash, and a
 * UUID names a thing.
 */
export function looksRandom(text: string): boolean {
  if (text.length < SHORTEST || !/^[A-Za-z0-9+/=_.~!@#$%^&*-]+$/.test(text)) return false;
  if (
    /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text) ||
    /[A-Z][A-Za-z-]*[0-9A-F]{8}(-[A-Za-z0-9]{6,12})?$/.test(text)
  )
    return false;
  if (!/[0-9]/.test(text) || !/[A-Za-z]/.test(text)) return false;
  // Names are words between separators; a drawn text has few of them for its length.
  const longest = Math.max(...text.split(/[-_./]/).map((part) => part.length));
  if (longest < SHORTEST - 4) return false;
  return changes(text) / text.length >= 0.25 && entropy(text) >= ENTROPY;
}

/** How often letters and digits, or small and capital letters, take turns, but for a capital that begins a word. */
function changes(text: string): number {
  const kind = (c: string): number => (/[0-9]/.test(c) ? 0 : /[a-z]/.test(c) ? 1 : /[A-Z]/.test(c) ? 2 : 3);
  let count = 0;
  for (let i = 1; i < text.length; i++) {
    const [before, here] = [kind(text[i - 1]!), kind(text[i]!)];
    if (before !== here && !(before === 2 && here === 1)) count++;
  }
  return count;
}

function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}

/** Assignments in code to names as above, of literals that look drawn at random. */
const ASSIGNMENT = /(?<![\w.-])([A-Za-z_][\w.-]{0,60})["']?\s{0,4}(?::|=>|=)\s{0,4}["'`]([^"'`\s]{20,200})["'`]/g;

export function* assignedIn(code: string): Generator<{ readonly start: number; readonly end: number }> {
  for (const match of code.matchAll(ASSIGNMENT)) {
    const [whole, name = '', value = ''] = match;
    if (looksRandom(value) && isNamedCredential(name, value)) {
      const start = match.index + whole.lastIndexOf(value);
      yield { start, end: start + value.length };
    }
  }
}
