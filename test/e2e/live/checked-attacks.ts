/**
 * Attacks on what stands in the templates: a credential is planted in them, and a domain is taken away from the app or
 * broken. What answers is `bulkhead check`, and the synthesis of the others.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveApp } from './app';
import { editTemplate, templateFile } from './assembly';
import { brokenOnPaper, type Checked, check } from './broken';
import { type Row, row } from './evidence';
import { DOMAINS, deploymentStackOf, stackOf } from './place';

/** @param backend the address with which the assembly was synthesized */
export function checkedAttacks(assembly: string, backend: string, folder: string): readonly Row[] {
  const whole = check(assembly);
  return [
    ...brokenOnPaper(assembly, join(folder, 'broken'), whole),
    plantedSecret(assembly, join(folder, 'canary'), whole),
    independence(assembly, backend, folder),
  ];
}

/** Of the form of a personal access token of GitHub, and of nobody. In two parts, so that no search finds it here. */
const CANARY = ['ghp', 'C4naryC4naryC4naryC4naryC4naryC4nary'].join('_');
const PLACES = ['Environment.Variables.SUPPORT', 'Metadata.support.token'];

function plantedSecret(assembly: string, copy: string, whole: Checked): Row {
  cpSync(assembly, copy, { recursive: true });
  editTemplate(copy, deploymentStackOf('public'), ({ Resources }) => {
    const notary = Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::Function') as
      | { Properties: { Environment: { Variables: Record<string, string> } }; Metadata?: Record<string, unknown> }
      | undefined;
    if (notary === undefined) throw new Error('the deployment of `public` has no function');
    notary.Properties.Environment.Variables.SUPPORT = CANARY;
    notary.Metadata = { ...notary.Metadata, support: { token: CANARY } };
  });
  const { status, report } = check(copy);
  const secrets = report.findings.filter(({ id }) => id === 'DOM-11').map(({ message }) => message);
  const named = PLACES.every((place) => secrets.some((message) => message.includes(place)));
  const expected = 'status 1, names both places, and not the secret';
  return row('S7', 'a canary secret is planted in an environment and in metadata', 'checked', {
    expected,
    observed:
      status === 1 && named && !JSON.stringify(report).includes(CANARY)
        ? expected
        : `status ${status}: ${secrets.join('; ')}`,
    twin: { what: 'as synthesized: status 0, proved', holds: whole.status === 0 && whole.report.verdict === 'proved' },
  });
}

/** A domain is taken away, or cannot be synthesized: what becomes of the others. */
function independence(assembly: string, backend: string, folder: string): Row {
  const differing = DOMAINS.flatMap((gone) => {
    const others = DOMAINS.filter((domain) => domain !== gone);
    const without = join(folder, `without-${gone}`);
    liveApp(backend, without, others).synth();
    return others
      .flatMap((domain) => [stackOf(domain), deploymentStackOf(domain)])
      .filter((stack) => content(without, stack) !== content(assembly, stack))
      .map((stack) => `${stack} without \`${gone}\``);
  });
  return row('D14', 'each domain in turn is taken out of the app: the templates of the others', 'checked', {
    expected: 'the same to the letter',
    observed: differing.length === 0 ? 'the same to the letter' : differing.join(', '),
    twin: {
      what: 'the templates of two domains differ',
      holds: content(assembly, stackOf('partner')) !== content(assembly, stackOf('public')),
    },
  });
}

function content(assembly: string, stack: string): string {
  return readFileSync(templateFile(assembly, stack), 'utf8');
}
