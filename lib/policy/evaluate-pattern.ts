/**
 * Patterns as one request sees them: policy variables substituted, `*` and `?` as wildcards. The
 * replay oracle's own small matcher, independent of the automata of the symbolic procedures.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 *
 * Decided where AWS is silent: a wildcard inside a substituted value is a plain character; a
 * variable is substituted wherever in the text it stands; a key with several values, which may not
 * be a variable, has no value; `?` is one Unicode character.
 */
import type { PolicyVersion } from './document';
import type { RequestContext } from './request-context';
import { literal, show, type Text } from './text';

/** Any number of characters. */
const ANY = Symbol('*');
/** One character. */
const ONE = Symbol('?');
type Token = string | typeof ANY | typeof ONE;

/** One token a character. */
export type Pattern = readonly Token[];

/** The text of a document without holes; evaluation is for documents that are known. */
export function known(t: Text): string {
  const value = literal(t);
  if (value === undefined) {
    throw new Error(
      `bulkhead: internal error: cannot evaluate \`${show(t)}\`, part of which is unknown until deployment`,
    );
  }
  return value;
}

/** Of texts without variables, which read the same in every request and in either version. */
const withWildcards = new WeakMap<Text, Pattern>();

/** The pattern in this request; undefined when a variable has no value, so that nothing matches it. */
export function patternOf(
  t: Text,
  version: PolicyVersion,
  wildcards: boolean,
  context: RequestContext,
): Pattern | undefined {
  const cached = wildcards ? withWildcards.get(t) : undefined;
  if (cached !== undefined) return cached;
  const source = known(t);
  if (!isConstant(source, version)) return substitutedTokens(source, wildcards, context);
  const pattern = plainTokens(source, wildcards);
  if (wildcards && !source.includes('${')) withWildcards.set(t, pattern);
  return pattern;
}

/** True iff the text holds no variable, so that it reads the same in every request. */
export function isConstant(source: string, version: PolicyVersion): boolean {
  return version !== '2012-10-17' || !source.includes('${');
}

/** The text in this request without wildcards; undefined when a variable has no value. */
export function literalOf(
  t: Text,
  version: PolicyVersion,
  variables: boolean,
  context: RequestContext,
): string | undefined {
  const source = known(t);
  if (!variables || isConstant(source, version)) return source;
  return substitutedTokens(source, false, context)?.join('');
}

function plainTokens(source: string, wildcards: boolean): Pattern {
  return [...source].map((character) => tokenOf(character, wildcards));
}

function tokenOf(character: string, wildcards: boolean): Token {
  if (!wildcards) return character;
  if (character === '*') return ANY;
  return character === '?' ? ONE : character;
}

function substitutedTokens(source: string, wildcards: boolean, context: RequestContext): Pattern | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (const variable of source.matchAll(/\$\{([^}]*)\}/g)) {
    const value = valueOfVariable(variable[1] ?? '', context);
    if (value === undefined) return undefined;
    tokens.push(...plainTokens(source.slice(at, variable.index), wildcards), ...value);
    at = variable.index + variable[0].length;
  }
  return [...tokens, ...plainTokens(source.slice(at), wildcards)];
}

/** `${*}`, `${?}` and `${$}` are those characters; `${key, 'default'}` falls back to the default. */
function valueOfVariable(inside: string, context: RequestContext): string | undefined {
  if (inside === '*' || inside === '?' || inside === '$') return inside;
  const written = /^([^,]*)(?:, '([^']*)')?$/.exec(inside);
  const [, key = '', fallback] = written ?? [];
  const values = context.values(key);
  return values.length === 1 ? values[0] : fallback;
}

export function lowerCased(pattern: Pattern): Pattern {
  return pattern.flatMap((token): readonly Token[] =>
    typeof token === 'string' ? token.toLowerCase().split('') : [token],
  );
}

export function isLiteralColon(pattern: Pattern, at: number): boolean {
  return pattern[at] === ':';
}

/** Characters that JavaScript holds as two. */
const SURROGATES = /[\ud800-\udfff]/;

/**
 * True iff the whole value matches. On a mismatch only the latest `*` is widened, which suffices
 * because what stands before it was matched as early as possible: |value| × |pattern| steps at most.
 */
export function matchesPattern(text: string, pattern: Pattern): boolean {
  return matches(SURROGATES.test(text) ? [...text] : text, pattern, ANY, ONE);
}

/** The same for a pattern as it is written, without variables: every `*` and `?` is a wildcard. */
export function matchesWritten(text: string, pattern: string): boolean {
  return SURROGATES.test(text) ? matches([...text], [...pattern], '*', '?') : matches(text, pattern, '*', '?');
}

function matches(value: ArrayLike<string>, pattern: ArrayLike<Token>, any: Token, one: Token): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let starAt = 0;
  while (at < value.length) {
    const wanted = pattern[token];
    if (wanted === any) {
      star = token++;
      starAt = at;
    } else if (wanted === one || wanted === value[at]) {
      token++;
      at++;
    } else if (star !== -1) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pattern[token] === any) token++;
  return token === pattern.length;
}
