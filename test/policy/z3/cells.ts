/**
 * The cells that patterns cut a set of strings into: which combinations of matching and not
 * matching some string has. z3 is fast at one membership in one intersection and very slow at a
 * Boolean formula over many memberships (measured: 16 ms against 1.4 s), so it is asked for cells.
 *
 * Every cell that is called empty was proved empty by z3, as it is or through fewer patterns;
 * every other one has a string, found by z3 and recognised by RegExp.
 */
import type { Language } from './languages';
import type { Smt } from './solver';

interface Signed {
  readonly language: Language;
  readonly matches: boolean;
}

export class Cells {
  /** Strings that z3 found, by the set that they are within. */
  private readonly pools = new Map<string, string[]>();
  /** Combinations proved empty, small ones, by the set that they are within. */
  private readonly cores = new Map<string, ReadonlySet<string>[]>();
  private readonly answers = new Map<string, readonly (readonly boolean[])[]>();

  constructor(private readonly smt: Smt) {}

  /** All non-empty cells: for each pattern, whether its strings are the ones that match. */
  async of(within: Language, patterns: readonly Language[]): Promise<readonly (readonly boolean[])[]> {
    const key = [within.smt, ...patterns.map((p) => p.smt)].join('\n');
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    let cells: (readonly boolean[])[] = [[]];
    for (let i = 0; i < patterns.length; i++) {
      const next: (readonly boolean[])[] = [];
      for (const cell of cells) {
        for (const matches of [true, false]) {
          const signs = [...cell, matches];
          const signed = signs.map((sign, j): Signed => ({ language: patterns[j] as Language, matches: sign }));
          if (await this.hasString(within, signed)) next.push(signs);
        }
      }
      cells = next;
    }
    this.answers.set(key, cells);
    return cells;
  }

  private async hasString(within: Language, signed: readonly Signed[]): Promise<boolean> {
    const pool = this.pools.get(within.smt) ?? [];
    this.pools.set(within.smt, pool);
    if (pool.some((s) => signed.every(({ language, matches }) => language.js.test(s) === matches))) return true;
    const names = new Set(signed.map(nameOf));
    const cores = this.cores.get(within.smt) ?? [];
    this.cores.set(within.smt, cores);
    if (cores.some((core) => [...core].every((name) => names.has(name)))) return false;
    const found = await this.smt.member(regexOf(within, signed));
    if (found !== undefined) {
      const agreed =
        within.js.test(found) && signed.every(({ language, matches }) => language.js.test(found) === matches);
      if (!agreed) throw new Error(`z3 found \`${found}\`, which is not in ${regexOf(within, signed)}`);
      pool.push(found);
      return true;
    }
    cores.push(new Set((await this.shrink(within, signed)).map(nameOf)));
    return false;
  }

  /** Fewer patterns that already leave no string. */
  private async shrink(within: Language, empty: readonly Signed[]): Promise<readonly Signed[]> {
    let core = empty;
    for (const one of empty) {
      const without = core.filter((s) => s !== one);
      const pool = this.pools.get(within.smt) ?? [];
      if (pool.some((s) => without.every(({ language, matches }) => language.js.test(s) === matches))) continue;
      const found = await this.smt.member(regexOf(within, without));
      if (found === undefined) core = without;
      else pool.push(found);
    }
    return core;
  }
}

function nameOf({ language, matches }: Signed): string {
  return matches ? language.smt : `(re.comp ${language.smt})`;
}

function regexOf(within: Language, signed: readonly Signed[]): string {
  return signed.length === 0 ? within.smt : `(re.inter ${[within.smt, ...signed.map(nameOf)].join(' ')})`;
}
