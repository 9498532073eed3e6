/**
 * Patterns as token sequences: what `*`, `?`, `${variables}` and holes mean for sets of strings.
 *
 * A pattern is read in one of two modes, because part of it may be unknown. In mode `may` the
 * compiled glob accepts every string that the pattern matches for *some* value of the unknown
 * parts; in mode `must` only strings that it matches for *all* values. Requirements are compiled
 * in `may` and prohibitions in `must`, so what is unknown widens Allow and narrows Deny.
 *
 * Some holes become *letters*, symbols of their own beside the characters (`letter.ts`), so that a
 * hole equals itself and differs from its siblings. Every other hole, and every policy variable, is a
 * gap: anything of its type in `may`, nothing in `must`.
 */

import { holeGlobs, type Letter, letterOf, staysInSegment } from './letter';
import { type Hole, type Text, text } from './text';
import { charToken, type Glob, subclass, type Token } from './token';

export type Mode = 'may' | 'must';

/**
 * How a text becomes a pattern:
 * `glob`: `*` and `?` are wildcards (Action, Resource, StringLike);
 * `aligned`: the same, but no wildcard before the fifth colon takes a colon, unless nothing follows it;
 * `arn`: the same within each of the six components of an ARN (ArnLike, ArnEquals);
 * `exact`: no wildcards (StringEquals).
 */
export type Wildcards = 'glob' | 'aligned' | 'arn' | 'exact';

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
      if (comma < 0) out.push({ key: body });
      else
        out.push({
          key: body.slice(0, comma),
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

/**
 * The text split at policy variables. A hole may stand in a variable's name (`${aws:PrincipalTag/⟨hole⟩}`):
 * such a variable is the parts that it is written with.
 */
export function splitText(
  t: Text,
): readonly (ReturnType<typeof splitVariables>[number] | Hole | { readonly named: Text })[] {
  const out: (ReturnType<typeof splitVariables>[number] | Hole | { named: Text })[] = [];
  const parts = [...t.parts];
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (typeof part !== 'string') {
      out.push(part);
      continue;
    }
    const open = part.lastIndexOf('${');
    if (open < 0 || part.includes('}', open) || parts.length === 0) {
      out.push(...splitVariables(part));
      continue;
    }
    out.push(...splitVariables(part.slice(0, open)));
    const close = parts.findIndex((p) => typeof p === 'string' && p.includes('}'));
    const within = parts.splice(0, close < 0 ? parts.length : close);
    const last = (parts.shift() as string | undefined) ?? '';
    const end = last.indexOf('}') + 1;
    out.push({ named: text(part.slice(open), ...within, last.slice(0, end)) });
    if (end < last.length) parts.unshift(last.slice(end));
  }
  return out;
}

export interface CompileOptions {
  readonly mode: Mode;
  readonly wildcards: Wildcards;
  /** True in documents of version 2012-10-17, for elements in which variables are substituted. */
  readonly variables: boolean;
  /**
   * For comparisons that ignore case: a letter stands for one value, not for its other spellings, so
   * in `may` every hole is a gap.
   */
  readonly ignoreCase?: boolean;
}

/** One character or unknown part of a text, with what it means in a pattern. */
type Atom =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'wildcard'; readonly char: '*' | '?' }
  | { readonly kind: 'variable' }
  | { readonly kind: 'hole'; readonly hole: Hole };

function atomsOf(t: Text, { wildcards, variables }: CompileOptions): readonly Atom[] {
  return (variables ? splitText(t) : t.parts).flatMap((piece): readonly Atom[] => {
    if (typeof piece !== 'string') {
      if ('hole' in piece) return [{ kind: 'hole', hole: piece }];
      return ['escaped' in piece ? { kind: 'char', char: piece.escaped } : { kind: 'variable' }];
    }
    return [...piece].map(
      (char): Atom =>
        wildcards !== 'exact' && (char === '*' || char === '?') ? { kind: 'wildcard', char } : { kind: 'char', char },
    );
  });
}

const COLONS_OF_ARN = 5;
const ANYTHING: Glob = [{ kind: 'star', of: 'any' }];

