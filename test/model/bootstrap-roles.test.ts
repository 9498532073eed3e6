import { buildModel } from '../../lib/model/build-model';
import type { Deployment } from '../../lib/model/rendered-template';
import { show } from '../../lib/policy/text';
import { ACCOUNT, agnostic, configured, rights, role, stack } from './notation';

const named = (kind: string): string =>
  `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/cdk-hnb659fds-${kind}-role-\${AWS::AccountId}-\${AWS::Region}`;
const DEPLOYMENT: Deployment = {
  deployRoleArn: named('deploy'),
  executionRoleArn: named('cfn-exec'),
  lookupRoleArn: named('lookup'),
};
const app = (deployment: Deployment = DEPLOYMENT) => [
  stack({ A: role() }, { deployment }),
  stack({}, { stackName: 'T', deployment }),
];

test('are principals, one each, however many stacks use them', () => {
  const m = buildModel(app());
  const roles = m.principals.filter((p) => p.kind === 'bootstrap-role');
  expect(roles.map((p) => show(p.arn))).toEqual(
    ['deploy', 'cfn-exec', 'lookup'].map(
      (k) => `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-${k}-role-${ACCOUNT}-eu-west-1`,
    ),
  );
  expect(roles.every((p) => p.unknown.length === 0 && p.trust !== undefined)).toBe(true);
  expect(rights(roles[1]!)).toEqual(['Allow * on *']);
  expect(rights(roles[0]!).join()).toContain('cloudformation:ExecuteChangeSet');
  expect(m.assumptions.map((a) => a.id)).toEqual(['bootstrap-roles', 'bootstrap-execution']);
  expect(m.assumptions[1]?.text).toContain('as an administrator');
});

test('none without a deployment, and nothing assumed', () => {
  const m = buildModel([stack({ A: role() })]);
  expect(m.principals.map((p) => p.kind)).toEqual(['role']);
  expect(m.assumptions).toEqual([]);
});

test('the execution role has the policies that the configuration declares', () => {
  const m = configured(app(), {
    assume: { bootstrapExecutionPolicies: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] },
  });
  expect(rights(m.principals.find((p) => p.id.includes('cfn-exec'))!).join()).toContain('logs:CreateLogGroup');
  expect(m.assumptions[1]?.text).toContain('AWSLambdaBasicExecutionRole');
});

test('a declared policy that nobody can read leaves it undecided', () => {
  const m = configured(app(), { assume: { bootstrapExecutionPolicies: [`arn:aws:iam::${ACCOUNT}:policy/elsewhere`] } });
  expect(m.principals.find((p) => p.id.includes('cfn-exec'))?.unknown).toHaveLength(1);
});

test('a role of the app that deploys it is that principal, not another', () => {
  const own = stack(
    { A: role([], { RoleName: 'deployer' }) },
    { deployment: { deployRoleArn: `arn:aws:iam::${ACCOUNT}:role/deployer` } },
  );
  expect(buildModel([own]).principals.map((p) => p.id)).toEqual(['S/A']);
});

test('another qualifier, and a role with a name of its own', () => {
  const m = buildModel([
    stack(
      {},
      {
        deployment: {
          deployRoleArn: named('deploy').replace('hnb659fds', 'team'),
          executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/mine`,
        },
      },
    ),
  ]);
  const [deploy, execution] = m.principals;
  expect(rights(deploy!).join()).toContain('cdk-team-');
  expect(rights(execution!)).toEqual(['Allow * on *']);
});

test('in an open environment', () => {
  const m = buildModel([agnostic({}, { deployment: DEPLOYMENT })]);
  expect(m.principals.map((p) => p.id)).toContain(
    'bootstrap/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}',
  );
});
