/** What is new, as the comment on a pull request: the verdict, a table to skim, and the evidence folded away. */
import type { AccessEntry, ChangeEntry, DifferenceReport } from './difference';
import { countOf, roleOf } from './difference-text';
import { code, details, html, prose, table } from './markdown';
import { contextLine } from './style';

/** A comment holds 65,536 characters on GitHub; this leaves room for what a workflow adds. */
const MAX_CHARACTERS = 60_000;
const LISTED = 8;

export function differenceToMarkdown(report: DifferenceReport): string {
  const { changes, removed } = report;
  const head = [`### ${title(report)}`, ''];
  const tail = removed.length === 0 ? [] : ['', `Gone: ${names(removed)}.`];
  if (changes.length === 0)
    return `${[...head, 'Nobody may do anything that they could not do before.', ...tail].join('\n')}\n`;
  const rows = table([
    ['danger', 'principal', 'may now', 'for example'],
    ...changes.flatMap((change) => change.access.map((access, i) => rowOf(change, access, i === 0))),
  ]);
  const parts = changes.map((change) => ['', ...details(summaryOf(change), change.access.flatMap(evidenceOf))]);
  return `${fitting(head, rows, parts, tail).join('\n')}\n`;
}

/** Evidence is left out from the end, then rows, until the comment fits; it says so. */
function fitting(
  head: readonly string[],
  rows: readonly string[],
  parts: readonly (readonly string[])[],
  tail: readonly string[],
): readonly string[] {
  const size = (lines: readonly string[]): number => lines.reduce((n, line) => n + line.length + 1, 0);
  let room = MAX_CHARACTERS - size(head) - size(tail) - 200;
  const take = <T>(items: readonly T[], lines: (item: T) => readonly string[]): T[] => {
    const taken: T[] = [];
    for (const item of items) {
      room -= size(lines(item));
      if (room < 0) break;
      taken.push(item);
    }
    return taken;
  };
  const shownRows = take(rows, (row) => [row]);
  const shownParts = take(parts, (part) => part);
  const left = rows.length - shownRows.length + (parts.length - shownParts.length);
  const note = left === 0 ? [] : ['', 'The rest is left out here: `bulkhead diff` prints all of it.'];
  return [...head, ...shownRows, ...shownParts.flat(), ...note, ...tail];
}

function title({ verdict, changes }: DifferenceReport): string {
  switch (verdict) {
    case 'no-new-access':
      return 'Bulkhead: no new access';
    case 'undecided':
      return `Bulkhead: undecided, which counts as new access (${countOf(changes)})`;
    case 'new-access':
      return `Bulkhead: new access (${countOf(changes)})`;
  }
}

function rowOf(change: ChangeEntry, access: AccessEntry, first: boolean): readonly string[] {
  const { witness } = access;
  return [
    access.danger === 'critical' || access.danger === 'high' ? `**${access.danger}**` : access.danger,
    first ? `${code(change.path)}${prose(roleOf(change))}` : '',
    whatOf(access),
    witness === undefined ? '' : `${code(witness.action)} on ${code(witness.resource)}`,
  ];
}

function whatOf({ kind, actions = [], resources = [], as, reason }: AccessEntry): string {
  switch (kind) {
    case 'undecided':
      return `undecided: ${prose(reason ?? '')}`;
    case 'requests':
      return `${names(actions)}${resources.length === 0 ? '' : ` on ${names(resources)}`}`;
    case 'identity':
      return `act as ${code(as ?? '')}${reason === undefined ? '' : `, undecided: ${prose(reason)}`}`;
  }
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, LISTED).map(code).join(', ');
  return all.length > LISTED ? `${shown} and ${all.length - LISTED} more` : shown;
}

function summaryOf({ path, danger }: ChangeEntry): string {
  return `<code>${html(path)}</code>: ${danger}, the evidence`;
}

function evidenceOf(access: AccessEntry): readonly string[] {
  const { by, before, explanation = [], chain = [], witness, beyond = [] } = access;
  const lines = [
    ...(by === undefined ? [] : [`Granted by ${prose(by)}.`]),
    ...explanation.map(prose),
    ...chain.map(
      ({ from, to, by: how, requests }) =>
        `${code(from)} ${prose(how)}, and so acts as ${code(to)}: ${requests.map(code).join('; ')}.`,
    ),
    ...(witness === undefined ? [] : contextLine('In the context', witness.context).map((line) => `${prose(line)}.`)),
    ...(before === undefined ? [] : [`Before: ${prose(before)}.`]),
    ...(beyond.length === 0 ? [] : [`And from there as ${names(beyond)}.`]),
  ];
  return [...lines.map((line) => `- ${line}`), ''];
}
