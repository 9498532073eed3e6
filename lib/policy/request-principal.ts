/**
 * Who makes a request, read from one string: what the caller is, which account it belongs to, and
 * the names under which a resource policy may speak of it.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 *
 * A role ARN stands for any session of that role. A session ARN does not carry the role's path, and
 * role names are unique in an account, so a session belongs to the role of that name at any path.
 */
import type { Context } from './document';

export type Caller =
  | { readonly kind: 'user'; readonly arn: string; readonly account: string; readonly name: string }
  | { readonly kind: 'role'; readonly arn: string; readonly account: string; readonly name: string }
  | { readonly kind: 'session'; readonly arn: string; readonly account: string; readonly role: string }
  | { readonly kind: 'federated-user'; readonly arn: string; readonly account: string; readonly name: string }
  | { readonly kind: 'root'; readonly arn: string; readonly account: string }
  /** An identity provider's user who assumes a role: it has no account and no policies yet. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'anonymous' };

/** Identity providers that are named by host and not by ARN. */
const HOST_PROVIDERS: ReadonlySet<string> = new Set([
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
]);

const FORMS =
  'an ARN of a user, role, role session, federated user or account root, an account id, a service such as `lambda.amazonaws.com`, an identity provider, or `*` for an anonymous caller';

/**
 * @throws Error when the string names no principal; the message says what was expected
 */
export function readCaller(principal: string): Caller {
  if (principal === '*' || principal === 'anonymous') return { kind: 'anonymous' };
  if (/^\d{12}$/.test(principal)) return { kind: 'root', arn: `arn:aws:iam::${principal}:root`, account: principal };
  if (principal.startsWith('arn:')) return readArn(principal);
  if (HOST_PROVIDERS.has(principal)) return { kind: 'federated', provider: principal };
  if (/^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/.test(principal))
    return { kind: 'service', service: principal };
  throw new Error(`got the principal \`${principal}\`, expected ${FORMS}`);
}

function readArn(arn: string): Caller {
  const [, , service, , account = '', ...rest] = arn.split(':');
  const resource = rest.join(':');
  const [type, ...path] = resource.split('/');
  const last = path[path.length - 1] ?? '';
  if (service === 'iam' && resource === 'root' && account !== '') return { kind: 'root', arn, account };
  if (service === 'iam' && last !== '') {
    if (type === 'user') return { kind: 'user', arn, account, name: last };
    if (type === 'role') return { kind: 'role', arn, account, name: last };
    if (type === 'saml-provider' || type === 'oidc-provider') return { kind: 'federated', provider: arn };
  }
  if (service === 'sts' && last !== '') {
    if (type === 'assumed-role' && path.length === 2) return { kind: 'session', arn, account, role: path[0] ?? '' };
    if (type === 'federated-user') return { kind: 'federated-user', arn, account, name: last };
  }
  throw new Error(`got the principal \`${arn}\`, expected ${FORMS}`);
}

export function accountOf(caller: Caller): string | undefined {
  return 'account' in caller ? caller.account : undefined;
}

/** `arn:aws:iam::…` or `arn:aws-cn:sts::…` → `aws`, `aws-cn`. */
function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}

/**
 * The condition keys that the caller alone determines. What the request states itself takes
 * precedence over these.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextOf(caller: Caller): Context {
  switch (caller.kind) {
    case 'user':
      return { ...ofAccount(caller.arn, caller.account, 'User'), 'aws:username': caller.name };
    case 'role':
      return ofAccount(caller.arn, caller.account, 'AssumedRole');
    case 'session':
      // The key holds the ARN of the role, not of the session.
      return ofAccount(
        `arn:${partitionOf(caller.arn)}:iam::${caller.account}:role/${caller.role}`,
        caller.account,
        'AssumedRole',
      );
    case 'federated-user':
      return ofAccount(caller.arn, caller.account, 'FederatedUser');
    case 'root':
      return { ...ofAccount(caller.arn, caller.account, 'Account'), 'aws:userid': caller.account };
    case 'federated':
      return {};
    case 'service':
      return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': caller.service };
    case 'anonymous':
      return { 'aws:PrincipalType': 'Anonymous' };
  }
}

function ofAccount(arn: string, account: string, type: string): Context {
  return {
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': type,
    'aws:PrincipalIsAWSService': 'false',
  };
}
