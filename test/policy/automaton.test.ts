/**
 * The two lemmas that `lib/policy/automaton.ts` states, tested as stated: values are put into holes, the
 * resulting plain pattern is matched against a plain string by a naive matcher, and the string is
 * spelled as the lemma says. Plain patterns are compared with the naive matcher exactly.
 */
import fc from 'fast-check';
import { Automaton, forgetStates } from '../../lib/policy/automaton';
import { compileGlob } from '../../lib/policy/glob';
import { findWord } from '../../lib/policy/language';
import { type AlphabetSymbol, type Letter, letterOf, textOfWord } from '../../lib/policy/letter';
import { type Hole, literal, substitute, type Text, text } from '../../lib/policy/text';
import { type CharClass, charToken, type Glob, inClass, type Token } from '../../lib/policy/token';

/** Textbook recursion, nothing shared with the automata. */
function naive(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  if (pattern[0] === '*') return naive(pattern.slice(1), value) || (value !== '' && naive(pattern, value.slice(1)));
  return value !== '' && (pattern[0] === '?' || pattern[0] === value[0]) && naive(pattern.slice(1), value.slice(1));
}

/** The same for tokens. */
function matches([token, ...rest]: Glob, word: readonly string[]): boolean {
  if (token === undefined) return word.length === 0;
  const [first, ...others] = word;
  if (token.kind === 'char') return first === token.char && matches(rest, others);
  if (token.kind === 'letter' || token.kind === 'never') return false;
  const reads = first !== undefined && inClass(first, token.of);
  if (token.kind === 'one') return reads && matches(rest, others);
  const star: Token = { kind: 'star', of: token.of };
  return (token.kind === 'star' && matches(rest, word)) || (reads && matches([star, ...rest], others));
}

const glob = (t: Text, mode: 'may' | 'must') => compileGlob(t, { mode, wildcards: 'glob', variables: false });
const plain = (pattern: string) => new Automaton([glob(text(pattern), 'may')], 'may');
const union = (patterns: readonly string[]) =>
  new Automaton(
    patterns.map((p) => glob(text(p), 'may')),
    'may',
  );
const unit = fc.constantFrom('a', 'b', ':', '/');
const word = fc.array(unit, { maxLength: 7 }).map((c) => c.join(''));
const pattern = fc.array(fc.constantFrom('a', 'b', ':', '/', '*', '?'), { maxLength: 7 }).map((c) => c.join(''));

/** Two resources of one kind (never equal), a parameter that may be either, and one that may be any string. */
const H: Hole = { hole: 'h', type: 'segment', identity: 'bucket', label: 'h' };
const K: Hole = { hole: 'k', type: 'segment', identity: 'bucket', label: 'k' };
const P: Hole = { hole: 'p', type: 'segment', label: 'p' };
const Q: Hole = { hole: 'q', type: 'any', label: 'q' };
const withHoles = fc
  .array(fc.constantFrom<string | Hole>('a', 'b', ':', '/', ':', '/', '*', '?', H, K, P, Q), { maxLength: 6 })
  .map((parts) => text(...parts));
const name = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((c) => c.join(''));
const assignment = fc
  .record({ h: name, k: name, p: name, q: word })
  .filter(({ h, k }) => h !== k)
  .map((values) => new Map(Object.entries(values)));

/** The word that the header of `automaton.ts` defines, for the letters that stand in `patterns`. */
function spelled(
  value: string,
  patterns: readonly Text[],
  sigma: ReadonlyMap<string, string>,
): readonly AlphabetSymbol[] {
  const has = (letter: Letter, s: string) => literal(substitute(text(...letter.parts), sigma)) === s;
  const letters = patterns.flatMap((t) =>
    glob(t, 'may').flatMap((token) => (token.kind === 'letter' ? [token.letter] : [])),
  );
  const alone = patterns.flatMap((t) =>
    t.parts.length === 1 && typeof t.parts[0] !== 'string' ? [letterOf(t.parts) as Letter] : [],
  );
  const whole = alone.find((letter) => has(letter, value));
  if (whole !== undefined) return [whole];
  return value.split(/([:/])/).flatMap((run): readonly AlphabetSymbol[] => {
    const letter = run === '' ? undefined : letters.find((l) => l.segment && has(l, run));
    return letter === undefined ? [...run] : [letter];
  });
}

/** A hole's value is text: its wildcards, were there any, would be characters. These alphabets have none. */
const matchesUnder = (t: Text, sigma: ReadonlyMap<string, string>, value: string) =>
  naive(literal(substitute(t, sigma)) as string, value);

