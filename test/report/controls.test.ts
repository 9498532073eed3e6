import type { Finding } from '../../lib/checks/finding';
import { CHECKS } from '../../lib/checks/run-checks';
import { CONTROLS, judgedControls, stateOf } from '../../lib/report/controls';
import { makeReport } from '../../lib/report/report';
import { modelOf, resource, role } from '../checks/model-of';

const finding = (id: string, severity: Finding['severity'] = 'violated'): Finding => ({
  id,
  severity,
  message: 'm',
  principals: [],
  constructPaths: [],
  explanation: [],
  chain: [],
  fix: 'f',
});
const model = modelOf({
  principals: [role('App/Deploy', { duty: 'deploy', domain: 'a' })],
  domains: [{ name: 'a', declaredAt: [] }],
  resources: [
    resource('App/Trail', 'AWS::CloudTrail::Trail'),
    resource('App/Alarm', 'AWS::CloudWatch::Alarm', { domain: 'a' }),
    { ...resource('App/Api', 'AWS::ApiGateway::RestApi', { domain: 'a' }), part: 'api' },
  ],
});
const states = (findings: readonly Finding[], of = model) =>
  Object.fromEntries(judgedControls().map((control) => [control.id, stateOf(control, makeReport(of, findings))]));

test('every control is judged by checks that there are', () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(CONTROLS.flatMap(({ checks }) => checks).filter((id) => !ids.includes(id))).toEqual([]);
  expect(new Set(CONTROLS.map(({ id }) => id)).size).toBe(CONTROLS.length);
});

test('a violation breaks the controls of its check, and no other', () => {
  expect(new Set(Object.values(states([])))).toEqual(new Set(['held']));
  expect(states([finding('DOM-1')])).toMatchObject({ D11: 'broken', D1: 'held', S1: 'held' });
  expect(states([finding('SOD-2', 'undecided')])).toMatchObject({ S4: 'undecided', D11: 'held' });
});

test('an alarm that is missing is no breach of duties, and one that somebody may mute is', () => {
  const { principals } = model;
  expect(states([finding('DOM-13')])).toMatchObject({ D12: 'broken', S14: 'broken', S3: 'held' });
  const muting = { ...finding('DOM-13'), principals: [principals[0]!.id] };
  expect(states([muting])).toMatchObject({ D12: 'broken', S3: 'broken' });
});

test('an overlap is an undeclared crossing iff it is between roles of two domains', () => {
  const two = modelOf({
    principals: [
      role('App/Deploy', { duty: 'deploy', domain: 'a' }),
      role('App/Read', { duty: 'read', domain: 'a' }),
      role('Other/Read', { duty: 'read', domain: 'b' }),
    ],
  });
  const [deploy, read, other] = two.principals.map(({ id }) => id) as [string, string, string];
  const overlap = (...principals: string[]) => states([{ ...finding('SOD-1'), principals }], two);
  expect(overlap(deploy, read)).toMatchObject({ S1: 'broken', D11: 'held' });
  expect(overlap(read, other)).toMatchObject({ S1: 'held', D11: 'broken' });
});

test('an overlap breaks separation of duties iff it is between two duties of one domain', () => {
  const three = modelOf({
    principals: [
      role('App/Deploy', { duty: 'deploy', domain: 'a' }),
      role('App/Approve', { duty: 'approve', domain: 'a' }),
      role('Other/Approve', { duty: 'approve', domain: 'b' }),
      role('Audit', { duty: 'audit' }),
    ],
  });
  const [deploy, approve, other, audit] = three.principals.map(({ id }) => id) as [string, string, string, string];
  const overlap = (...principals: string[]) => states([{ ...finding('SOD-1'), principals }], three);
  const [broken, held] = ['broken', 'held'].map((state) => ({ S1: state, S2: state, S5: state, S8: state }));
  expect(overlap(deploy, approve)).toMatchObject({ ...broken, D10: 'held', D11: 'held' });
  expect(overlap(deploy, other)).toMatchObject({ ...held, D10: 'broken', D11: 'broken' });
  expect(overlap(deploy, audit)).toMatchObject(broken!);
  // One statement that lets a role overlap with roles of its own domain and of another breaks both.
  expect(overlap(deploy, approve, other)).toMatchObject({ ...broken, D11: 'broken' });
});

test('what cannot be seen leaves all undecided; without domains and duties there is nothing to judge', () => {
  expect(new Set(Object.values(states([finding('APP-1', 'undecided')])))).toEqual(new Set(['undecided']));
  expect(new Set(Object.values(states([], modelOf({ principals: [], domains: [] }))))).toEqual(
    new Set(['nothing to judge']),
  );
});
