/**
 * Templates by somebody who wants to be called separate and is not. None is proved, and the reason is the right one: an overlap, a
 * crossing, a shared resource, or a part that nobody can read. Their twins lack one precondition each, and have no such finding.
 */
import { InputError } from '../../lib/model/input-error';
import { COMPUTE } from './cases-compute';
import { GATEWAYS } from './cases-gateways';
import { GRANTS } from './cases-grants';
import { type Case, INTRINSICS } from './cases-intrinsics';
import { judge } from './world';

type Judgeable = Pick<Case, 'resources' | 'sections' | 'configuration'>;

const OF_SEPARATION = /^(SOD-\d+|DOM-1|DOM-2|APP-1) /;

function separation({ resources, sections, configuration }: Judgeable): readonly string[] {
  try {
    return judge(resources, sections, configuration).findings.filter((finding) => OF_SEPARATION.test(finding));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [`unusable: ${error.message}`];
  }
}

const ALL: readonly (readonly [family: string, cases: readonly Case[]])[] = [
  ['intrinsics in odd places', INTRINSICS],
  ['attachments and resource policies', GRANTS],
  ['what runs as a role', COMPUTE],
  ['gateways that domains share', GATEWAYS],
];

test('there are at least 150', () => {
  const names = ALL.flatMap(([family, cases]) => cases.map(({ name }) => `${family}: ${name}`));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(150);
});

describe.each(ALL)('%s', (_, cases) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_name, { twin, ...hostile }) => {
    expect(separation(hostile)).not.toEqual([]);
    if (twin !== undefined) expect(separation({ ...hostile, ...twin })).toEqual([]);
  });
});
