/**
 * The resources that a statement selects, as languages. Of most statements nobody asks more than which actions they
 * select, so the languages are read when they are asked for.
 */
import { Automaton } from './automaton';
import { isUnknown } from './condition-value';
import type { PolicyVersion, Selection, Statement } from './document';
import { compileGlob, isUniversal, type Mode } from './glob';
import { mentionsVariable, type Text } from './text';
import { type Glob, sameGlob } from './token';

export class ResourceSet {
  readonly not: boolean;
  /** True when the patterns match every string (`*`), so that with `not` nothing is selected. */
  readonly universal: boolean;
  private readUnknown: boolean | undefined;
  private readMay: Automaton | undefined;
  private readAligned: Automaton | undefined;
  private readMust: Automaton | undefined;

  constructor(
    private readonly selection: Selection,
    readonly version: PolicyVersion,
  ) {
    const { not, patterns } = selection;
    this.not = not;
    this.universal = patterns.some((p) => beginsWithStar(p) && isUniversal(this.glob(p, 'must')));
  }

  /** The selection, when it holds unknown parts and can be compared as written (see `variables.ts`). */
  get asWritten(): Selection | undefined {
    if (!this.unknown) return undefined;
    // In version 2008 `${` is text, which the comparison would take for a variable.
    return this.hasVariables || !this.selection.patterns.some(mentionsVariable) ? this.selection : undefined;
  }

  private get hasVariables(): boolean {
    return this.version === '2012-10-17';
  }

  private get unknown(): boolean {
    this.readUnknown ??= this.selection.patterns.some((p) => isUnknown(p, this.hasVariables));
    return this.readUnknown;
  }

  get may(): Automaton {
    this.readMay ??= new Automaton(this.globs('may'), 'may');
    return this.readMay;
  }

  get must(): Automaton {
    this.readMust ??= this.unknown ? new Automaton(this.globs('must'), 'must') : this.may;
    return this.readMust;
  }

  /** `may` without the strings that a wildcard of region or account matches beyond its component (see `format.ts`). */
  get aligned(): Automaton {
    if (this.readAligned === undefined) {
      const plain = this.globs('may');
      const read = this.globs('may', 'aligned');
      this.readAligned = read.every((g, i) => sameGlob(g, plain[i] as Glob)) ? this.may : new Automaton(read, 'may');
    }
    return this.readAligned;
  }

  private globs(mode: Mode, wildcards: 'glob' | 'aligned' = 'glob'): readonly Glob[] {
    return this.selection.patterns.map((p) => this.glob(p, mode, wildcards));
  }

  private glob(pattern: Text, mode: Mode, wildcards: 'glob' | 'aligned' = 'glob'): Glob {
    return compileGlob(pattern, { mode, wildcards, variables: this.hasVariables });
  }
}

/** An absent selection is every resource. */
const ALL_RESOURCES = new ResourceSet({ not: false, patterns: [{ parts: ['*'] }] }, '2008-10-17');

/** By the selection, which statements that differ in their conditions alone share (see `substitute.ts`). */
const known = new WeakMap<Selection, ResourceSet>();

export function resourceSetOf({ resource, version }: Statement): ResourceSet {
  if (resource === undefined) return ALL_RESOURCES;
  const before = known.get(resource);
  if (before?.version === version) return before;
  const set = new ResourceSet(resource, version);
  known.set(resource, set);
  return set;
}

/** Patterns that do not cannot match every string. */
function beginsWithStar({ parts: [first] }: Text): boolean {
  return typeof first === 'string' && first.startsWith('*');
}
