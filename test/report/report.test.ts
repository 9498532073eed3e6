import type { Finding } from '../../lib/checks/finding';
import { toJson } from '../../lib/report/json';
import { makeReport } from '../../lib/report/report';
import { toErrorText, toText } from '../../lib/report/text';
import { allow, modelOf, origin, role } from '../checks/model-of';

const deploy = role('App/Deploy', { duty: 'deploy', domain: 'partner', allow: [allow('s3:PutObject')] });
const approve = role('App/Approve', { duty: 'approve', domain: 'partner', allow: [allow('s3:PutObject')] });
const finding: Finding = {
  id: 'SOD-1',
  severity: 'violated',
  message: 'both may do it',
  principals: [approve.id, deploy.id],
  constructPaths: ['App/Approve', 'App/Deploy'],
  witness: {
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::b/k',
    contextA: { 'aws:SourceIp': '10.0.0.1' },
    contextB: { b: ['1', '2'], a: 'x' },
  },
  explanation: ['Granted by this.', 'And by that.'],
  chain: [{ from: 'A', to: 'B', by: 'assume-role', requests: ['sts:AssumeRole on B'] }],
  fix: 'narrow one of them',
};
const at = origin('App/Api', 'AWS::ApiGateway::RestApi');
const model = modelOf({
  principals: [deploy, approve],
  domains: [{ name: 'partner', exposure: 'partner', owner: 'Team P', declaredAt: [] }],
  apis: [
    {
      id: at.id,
      origin: at,
      kind: 'rest',
      domain: 'partner',
      exposure: 'partner',
      owner: 'Team P',
      routes: [
        { method: 'POST', path: '/b', authentication: 'AWS_IAM', sensitivity: 'HIGH' },
        { method: 'GET', path: '/a', authentication: 'AWS_IAM' },
      ],
      authentication: ['AWS_IAM'],
    },
  ],
  assumptions: [{ id: 'bootstrap', text: 'the bootstrap roles are used by CDK alone' }],
  commonStatements: [allow('cloudwatch:ListMetrics')],
});
const violated = makeReport(model, [finding]);
const proved = makeReport(model, []);

describe('the verdict', () => {
  test('is proved without findings, violated with a violation, undecided otherwise', () => {
    const undecided: Finding = { ...finding, severity: 'undecided' };
    expect([[], [undecided], [undecided, finding]].map((findings) => makeReport(model, findings).verdict)).toEqual([
      'proved',
      'undecided',
      'violated',
    ]);
  });
});

describe('JSON', () => {
  const json = JSON.parse(toJson(violated)) as Record<string, unknown>;

  test('has the members of the contract, in schema version 1', () => {
    expect(Object.keys(json)).toEqual([
      'schemaVersion',
      'verdict',
      'assumptions',
      'inventory',
      'principals',
      'findings',
      'statistics',
    ]);
    expect(json.schemaVersion).toBe(1);
    expect(json.inventory).toEqual([
      {
        domain: 'partner',
        api: 'App/Api',
        routes: [
          { method: 'GET', path: '/a', authentication: 'AWS_IAM' },
          { method: 'POST', path: '/b', authentication: 'AWS_IAM', sensitivity: 'HIGH' },
        ],
        owner: 'Team P',
        exposure: 'partner',
        authentication: ['AWS_IAM'],
        kind: 'rest',
      },
    ]);
    expect(json.principals).toEqual([
      { id: 'Stack/AppApprove', path: 'App/Approve', domain: 'partner', duty: 'approve' },
      { id: 'Stack/AppDeploy', path: 'App/Deploy', domain: 'partner', duty: 'deploy' },
    ]);
    expect(json.findings).toEqual([{ ...finding, explanation: finding.explanation }]);
  });

  test('is the same bytes for the same app, however the model was ordered', () => {
    const other = { ...model, principals: [...model.principals].reverse() };
    const findings = [finding, { ...finding, id: 'DOM-3' }];
    expect(toJson(makeReport(other, [...findings].reverse()))).toBe(toJson(makeReport(model, findings)));
    expect(toJson(proved)).not.toBe(toJson(violated));
  });
});

describe('text', () => {
  test('of a proved app', () => {
    expect(toText(proved, { reportFile: 'cdk.out/bulkhead-report.json' })).toBe(`trust domains
  name     exposure  owner   authentication  routes
  partner  partner   Team P  AWS_IAM         2

roles that hold each duty
           provision  deploy  approve  read  write  monitor  audit
  partner  -          1       1        -     -      -        -

may roles of two duties make one and the same request?
           deploy  approve
  deploy   .
  approve  no      .

common requests, which every duty may make
  - Allow cloudwatch:ListMetrics on *

assumptions, which this verdict rests on
  - bootstrap: the bootstrap roles are used by CDK alone

Bulkhead: proved separate (1 trust domain, 2 duty roles)
report: cdk.out/bulkhead-report.json
`);
  });

  test('of a finding: both constructs with their place, the request, the grants, the chain, the edit', () => {
    expect(
      toErrorText(violated, { sources: new Map([['App/Deploy', 'bin/app.ts:7:3']]) }),
    ).toBe(`SOD-1 violated (1 of 1): both may do it
  constructs App/Approve
             App/Deploy  (created at bin/app.ts:7:3)
  request    s3:PutObject on arn:aws:s3:::b/k
             for the first: aws:SourceIp = 10.0.0.1
             for the second: a = x, b = 1 | 2
  granted by Granted by this.
             And by that.
  chain      A -> B, by assume-role: sts:AssumeRole on B
  edit       narrow one of them

Bulkhead: violated, 1 finding (1 trust domain, 2 duty roles)`);
  });

  test('of a violated app says so in the matrix', () => {
    expect(toText(violated)).toMatch(/\n {2}approve {2}YES {5}\.\n/);
    expect(toText(makeReport(model, [{ ...finding, severity: 'undecided' }]))).toMatch(/\n {2}approve {2}\? {7}\.\n/);
    expect(toText(makeReport({ ...model, conflicts: [] }, []))).toMatch(/\n {2}approve {2}may {5}\.\n/);
  });
});
