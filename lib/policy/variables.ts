/**
 * Unknown parts compared as written: whether patterns cover a pattern for every value that its
 * policy variables and holes can have. Each is read as one letter, equal to itself and to nothing
 * else; the letter stands for a string that the value, read as a pattern, matches. So what is
 * covered here is covered for every value, one with wildcards included.
 */
import { Automaton } from './automaton';
import { splitText } from './glob';
import { findWord } from './language';
import { type Letter, letterOf } from './letter';
import type { Text } from './text';
import type { Glob, Token } from './token';

const WORK = 20_000;

/** True only if every string that `pattern` matches is matched by one of `patterns`, in every context. */
export function covers(patterns: readonly Text[], pattern: Text): boolean {
  if (patterns.some((p) => isSame(p, pattern))) return true;
  // A string that the pattern matches is spelled with letters where the pattern has unknown parts: `must` reads that word.
  const required = [new Automaton([atomic(pattern)], 'must')];
  const forbidden = [
    new Automaton(
      patterns.map((p) => atomic(p)),
      'must',
    ),
  ];
  const search = findWord({ required, forbidden }, { left: WORK });
  return search !== 'exhausted' && search.found === undefined;
}

function isSame(a: Text, b: Text): boolean {
  return (
    a.parts.length === b.parts.length &&
    a.parts.every((part, i) => {
      const other = b.parts[i]!;
      return typeof part === 'string' || typeof other === 'string' ? part === other : part.hole === other.hole;
    })
  );
}

function atomic(t: Text): Glob {
  return splitText(t).flatMap((piece): readonly Token[] => {
    if (typeof piece === 'string') return [...piece].map(tokenOf);
    if ('hole' in piece) return letterToken(piece.hole);
    if ('escaped' in piece) return [{ kind: 'char', char: piece.escaped }];
    if ('named' in piece)
      return letterToken(JSON.stringify(piece.named.parts.map((p) => (typeof p === 'string' ? p : [p.hole]))));
    return letterToken(`\${${piece.key.toLowerCase()},${piece.fallback ?? ''}}`);
  });
}

function tokenOf(char: string): Token {
  if (char === '*') return { kind: 'star', of: 'any' };
  return char === '?' ? { kind: 'one', of: 'any' } : { kind: 'char', char };
}

/** An unknown part as a letter of its own; its values do not matter here, and a letter of any type exists. */
function letterToken(id: string): readonly Token[] {
  const letter = letterOf([{ hole: id, type: 'any', label: id }]) as Letter;
  return [{ kind: 'letter', letter }];
}
