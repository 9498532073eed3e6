/**
 * Patterns of policies and formats of ARNs as regular languages: for z3, and as a RegExp for the same
 * set, with which a string that z3 found is recognised again.
 */
import type { ResourceFormat, Slot } from '../../../lib/policy/catalogue';

/** Over printable ASCII: policies name no other character, and many of it stand for all the others. */
export interface Language {
  readonly smt: string;
  readonly js: RegExp;
}

function language(pieces: readonly (readonly [smt: string, js: string])[]): Language {
  const smt = pieces.map(([one]) => one);
  return {
    smt: smt.length === 0 ? '(str.to_re "")' : smt.length === 1 ? (smt[0] as string) : `(re.++ ${smt.join(' ')})`,
    js: new RegExp(`^(?:${pieces.map(([, one]) => one).join('')})$`, 's'),
  };
}

const ONE = ['(re.range " " "~")', '[ -~]'] as const;
const ANY = ['(re.* (re.range " " "~"))', '[ -~]*'] as const;
const NO_COLON = ['(re.union (re.range " " "9") (re.range ";" "~"))', '[ -9;-~]'] as const;
const NAME = ['(re.union (re.range " " ".") (re.range "0" "9") (re.range ";" "~"))', '[ -.0-9;-~]'] as const;

/** A string literal; SMT-LIB doubles quotes. */
function chars(value: string): readonly [string, string] {
  if (!/^[ -~]*$/.test(value) || value.includes('\\')) throw new Error(`\`${value}\` is not plain printable ASCII`);
  return [`(str.to_re "${value.replaceAll('"', '""')}")`, value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')];
}

/** Any string, the empty one included. */
export const EVERYTHING: Language = language([ANY]);

export function exact(value: string): Language {
  return language([chars(value)]);
}

function globPieces(glob: string, many = ANY as readonly [string, string], one = ONE as readonly [string, string]) {
  return glob
    .split(/([*?])/)
    .flatMap((p): (readonly [string, string])[] => (p === '' ? [] : [p === '*' ? many : p === '?' ? one : chars(p)]));
}

/** `*` and `?` over every character, colons included. */
export function globbing(glob: string): Language {
  return language(globPieces(glob));
}

/** Each of the six components on its own; a pattern with fewer matches nothing. */
export function arnLike(pattern: string): Language | undefined {
  const pieces = pattern.split(':');
  if (pieces.length < 6) return undefined;
  const star = [`(re.* ${NO_COLON[0]})`, `${NO_COLON[1]}*`] as const;
  const first = pieces.slice(0, 5).flatMap((p) => [...globPieces(p, star, NO_COLON), chars(':')]);
  return language([...first, ...globPieces(pieces.slice(5).join(':'))]);
}

export function ignoringCase(value: string): Language {
  return language(
    [...value].map((c) => {
      const [lower, upper] = [c.toLowerCase(), c.toUpperCase()];
      if (lower === upper) return chars(c);
      return [`(re.union (str.to_re "${lower}") (str.to_re "${upper}"))`, `[${lower}${upper}]`];
    }),
  );
}

const SLOTS: Readonly<Record<Slot, readonly [string, string]>> = {
  partition: ['(re.+ (re.union (re.range "a" "z") (str.to_re "-")))', '[a-z-]+'],
  // Some global resources leave the region empty.
  region: ['(re.* (re.union (re.range "a" "z") (re.range "0" "9") (str.to_re "-")))', '[a-z0-9-]*'],
  account: ['(re.union ((_ re.^ 12) (re.range "0" "9")) (str.to_re "aws") (str.to_re ""))', '(?:[0-9]{12}|aws|)'],
  name: [`(re.+ ${NAME[0]})`, `${NAME[1]}+`],
  path: [`(re.+ ${NO_COLON[0]})`, `${NO_COLON[1]}+`],
  id: [`(re.+ ${ONE[0]})`, `${ONE[1]}+`],
  any: [`(re.+ ${ONE[0]})`, '[ -~]+'],
};

/** The ARNs of any of the formats; an action without resource types takes `*`. */
export function resourcesOf(formats: readonly ResourceFormat[]): Language {
  if (formats.length === 0) return exact('*');
  const each = formats.map((f) => language(f.parts.map((p) => (typeof p === 'string' ? chars(p) : SLOTS[p.slot]))));
  if (each.length === 1) return each[0] as Language;
  return {
    smt: `(re.union ${each.map((l) => l.smt).join(' ')})`,
    js: new RegExp(each.map((l) => l.js.source).join('|'), 's'),
  };
}
