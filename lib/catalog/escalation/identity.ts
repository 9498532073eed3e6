/**
 * Paths through IAM, Identity Center and identity providers that the public list misses: default
 * versions, boundaries and denies taken away, new principals, edited providers.
 */
import type { EscalationPath, EscalationRequest, Reached } from '../escalation-paths';
import { any, creates, on, ownPolicy, pass, passedRole, path, resource, self, user } from './rows';

const IAM = 'IAM/latest/APIReference/API_';
const SSO = 'singlesignon/latest/APIReference/API_';
const ACCOUNT: Reached = { kind: 'account-any' };
const UNBOUNDED: Reached = { kind: 'self-unbounded' };
const UNDENIED: Reached = { kind: 'self-undenied' };
const ORGANIZATIONS = 'organizations/latest/APIReference/API_';
/** A new principal is worth more than its maker only if it need not carry a boundary. */
const unbounded = (action: string): EscalationRequest => ({
  ...creates(action),
  context: { 'iam:PermissionsBoundary': 'absent' },
});

function editsItself(id: string, does: string, request: EscalationRequest, reached: Reached): EscalationPath {
  return path(id, 'self-escalation', does, [request], reached, `${IAM}${request.action.slice('iam:'.length)}.html`);
}

function administers(id: string, does: string, actions: readonly string[], page: string): EscalationPath {
  return path(id, 'principal-access', does, actions.map(any), ACCOUNT, page);
}

function editsProvider(
  id: string,
  does: string,
  actions: readonly string[],
  provider: 'saml' | 'oidc',
): EscalationPath {
  const page = `${IAM}${actions[0]!.slice('iam:'.length)}.html`;
  return path(id, 'principal-access', does, actions.map(resource), { kind: 'federated-roles', provider }, page);
}

/** In the management account, or in one that policies are delegated to. */
function liftsControl(id: string, does: string, action: string): EscalationPath {
  const page = `${ORGANIZATIONS}${action}.html`;
  return path(id, 'self-escalation', does, [any(`organizations:${action}`)], { kind: 'self-uncontrolled' }, page);
}

