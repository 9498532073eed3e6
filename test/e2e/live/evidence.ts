/** What a run found, one row an attack, and how it is written down: JSON for machines, Markdown for people. */
import type { Canary } from './canaries';
import { type Coverage, coverage } from './controls';
import type { Cell } from './matrix';
import type { Change } from './transform';

/**
 * `live`: requests to the emulator. `simulated`: the policies in an independent simulator, or settings judged as AWS
 * documents them. `checked`: by `bulkhead check`, or by synthesis.
 */
export type How = 'live' | 'simulated' | 'checked';

export interface Row {
  readonly control: string;
  readonly attack: string;
  readonly expected: string;
  readonly observed: string;
  readonly how: How;
  /** The same request by whoever may make it: without it, a denial shows nothing. */
  readonly twin?: string;
  readonly asExpected: boolean;
}

/** A row whose attack is refused iff the twin is let in. */
export function row(
  control: string,
  attack: string,
  how: How,
  {
    expected = 'denied',
    observed,
    twin,
  }: { expected?: string; observed: string; twin?: { what: string; holds: boolean } },
): Row {
  return {
    control,
    attack,
    how,
    expected,
    observed,
    ...(twin !== undefined && { twin: twin.holds ? twin.what : `NOT SO: ${twin.what}` }),
    asExpected: observed === expected && (twin === undefined || twin.holds),
  };
}

export interface NotRun {
  readonly controls: readonly string[];
  readonly what: string;
  readonly because: string;
}

export interface Evidence {
  /** Which, and how strict; undefined where there was none. */
  readonly emulator?: string;
  readonly canaries: readonly Canary[];
  readonly rows: readonly Row[];
  readonly notRun: readonly NotRun[];
  readonly matrix: MatrixSummary;
  /** What was changed in the templates before they were deployed. */
  readonly changes: readonly Change[];
  readonly deployed: readonly {
    readonly stack: string;
    readonly resources: number;
    readonly notProvisioned: readonly string[];
  }[];
}

export interface MatrixSummary {
  readonly cells: number;
  readonly live: number;
  readonly agree: number;
  readonly narrowed: number;
  readonly undecided: number;
  readonly differ: readonly Cell[];
  /** Allowed cells, as `role may action on domain`, grouped: the whole matrix but for what is denied. */
  readonly allowed: Readonly<Record<string, readonly string[]>>;
}

export function summarize(cells: readonly Cell[]): MatrixSummary {
  const allowed: Record<string, string[]> = {};
  for (const { role, action, note, domain, simulated } of cells) {
    if (simulated !== 'allowed') continue;
    const own = role.startsWith(`${domain}/`) ? '' : ` (of ${domain})`;
    allowed[role] = [...(allowed[role] ?? []), `${action}${note === undefined ? '' : ` (${note})`}${own}`];
  }
  const count = (verdict: Cell['verdict']) => cells.filter((c) => c.verdict === verdict).length;
  return {
    cells: cells.length,
    live: cells.filter((c) => c.observed !== undefined).length,
    agree: count('agree'),
    narrowed: count('narrowed'),
    undecided: cells.filter((c) => c.engine === 'undecided').length,
    differ: cells.filter((c) => c.verdict === 'differ'),
    allowed,
  };
}

/** Iff all is as expected, nothing differs, and every control is shown. */
export function passed(evidence: Evidence): boolean {
  const { rows, matrix } = evidence;
  return (
    rows.every((r) => r.asExpected) &&
    matrix.cells > 0 &&
    matrix.differ.length === 0 &&
    covered(evidence).every(({ state }) => state !== 'NOT SHOWN')
  );
}

export const covered = ({ rows, emulator }: Evidence): readonly Coverage[] => coverage(rows, emulator !== undefined);

