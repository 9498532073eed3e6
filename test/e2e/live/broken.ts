/**
 * The other side: an app that somebody has broken after synthesis, with a text editor, past the gate. `deploy` of
 * `public` may read the data as well. The attack must then succeed, and `bulkhead check` on those templates name it;
 * so a run in which every attack is denied shows something.
 */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { simulate } from '../../policy/simulator';
import { editTemplate, type Template } from './assembly';
import { type Row, row } from './evidence';
import { ACCOUNT, dutyRole, ROOT, SESSION, stackOf } from './place';
import { type Document, World } from './world';

export const BROKEN = 'public';

interface Statement {
  readonly Sid?: string;
  Action?: string | string[];
  NotAction?: string[];
  Condition?: { ArnEquals: { 'aws:PrincipalArn': string | string[] } };
}

/** A copy of the assembly in which `deploy` may decrypt: in its remit, past its denies, and in the key's policy. */
export function breakIt(assembly: string, copy: string): void {
  cpSync(assembly, copy, { recursive: true });
  editTemplate(copy, stackOf(BROKEN), (template) => {
    const remit = documentOf(template, 'AWS::IAM::ManagedPolicy', 'PolicyDocument', dutyRole(BROKEN, 'deploy'));
    const own = documentOf(template, 'AWS::IAM::ManagedPolicy', 'PolicyDocument', dutyRole(BROKEN, 'read'));
    const decrypt = own.find(({ Sid }) => Sid === 'DecryptData');
    const closing = remit.find(({ Sid }) => Sid === 'NothingElse');
    const key = documentOf(template, 'AWS::KMS::Key', 'KeyPolicy').find(({ Sid }) => Sid === 'DecryptByRead');
    if (decrypt === undefined || closing?.NotAction === undefined || key?.Condition === undefined) {
      throw new Error('the template is not as this edit expects it');
    }
    remit.push({ ...decrypt, Sid: 'Support' });
    closing.NotAction.push(...[decrypt.Action ?? []].flat());
    const readers = key.Condition.ArnEquals;
    const deploy = [`arn:aws:iam::${ACCOUNT}:role/${dutyRole(BROKEN, 'deploy')}`];
    if ([readers['aws:PrincipalArn']].flat().some((arn) => arn.includes(':assumed-role/'))) {
      deploy.push(`arn:aws:sts::${ACCOUNT}:assumed-role/${dutyRole(BROKEN, 'deploy')}/*`);
    }
    readers['aws:PrincipalArn'] = [...[readers['aws:PrincipalArn']].flat(), ...deploy];
  });
}

function documentOf(template: Template, type: string, property: string, name?: string): Statement[] {
  const found = Object.values(template.Resources).find(
    (r) => r.Type === type && (name === undefined || r.Properties?.ManagedPolicyName === name),
  );
  const document = found?.Properties?.[property] as { Statement: Statement[] } | undefined;
  if (document === undefined) throw new Error(`no \`${type}\` ${name ?? ''} in the template`);
  return document.Statement;
}

export interface Checked {
  readonly status: number | null;
  readonly report: CheckReport;
}

interface CheckReport {
  readonly verdict: string;
  readonly findings: readonly {
    readonly id: string;
    readonly message: string;
    readonly witness?: { readonly action?: string };
  }[];
}

/** What the command line says of an assembly. */
export function check(assembly: string): Checked {
  const command = [join(ROOT, 'bin', 'bulkhead.ts'), 'check', assembly, '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsx'), command, {
    cwd: assembly,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 180_000,
  });
  try {
    return { status, report: JSON.parse(stdout) as CheckReport };
  } catch {
    throw new Error(`bulkhead check: status ${status}: ${stderr.slice(-2000)}`);
  }
}

/** Both sides without an emulator: what the command line names, and what the simulator lets `deploy` do. */
export function brokenOnPaper(assembly: string, copy: string, whole: Checked): readonly Row[] {
  breakIt(assembly, copy);
  const broken = check(copy);
  const decrypts = broken.report.findings.filter(
    ({ id, message }) =>
      /^SOD-[145]$/.test(id) && message.includes('kms:') && message.includes('/deploy/') && message.includes('/read/'),
  );
  const ids = [...new Set(decrypts.map(({ id }) => id))].sort().join(', ');
  const expected = `status 1, names the two roles and the request`;
  return [
    row('S2, S16', `\`bulkhead check\` on templates edited so that \`deploy\` of \`${BROKEN}\` decrypts`, 'checked', {
      expected,
      observed:
        broken.status === 1 && decrypts.length > 0
          ? expected
          : `status ${broken.status}, ${broken.report.findings.length} findings`,
      twin: {
        what: 'as synthesized: status 0, proved',
        holds: whole.status === 0 && whole.report.verdict === 'proved',
      },
    }),
    row('S2', `\`deploy\` of \`${BROKEN}\` decrypts, in the edited templates (${ids || 'not found'})`, 'simulated', {
      expected: 'allowed',
      observed: mayDecrypt(copy) ? 'allowed' : 'denied',
      twin: { what: 'as synthesized it may not', holds: !mayDecrypt(assembly) },
    }),
  ];
}

function mayDecrypt(assembly: string): boolean {
  const world = World.of(assembly);
  const role = world.roles.find(({ name }) => name === dutyRole(BROKEN, 'deploy'));
  if (role === undefined) throw new Error(`no role for \`deploy\` of \`${BROKEN}\``);
  const key = world.arnOf(world.only(stackOf(BROKEN), 'AWS::KMS::Key'));
  return (
    simulate({
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.name}/${SESSION}`,
      identityPolicies: role.identityPolicies,
      permissionsBoundary: role.permissionsBoundary as Document,
      resourcePolicy: world.resourcePolicy(key),
      request: { action: 'kms:Decrypt', resource: key, context: {} },
    }) === 'allowed'
  );
}
