/** The answer of `who-can` for a terminal: who can by itself, who by a chain, of whom it cannot be told. */
import { contextLine, PLAIN, type Style } from './style';
import type { WhoCanEntry, WhoCanReport } from './who-can';

const HEADINGS: readonly (readonly [WhoCanEntry['how'], string])[] = [
  ['direct', 'by itself'],
  ['chain', 'by a chain'],
  ['undecided', 'undecided'],
];

export function whoCanToText(report: WhoCanReport, style: Style = PLAIN): string {
  const { action, resource, principals, gaps } = report;
  const blocks = HEADINGS.flatMap(([how, heading]) => {
    const some = principals.filter((entry) => entry.how === how);
    return some.length === 0 ? [] : [[style.strong(heading)], ...some.map((entry) => entryText(entry, style))];
  });
  const unseen = gaps.map(({ path, reason }) => `not seen: \`${path}\`: ${reason}`);
  const count =
    principals.length === 0 ? 'nobody' : `${principals.length} ${principals.length === 1 ? 'principal' : 'principals'}`;
  return `${[...blocks, ...(unseen.length === 0 ? [] : [unseen]), [`${action} on ${resource}: ${count}`]]
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function entryText(entry: WhoCanEntry, style: Style): string[] {
  const { path, domain, duty, as, chain, request, context, explanation, reason } = entry;
  const role = [duty, domain === null ? null : `of \`${domain}\``].filter((word) => word !== null).join(' ');
  return [
    `  \`${path}\`${role === '' ? '' : ` (${role})`}${as === undefined ? '' : `, as \`${as}\``}`,
    ...chain.map(({ from, by, requests }) => `    \`${from}\` ${by}: ${requests.join('; ')}`),
    ...(request === undefined ? [] : [`    ${request.action} on ${request.resource}`]),
    ...contextLine('where', context).map((line) => `    ${line}`),
    ...explanation.slice(1).map((line) => style.dim(`    ${line}`)),
    ...(reason === undefined ? [] : [`    ${reason}`]),
  ];
}
