/**
 * The roles that `cdk bootstrap` creates when nothing is customised, as CloudFormation values:
 * policies and names hold `Fn::Sub` and `Ref` of pseudo parameters, which the model resolves like
 * those of any template. An environment bootstrapped with a customised template differs; that the
 * default holds is an assumption that the report prints.
 */
import { readSnapshotText } from './snapshot';

export const DEFAULT_QUALIFIER = 'hnb659fds';

export const BOOTSTRAP_ROLES = [
  'deploy-role',
  'cfn-exec-role',
  'file-publishing-role',
  'image-publishing-role',
  'lookup-role',
] as const;
export type BootstrapRoleName = (typeof BOOTSTRAP_ROLES)[number];

export interface BootstrapRole {
  readonly role: BootstrapRoleName;
  /** Body of a `Fn::Sub`: `cdk-hnb659fds-deploy-role-${AWS::AccountId}-${AWS::Region}`. */
  readonly roleName: string;
  /** The trust policy: a policy document with intrinsics. */
  readonly trust: unknown;
  readonly policies: readonly { readonly PolicyName: unknown; readonly PolicyDocument: unknown }[];
  /** ARNs with intrinsics; for `cfn-exec-role` AdministratorAccess, unless execution policies are declared. */
  readonly managedPolicyArns: readonly unknown[];
}

export interface Bootstrap {
  /** The version of the bootstrap template, as in the SSM parameter `/cdk-bootstrap/QUALIFIER/version`. */
  readonly version: string;
  readonly roles: readonly BootstrapRole[];
}

interface Snapshot {
  readonly version: string;
  readonly roles: readonly Omit<BootstrapRole, 'role'>[];
}

/** `qualifier` as in `@aws-cdk/core:bootstrapQualifier`. */
export function bootstrap(qualifier: string = DEFAULT_QUALIFIER): Bootstrap {
  const text = readSnapshotText('bootstrap.json').replaceAll(`\${Qualifier}`, qualifier);
  const { version, roles } = JSON.parse(text) as Snapshot;
  return { version, roles: roles.map((role) => ({ role: kindOf(role.roleName), ...role })) };
}

/** The role that a role name in any environment belongs to, with its qualifier; undefined for other roles. */
export function bootstrapRoleOf(
  roleName: string,
): { readonly role: BootstrapRoleName; readonly qualifier: string } | undefined {
  const match = new RegExp(`^cdk-([A-Za-z0-9_-]{1,10})-(${BOOTSTRAP_ROLES.join('|')})-`).exec(roleName);
  return match === null ? undefined : { role: match[2] as BootstrapRoleName, qualifier: match[1]! };
}

function kindOf(roleName: string): BootstrapRoleName {
  const role = BOOTSTRAP_ROLES.find((name) => roleName.includes(`-${name}-`));
  if (role === undefined) {
    throw new Error(
      `bulkhead: the bootstrap role \`${roleName}\` is of no known kind; expected one of ${BOOTSTRAP_ROLES.join(', ')}`,
    );
  }
  return role;
}
