/**
 * `bulkhead diff`: two versions of an app in, what any principal may do now that it could not before out. The
 * document here is what every format prints; nothing is decided after it.
 *
 * No new access is claimed only where all was seen: a part of the later app that no template shows is undecided, unless
 * the two versions are the same text.
 */
import { awsCatalogue } from '../catalog/catalogue';
import { buildModel } from '../model/build-model';
import { NO_CONFIGURATION, parseConfiguration } from '../model/configuration';
import type { Assumption, Model, Origin } from '../model/model';
import type { Context } from '../policy/document';
import { nameOfStatement } from '../policy/parse';
import type { SubsetWitness } from '../policy/verdict';
import { type Access, differenceOf, type NewAccess, type NewIdentity, nameOf } from '../reach/diff';
import { align, sameTemplates } from '../reach/diff-align';
import type { Danger } from '../reach/diff-danger';
import { showGains } from '../reach/gains';
import type { AnalysisInput, AnalysisOptions } from './analyse';
import { type ChainEntry, linkEntry } from './chain';

export type DifferenceVerdict = 'no-new-access' | 'new-access' | 'undecided';

export interface DifferenceReport {
  readonly schemaVersion: 1;
  readonly verdict: DifferenceVerdict;
  readonly changes: readonly ChangeEntry[];
  /** Principals of before that are gone. */
  readonly removed: readonly string[];
  readonly assumptions: readonly Assumption[];
}

export interface ChangeEntry {
  readonly principal: string;
  readonly path: string;
  readonly isNew: boolean;
  readonly danger: Danger;
  readonly domain: string | null;
  readonly duty: string | null;
  readonly file?: string;
  readonly line?: number;
  readonly access: readonly AccessEntry[];
  /** Who could act as the principal before, and so has the same. */
  readonly inheritedBy: readonly string[];
}

export interface AccessEntry {
  readonly kind: 'requests' | 'identity' | 'undecided';
  readonly danger: Danger;
  /** `requests`: action patterns as written. */
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  /** The statement that grants it. */
  readonly by?: string;
  /** `identity`: whom it can act as, and with what more. */
  readonly as?: string;
  readonly chain?: readonly ChainEntry[];
  /** Whom it reaches from there. */
  readonly beyond?: readonly string[];
  readonly witness?: {
    readonly action: string;
    readonly resource: string;
    readonly context: Context;
    readonly holes?: Readonly<Record<string, string>>;
  };
  /** Why the witness was refused before. */
  readonly before?: string;
  readonly explanation?: readonly string[];
  /** Why it cannot be decided. */
  readonly reason?: string;
}

const SAME_VALUES: Assumption = {
  id: 'same-values',
  text: 'what only the deployment knows (a parameter, an import, an attribute of a custom resource) has one value in both versions as long as both define it alike',
};

/** @throws InputError when the configuration or a template cannot be used */
export function compare(
  before: AnalysisInput,
  after: AnalysisInput,
  { configuration, source }: Omit<AnalysisOptions, 'partial'>,
): DifferenceReport {
  const parsed = configuration === undefined ? NO_CONFIGURATION : parseConfiguration(configuration, source);
  const aligned = align(before.templates, after.templates);
  // The configuration speaks of one of the two, and both have parts that the other has not.
  const [past, now] = [aligned, after.templates].map((templates) =>
    buildModel(templates, parsed, { partial: true }),
  ) as [Model, Model];
  const { changes, removed, assumptions } = differenceOf(past, now, awsCatalogue());
  const gaps = sameTemplates(aligned, after.templates) ? [] : [...(after.gaps ?? []), ...(now.gaps ?? [])];
  const entries = [...changes.map(changeEntry), ...gaps.map(gapEntry)];
  const sure = entries.some(({ access }) => access.some((a) => a.kind !== 'undecided' && a.reason === undefined));
  return {
    schemaVersion: 1,
    verdict: sure ? 'new-access' : entries.length > 0 ? 'undecided' : 'no-new-access',
    changes: entries,
    removed: removed.map(nameOf).sort(),
    assumptions: [...now.assumptions, ...assumptions, SAME_VALUES],
  };
}

/** Ends with a line feed. */
export function differenceToJson(report: DifferenceReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function changeEntry({ principal, isNew, danger, access, inheritedBy }: NewAccess): ChangeEntry {
  const { id, domain = null, duty = null, origin } = principal;
  return {
    principal: id,
    path: nameOf(principal),
    isNew,
    danger,
    domain,
    duty,
    ...placeOf(origin),
    access: access.map(accessEntry),
    inheritedBy: inheritedBy.map(nameOf).sort(),
  };
}

function placeOf({ file, line }: Origin): { readonly file?: string; readonly line?: number } {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

function gapEntry({ path, reason }: { readonly path: string; readonly reason: string }): ChangeEntry {
  const access: AccessEntry = { kind: 'undecided', danger: 'high', reason };
  return {
    principal: path,
    path,
    isNew: false,
    danger: 'high',
    domain: null,
    duty: null,
    access: [access],
    inheritedBy: [],
  };
}

function accessEntry(access: Access): AccessEntry {
  const { kind, danger } = access;
  switch (access.kind) {
    case 'requests': {
      const { statement, actions, resources, witness, before, explanation } = access;
      const by = `${nameOfStatement(statement)} of ${statement.origin}`;
      return { kind, danger, actions, resources, by, witness: witnessEntry(witness), before, explanation };
    }
    case 'identity':
      return { kind, danger, ...identityEntry(access) };
    case 'undecided':
      return { kind, danger, reason: access.reason };
  }
}

function identityEntry({ to, chain, witness, undecided, beyond }: NewIdentity): Omit<AccessEntry, 'kind' | 'danger'> {
  const gains = showGains(to.actor.gains);
  return {
    as: gains === '' ? nameOf(to.actor.principal) : `${nameOf(to.actor.principal)} ${gains}`,
    chain: chain.map(linkEntry),
    beyond: beyond.map(nameOf).sort(),
    ...(witness && { witness: witnessEntry(witness) }),
    ...(undecided === undefined ? {} : { reason: undecided }),
  };
}

/** Values of unknown parts stand in the request already; their ids mean nothing to a reader. */
function witnessEntry({ action, resource, context }: SubsetWitness): NonNullable<AccessEntry['witness']> {
  return { action, resource, context };
}
