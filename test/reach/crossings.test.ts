import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { crossingsAreDeclared } from '../../lib/checks/crossings-are-declared';
import type { Finding } from '../../lib/checks/finding';
import { rolesDoNotOverlap } from '../../lib/checks/roles-do-not-overlap';
import { buildModel } from '../../lib/model/build-model';
import type { Crossing, Principal, Resource } from '../../lib/model/model';
import { parsePolicy } from '../../lib/policy/parse';
import { text } from '../../lib/policy/text';
import {
  ACCOUNT,
  arn,
  type Grant,
  modelOf,
  OTHER,
  type PrincipalOptions,
  principal,
  resource,
  trusts,
} from './notation';

const context = () => new CheckContext(awsCatalogue());

function crossings(
  principals: readonly Principal[],
  resources: readonly Resource[] = [],
  declared: readonly Crossing[] = [],
): Finding[] {
  return crossingsAreDeclared.run(modelOf(principals, resources, { crossings: declared }), context());
}

const of = (domain: string, name: string, can: readonly Grant[] = [], more: PrincipalOptions = {}) =>
  principal(name, { domain, can, ...more });
const owned = (domain: string, name: string, type: string, arnOf: string, more: Partial<Resource> = {}): Resource => ({
  ...resource(name, type, arnOf),
  domain,
  ...more,
});
const queue = owned('b', 'Jobs', 'AWS::SQS::Queue', `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`);
const home = owned('a', 'Own', 'AWS::SQS::Queue', `arn:aws:sqs:eu-west-1:${ACCOUNT}:own`);
const both = [queue, home];
const declared = (actions: string[], resources: string[], from = 'a', to = 'b'): Crossing => ({
  from,
  to,
  actions,
  resources,
  justification: 'orders flow',
  approvedBy: 'security',
  expires: '2099-01-01',
});

describe('DOM-1, grants', () => {
  const send = (resourceArn: string) => of('a', 'Sender', [{ Action: 'sqs:SendMessage', Resource: resourceArn }]);
  const jobs = `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`;

  test('on a resource of another domain, and on one of its own', () => {
    const [finding, ...rest] = crossings([send(jobs)], both);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      id: 'DOM-1',
      severity: 'violated',
      principals: ['Test/Sender'],
      constructPaths: ['Test/Sender', 'Test/Jobs'],
      witness: { action: 'sqs:SendMessage', resource: jobs },
    });
    expect(finding!.message).toBe(
      `\`Test/Sender\` (of \`a\`) may make the request \`sqs:SendMessage\` on \`${jobs}\` (\`Test/Jobs\`) of the domain \`b\`, and no crossing declares it`,
    );
    expect(finding!.explanation.join(' ')).toContain('Sender policy');
    expect(crossings([send(`arn:aws:sqs:eu-west-1:${ACCOUNT}:own`)], both)).toEqual([]);
  });

  test('by a wildcard, by the resource’s policy, and not within a boundary that keeps it out', () => {
    expect(crossings([send('*')], both)).toHaveLength(1);
    const grant = parsePolicy(
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: jobs }] },
      'Jobs policy',
    );
    const granted = of('a', 'Sender');
    expect(crossings([{ ...granted, policies: { ...granted.policies, resourceGrants: [grant] } }], both)).toHaveLength(
      1,
    );
    const bounded = of('a', 'Sender', [{ Action: 'sqs:SendMessage' }], {
      boundary: [{ Action: '*', Resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:own` }],
    });
    expect(crossings([bounded], both)).toEqual([]);
  });

  test('on everything that takes no resource of another domain', () => {
    expect(
      crossings([of('a', 'Traced', [{ Action: ['xray:PutTraceSegments', 'sts:GetCallerIdentity'] }])], both),
    ).toEqual([]);
  });

  test('on a role of another domain, and on its API', () => {
    const role = of('b', 'Worker');
    const api = owned('b', 'Api', 'AWS::ApiGateway::RestApi', 'arn:aws:apigateway:eu-west-1::/restapis/abc123');
    expect(
      crossings([of('a', 'Editor', [{ Action: 'iam:TagRole', Resource: arn('Worker') }]), role], both),
    ).toHaveLength(1);
    const call = (id: string) =>
      of('a', 'Caller', [
        { Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${id}/prod/GET/x` },
      ]);
    expect(crossings([call('abc123')], [...both, api])).toHaveLength(1);
    expect(crossings([call('zzz999')], [...both, api])).toEqual([]);
  });

  test('one statement is one finding, however many domains it reaches', () => {
    const more = ['c', 'd'].map((d) =>
      owned(d, `${d}Jobs`, 'AWS::SQS::Queue', `arn:aws:sqs:eu-west-1:${ACCOUNT}:${d}-jobs`),
    );
    const [finding, ...rest] = crossings([send('*')], [...both, ...more]);
    expect(rest).toEqual([]);
    expect(finding!.message).toContain('and so on in 2 more domains');
  });

  test('of a policy that cannot be known: undecided', () => {
    const unknown = { ...of('a', 'Unknown'), unknown: ['the managed policy `x` is not known'] };
    const [finding, ...rest] = crossings([unknown], both);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'undecided' });
    expect(finding!.message).toContain('the managed policy `x` is not known');
  });

  test('a name that AWS generates is meant by a wildcard, and by nothing that somebody wrote down', () => {
    const generated = { hole: 'S/Jobs#name', type: 'segment', identity: 'names', label: 'the name of Jobs' } as const;
    const unnamed = { ...queue, arn: text(`arn:aws:sqs:eu-west-1:${ACCOUNT}:`, generated) };
    expect(crossings([send(`arn:aws:sqs:eu-west-1:${ACCOUNT}:other`)], [home, unnamed])).toEqual([]);
    expect(crossings([send(`arn:aws:sqs:eu-west-1:${ACCOUNT}:*`)], [home, unnamed])).toHaveLength(1);
  });

  test('what two roles share is shown once, by SOD-1', () => {
    const reader = of('b', 'Reader', [{ Action: 'sqs:SendMessage', Resource: jobs }]);
    const model = modelOf([send(jobs), reader], both);
    expect(rolesDoNotOverlap.run(model, context())).toHaveLength(1);
    expect(crossingsAreDeclared.run(model, context())).toEqual([]);
  });

  test.each([
    ['covers it', declared(['sqs:SendMessage'], [jobs]), 0],
    ['covers it by wildcards', declared(['sqs:*'], [`${jobs}*`]), 0],
    ['covers another action', declared(['sqs:ReceiveMessage'], [jobs]), 1],
    ['covers another resource', declared(['sqs:SendMessage'], [`${jobs}2`]), 1],
    ['goes the other way', declared(['sqs:SendMessage'], [jobs], 'b', 'a'), 1],
  ])('a declared crossing that %s', (_, crossing, expected) => {
    expect(crossings([send(jobs)], both, [crossing])).toHaveLength(expected);
  });

  test('a grant that is broader than the declared crossing fails', () => {
    const [finding] = crossings([of('a', 'Sender', [{ Action: 'sqs:*', Resource: jobs }])], both, [
      declared(['sqs:SendMessage'], [jobs]),
    ]);
    expect(finding!.witness!.action).not.toBe('sqs:SendMessage');
  });

  test('a declared crossing does not count as an overlap either', () => {
    const reader = of('b', 'Reader', [{ Action: 'sqs:SendMessage', Resource: jobs }]);
    const model = modelOf([send(jobs), reader], both, { crossings: [declared(['sqs:SendMessage'], [jobs])] });
    expect(rolesDoNotOverlap.run(model, context())).toEqual([]);
  });
});

