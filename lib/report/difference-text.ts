/** What is new, for a terminal: a block for each principal, the gravest first. */
import type { AccessEntry, ChangeEntry, DifferenceReport } from './difference';
import { contextLine, PLAIN, type Style } from './style';

export function differenceToText(report: DifferenceReport, style: Style = PLAIN): string {
  const blocks = [
    ...report.changes.map((change) => changeText(change, style)),
    ...(report.removed.length === 0 ? [] : [[`gone: ${report.removed.map((name) => `\`${name}\``).join(', ')}`]]),
    [verdictLine(report, style)],
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

export function verdictLine({ verdict, changes }: DifferenceReport, style: Style = PLAIN): string {
  switch (verdict) {
    case 'no-new-access':
      return `Bulkhead: ${style.good('no new access')}`;
    case 'undecided':
      return `Bulkhead: ${style.warn('undecided')}, which counts as new access (${countOf(changes)})`;
    case 'new-access':
      return `Bulkhead: ${style.bad('new access')} (${countOf(changes)})`;
  }
}

/** `1 critical, 2 high`, by principal. */
export function countOf(changes: readonly ChangeEntry[]): string {
  const dangers = ['critical', 'high', 'medium', 'low'] as const;
  const counts = dangers.map((danger) => [changes.filter((c) => c.danger === danger).length, danger] as const);
  return counts
    .filter(([n]) => n > 0)
    .map(([n, danger]) => `${n} ${danger}`)
    .join(', ');
}

export function roleOf({ domain, duty, isNew }: ChangeEntry): string {
  const words = [
    ...(isNew ? ['new'] : []),
    ...(duty === null ? [] : [duty]),
    ...(domain === null ? [] : [`of \`${domain}\``]),
  ];
  return words.length === 0 ? '' : ` (${words.join(' ')})`;
}

function changeText(change: ChangeEntry, style: Style): string[] {
  const { danger, path, file, line, access, inheritedBy } = change;
  const paint = danger === 'critical' || danger === 'high' ? style.bad : danger === 'medium' ? style.warn : style.dim;
  const place = file === undefined ? '' : style.dim(`  ${file}${line === undefined ? '' : `:${line}`}`);
  return [
    `${paint(danger)}: ${style.strong(`\`${path}\``)}${roleOf(change)}${place}`,
    ...access.flatMap(accessText),
    ...(inheritedBy.length === 0 ? [] : field('so may', [listed(inheritedBy)])),
  ];
}

function accessText(access: AccessEntry): string[] {
  const { kind, actions = [], resources = [], by, as, chain = [], beyond = [], witness, before, reason } = access;
  const example = witness && [`${witness.action} on ${witness.resource}`, ...contextLine('where', witness.context)];
  switch (kind) {
    case 'undecided':
      return field('undecided', [reason ?? '']);
    case 'requests':
      return [
        ...field('may now', [`${actions.join(', ')}${resources.length === 0 ? '' : ` on ${resources.join(', ')}`}`]),
        ...field('by', [by ?? '']),
        ...field('example', example ?? []),
        ...field('before', before === undefined ? [] : [before]),
      ];
    case 'identity':
      return [
        ...field(reason === undefined ? 'acts as' : 'undecided', [
          `\`${as}\`${reason === undefined ? '' : `: ${reason}`}`,
        ]),
        ...field(
          'chain',
          chain.map(({ from, by: how, requests }) => `\`${from}\` ${how}: ${requests.join('; ')}`),
        ),
        ...field('example', example ?? []),
        ...(beyond.length === 0 ? [] : field('and then', [listed(beyond)])),
      ];
  }
}

const LISTED = 8;

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).map((name) => `\`${name}\``);
  return names.length > LISTED ? `${shown.join(', ')} and ${names.length - LISTED} more` : shown.join(', ');
}

function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(11)}${line}`);
}