describe('automata of plain patterns', () => {
  it('accept exactly what the pattern matches', () => {
    fc.assert(
      fc.property(pattern, word, (p, w) => plain(p).accepts(w) === naive(p, w)),
      { numRuns: 20_000 },
    );
  });

  it('of several patterns accept what one of them matches', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 4 }), word, (ps, w) => {
        const union = new Automaton(
          ps.map((p) => glob(text(p), 'may')),
          'may',
        );
        return union.accepts(w) === ps.some((p) => naive(p, w));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('the lemmas on holes', () => {
  let accepted = 0;
  it('may: a pattern that matches under some values accepts the spelled word', () => {
    fc.assert(
      fc.property(withHoles, fc.array(withHoles, { maxLength: 2 }), assignment, word, (t, others, sigma, w) => {
        if (!matchesUnder(t, sigma, w)) return true;
        accepted++;
        return new Automaton([glob(t, 'may')], 'may').accepts(spelled(w, [t, ...others], sigma));
      }),
      { numRuns: 60_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });

  it('must: a spelled word that is accepted is matched under the values', () => {
    let seen = 0;
    fc.assert(
      fc.property(withHoles, fc.array(withHoles, { maxLength: 2 }), assignment, word, (t, others, sigma, w) => {
        if (!new Automaton([glob(t, 'must')], 'must').accepts(spelled(w, [t, ...others], sigma))) return true;
        seen++;
        return matchesUnder(t, sigma, w);
      }),
      { numRuns: 60_000 },
    );
    expect(seen).toBeGreaterThan(500);
  });

  it('keeps resources of one deployment apart, and nothing else', () => {
    const bucket = (hole: Hole) => new Automaton([glob(text('arn:', hole, '/*'), 'may')], 'may');
    const meet = (a: Automaton, b: Automaton) => findWord({ required: [a, b], forbidden: [] }, { left: 10_000 });
    expect(meet(bucket(H), bucket(K))).toEqual({ found: undefined });
    expect(meet(bucket(H), bucket(H))).toEqual({ found: [...'arn:', letterOf([H]), '/'] });
    expect(meet(bucket(H), bucket(P))).not.toEqual({ found: undefined });
    const logs = (hole: Hole, before: string) => new Automaton([glob(text(before, hole, '-v1'), 'may')], 'may');
    expect(meet(logs(H, 'logs-'), logs(K, 'logs-'))).toEqual({ found: undefined });
    expect(meet(logs(H, 'logs-'), logs(K, 'log'))).not.toEqual({ found: undefined });
    expect(meet(bucket(H), plain('arn:internal-a'))).toEqual({ found: undefined });
    expect(meet(bucket(H), plain('arn:internal-*/*'))).not.toEqual({ found: undefined });
  });
});

describe('search', () => {
  it('finds a shortest word, or proves that there is none: against enumeration', () => {
    const alphabet = ['a', 'b', ':', '/', 'x'];
    const words = [''];
    for (let from = 0, length = 0; length < 4; length++) {
      const to = words.length;
      for (; from < to; from++) for (const c of alphabet) words.push(`${words[from]}${c}`);
    }
    fc.assert(
      fc.property(
        fc.array(fc.array(pattern, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        fc.array(pattern, { maxLength: 2 }),
        // Whether the search is divided at once, soon or never, and what automata remember, must not matter.
        fc.constantFrom(0, 20, 1_000_000),
        fc.boolean(),
        fc.constantFrom(0, 0, 1, 2),
        (yes, no, undivided, forgets, least) => {
          const language = { required: yes.map(union), forbidden: no.map(plain) };
          if (forgets) {
            findWord(language, { left: 1_000_000 });
            forgetStates(0);
          }
          const search = findWord(language, { left: 1_000_000 }, least, undivided);
          const holds = (w: string) => yes.every((ps) => ps.some((p) => naive(p, w))) && !no.some((p) => naive(p, w));
          const first = words.find((w) => w.length >= least && holds(w));
          if (search === 'exhausted') return false;
          if (search.found === undefined) return first === undefined;
          const found = literal(textOfWord(search.found)) as string;
          return (
            found.length >= least &&
            holds(found) &&
            (first === undefined ? found.length > 4 : found.length === first.length)
          );
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('tries one character of every class that tokens tell apart: against enumeration', () => {
    const alphabet = ['a', 'q', '1', '-', 'Q', '_', '/', ':', 'é'];
    const words = ['', ...alphabet, ...alphabet.flatMap((a) => alphabet.map((b) => a + b))];
    const reads = fc.constantFrom<CharClass>('any', 'no-colon', 'name', 'region', 'digit', 'partition');
    const token = fc.oneof(
      fc.constantFrom(...alphabet).map(charToken),
      fc.record({ kind: fc.constantFrom('one' as const, 'star' as const, 'plus' as const), of: reads }),
    );
    const globs = fc.array(fc.array(token, { maxLength: 3 }), { minLength: 1, maxLength: 2 });
    const accepted = (some: readonly Glob[]) => (w: string) => some.some((g) => matches(g, [...w]));
    let found = 0;
    fc.assert(
      fc.property(fc.array(globs, { minLength: 1, maxLength: 3 }), fc.array(globs, { maxLength: 2 }), (yes, no) => {
        const automata = (all: readonly (readonly Glob[])[]) => all.map((g) => new Automaton(g, 'may'));
        const search = findWord({ required: automata(yes), forbidden: automata(no) }, { left: 1_000_000 });
        const holds = (w: string) => yes.every((g) => accepted(g)(w)) && !no.some((g) => accepted(g)(w));
        const first = words.find(holds);
        if (search === 'exhausted') return false;
        if (search.found === undefined) return first === undefined;
        found++;
        const word = literal(textOfWord(search.found)) as string;
        // A shorter one, or one where the enumeration has none, holds a character beyond its alphabet.
        const beyond = [...word].length > 2 || [...word].some((c) => !alphabet.includes(c));
        return holds(word) && ((first !== undefined && [...word].length === [...first].length) || beyond);
      }),
      { numRuns: 5_000 },
    );
    expect(found).toBeGreaterThan(500);
  });

  it('sees at once that words end differently, whatever stands before', () => {
    const role = (path: string) => plain(`arn:aws:iam::*:role/*/${path}`);
    const search = (a: string, b: string) => {
      const budget = { left: 1_000_000 };
      const { found } = findWord({ required: [role(a), role(b)], forbidden: [] }, budget) as { found: unknown };
      return { found: found !== undefined, work: 1_000_000 - budget.left };
    };
    expect(search('service-role/reader', 'service-role/writer')).toEqual({ found: false, work: 1 });
    expect(search('service-role/reader', 'role/reader').found).toBe(false);
    expect(search('role/reader', 'reader').found).toBe(true);
  });
});
