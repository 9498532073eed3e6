/** Apps that the default CDK bootstrap deploys: one printed assumption, or one finding, however large they are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examine, runChecks } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import { type Configuration, NO_CONFIGURATION } from '../../lib/model/configuration';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { parsePolicy } from '../../lib/policy/parse';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const cdk = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-${role}-${ACCOUNT}-${REGION}`;
const DEPLOYMENT = {
  deployRoleArn: cdk('deploy-role'),
  executionRoleArn: cdk('cfn-exec-role'),
  lookupRoleArn: cdk('lookup-role'),
  filePublishingRoleArn: cdk('file-publishing-role'),
};
const DUTIES = ['deploy', 'approve', 'read'] as const;

/** n domains of three duties; the roles that may assume what are given by duty. */
function app(
  n: number,
  may: Partial<Record<(typeof DUTIES)[number], readonly string[]>> = {},
): readonly RenderedTemplate[] {
  return Array.from({ length: n }, (_, i) => {
    const name = `d${i}`;
    const Resources = Object.fromEntries(
      DUTIES.map((duty) => {
        const own = {
          Effect: 'Allow',
          Action: `${{ deploy: 's3:PutObject', approve: 'sqs:PurgeQueue', read: 's3:GetObject' }[duty]}`,
          Resource: duty === 'approve' ? `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}` : `arn:aws:s3:::${name}/*`,
        };
        const assumes = (may[duty] ?? []).map((role) => ({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Resource: cdk(role),
        }));
        return [
          duty,
          {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: `${name}-${duty}`,
              AssumeRolePolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: 'sts:AssumeRole',
                    Principal: { AWS: `arn:aws:iam::222222222222:role/${name}-${duty}` },
                  },
                ],
              },
              Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [own, ...assumes] } }],
            },
          },
        ];
      }),
    );
    return {
      stackName: name,
      account: ACCOUNT,
      region: REGION,
      path: name,
      template: { Resources },
      deployment: DEPLOYMENT,
    };
  });
}

const configuration = (n: number): Configuration => ({
  ...NO_CONFIGURATION,
  domains: Array.from({ length: n }, (_, i) => ({ name: `d${i}`, resources: [`d${i}/*`] })),
  duties: DUTIES.map((duty) => ({ duty, globs: [`*/${duty}`] })),
});

test.each([1, 30])('%d domains, whose roles do not deploy: proved under assumptions that say so', (n) => {
  const { findings, assumptions } = examine(buildModel(app(n), configuration(n)));
  expect(findings).toEqual([]);
  expect(assumptions.map((a) => a.id)).toContain('bootstrap-assumers');
  expect(buildModel(app(n), configuration(n)).assumptions.map((a) => a.id)).toEqual(
    expect.arrayContaining(['bootstrap-roles', 'bootstrap-execution']),
  );
});

test.each([1, 30])(
  '%d domains, whose deployers use the default deploy role: one finding, with the way to everything',
  (n) => {
    const [finding, ...rest] = runChecks(buildModel(app(n, { deploy: ['deploy-role'] }), configuration(n)));
    expect(rest.map((f) => f.message)).toEqual([]);
    expect(finding).toMatchObject({ id: 'SOD-2', severity: 'violated' });
    expect(finding!.message).toContain('can act as `bootstrap/cdk-hnb659fds-');
    expect(finding!.chain[0]!.by).toBe('sts-001');
  },
);

test('all duties may publish assets: what they share is the bootstrap’s, and one finding', () => {
  const findings = runChecks(
    buildModel(app(5, { deploy: ['file-publishing-role'], approve: ['file-publishing-role'] }), configuration(5)),
  );
  expect(findings).toHaveLength(1);
  expect(findings[0]!.message).toContain('file-publishing-role');
});

test('with the service control policy of docs/bootstrap nobody assumes the bootstrap roles, and no assumption says so', () => {
  const scp = parsePolicy(
    JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'bootstrap', 'deny-bootstrap-roles.json'), 'utf8')),
    'deny-bootstrap-roles.json',
    { kind: 'scp' },
  );
  const held = { ...configuration(3), assume: { serviceControlPolicies: [scp] } };
  const { findings, assumptions } = examine(buildModel(app(3, { deploy: ['deploy-role'] }), held));
  expect(findings).toEqual([]);
  expect(assumptions.map((a) => a.id)).not.toContain('bootstrap-assumers');
  expect(examine(buildModel(app(3, { deploy: ['deploy-role'] }), configuration(3))).findings).toHaveLength(1);
});