/** Compiles a text. */
export function compileGlob(t: Text, options: CompileOptions): Glob {
  const { mode, wildcards } = options;
  const atoms = atomsOf(t, options);
  const tokens: Token[] = [];
  // Colons read so far; after a part that may hold colons, as many as widen Allow and narrow Deny.
  let colons = 0;
  let colonsUnknown = false;
  const unknownColons = (): void => {
    colonsUnknown = true;
    if (mode === 'may') colons = COLONS_OF_ARN;
  };
  for (let i = 0; i < atoms.length; i++) {
    const letter = mode === 'may' && options.ignoreCase === true ? undefined : letterAt(atoms, i, options);
    if (letter !== undefined) {
      tokens.push({ kind: 'letter', letter });
      if (!letter.segment) unknownColons();
      i = endOfSegment(atoms, i) - 1;
      continue;
    }
    const atom = atoms[i] as Atom;
    switch (atom.kind) {
      case 'char':
        tokens.push(charToken(atom.char));
        if (atom.char === ':') colons++;
        break;
      case 'wildcard': {
        const withinComponent = wildcards === 'arn' || (wildcards === 'aligned' && i + 1 < atoms.length);
        const of = withinComponent && colons < COLONS_OF_ARN ? 'no-colon' : 'any';
        tokens.push({ kind: atom.char === '*' ? 'star' : 'one', of });
        break;
      }
      case 'variable':
        tokens.push(mode === 'may' ? { kind: 'star', of: 'any' } : { kind: 'never' });
        unknownColons();
        break;
      case 'hole':
        if (mode === 'must') tokens.push({ kind: 'never' });
        else
          tokens.push(...(options.ignoreCase === true || !isPlain(atom.hole, options) ? ANYTHING : gapOf(atom.hole)));
        if (!staysInSegment(atom.hole) || !isPlain(atom.hole, options)) unknownColons();
    }
  }
  // An ARN operator compares six components. A pattern with fewer matches nothing, as `evaluate` reads
  // it; AWS does not say so of one with a wildcard (`*`), which could stand for the components that lack.
  if (wildcards === 'arn' && colons < COLONS_OF_ARN && !colonsUnknown) {
    const open = mode === 'may' && atoms.some((a) => a.kind === 'wildcard');
    return open ? compileGlob(t, { ...options, wildcards: 'glob' }) : [{ kind: 'never' }];
  }
  return simplify(tokens);
}

/** A hole in mode `may` that is no letter: any string of its type (of finitely many values: any string). */
function gapOf(hole: Hole): Glob {
  const globs = holeGlobs(hole);
  return globs.length === 1 && globs[0] !== undefined ? globs[0] : ANYTHING;
}

/**
 * True unless the hole's value may be more than itself in the pattern: hold a wildcard, or a policy
 * variable. A value that nothing limits may well be a pattern (a parameter with a default of
 * `arn:aws:s3:::logs-*`); that it holds a variable is assumed only where its values are listed.
 */
function isPlain(hole: Hole, { wildcards, variables }: CompileOptions): boolean {
  const special = wildcards === 'exact' ? /\$\{/ : /[*?]|\$\{/;
  if (hole.values !== undefined)
    return hole.values.every((v) => !special.test(v) || (wildcards === 'exact' && !variables));
  return hole.type !== 'any' || wildcards === 'exact';
}

/** The letter that begins at the atom: the one hole of the text, or a segment of characters and holes alone. */
function letterAt(atoms: readonly Atom[], start: number, options: CompileOptions): Letter | undefined {
  const [only] = atoms;
  if (atoms.length === 1 && only?.kind === 'hole')
    return isPlain(only.hole, options) ? letterOf([only.hole]) : undefined;
  if (start > 0 && !isDelimiter(atoms[start - 1] as Atom)) return undefined;
  const segment = atoms.slice(start, endOfSegment(atoms, start));
  if (!segment.some((a) => a.kind === 'hole')) return undefined;
  const parts: (string | Hole)[] = [];
  for (const atom of segment) {
    if (atom.kind === 'wildcard' || atom.kind === 'variable') return undefined;
    if (atom.kind === 'hole' && !(staysInSegment(atom.hole) && isPlain(atom.hole, options))) return undefined;
    parts.push(atom.kind === 'hole' ? atom.hole : atom.char);
  }
  return letterOf(text(...parts).parts);
}

function endOfSegment(atoms: readonly Atom[], start: number): number {
  let end = start;
  while (end < atoms.length && !isDelimiter(atoms[end] as Atom)) end++;
  return atoms.length === 1 ? 1 : end;
}

function isDelimiter(atom: Atom): boolean {
  return atom.kind === 'char' && (atom.char === ':' || atom.char === '/');
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
