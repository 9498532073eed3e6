/**
 * Calls that a custom resource makes while the stack is deployed (CDK's `AwsCustomResource`): what
 * they change is in no template. One that changes who may do what or deploys something is a gap, and so
 * is one of which it cannot be told.
 * Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html
 */
import { awsCatalogue } from '../catalog/catalogue';
import type { Element } from './elements';
import type { Gap } from './gaps';
import { parseJsonText } from './json-text';
import { literalString, property, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';
import { isCustom } from './runs-as';

/** IAM prefixes that differ from the names of the SDK's clients. */
const PREFIXES: Readonly<Record<string, string>> = {
  cloudcontrol: 'cloudformation',
  s3control: 's3',
  's3-control': 's3',
  'cognito-identity-provider': 'cognito-idp',
  cognitoidentityserviceprovider: 'cognito-idp',
  cognitoidentity: 'cognito-identity',
  elasticsearchservice: 'es',
  opensearch: 'es',
  efs: 'elasticfilesystem',
  eventbridge: 'events',
  cloudwatchevents: 'events',
  cloudwatchlogs: 'logs',
  'cloudwatch-logs': 'logs',
  sfn: 'states',
  stepfunctions: 'states',
  'api-gateway': 'apigateway',
  apigatewayv2: 'apigateway',
  ssoadmin: 'sso',
  'sso-admin': 'sso',
};

/** Services in which a change of anything is one of principals, of who is who, of what is deployed, or of what lies open. */
const DECISIVE: ReadonlySet<string> = new Set([
  'apigateway',
  'cloudformation',
  'iam',
  'identitystore',
  'organizations',
  'ram',
  'rolesanywhere',
  'servicecatalog',
  'sso',
]);

/** Calls of other services that give something that runs as a role other code, or another role. */
const CHANGES_WHAT_RUNS: ReadonlySet<string> = new Set([
  'apprunner:CreateService',
  'apprunner:UpdateService',
  'batch:RegisterJobDefinition',
  'codebuild:CreateProject',
  'codebuild:UpdateProject',
  'codepipeline:CreatePipeline',
  'codepipeline:UpdatePipeline',
  'ec2:AssociateIamInstanceProfile',
  'ec2:ModifyInstanceAttribute',
  'ec2:ReplaceIamInstanceProfileAssociation',
  'ec2:RunInstances',
  'ecs:RegisterTaskDefinition',
  'ecs:UpdateService',
  'eks:CreatePodIdentityAssociation',
  'eks:UpdatePodIdentityAssociation',
  'glue:CreateJob',
  'glue:UpdateJob',
  'lambda:CreateFunction',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
  'scheduler:CreateSchedule',
  'scheduler:UpdateSchedule',
  'states:CreateStateMachine',
  'states:UpdateStateMachine',
]);

/** Calls of these services that change nothing of the kind: a service-linked role is its service's alone. */
const HARMLESS: ReadonlySet<string> = new Set([
  'cloudformation:SignalResource',
  'cloudformation:UpdateTerminationProtection',
  'iam:CreateServiceLinkedRole',
]);

/** Calls that change nothing, by their name, which is not always that of an IAM action. */
const READS = /^(BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search|Simulate|Validate)/;

export function customCalls(r: Resolver, elements: readonly Element[]): readonly Gap[] {
  return elements.flatMap(({ declared, stack, origin }) => {
    if (!isCustom(declared.type)) return [];
    return ['Create', 'Update', 'Delete'].flatMap((event): readonly Gap[] => {
      const written = declared.properties[event];
      const hidden = written === undefined ? undefined : hiddenBy(r.resolve(stack, written), declared.type);
      if (hidden === undefined) return [];
      return [{ path: origin.path, reason: hidden === NOT_KNOWN ? `its call on \`${event}\` ${hidden}` : hidden }];
    });
  });
}

const NOT_KNOWN = 'is not known before deployment';

/** Why nobody can tell what the call leaves behind, if that is so. */
function hiddenBy(written: Resolved, type: string): string | undefined {
  const t = toText(written);
  const call = t === undefined ? written : parseJsonText(t, true);
  // Custom resources of other makers have properties of these names, which are no calls.
  if (call === undefined) return type === 'Custom::AWS' && literalString(written) === undefined ? NOT_KNOWN : undefined;
  if (property(call, 'service') === undefined) return undefined;
  const [service, action] = [literalString(property(call, 'service')), literalString(property(call, 'action'))];
  if (service === undefined || action === undefined) return NOT_KNOWN;
  const prefix = prefixOf(service);
  const name = `${prefix}:${action.replace(/Command$/, '').replace(/^./, (c) => c.toUpperCase())}`;
  const id = awsCatalogue().actionId(name);
  if (id !== undefined && awsCatalogue().accessLevel(id) === 'permissions-management')
    return `it calls \`${name}\` when the stack is deployed, which changes who may do what`;
  if (READS.test(name.slice(prefix.length + 1)) || HARMLESS.has(name)) return undefined;
  if (DECISIVE.has(prefix) || CHANGES_WHAT_RUNS.has(name))
    return `it calls \`${name}\` when the stack is deployed, which changes who is who or what is deployed`;
  if (!awsCatalogue().services.includes(prefix))
    return `it calls \`${name}\` when the stack is deployed, of a service that the catalogue does not know`;
  return undefined;
}

function prefixOf(service: string): string {
  const name = service.replace(/^@aws-sdk\/client-/, '').toLowerCase();
  return PREFIXES[name] ?? name;
}
