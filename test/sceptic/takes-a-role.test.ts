/**
 * Every property of CloudFormation that names a role or an instance profile is read by the model: by a row of the table, or,
 * for types without rows, because its name says so. Those that only sound like it are listed with what they are.
 */
import { RUNS_AS } from '../../lib/model/runs-as-table';
import { propertiesCalled } from './l1-properties';

const NAMED =
  /role(_?(arn|name|id))?s?$|instanceprofile(arn|name|identifier)?$|callerarn$|logspermissionarn$|credentialsarn$|^credentials$|authorizercredentials/i;

/** Type, or `TYPE path`: what the property is instead of a role of IAM. */
const NO_ROLE: Readonly<Record<string, string>> = {
  'AWS::AppFlow::ConnectorProfile': 'the ARN of a secret',
  'AWS::Cognito::IdentityPoolRoleAttachment Roles': 'a map, each member of which is read',
  'AWS::CodeBuild::Project Triggers.PullRequestBuildPolicy.ApproverRoles[]': 'roles of a GitHub repository',
  'AWS::DMS::InstanceProfile': 'an instance profile of DMS',
  'AWS::DMS::MigrationProject InstanceProfileIdentifier': 'an instance profile of DMS',
  'AWS::EMR::Cluster PlacementGroupConfigs[].InstanceRole': 'MASTER, CORE or TASK',
  'AWS::IAM::InstanceProfile': 'read as a principal',
  'AWS::IAM::Role': 'read as a principal',
  'AWS::IAM::RolePolicy': 'read as a policy',
  'AWS::IAM::ManagedPolicy': 'read as a policy',
  'AWS::IAM::Policy': 'read as a policy',
  'AWS::Kendra::DataSource DataSourceConfiguration.WebCrawlerConfiguration.AuthenticationConfiguration.BasicAuthentication[].Credentials':
    'the ARN of a secret',
  'AWS::Kendra::DataSource DataSourceConfiguration.WebCrawlerConfiguration.ProxyConfiguration.Credentials':
    'the ARN of a secret',
  'AWS::LakeFormation::Resource UseServiceLinkedRole': 'true or false',
  'AWS::KinesisFirehose::DeliveryStream SnowflakeDestinationConfiguration.SnowflakeRoleConfiguration.SnowflakeRole':
    'a role of Snowflake',
};

/** Whether the steps of a row lead there; `[]` takes one value as well. */
function leads(row: readonly string[], path: readonly string[]): boolean {
  const [step, ...rest] = row;
  if (step === undefined) return path.every((p) => p === '[]');
  if (step === '**') return leads(rest, path) || (path.length > 0 && leads(row, path.slice(1)));
  if (path.length === 0) return row.every((s) => s === '[]');
  if (step === '[]' && path[0] !== '[]') return leads(rest, path);
  return (step === path[0] || step === '*') && leads(rest, path.slice(1));
}

const taking = [...propertiesCalled(NAMED)];

test('the list is there', () => {
  expect(taking.length).toBeGreaterThan(350);
  const paths = taking.flatMap(([type, found]) => found.map((path) => `${type} ${path}`));
  expect(paths).toContain('AWS::Lambda::Function Role');
  expect(paths).toContain('AWS::ECS::Service VpcLatticeConfigurations[].RoleArn');
});

test('every property that names a role is read', () => {
  const unread = taking.flatMap(([type, paths]) => {
    if (type in NO_ROLE) return [];
    const rows = RUNS_AS.get(type);
    return paths
      .filter((path) => !(`${type} ${path}` in NO_ROLE))
      .filter((path) => {
        const steps = path.replaceAll('[]', '.[]').split('.');
        if (rows !== undefined) return !rows.some((row) => leads(row.path, steps));
        return !/role|instanceprofile/i.test(steps.filter((s) => s !== '[]' && s !== '*').at(-1)!);
      })
      .map((path) => `${type} ${path}`);
  });
  expect(unread).toEqual([]);
});

test('no exception is for a property that is not there', () => {
  const there = new Set(taking.flatMap(([type, paths]) => [type, ...paths.map((path) => `${type} ${path}`)]));
  expect(Object.keys(NO_ROLE).filter((key) => !there.has(key))).toEqual([]);
});
