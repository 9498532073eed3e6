/** docs/controls.md, from the registry of checks, the controls of the report, the evidence and the sabotages. */
import { CHECKS } from '../../lib/checks/run-checks';
import { CONTROLS, type Control } from '../../lib/report/controls';
import { EVIDENCE, type Evidence, type TestName } from './evidence';

export interface Claim extends Evidence {
  readonly control: Control;
  readonly violated: TestName;
  readonly clean: TestName;
}

/** What is shown: there is a check for it, and a test for either answer. */
export function claims(): readonly Claim[] {
  const registered = new Set(CHECKS.map(({ id }) => id));
  return EVIDENCE.flatMap((evidence) => {
    const control = CONTROLS.find(({ id }) => id === evidence.id);
    const { violated, clean } = evidence;
    if (control === undefined || violated === undefined || clean === undefined) return [];
    return control.checks.every((id) => registered.has(id)) ? [{ ...evidence, control, violated, clean }] : [];
  });
}

/** Controls that no claim is made about. */
export function unclaimed(): readonly string[] {
  const claimed = new Set(claims().map(({ id }) => id));
  return EVIDENCE.map(({ id }) => id).filter((id) => !claimed.has(id));
}

export function controlsPage(): string {
  const missing = unclaimed();
  const rows = claims().map(({ id, asks, builtBy, control, violated, clean, zones }) =>
    [
      id,
      asks,
      builtBy.map((name) => `\`${name}\``).join(', '),
      `${control.checks.map(linkOf).join(', ')}: ${control.text}`,
      [testLink(violated), ...(zones === undefined ? [] : [`at a shared gateway ${testLink(zones.violated)}`])].join(
        '; ',
      ),
      [testLink(clean), ...(zones === undefined ? [] : [`at a shared gateway ${testLink(zones.clean)}`])].join('; '),
    ].map((cell) => cell.replaceAll('|', '\\|')),
  );
  return [
    '# Controls',
    '',
    '<!-- Written by `npm run docs` from lib/report/controls.ts, lib/checks and test/controls/evidence.ts. -->',
    '',
    'What the library stands for: D for the separation of domains, S for the separation of duties. Each row names what builds the control, the checks that judge it at every synthesis, the test in which it is violated and the test in which it is not. Beside them, `npm run sabotage` breaks random apps and expects the control to be named ([test/properties](../test/properties)).',
    '',
    ...(missing.length === 0
      ? [`All ${EVIDENCE.length} controls are here.`]
      : [
          `${rows.length} of ${EVIDENCE.length} controls are here. Nothing is claimed about ${missing.join(', ')}: a check or a test is missing.`,
        ]),
    '',
    '| control | asks | built by | checked at synthesis | violated in | clean in |',
    '|---|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}

function linkOf(id: string): string {
  return `[${id}](checks.md)`;
}

function testLink([file, title]: TestName): string {
  return `[${title.replaceAll('[', '(').replaceAll(']', ')')}](../${file})`;
}
