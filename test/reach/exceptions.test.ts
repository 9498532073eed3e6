import { withExceptions } from '../../lib/checks/exceptions-hold';
import type { Finding } from '../../lib/checks/finding';
import { buildModel } from '../../lib/model/build-model';
import type { SecurityException } from '../../lib/model/model';
import { show } from '../../lib/policy/text';
import { makeReport } from '../../lib/report/report';
import { modelOf } from './notation';

const TODAY = new Date('2026-11-21T12:00:00Z');
const finding: Finding = {
  id: 'SOD-1',
  severity: 'violated',
  message: 'two roles overlap',
  principals: [],
  constructPaths: ['App/A/Resource', 'App/B'],
  explanation: [],
  chain: [],
  fix: 'narrow one',
};
const exception = (more: Partial<SecurityException> = {}): SecurityException => ({
  finding: 'SOD-1',
  constructPaths: ['App/B', 'App/A'],
  reason: 'migration',
  approver: 'security',
  expires: '2026-11-21',
  declaredAt: 'App/Exception',
  ...more,
});
const judged = (exceptions: SecurityException[], findings = [finding]) =>
  withExceptions(modelOf([], [], { exceptions }), findings, TODAY);

test('an exception excuses the finding that it names, on its last day too', () => {
  const [excused, ...rest] = judged([exception()]);
  expect(rest).toEqual([]);
  expect(excused!.exception).toEqual({ reason: 'migration', approver: 'security', expires: '2026-11-21' });
  expect(makeReport(modelOf([]), [excused!]).verdict).toBe('proved');
  expect(makeReport(modelOf([]), [excused!, finding]).verdict).toBe('violated');
});

test.each([
  ['another check', exception({ finding: 'SOD-2' }), 'matches no finding'],
  ['one construct less', exception({ constructPaths: ['App/A'] }), 'matches no finding'],
  ['one construct more', exception({ constructPaths: ['App/A', 'App/B', 'App/C'] }), 'matches no finding'],
  ['a day that has passed', exception({ expires: '2026-11-20' }), 'expired on 2026-11-20'],
])('an exception for %s excuses nothing, and is a finding itself', (_, declared, message) => {
  const [first, second, ...rest] = judged([declared]);
  expect(rest).toEqual([]);
  expect(first!.exception).toBeUndefined();
  expect(second).toMatchObject({ id: 'EXC-1', severity: 'violated', constructPaths: ['App/Exception'] });
  expect(second!.message).toContain(message);
});

describe('two findings of a check on the same constructs', () => {
  const other: Finding = { ...finding, message: 'two roles overlap in `kms:Decrypt`' };

  test('are not both excused by what was accepted of one', () => {
    const [first, second, third] = judged([exception()], [finding, other]);
    expect([first!.exception, second!.exception]).toEqual([undefined, undefined]);
    expect(third!.message).toContain('matches 2 findings');
  });

  test('are told apart by their words', () => {
    const [first, second, ...rest] = judged([exception({ says: 'kms:Decrypt' })], [finding, other]);
    expect(first!.exception).toBeUndefined();
    expect(second!.exception).toMatchObject({ reason: 'migration' });
    expect(rest).toEqual([]);
  });

  test('and one that comes in the place of the accepted one is not excused', () => {
    const [first, second] = judged([exception({ says: 'sqs:SendMessage' })], [other]);
    expect(first!.exception).toBeUndefined();
    expect(second!.message).toContain('saying `sqs:SendMessage`');
  });
});

test('an exception whose finding is mended asks to be removed', () => {
  expect(judged([exception()], [])[0]!.fix).toBe('remove the exception: what it excused is mended');
});

describe('declared in templates', () => {
  const crossing = (more: object = {}) => ({
    from: 'a',
    to: 'b',
    actions: ['execute-api:Invoke'],
    resources: [{ 'Fn::Sub': 'arn:aws:execute-api:eu-west-1:111111111111:$' + '{Api}/v1/GET/x' }],
    justification: 'orders',
    approvedBy: 'security',
    expires: '2026-11-21',
    ...more,
  });
  const model = (declared: unknown, metadata?: unknown) =>
    buildModel(
      [
        {
          stackName: 'S',
          account: '111111111111',
          region: 'eu-west-1',
          path: 'S',
          template: {
            Resources: {
              Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} },
              Grant: {
                Type: 'AWS::IAM::Policy',
                Properties: { PolicyName: 'p', PolicyDocument: { Statement: [] } },
                Metadata: { bulkhead: { domain: 'a', part: 'crossing', crossing: declared } },
              },
            },
            ...(metadata === undefined ? {} : { Metadata: { bulkhead: { exceptions: metadata } } }),
          },
        },
      ],
      undefined,
      { today: TODAY },
    );

  test('a crossing of a mark, with what only the deployment knows', () => {
    const [declared] = model(crossing()).crossings!;
    expect(declared).toMatchObject({ from: 'a', to: 'b', actions: ['execute-api:Invoke'], declaredAt: 'S/Grant' });
    const [resource] = declared!.resources;
    expect(typeof resource === 'string' ? resource : show(resource!)).toContain('the id of Api');
    expect(model(crossing()).assumptions.find((a) => a.id === 'crossing')!.text).toMatch(
      /^`a` may reach `b` by execute-api:Invoke on .*: orders \(approved by security, until 2026-11-21\)$/,
    );
  });

  test.each([
    ['expired', crossing({ expires: '2026-11-20' }), 'the crossing from `a` to `b` expired on 2026-11-20'],
    ['without approval', crossing({ approvedBy: undefined }), 'cannot be read'],
    ['with an unknown resource', crossing({ resources: [{}] }), 'cannot be read'],
  ])('a crossing %s declares nothing, and is a gap', (_, declared, reason) => {
    const { crossings, gaps } = model(declared);
    expect(crossings).toEqual([]);
    expect(gaps).toEqual([{ path: 'S/Grant', reason: expect.stringContaining(reason) as string }]);
  });

  test('exceptions of a template', () => {
    expect(model(crossing(), [exception()]).exceptions).toEqual([exception()]);
    expect(model(crossing(), [{ finding: 'SOD-1' }]).gaps).toEqual([
      { path: 'S', reason: 'the security exception in its metadata cannot be read' },
    ]);
  });
});
