/**
 * The published paths by which a principal becomes another one or edits what it may do: ids, kinds and
 * requests are those of the public list at pathfinding.cloud (December 2025), as facts.
 */
import type { EscalationPath, Reached } from '../escalation-paths';
import { on, ownPolicy, published as path, policy, role, self, user } from './rows';

const assume = role('sts:AssumeRole');
const ROLE: Reached = { kind: 'principal', of: 'role' };
const USER: Reached = { kind: 'principal', of: 'user' };
const EDITED_ROLE: Reached = { kind: 'principal-any', of: 'role' };
const TRUSTING_EDITED_ROLE: Reached = { kind: 'principal-any', of: 'role', trust: true };
const EDITED_USER: Reached = { kind: 'principal-any', of: 'user' };
const SELF: Reached = { kind: 'self-any' };

export const PUBLISHED_IDENTITY_PATHS: readonly EscalationPath[] = [
  path(
    'iam-001',
    'self-escalation',
    'gives a policy of its own another default version',
    [ownPolicy('iam:CreatePolicyVersion')],
    SELF,
  ),
  path('iam-002', 'principal-access', 'creates an access key of the user', [user('iam:CreateAccessKey')], USER),
  path(
    'iam-003',
    'principal-access',
    'replaces an access key of the user',
    [user('iam:CreateAccessKey'), user('iam:DeleteAccessKey')],
    USER,
  ),
  path('iam-004', 'principal-access', 'gives the user a console password', [user('iam:CreateLoginProfile')], USER),
  path('iam-005', 'self-escalation', 'writes an inline policy of its own role', [self('iam:PutRolePolicy')], SELF),
  path(
    'iam-006',
    'principal-access',
    'changes the console password of the user',
    [user('iam:UpdateLoginProfile')],
    USER,
  ),
  path('iam-007', 'self-escalation', 'writes an inline policy of its own user', [self('iam:PutUserPolicy')], SELF),
  path('iam-008', 'self-escalation', 'attaches a policy to its own user', [self('iam:AttachUserPolicy')], SELF),
  path('iam-009', 'self-escalation', 'attaches a policy to its own role', [self('iam:AttachRolePolicy')], SELF),
  path(
    'iam-010',
    'self-escalation',
    'attaches a policy to a group that it is in',
    [self('iam:AttachGroupPolicy')],
    SELF,
  ),
  path(
    'iam-011',
    'self-escalation',
    'writes an inline policy of a group that it is in',
    [self('iam:PutGroupPolicy')],
    SELF,
  ),
  path('iam-012', 'principal-access', 'lets itself assume the role', [role('iam:UpdateAssumeRolePolicy')], ROLE),
  path('iam-013', 'self-escalation', 'adds its own user to the group', [on('target-group', 'iam:AddUserToGroup')], {
    kind: 'group',
  }),
  path(
    'iam-014',
    'principal-access',
    'attaches a policy to the role, and assumes it',
    [role('iam:AttachRolePolicy'), assume],
    TRUSTING_EDITED_ROLE,
  ),
  path(
    'iam-015',
    'principal-access',
    'attaches a policy to the user, and creates an access key of it',
    [user('iam:AttachUserPolicy'), user('iam:CreateAccessKey')],
    EDITED_USER,
  ),
  path(
    'iam-016',
    'principal-access',
    'gives a policy of the role another default version, and assumes the role',
    [policy('iam:CreatePolicyVersion'), assume],
    TRUSTING_EDITED_ROLE,
  ),
  path(
    'iam-017',
    'principal-access',
    'writes an inline policy of the role, and assumes it',
    [role('iam:PutRolePolicy'), assume],
    TRUSTING_EDITED_ROLE,
  ),
  path(
    'iam-018',
    'principal-access',
    'writes an inline policy of the user, and creates an access key of it',
    [user('iam:PutUserPolicy'), user('iam:CreateAccessKey')],
    EDITED_USER,
  ),
  path(
    'iam-019',
    'principal-access',
    'attaches a policy to the role, and lets itself assume it',
    [role('iam:AttachRolePolicy'), role('iam:UpdateAssumeRolePolicy')],
    EDITED_ROLE,
  ),
  path(
    'iam-020',
    'principal-access',
    'gives a policy of the role another default version, and lets itself assume the role',
    [policy('iam:CreatePolicyVersion'), role('iam:UpdateAssumeRolePolicy')],
    EDITED_ROLE,
  ),
  path(
    'iam-021',
    'principal-access',
    'writes an inline policy of the role, and lets itself assume it',
    [role('iam:PutRolePolicy'), role('iam:UpdateAssumeRolePolicy')],
    EDITED_ROLE,
  ),
  path('sts-001', 'principal-access', 'assumes the role', [assume], { kind: 'principal', of: 'role', trust: true }),
];
