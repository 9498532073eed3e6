/**
 * Policy variables compared as written: whether patterns cover a pattern for every value that the
 * variables can have. Each variable is read as one letter, equal to itself and to nothing else, so
 * what is covered here is covered for every value.
 */
import { Automaton } from './automaton';
import { splitVariables } from './glob';
import { findWord } from './language';
import { type Letter, letterOf } from './letter';
import type { Hole, Text } from './text';
import type { Glob, Token } from './token';

const WORK = 20_000;

/** True only if every string that `pattern` matches is matched by one of `patterns`, in every context. */
export function covers(patterns: readonly Text[], pattern: Text): boolean {
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

function atomic(t: Text): Glob {
  return t.parts.flatMap((part): readonly Token[] => {
    if (typeof part !== 'string') return letterToken(part);
    return splitVariables(part).flatMap((piece): readonly Token[] => {
      if (typeof piece !== 'string') {
        if ('escaped' in piece) return [{ kind: 'char', char: piece.escaped }];
        const id = `\${${piece.key.toLowerCase()},${piece.fallback ?? ''}}`;
        return letterToken({ hole: id, type: 'any', label: piece.key });
      }
      return [...piece].map((char): Token => {
        if (char === '*') return { kind: 'star', of: 'any' };
        if (char === '?') return { kind: 'one', of: 'any' };
        return { kind: 'char', char };
      });
    });
  });
}

/** A hole as a letter of its own; its values do not matter here, and a letter of any type exists. */
function letterToken({ hole, label }: Hole): readonly Token[] {
  const letter = letterOf([{ hole, type: 'any', label }]) as Letter;
  return [{ kind: 'letter', letter }];
}
