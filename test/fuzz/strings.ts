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

const globs = new Map<string, Pattern>();

export function globPattern(glob: string): Pattern {
  let pattern = globs.get(glob);
  if (pattern === undefined) {
    pattern = [...glob].map((char): Token => {
      if (char === '*') return { accepts: any, repeat: true };
      if (char === '?') return { accepts: any, repeat: false };
      return { accepts: (c) => c === char, repeat: false, char };
    });
    if (globs.size > 50_000) globs.clear();
    globs.set(glob, pattern);
  }
  return pattern;
}

export function exactPattern(value: string): Pattern {
  return [...value].map((char) => ({ accepts: (c: string) => c === char, repeat: false, char }));
}

const classes: Record<Exclude<Slot, 'partition' | 'account'>, (char: string) => boolean> = {
  region: (c) => /[a-z0-9-]/.test(c),
  name: (c) => c !== ':' && c !== '/',
  path: (c) => c !== ':',
  // Assumed not to imitate an ARN: drawn without colons.
  id: (c) => c !== ':',
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

/** Positions in rising order, each with those reached by skipping repeatable tokens. */
function start(pattern: Pattern): Positions {
  const out = [0];
  while (pattern[out.length - 1]?.repeat) out.push(out.length);
  return out;
}

function step(pattern: Pattern, from: Positions, char: string): Positions {
  const out: number[] = [];
  let last = -1;
  for (const p of from) {
    const token = pattern[p];
    if (!token?.accepts(char)) continue;
    // Rising positions lead to rising ones, so a position not above `last` is there with all it reaches.
    let to = token.repeat ? p : p + 1;
    if (to <= last) continue;
    out.push(to);
    while (pattern[to]?.repeat) out.push(++to);
    last = to;
  }
  return out;
}

export function matches(pattern: Pattern, value: string): boolean {
  let at = start(pattern);
  for (const char of value) {
    at = step(pattern, at, char);
    if (at.length === 0) return false;
  }
  return at.includes(pattern.length);
}

const FILLER = ['a', 'b', 'x', '1', '0', '-', '/', ':'];

/** What a walk came to: `none` when it saw every state without acceptance, `lost` when it gave up. */
export type Walk = { readonly text: string } | 'none' | 'lost';

export function found(walk: Walk): string | undefined {
  return typeof walk === 'string' ? undefined : walk.text;
}

/** Looks for a random string that matches all patterns. */
export function randomMember(random: Random, patterns: readonly Pattern[], work = 300): Walk {
  const seen = new Set<string>();
  const stack: { readonly at: readonly Positions[]; readonly text: string }[] = [{ at: patterns.map(start), text: '' }];
  for (let steps = 0; steps < work; steps++) {
    const state = stack.pop();
    if (state === undefined) return 'none';
    const accepting = patterns.every((p, i) => state.at[i]?.at(-1) === p.length);
    if (accepting && (random.chance(0.6) || stack.length === 0)) return { text: state.text };
    // Last pushed is tried first: literals lead towards acceptance, filler makes detours.
    const filler = random.int(FILLER.length);
    const chars = [FILLER[filler] as string, FILLER[(filler + 3) % FILLER.length] as string];
    patterns.forEach((p, i) => {
      for (const position of state.at[i] ?? []) {
        const char = p[position]?.char;
        if (char !== undefined && !chars.includes(char)) chars.splice(2 + random.int(chars.length - 1), 0, char);
      }
    });
    if (random.chance(0.15)) chars.push(random.pick(FILLER));
    for (const char of chars) {
      const at = patterns.map((p, i) => step(p, state.at[i] ?? [], char));
      if (at.some((positions) => positions.length === 0)) continue;
      const key = at.join('|');
      if (seen.has(key)) continue;
      seen.add(key);
      stack.push({ at, text: state.text + char });
    }
    if (accepting && stack.length === 0) return { text: state.text };
  }
  return 'lost';
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
