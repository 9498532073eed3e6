/**
 * Rows about the matrix as a whole: that it is run for every pair of domains, that nobody's answer differs from the
 * engine's, and what each role that is compromised may do towards an attack. And that it can fail: an app that was
 * broken after synthesis differs from what the engine says of the app as it was synthesized.
 */
import type { Model } from '../../../lib/model/model';
import { BROKEN } from './broken';
import { type Row, row } from './evidence';
import { type Cell, matrix } from './matrix';
import { DOMAINS } from './place';
import { PROBES } from './probes';
import { ofADuty } from './simulated-attacks';
import type { World } from './world';

/** @param broken the world of the app as somebody broke it (broken.ts) */
export async function matrixAttacks(model: Model, cells: readonly Cell[], broken: World): Promise<readonly Row[]> {
  const decrypt = PROBES.filter(({ action }) => action === 'kms:Decrypt');
  const differing = (await matrix(model, broken, async () => undefined, decrypt)).filter((c) => c.verdict === 'differ');
  const found = differing.some((c) => c.role === `${BROKEN}/deploy` && c.simulated === 'allowed');
  const twin = { what: `of the app that was broken it says where: ${BROKEN}/deploy decrypts`, holds: found };
  const live = cells.filter(({ observed }) => observed !== undefined);
  return [
    pairs(cells, twin),
    equal('simulated', cells, twin),
    ...(live.length > 0 ? [equal('live', live, twin)] : []),
    ...stages(cells),
  ];
}

function equal(how: 'live' | 'simulated', cells: readonly Cell[], twin: { what: string; holds: boolean }): Row {
  const differ = cells.filter(({ verdict }) => verdict === 'differ');
  const whose = how === 'live' ? 'observed' : 'simulated';
  return row('S16', `${whose} access is compared with the matrix of the engine (${cells.length} cells)`, how, {
    expected: 'none differs',
    observed: differ.length === 0 ? 'none differs' : `${differ.length} differ`,
    twin,
  });
}

/** Every role of every domain, on every domain, itself among them. */
function pairs(cells: readonly Cell[], twin: { what: string; holds: boolean }): Row {
  const missing = DOMAINS.flatMap((from) =>
    DOMAINS.filter((to) => !cells.some((c) => c.role.startsWith(`${from}/`) && c.domain === to)).map(
      (to) => `${from} → ${to}`,
    ),
  );
  const decided = cells.every(({ engine }) => engine !== 'undecided');
  const expected = `${DOMAINS.length ** 2} of ${DOMAINS.length ** 2} pairs, every cell decided`;
  return row('D15', 'the matrix of all pairs of domains is run', 'simulated', {
    expected,
    observed: missing.length === 0 && decided ? expected : `without ${missing.join(', ')}; decided: ${decided}`,
    twin,
  });
}

/** What an attack needs, one after the other; a cell is a step if it allows one of the requests. */
const STAGES: Readonly<Record<string, (cell: Cell) => boolean>> = {
  'grants access': ({ action }) =>
    /^(iam:(Put|Attach|Update|Create|Set|Delete)|kms:PutKeyPolicy|kms:CreateGrant|cognito-idp:)/.test(action),
  'prepares a change': ({ action }) => action === 'cloudformation:CreateChangeSet',
  'lets a change run': ({ action }) =>
    /^(cloudformation:ExecuteChangeSet|codepipeline:PutApprovalResult)$/.test(action),
  'reads data': ({ action, note }) =>
    action === 'kms:Decrypt' || (action === 'execute-api:Invoke' && note === 'GET /orders'),
  'writes data': ({ action, note }) =>
    action === 'kms:Encrypt' || (action === 'execute-api:Invoke' && note === 'POST /orders'),
  'mutes alarms or ends logs': ({ action }) => /^(cloudwatch:(Delete|Disable|Set)|logs:(Delete|Put)|sns:)/.test(action),
};

/** Each duty's role in turn: how far its thief comes alone. */
function stages(cells: readonly Cell[]): readonly Row[] {
  const allowed = cells.filter((c) => ofADuty(c) && (c.observed ?? c.simulated) === 'allowed');
  const roles = [...new Set(cells.filter(ofADuty).map(({ role }) => role))];
  const of = (role: string) =>
    Object.entries(STAGES).flatMap(([name, step]) => (allowed.some((c) => c.role === role && step(c)) ? [name] : []));
  const far = roles.filter((role) => of(role).length > 1).map((role) => `${role}: ${of(role).join(', ')}`);
  const together = new Set(roles.flatMap(of));
  // Muting and ending is left to approved changes alone.
  const reachable = Object.keys(STAGES).length - 1;
  return [
    row(
      'S5',
      `each of ${roles.length} roles is compromised in turn: how many stages of an attack it may make`,
      'simulated',
      {
        expected: 'one at most',
        observed: far.length === 0 ? 'one at most' : far.join('; '),
        twin: { what: `all together make ${reachable}`, holds: together.size === reachable },
      },
    ),
  ];
}
