/**
 * How the words of globs end. Patterns such as `arn:aws:iam::*:role/a/x` and `arn:aws:iam::*:role/b/y` have nothing in
 * common because their words end differently, which a search that reads from the front proves last, after it
 * has tried every way for the `*` to go on. Read from the back it is plain.
 */
import { type Glob, inClass, type Token } from './token';

/** The last tokens of a glob, the last one first, up to the first that may read more than one symbol. */
export type Ending = readonly Token[];

/** The different endings of the globs. */
export function endingsOf(globs: readonly Glob[]): readonly Ending[] {
  const endings = new Map<string, Ending>();
  for (const glob of globs) {
    const ending = endingOf(glob);
    endings.set(ending.map(keyOf).join(), ending);
  }
  return [...endings.values()];
}

function endingOf(glob: Glob): Ending {
  const ending: Token[] = [];
  for (let i = glob.length - 1; i >= 0; i--) {
    const token = glob[i] as Token;
    ending.push(token);
    if (token.kind !== 'char' && token.kind !== 'one') break;
  }
  return ending;
}

/** No run of characters may look like another token: an ending that took the other's place would be taken for all there is. */
function keyOf(token: Token): string {
  switch (token.kind) {
    case 'char':
      return `=${token.char}`;
    case 'one':
    case 'star':
    case 'plus':
      return `${token.kind} ${token.of}`;
    case 'letter':
    case 'never':
      return token.kind;
  }
}

/** False only if no word without letters ends in both ways. */
export function meet(a: Ending, b: Ending): boolean {
  for (let i = 0; ; i++) {
    const [x, y] = [a[i], b[i]];
    // Where one glob begins, how long the word is decides: that is left to the search.
    if (x === undefined || y === undefined) return true;
    if (!mayBeOne(x, y)) return false;
    if (readsMany(x) || readsMany(y)) return true;
  }
}

function readsMany({ kind }: Token): boolean {
  return kind !== 'char' && kind !== 'one';
}

/** False only if no character is the last that both tokens read. A `star` may read none. */
function mayBeOne(x: Token, y: Token): boolean {
  if (x.kind === 'char') return y.kind === 'char' ? x.char === y.char : reads(y, x.char);
  return y.kind === 'char' ? reads(x, y.char) : true;
}

function reads(token: Token, char: string): boolean {
  return (token.kind !== 'one' && token.kind !== 'plus') || inClass(char, token.of);
}