describe('DOM-1, chains', () => {
  const worker = of('b', 'Worker', [{ Action: 'sqs:ReceiveMessage', Resource: queue.arn!.parts[0] as string }], {
    trust: [trusts(arn('Caller'))],
  });
  const caller = of('a', 'Caller');

  test('a role that admits a principal of another domain', () => {
    const [finding, ...rest] = crossings([caller, worker], both);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      id: 'DOM-1',
      severity: 'violated',
      chain: [{ from: 'Test/Caller', to: 'Test/Worker', by: 'sts-001' }],
    });
    expect(finding!.fix).toContain('Worker trust');
  });

  test('declared', () => {
    expect(crossings([caller, worker], both, [declared(['sts:AssumeRole'], [arn('Worker')])])).toEqual([]);
    expect(crossings([caller, worker], both, [declared(['sts:AssumeRole'], [arn('Else')])])).toHaveLength(1);
  });
});

describe('DOM-1, everybody', () => {
  const open = (Condition?: unknown) =>
    parsePolicy(
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*', ...(Condition !== undefined && { Condition }) },
        ],
      },
      'Jobs policy',
    );

  test('is admitted without a condition, and with one', () => {
    const [finding] = crossings([], [home, { ...queue, openTo: open() }]);
    expect(finding!.message).toBe(
      'the policy of `Test/Jobs` of the domain `b` admits everybody, and so every other domain',
    );
    expect(
      crossings([], [home, { ...queue, openTo: open({ StringEquals: { 'aws:SourceAccount': ACCOUNT } }) }]),
    ).toEqual([]);
  });

  test('an API is there to be called, and a function is not', () => {
    const openTo = open();
    const code = owned('b', 'Code', 'AWS::Lambda::Function', `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:code`);
    const api = owned('b', 'Api', 'AWS::ApiGateway::RestApi', 'arn:aws:apigateway:eu-west-1::/restapis/a1b2');
    expect(crossings([], [home, { ...code, openTo }])).toHaveLength(1);
    expect(crossings([], [home, { ...api, openTo }])).toEqual([]);
  });
});

describe('DOM-1, weak references', () => {
  const exec = (account: string) => `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-1`;
  const marked = (domain: string) => ({
    Type: 'AWS::SQS::Queue',
    Properties: {},
    Metadata: { bulkhead: { domain, part: 'queue' } },
  });
  const publish = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'producer-publish',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: exec(OTHER) } }],
      },
    },
  };
  const app = (consumer: string) =>
    buildModel([
      {
        stackName: 'Producer',
        account: ACCOUNT,
        region: 'eu-west-1',
        template: { Resources: { Queue: marked('b'), PublishGetStackOutputRoleABC: publish } },
        deployment: { executionRoleArn: exec(ACCOUNT) },
      },
      {
        stackName: 'Consumer',
        account: OTHER,
        region: 'eu-west-1',
        template: { Resources: { Queue: marked(consumer) } },
        deployment: { executionRoleArn: exec(OTHER) },
      },
    ]);

  test('the role that CDK makes admits the role that deploys another domain, or the same', () => {
    const [finding, ...rest] = crossingsAreDeclared.run(app('a'), context());
    expect(rest).toEqual([]);
    expect(finding!.message).toContain('lets the domain `a` read outputs of a stack of `b`');
    expect(crossingsAreDeclared.run(app('b'), context())).toEqual([]);
  });
});
