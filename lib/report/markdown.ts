/**
 * Markdown as GitHub and GitLab render it, made so that no name from a template can change the page: code spans fenced
 * by more backticks than they hold, cells without bars or line breaks, text without markup.
 */

/** A code span of any text. */
export function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return flat === '' ? '' : `${fence}${pad}${flat}${pad}${fence}`;
}

/** Text in which `` `names` `` stay code and nothing else is markup. */
export function prose(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? part : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]#|~]/g, (c) => `\\${c}`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '@&#8203;');
}

/** Rows of ready Markdown, the first of them the heading. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const [head, ...body] = rows;
  if (head === undefined) return [];
  // A bar ends a cell even within a code span, unless it is escaped.
  const row = (cells: readonly string[]): string => `| ${cells.map((c) => bars(c)).join(' | ')} |`;
  return [row(head), `| ${head.map(() => '---').join(' | ')} |`, ...body.map(row)];
}

function bars(cell: string): string {
  return cell.replace(/\n/g, '<br>').replace(/(?<!\\)\|/g, '\\|');
}

/** A part that is closed until it is asked for. */
export function details(summary: string, body: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...body, '', '</details>'];
}

/** As text of HTML. */
export function html(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