export function toText(evidence: Evidence): string {
  const { rows, notRun, matrix, canaries, emulator } = evidence;
  const columns: readonly (readonly [string, (row: Row) => string])[] = [
    ['control', (r) => r.control],
    ['attack', (r) => r.attack],
    ['expected', (r) => r.expected],
    ['observed', (r) => r.observed],
    ['how', (r) => r.how],
    ['', (r) => (r.asExpected ? 'ok' : `NOT OK${r.twin?.startsWith('NOT SO') ? ` (${r.twin})` : ''}`)],
  ];
  const lines = [columns.map(([name]) => name), ...rows.map((r) => columns.map(([, of]) => of(r)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...table,
    '',
    `matrix: ${matrixLine(matrix)}`,
    ...matrix.differ.slice(0, 50).map((c) => `  differs: ${JSON.stringify(c)}`),
    `emulator: ${emulator ?? 'none'}`,
    ...canaries.filter((c) => !c.passed).map((c) => `not live: ${c.kind}: ${c.because ?? ''}`),
    ...notRun.map((n) => `not run: ${n.controls.join(', ')}: ${n.what}: ${n.because}`),
    '',
    'control: rows live + simulated + checked',
    ...covered(evidence).map(
      (c) => `${c.id.padEnd(4)} ${c.live} + ${c.simulated} + ${c.checked}  ${c.state}: ${c.attack}`,
    ),
    '',
  ].join('\n');
}

export function matrixLine({ cells, live, agree, narrowed, undecided, differ }: MatrixSummary): string {
  return `${cells} cells, of which ${live} live; ${agree} agree, ${narrowed} narrowed by the resource's policy, ${differ.length} differ, ${undecided} undecided`;
}

export function toMarkdown(evidence: Evidence): string {
  const { rows, notRun, matrix, canaries, emulator, changes, deployed } = evidence;
  const table = (head: readonly string[], body: readonly (readonly string[])[]) =>
    [head, head.map(() => '---'), ...body].map(
      (line) => `| ${line.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`,
    );
  return [
    '# Evidence of the live proof',
    '',
    `Written by \`npm run e2e\`; what it does, and what it measured, stands in [e2e.md](e2e.md). Emulator: ${emulator ?? 'none'}.`,
    '',
    `**${rows.filter((r) => r.asExpected).length} of ${rows.length} attacks as expected; the matrix has ${matrixLine(matrix)}.**`,
    '',
    '## Attacks',
    '*Live*: requests to the emulator, of a kind whose canary has passed. *Simulated*: the policies of the templates in an independent simulator, or their settings judged as AWS documents them ([e2e.md](e2e.md#judges)). *Checked*: by `bulkhead check`, or by synthesis. The twin is the same request by whoever may make it.',
    '',
    ...table(
      ['control', 'attack', 'expected', 'observed', 'how', 'twin', ''],
      rows.map((r) => [
        r.control,
        r.attack,
        r.expected,
        r.observed,
        r.how,
        r.twin ?? '',
        r.asExpected ? 'ok' : 'NOT OK',
      ]),
    ),
    '',
    '## Controls',
    'How many rows show each control, by how they were had. A control without any fails the run.',
    '',
    ...table(
      ['control', 'attack that must fail', 'live', 'simulated', 'checked', ''],
      covered(evidence).map((c) => [c.id, c.attack, `${c.live}`, `${c.simulated}`, `${c.checked}`, c.state]),
    ),
    '',
    '## Canaries',
    'What the emulator enforces, shown on resources of its own. Whatever did not pass is simulated.',
    '',
    ...table(
      ['kind', 'denied, and allowed', 'passed'],
      canaries.map((c) => [c.kind, c.what, c.passed ? 'yes' : `no: ${c.because ?? ''}`]),
    ),
    '',
    '## The matrix',
    'Every role × every sensitive request × every domain’s resources. What each role may, as the simulator says and the engine predicts; all that is not here is denied.',
    '',
    ...table(
      ['role', 'may'],
      Object.entries(matrix.allowed).map(([role, may]) => [role, may.join(', ')]),
    ),
    '',
    '## Deployed',
    ...table(
      ['stack', 'resources', 'types that the emulator only records'],
      deployed.map((d) => [d.stack, String(d.resources), d.notProvisioned.join(', ')]),
    ),
    '',
    changes.length === 0
      ? 'The templates were deployed as synthesized.'
      : 'Changed for the emulator before deployment (most of it by test/e2e/live/transform.ts); the engine and the simulator judge the templates as synthesized:',
    '',
    ...changes.map(
      (c) => `- ${c.what}, because ${c.because}${c.stacks.length === 0 ? '' : ` (${c.stacks.join(', ')})`}`,
    ),
    '',
    '## Not run',
    ...(notRun.length === 0
      ? ['Nothing.']
      : table(
          ['controls', 'what', 'because'],
          notRun.map((n) => [n.controls.join(', '), n.what, n.because]),
        )),
    '',
  ].join('\n');
}
