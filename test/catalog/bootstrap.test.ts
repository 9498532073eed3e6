import { BOOTSTRAP_ROLES, bootstrap, bootstrapRoleOf, DEFAULT_QUALIFIER } from '../../lib/catalog/bootstrap';

const { roles, version } = bootstrap();
const role = (name: string) => roles.find((r) => r.role === name)!;

test('the five roles of the default bootstrap, of the version that the CLI holds', () => {
  expect(roles.map((r) => r.role).sort()).toEqual([...BOOTSTRAP_ROLES].sort());
  expect(Number(version)).toBeGreaterThanOrEqual(33);
  expect(role('deploy-role').roleName).toBe(`cdk-${DEFAULT_QUALIFIER}-deploy-role-\${AWS::AccountId}-\${AWS::Region}`);
});

test('the execution role is administrator and trusts CloudFormation alone', () => {
  expect(role('cfn-exec-role')).toMatchObject({
    managedPolicyArns: [{ 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/AdministratorAccess` }],
    policies: [],
    trust: {
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'cloudformation.amazonaws.com' } },
      ],
    },
  });
});

test('the deploy role may prepare and execute change sets everywhere, and pass the execution role', () => {
  const text = JSON.stringify(role('deploy-role').policies);
  expect(text).toContain('cloudformation:ExecuteChangeSet');
  expect(text).toContain(
    `{"Action":"iam:PassRole","Resource":{"Fn::Sub":"arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-`,
  );
});

test.each(['deploy-role', 'file-publishing-role', 'image-publishing-role', 'lookup-role'])(
  'the whole account may assume the %s',
  (name) => {
    expect(role(name).trust).toMatchObject({
      Statement: [
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } } },
        { Action: 'sts:TagSession' },
      ],
    });
  },
);

test('nothing is left to resolve but pseudo parameters', () => {
  const text = JSON.stringify(roles);
  expect(
    [...text.matchAll(/\$\{(.*?)\}/g)].map(([, name]) => name).filter((name) => !name!.startsWith('AWS::')),
  ).toEqual([]);
  expect(text).not.toMatch(/Fn::(If|GetAtt|Join|Equals)|AWS::NoValue/);
});

test('another qualifier goes everywhere', () => {
  const text = JSON.stringify(bootstrap('other1').roles);
  expect(text).not.toContain(DEFAULT_QUALIFIER);
  expect(text).toContain('cdk-other1-assets-');
});

test('a role name tells which bootstrap role it is', () => {
  expect(bootstrapRoleOf('cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1')).toEqual({
    role: 'cfn-exec-role',
    qualifier: 'hnb659fds',
  });
  expect(bootstrapRoleOf('cdk-team-a-deploy-role-111122223333-eu-west-1')).toEqual({
    role: 'deploy-role',
    qualifier: 'team-a',
  });
  expect(bootstrapRoleOf('my-deploy-role-111122223333-eu-west-1')).toBeUndefined();
});
