/**
 * Permission sets of IAM Identity Center, as the roles that they become in every account they are
 * assigned to. Who may assume such a role stands in assignments, by ids of the directory: the trust
 * policy names the directory's provider only.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
 */
import { type Part, type Text, text } from '../policy/text';
import { asList, isObject, type JsonObject } from './json';
import { toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';

export const PERMISSION_SET = 'AWS::SSO::PermissionSet';

/** The same rights in the properties of a role. */
export function roleOfPermissionSet(declared: ResourceDeclaration): ResourceDeclaration {
  const { InlinePolicy, ManagedPolicies, CustomerManagedPolicyReferences, PermissionsBoundary, Tags } =
    declared.properties;
  return {
    ...declared,
    properties: {
      ...(InlinePolicy === undefined
        ? {}
        : { Policies: [{ PolicyName: 'InlinePolicy', PolicyDocument: InlinePolicy }] }),
      ManagedPolicyArns: [
        ...asList(ManagedPolicies),
        ...asList(CustomerManagedPolicyReferences).map((c) => customerPolicy(declared, c)),
      ],
      ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary: boundary(declared, PermissionsBoundary) }),
      ...(Tags === undefined ? {} : { Tags }),
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: {
              Federated: {
                'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:saml-provider/AWSSSO_DO_NOT_DELETE',
              },
            },
            Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
          },
        ],
      },
    },
  };
}

function boundary(declared: ResourceDeclaration, value: unknown): unknown {
  if (!isObject(value)) return value;
  return value.ManagedPolicyArn ?? customerPolicy(declared, value.CustomerManagedPolicyReference);
}

/** A policy of that name in whatever account the set is assigned to: nobody here knows which, nor what it says there. */
function customerPolicy({ logicalId }: ResourceDeclaration, reference: unknown): unknown {
  const { Name, Path = '/' }: JsonObject = isObject(reference) ? reference : {};
  const account = { 'Fn::GetAtt': [logicalId, 'AssignedAccount'] };
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', account, ':policy', Path, Name]] };
}

/** Source of the form: https://docs.aws.amazon.com/singlesignon/latest/userguide/using-iam-access-policies.html */
export function permissionSetArn(r: Resolver, stack: Stack, { logicalId, properties }: ResourceDeclaration): Text {
  const unknown = (what: string, type: 'account' | 'any' | 'segment'): Part => ({
    hole: `${stack.id}/${logicalId}#${what}`,
    type,
    label: `the ${what} of ${logicalId} in stack ${stack.id}`,
  });
  const name = toText(r.resolve(stack, properties.Name)) ?? text(unknown('name', 'segment'));
  const path = [':role/aws-reserved/sso.amazonaws.com/', unknown('path', 'any'), 'AWSReservedSSO_'];
  return text(
    'arn:',
    stack.partition,
    ':iam::',
    unknown('account', 'account'),
    ...path,
    name,
    '_',
    unknown('suffix', 'segment'),
  );
}