export const IDENTITY_PATHS: readonly EscalationPath[] = [
  editsItself(
    'iam-default-version',
    'makes another version of its policy the default',
    ownPolicy('iam:SetDefaultPolicyVersion'),
    { kind: 'self-any' },
  ),
  editsItself(
    'iam-boundary-deleted-role',
    'removes the boundary of its role',
    self('iam:DeleteRolePermissionsBoundary'),
    UNBOUNDED,
  ),
  editsItself(
    'iam-boundary-deleted-user',
    'removes the boundary of its user',
    self('iam:DeleteUserPermissionsBoundary'),
    UNBOUNDED,
  ),
  editsItself(
    'iam-boundary-replaced-role',
    'replaces the boundary of its role',
    self('iam:PutRolePermissionsBoundary'),
    UNBOUNDED,
  ),
  editsItself(
    'iam-boundary-replaced-user',
    'replaces the boundary of its user',
    self('iam:PutUserPermissionsBoundary'),
    UNBOUNDED,
  ),
  editsItself(
    'iam-boundary-version',
    'gives the policy of its boundary another default version',
    on('boundary-of-self', 'iam:CreatePolicyVersion'),
    UNBOUNDED,
  ),
  editsItself(
    'iam-boundary-default-version',
    'makes another version of the policy of its boundary the default',
    on('boundary-of-self', 'iam:SetDefaultPolicyVersion'),
    UNBOUNDED,
  ),
  editsItself(
    'iam-deny-deleted-role',
    'deletes the inline policy of its role that denies',
    self('iam:DeleteRolePolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-deleted-user',
    'deletes the inline policy of its user that denies',
    self('iam:DeleteUserPolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-deleted-group',
    'deletes the inline policy of its group that denies',
    self('iam:DeleteGroupPolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-detached-role',
    'detaches the policy of its role that denies',
    self('iam:DetachRolePolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-detached-user',
    'detaches the policy of its user that denies',
    self('iam:DetachUserPolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-detached-group',
    'detaches the policy of its group that denies',
    self('iam:DetachGroupPolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-left-group',
    'takes its user out of the group that denies',
    self('iam:RemoveUserFromGroup'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-overwritten-role',
    'overwrites the inline policy of its role that denies',
    self('iam:PutRolePolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-overwritten-user',
    'overwrites the inline policy of its user that denies',
    self('iam:PutUserPolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-overwritten-group',
    'overwrites the inline policy of its group that denies',
    self('iam:PutGroupPolicy'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-version',
    'gives its policy that denies another default version',
    ownPolicy('iam:CreatePolicyVersion'),
    UNDENIED,
  ),
  editsItself(
    'iam-deny-default-version',
    'makes another version of its policy that denies the default',
    ownPolicy('iam:SetDefaultPolicyVersion'),
    UNDENIED,
  ),
  path(
    'iam-signing-certificate',
    'principal-access',
    'uploads a signing certificate of the user',
    [user('iam:UploadSigningCertificate')],
    { kind: 'principal', of: 'user' },
    `${IAM}UploadSigningCertificate.html`,
  ),
  path(
    'iam-service-credential',
    'principal-access',
    'creates a service-specific credential of the user',
    [user('iam:CreateServiceSpecificCredential')],
    { kind: 'principal', of: 'user' },
    `${IAM}CreateServiceSpecificCredential.html`,
  ),
  path(
    'iam-service-credential-reset',
    'principal-access',
    'resets a service-specific credential of the user',
    [user('iam:ResetServiceSpecificCredential')],
    { kind: 'principal', of: 'user' },
    `${IAM}ResetServiceSpecificCredential.html`,
  ),
  path(
    'iam-new-role-attached',
    'principal-access',
    'creates a role that trusts itself, and attaches a policy to it',
    [unbounded('iam:CreateRole'), unbounded('iam:AttachRolePolicy')],
    ACCOUNT,
    `${IAM}CreateRole.html`,
  ),
  path(
    'iam-new-role-inline',
    'principal-access',
    'creates a role that trusts itself, and writes its policy',
    [unbounded('iam:CreateRole'), unbounded('iam:PutRolePolicy')],
    ACCOUNT,
    `${IAM}CreateRole.html`,
  ),
  path(
    'iam-new-user-attached',
    'principal-access',
    'creates a user with a policy and an access key',
    [unbounded('iam:CreateUser'), unbounded('iam:AttachUserPolicy'), creates('iam:CreateAccessKey')],
    ACCOUNT,
    `${IAM}CreateUser.html`,
  ),
  path(
    'iam-new-user-inline',
    'principal-access',
    'creates a user, writes its policy, and makes an access key',
    [unbounded('iam:CreateUser'), unbounded('iam:PutUserPolicy'), creates('iam:CreateAccessKey')],
    ACCOUNT,
    `${IAM}CreateUser.html`,
  ),
  path(
    'sts-assume-root',
    'principal-access',
    'assumes the root user of a member account',
    [any('sts:AssumeRoot')],
    ACCOUNT,
    'STS/latest/APIReference/API_AssumeRoot.html',
  ),

  liftsControl('organizations-detached', 'detaches a service control policy', 'DetachPolicy'),
  liftsControl('organizations-updated', 'rewrites a service control policy', 'UpdatePolicy'),
  liftsControl('organizations-disabled', 'turns service control policies off', 'DisablePolicyType'),
  liftsControl('organizations-moved', 'moves the account from under a service control policy', 'MoveAccount'),
  liftsControl('organizations-removed', 'takes the account out of the organisation', 'RemoveAccountFromOrganization'),
  liftsControl('organizations-left', 'makes the account leave the organisation', 'LeaveOrganization'),

  editsProvider('iam-saml-metadata', 'replaces the metadata of the SAML provider', ['iam:UpdateSAMLProvider'], 'saml'),
  editsProvider(
    'iam-saml-recreated',
    'deletes the SAML provider and creates it with other metadata',
    ['iam:CreateSAMLProvider', 'iam:DeleteSAMLProvider'],
    'saml',
  ),
  editsProvider(
    'iam-oidc-thumbprint',
    'replaces the thumbprint of the OIDC provider',
    ['iam:UpdateOpenIDConnectProviderThumbprint'],
    'oidc',
  ),
  editsProvider(
    'iam-oidc-audience',
    'lets another client use the OIDC provider',
    ['iam:AddClientIDToOpenIDConnectProvider'],
    'oidc',
  ),
  editsProvider(
    'iam-oidc-recreated',
    'deletes the OIDC provider and creates it with another thumbprint',
    ['iam:CreateOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider'],
    'oidc',
  ),
  path(
    'cognito-identity-pool-roles',
    'existing-passrole',
    'makes the role that of an identity pool',
    [pass('cognito-identity.amazonaws.com'), any('cognito-identity:SetIdentityPoolRoles')],
    { kind: 'federated-roles', provider: 'oidc' },
    'cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html',
  ),
  path(
    'eks-service-account',
    'principal-access',
    'lets itself into a cluster, whose pods take roles by its issuer',
    [any('eks:CreateAccessEntry'), any('eks:AssociateAccessPolicy')],
    { kind: 'federated-roles', provider: 'eks' },
    'eks/latest/userguide/iam-roles-for-service-accounts.html',
  ),
  path(
    'rolesanywhere-new',
    'new-passrole',
    'creates a trust anchor of its own and a profile with the role',
    [
      pass('rolesanywhere.amazonaws.com'),
      creates('rolesanywhere:CreateTrustAnchor'),
      creates('rolesanywhere:CreateProfile'),
    ],
    passedRole('rolesanywhere.amazonaws.com'),
    'rolesanywhere/latest/APIReference/API_CreateProfile.html',
  ),
  path(
    'rolesanywhere-anchor',
    'existing-passrole',
    'puts a certificate of its own into a trust anchor',
    [any('rolesanywhere:UpdateTrustAnchor')],
    { kind: 'role-of-resource', types: ['AWS::RolesAnywhere::Profile'] },
    'rolesanywhere/latest/APIReference/API_UpdateTrustAnchor.html',
  ),
  path(
    'rolesanywhere-profile',
    'existing-passrole',
    'puts the role into a profile, and a certificate of its own into a trust anchor',
    [pass('rolesanywhere.amazonaws.com'), any('rolesanywhere:UpdateProfile'), any('rolesanywhere:UpdateTrustAnchor')],
    passedRole('rolesanywhere.amazonaws.com'),
    'rolesanywhere/latest/APIReference/API_UpdateProfile.html',
  ),

  administers(
    'sso-assignment',
    'assigns a permission set to itself',
    ['sso:CreateAccountAssignment'],
    `${SSO}CreateAccountAssignment.html`,
  ),
  administers(
    'sso-inline',
    'writes the inline policy of a permission set',
    ['sso:PutInlinePolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    `${SSO}PutInlinePolicyToPermissionSet.html`,
  ),
  administers(
    'sso-managed',
    'attaches an AWS managed policy to a permission set',
    ['sso:AttachManagedPolicyToPermissionSet', 'sso:ProvisionPermissionSet'],
    `${SSO}AttachManagedPolicyToPermissionSet.html`,
  ),
  administers(
    'sso-customer-managed',
    'attaches a customer managed policy to a permission set',
    ['sso:AttachCustomerManagedPolicyReferenceToPermissionSet', 'sso:ProvisionPermissionSet'],
    `${SSO}AttachCustomerManagedPolicyReferenceToPermissionSet.html`,
  ),
  administers(
    'identitystore-membership',
    'adds itself to a group of Identity Center',
    ['identitystore:CreateGroupMembership'],
    'singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html',
  ),
];
