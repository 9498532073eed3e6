/**
 * Paths through access keys that a template puts somewhere: whoever reads it there acts as the user.
 * `AWS::IAM::AccessKey` gives the secret as an attribute, and whatever takes that attribute holds the key.
 */
import type { EscalationPath } from '../escalation-paths';
import { drives, path } from './rows';

function reads(id: string, does: string, action: string, type: string, page: string): EscalationPath {
  return path(id, 'principal-access', does, [drives(action)], { kind: 'user-of-key', types: [type] }, page);
}

const SECRET = 'AWS::SecretsManager::Secret';
const PARAMETER = 'AWS::SSM::Parameter';
const FUNCTION = 'AWS::Lambda::Function';
const SSM = 'systems-manager/latest/APIReference/API_';

export const KEY_PATHS: readonly EscalationPath[] = [
  reads(
    'key-in-secret',
    'reads the access key of the user in a secret',
    'secretsmanager:GetSecretValue',
    SECRET,
    'secretsmanager/latest/apireference/API_GetSecretValue.html',
  ),
  ...['GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory'].map((action) =>
    reads(
      `key-in-parameter-${action.toLowerCase()}`,
      'reads the access key of the user in a parameter',
      `ssm:${action}`,
      PARAMETER,
      `${SSM}${action}.html`,
    ),
  ),
  ...['GetFunction', 'GetFunctionConfiguration', 'ListFunctions'].map((action) =>
    reads(
      `key-in-function-${action.toLowerCase()}`,
      'reads the access key of the user in the environment of a function',
      `lambda:${action}`,
      FUNCTION,
      `lambda/latest/api/API_${action}.html`,
    ),
  ),
  reads(
    'key-in-task',
    'reads the access key of the user in the environment of a task',
    'ecs:DescribeTaskDefinition',
    'AWS::ECS::TaskDefinition',
    'AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html',
  ),
  reads(
    'key-in-project',
    'reads the access key of the user in the environment of a build project',
    'codebuild:BatchGetProjects',
    'AWS::CodeBuild::Project',
    'codebuild/latest/APIReference/API_BatchGetProjects.html',
  ),
];
