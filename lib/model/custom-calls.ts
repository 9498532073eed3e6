/**
 * Calls that a custom resource makes while the stack is deployed (CDK's `AwsCustomResource`): what
 * they change is in no template. One that changes who may do what is a gap, and so is one of which
 * it cannot be told.
 * Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html
 */
import { awsCatalogue } from '../catalog/catalogue';
import type { Element } from './elements';
import type { Gap } from './gaps';
import { parseJsonText } from './json-text';
import { literalString, property, toText } from './resolved';
import type { Resolver } from './resolver';
import { isCustom } from './runs-as';

/** IAM prefixes that differ from the names of the SDK's clients. */
const PREFIXES: Readonly<Record<string, string>> = {
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
  ssoadmin: 'sso',
  'sso-admin': 'sso',
};

export function customCalls(r: Resolver, elements: readonly Element[]): readonly Gap[] {
  return elements.flatMap((element) => {
    const { declared, stack, origin } = element;
    if (!isCustom(declared.type)) return [];
    return ['Create', 'Update', 'Delete'].flatMap((event): readonly Gap[] => {
      const written = declared.properties[event];
      const t = written === undefined ? undefined : toText(r.resolve(stack, written));
      // Custom resources of other makers have properties of these names, which are no calls.
      const call = t === undefined ? undefined : parseJsonText(t, true);
      const action = literalString(property(call, 'action'));
      const service = literalString(property(call, 'service'));
      if (call === undefined || property(call, 'service') === undefined) return [];
      if (action === undefined || service === undefined) {
        return [{ path: origin.path, reason: `its call on \`${event}\` is not known before deployment` }];
      }
      const name = `${prefixOf(service)}:${action.replace(/Command$/, '').replace(/^./, (c) => c.toUpperCase())}`;
      const id = awsCatalogue().actionId(name);
      if (id === undefined || awsCatalogue().accessLevel(id) !== 'permissions-management') return [];
      return [
        { path: origin.path, reason: `it calls \`${name}\` when the stack is deployed, which changes who may do what` },
      ];
    });
  });
}

function prefixOf(service: string): string {
  const name = service.replace(/^@aws-sdk\/client-/, '').toLowerCase();
  return PREFIXES[name] ?? name;
}
