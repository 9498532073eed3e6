/**
 * Strings that match several patterns at once, found by a random walk: the sampler's way to the
 * boundary of policies. Shares nothing with the engine's automata, so that the same mistake is not
 * made twice. Incomplete by design: no answer means nothing.
 */
import type { ResourceFormat, Slot } from '../../lib/policy/catalogue';
import type { Random } from './random';

export interface Token {
  readonly accepts: (char: string) => boolean;
  readonly repeat: boolean;
  /** The character, when there is only one. */
  readonly char?: string;
}
export type Pattern = readonly Token[];

const any = () => true;

export function globPattern(glob: string, ignoreCase = false): Pattern {
  return [...glob].map((char): Token => {
    if (char === '*') return { accepts: any, repeat: true };
    if (char === '?') return { accepts: any, repeat: false };
    const lower = char.toLowerCase();
    return { accepts: ignoreCase ? (c) => c.toLowerCase() === lower : (c) => c === char, repeat: false, char };
  });
}

export function exactPattern(value: string): Pattern {
  return [...value].map((char) => ({ accepts: (c: string) => c === char, repeat: false, char }));
}

const classes: Record<Exclude<Slot, 'partition' | 'account'>, (char: string) => boolean> = {
  region: (c) => /[a-z0-9-]/.test(c),
  name: (c) => c !== ':' && c !== '/',
  path: (c) => c !== ':',
  any,
};

/** The ARNs of a format, as alternatives, because an account has three shapes. */
export function formatPatterns(format: ResourceFormat): Pattern[] {
  let alternatives: Token[][] = [[]];
  for (const part of format.parts) {
    const next: Pattern[] = typeof part === 'string' ? [exactPattern(part)] : slotPatterns(part.slot);
    alternatives = alternatives.flatMap((tokens) => next.map((more) => [...tokens, ...more]));
  }
  return alternatives;
}

function slotPatterns(slot: Slot): Pattern[] {
  switch (slot) {
    case 'partition':
      return ['aws', 'aws-cn', 'aws-us-gov'].map(exactPattern);
    case 'account':
      return [
        Array.from({ length: 12 }, () => ({ accepts: (c: string) => /[0-9]/.test(c), repeat: false })),
        exactPattern('aws'),
        [],
      ];
    case 'region':
      // Some global resources leave the region empty.
      return [[{ accepts: classes.region, repeat: true }]];
    default: {
      const accepts = classes[slot];
      return [
        [
          { accepts, repeat: false },
          { accepts, repeat: true },
        ],
      ];
    }
  }
}

type Positions = readonly number[];

/** Closure under skipping repeatable tokens. */
function close(pattern: Pattern, positions: Iterable<number>): Positions {
  const out = new Set<number>();
  for (let p of positions) {
    out.add(p);
    while (pattern[p]?.repeat) out.add(++p);
  }
  return [...out].sort((a, b) => a - b);
}

function step(pattern: Pattern, from: Positions, char: string): Positions {
  const next: number[] = [];
  for (const p of from) {
    const token = pattern[p];
    if (token?.accepts(char)) next.push(token.repeat ? p : p + 1);
  }
  return close(pattern, next);
}

export function matches(pattern: Pattern, value: string): boolean {
  let at = close(pattern, [0]);
  for (const char of value) {
    at = step(pattern, at, char);
    if (at.length === 0) return false;
  }
  return at.includes(pattern.length);
}

export function matchesGlob(glob: string, value: string, ignoreCase = false): boolean {
  return matches(globPattern(glob, ignoreCase), value);
}

const FILLER = ['a', 'b', 'x', '1', '0', '-', '/', ':'];

/** A random string that matches all patterns, when the walk finds one within `work` steps. */
export function randomMember(random: Random, patterns: readonly Pattern[], work = 600): string | undefined {
  const seen = new Set<string>();
  const stack: { readonly at: readonly Positions[]; readonly text: string }[] = [
    { at: patterns.map((p) => close(p, [0])), text: '' },
  ];
  for (let steps = 0; steps < work; steps++) {
    const state = stack.pop();
    if (state === undefined) return undefined;
    const accepting = patterns.every((p, i) => state.at[i]?.includes(p.length));
    if (accepting && (random.chance(0.6) || stack.length === 0)) return state.text;
    const literals = new Set<string>();
    patterns.forEach((p, i) => {
      for (const position of state.at[i] ?? []) {
        const char = p[position]?.char;
        if (char !== undefined) literals.add(char);
      }
    });
    // Last pushed is tried first: literals lead towards acceptance, filler makes detours.
    const chars = [...random.shuffle(FILLER).slice(0, 3), ...random.shuffle([...literals])];
    if (random.chance(0.15)) chars.push(random.pick(FILLER));
    for (const char of chars) {
      const at = patterns.map((p, i) => step(p, state.at[i] ?? [], char));
      if (at.some((positions) => positions.length === 0)) continue;
      const key = at.map((positions) => positions.join()).join('|');
      if (seen.has(key)) continue;
      seen.add(key);
      stack.push({ at, text: state.text + char });
    }
    if (accepting && stack.length === 0) return state.text;
  }
  return undefined;
}

/** A near miss: one character dropped, doubled, replaced or changed in case. */
export function mutate(random: Random, value: string): string {
  const i = random.int(value.length + 1);
  const char = value[i] ?? '';
  switch (random.int(4)) {
    case 0:
      return value.slice(0, i) + value.slice(i + 1);
    case 1:
      return value.slice(0, i) + random.pick(FILLER) + value.slice(i);
    case 2:
      return value.slice(0, i) + random.pick(FILLER) + value.slice(i + 1);
    default:
      return (
        value.slice(0, i) + (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()) + value.slice(i + 1)
      );
  }
}
