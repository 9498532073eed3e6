/**
 * Patterns as token sequences: what `*`, `?`, `${variables}` and holes mean for sets of strings.
 *
 * A pattern is read in one of two modes, because part of it may be unknown. In mode `may` the
 * compiled glob accepts every string that the pattern matches for *some* value of the unknown
 * parts; in mode `must` only strings that it matches for *all* values. Requirements are compiled
 * in `may` and prohibitions in `must`, so what is unknown widens Allow and narrows Deny.
 *
 * Some holes become *letters*, symbols of their own beside the characters, so that a hole equals
 * itself and differs from its siblings (the argument is in `automaton.ts`). That is done for a hole
 * that fills a whole segment between `:` and `/` and cannot contain either, and for a hole that
 * is the whole text. Every other hole, and every policy variable, is a gap: anything of its type
 * in `may`, nothing in `must`.
 */
import type { Hole, Text } from './text';

/** Character classes that ARN slots, hole types and wildcards need. */
export type CharClass = 'any' | 'no-colon' | 'name' | 'region' | 'digit' | 'partition';

export type Token =
  | { readonly kind: 'char'; readonly char: string }
  /** Exactly one, zero or more, one or more characters of a class. */
  | { readonly kind: 'one' | 'star' | 'plus'; readonly of: CharClass }
  | { readonly kind: 'letter'; readonly hole: Hole }
  /** Matches nothing: an unknown part read in mode `must`. */
  | { readonly kind: 'never' };

export type Glob = readonly Token[];
export type Mode = 'may' | 'must';

/**
 * How a text becomes a pattern:
 * `glob`: `*` and `?` are wildcards (Action, Resource, StringLike);
 * `arn`: the same within each of the six components of an ARN (ArnLike, ArnEquals);
 * `exact`: no wildcards (StringEquals).
 */
export type Wildcards = 'glob' | 'arn' | 'exact';

export function inClass(char: string, of: CharClass): boolean {
  switch (of) {
    case 'any':
      return true;
    case 'no-colon':
      return char !== ':';
    case 'name':
      return char !== ':' && char !== '/';
    case 'region':
      return (char >= 'a' && char <= 'z') || (char >= '0' && char <= '9') || char === '-';
    case 'digit':
      return char >= '0' && char <= '9';
    case 'partition':
      return (char >= 'a' && char <= 'z') || char === '-';
  }
}

/** True iff every character of class `a` is in class `b`. */
export function subclass(a: CharClass, b: CharClass): boolean {
  if (a === b || b === 'any') return true;
  const above: Record<CharClass, readonly CharClass[]> = {
    any: [],
    'no-colon': [],
    name: ['no-colon'],
    region: ['name', 'no-colon'],
    digit: ['region', 'name', 'no-colon'],
    partition: ['region', 'name', 'no-colon'],
  };
  return above[a].includes(b);
}

/** The values of a hole, as globs: their union is its type. */
export function holeGlobs(hole: Hole): readonly Glob[] {
  if (hole.values !== undefined) return hole.values.map(charTokens);
  switch (hole.type) {
    case 'account':
      return [Array.from({ length: 12 }, () => ({ kind: 'one', of: 'digit' }) as const)];
    case 'region':
      return [[{ kind: 'plus', of: 'region' }]];
    case 'partition':
      return [[{ kind: 'plus', of: 'partition' }]];
    case 'segment':
      return [[{ kind: 'plus', of: 'name' }]];
    case 'any':
      return [[{ kind: 'star', of: 'any' }]];
  }
}

/** True iff no value of the hole contains `:` or `/`. */
function staysInSegment(hole: Hole): boolean {
  if (hole.values !== undefined) return hole.values.every((v) => v !== '' && !/[:/]/.test(v));
  return hole.type !== 'any';
}

/** True iff the two holes can have the same value. */
export function mayEqual(a: Hole, b: Hole): boolean {
  if (a.hole === b.hole) return true;
  if (a.identity !== undefined && a.identity === b.identity) return false;
  if (a.values !== undefined && b.values !== undefined) return a.values.some((v) => b.values?.includes(v));
  return true;
}

export function charTokens(value: string): Token[] {
  // Code points, as everywhere in the engine.
  return [...value].map((char) => ({ kind: 'char', char }));
}

/** A policy variable in a text: `${aws:username}`, with its default when it has one. */
export interface Variable {
  readonly key: string;
  readonly fallback?: string;
}

/**
 * Splits literal text at policy variables. `${*}`, `${?}` and `${$}` are the escaped characters.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function splitVariables(value: string): readonly (string | Variable | { readonly escaped: string })[] {
  const out: (string | Variable | { escaped: string })[] = [];
  let rest = value;
  for (;;) {
    const start = rest.indexOf('${');
    const end = start < 0 ? -1 : rest.indexOf('}', start);
    if (end < 0) break;
    if (start > 0) out.push(rest.slice(0, start));
    const body = rest.slice(start + 2, end);
    if (body === '*' || body === '?' || body === '$') {
      out.push({ escaped: body });
    } else {
      const comma = body.indexOf(',');
      if (comma < 0) out.push({ key: body.trim() });
      else
        out.push({
          key: body.slice(0, comma).trim(),
          fallback: body
            .slice(comma + 1)
            .trim()
            .replace(/^'(.*)'$/s, '$1'),
        });
    }
    rest = rest.slice(end + 1);
  }
  if (rest !== '') out.push(rest);
  return out;
}

export interface CompileOptions {
  readonly mode: Mode;
  readonly wildcards: Wildcards;
  /** True in documents of version 2012-10-17, for elements in which variables are substituted. */
  readonly variables: boolean;
}

/** Compiles a text. */
export function compileGlob(t: Text, { mode, wildcards, variables }: CompileOptions): Glob {
  const tokens: Token[] = [];
  // Colons read so far; after a part that may hold colons, as many as widen Allow and narrow Deny.
  let colons = 0;
  const COLONS_OF_ARN = 5;
  const wild = (): CharClass => (wildcards === 'arn' && colons < COLONS_OF_ARN ? 'no-colon' : 'any');
  let colonsUnknown = false;
  const unknownColons = (): void => {
    colonsUnknown = true;
    if (mode === 'may') colons = COLONS_OF_ARN;
  };
  const literalPart = (value: string): void => {
    for (const char of [...value]) {
      if (wildcards !== 'exact' && char === '*') tokens.push({ kind: 'star', of: wild() });
      else if (wildcards !== 'exact' && char === '?') tokens.push({ kind: 'one', of: wild() });
      else tokens.push({ kind: 'char', char });
      if (char === ':') colons++;
    }
  };
  t.parts.forEach((part, i) => {
    if (typeof part === 'string') {
      for (const piece of variables ? splitVariables(part) : [part]) {
        if (typeof piece === 'string') literalPart(piece);
        else if ('escaped' in piece) tokens.push({ kind: 'char', char: piece.escaped });
        else {
          tokens.push(mode === 'may' ? { kind: 'star', of: 'any' } : { kind: 'never' });
          unknownColons();
        }
      }
      return;
    }
    if (isLetter(t, i)) tokens.push({ kind: 'letter', hole: part });
    else if (mode === 'may') tokens.push(...gapOf(part));
    else tokens.push({ kind: 'never' });
    if (part.type === 'any') unknownColons();
  });
  // An ARN operator compares six components: a pattern with fewer matches nothing.
  if (wildcards === 'arn' && colons < COLONS_OF_ARN && !colonsUnknown) return [{ kind: 'never' }];
  return simplify(tokens);
}

/** A hole in mode `may` that is not a letter: any string of its type (of finitely many values: any string). */
function gapOf(hole: Hole): Glob {
  const globs = holeGlobs(hole);
  return globs.length === 1 && globs[0] !== undefined ? globs[0] : [{ kind: 'star', of: 'any' }];
}

/** A variable next to a hole ends in `}`, not in a delimiter, so such a hole is no letter. */
function isLetter(t: Text, i: number): boolean {
  const hole = t.parts[i] as Hole;
  if (t.parts.length === 1) return true;
  if (!staysInSegment(hole)) return false;
  const before = t.parts[i - 1];
  const after = t.parts[i + 1];
  const opens = before === undefined || (typeof before === 'string' && /[:/]$/.test(before));
  const closes = after === undefined || (typeof after === 'string' && /^[:/]/.test(after));
  return opens && closes;
}

/** Drops stars next to equal stars; more would change nothing but the work. */
function simplify(tokens: readonly Token[]): Glob {
  return tokens.filter((token, i) => {
    const next = tokens[i + 1];
    return !(token.kind === 'star' && next?.kind === 'star' && subclass(token.of, next.of));
  });
}

/**
 * True iff the glob matches every string, by its form: the usual `*`.
 */
export function isUniversal(glob: Glob): boolean {
  return glob.length === 1 && glob[0]?.kind === 'star' && glob[0].of === 'any';
}

/** The characters that every match begins with. */
export function literalPrefix(glob: Glob): string {
  let out = '';
  for (const token of glob) {
    if (token.kind !== 'char') break;
    out += token.char;
  }
  return out;
}
