/** `P`, who takes the path of path-case.ts, with what it needs beside its grants; and `A`, who comes to act as `P` first. */
import type { EscalationPath } from '../../lib/catalog/escalation-paths';
import { ACCOUNT, actionOf, actorOf, iam, type Layout, type Missing, OUTER } from './path-case';

type Json = Record<string, unknown>;

export function addActor(
  path: EscalationPath,
  stack: Record<string, Json>,
  chained: boolean,
  layout: Layout,
  missing: Missing | undefined,
): void {
  const acts = actorOf(path);
  const kinds = path.requests.map((r) => r.target);
  const bounded =
    kinds.includes('boundary-of-self') ||
    path.reached.kind === 'self-unbounded' ||
    missing?.what === 'allowance: the boundary';
  const callers =
    chained && missing?.what !== 'first link' ? [iam('role', 'A', layout.twoAccounts ? OUTER : ACCOUNT)] : [];
  const deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' }] };
  const undenied = path.reached.kind === 'self-undenied' ? path.requests[0]!.action : '';
  if (acts === 'user' && layout.twoAccounts) {
    stack.M = {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'M',
        AssumeRolePolicyDocument: trust({ AWS: callers.length > 0 ? callers : iam('role', 'elsewhere', OUTER) }),
        Policies: [
          {
            PolicyName: 'key',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'iam:CreateAccessKey', Resource: iam('user', 'P') }],
            },
          },
        ],
      },
    };
  }
  const inline = /(Put|Delete)(Role|User)Policy$/.test(undenied);
  const managed = [
    ...(kinds.includes('policy-of-self') ? [{ Ref: 'Own' }] : []),
    ...(/Detach(Role|User)Policy$/.test(undenied) ? [{ Ref: 'Denying' }] : []),
  ];
  const inGroup = kinds.includes('self') && path.requests.some((r) => r.target === 'self' && /Group/.test(r.action));
  stack.P = {
    Type: acts === 'role' ? 'AWS::IAM::Role' : 'AWS::IAM::User',
    Properties: {
      [acts === 'role' ? 'RoleName' : 'UserName']: 'P',
      ...(acts === 'role' && {
        AssumeRolePolicyDocument: trust(
          callers.length > 0 ? { AWS: callers } : { AWS: iam('role', 'elsewhere', OUTER) },
        ),
      }),
      ...(managed.length > 0 && { ManagedPolicyArns: managed }),
      ...(inline && { Policies: [{ PolicyName: 'denying', PolicyDocument: deny }] }),
      ...(bounded && { PermissionsBoundary: { Ref: 'Boundary' } }),
      ...(inGroup && acts === 'user' && { Groups: ['G'] }),
    },
  };
  const document = undenied.endsWith('PolicyVersion')
    ? deny
    : { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' }] };
  if (kinds.includes('policy-of-self')) stack.Own = managedPolicy('Own', document);
  if (managed.some((m) => m.Ref === 'Denying')) stack.Denying = managedPolicy('Denying', deny);
  if (bounded) {
    const allowed =
      missing?.what === 'allowance: the boundary' ? { NotAction: actionOf(path, missing) } : { Action: '*' };
    stack.Boundary = managedPolicy('Boundary', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', ...allowed, Resource: '*' }],
    });
  }
  if (inGroup) {
    const denies = /Group/.test(undenied);
    stack.G = {
      Type: 'AWS::IAM::Group',
      Properties: {
        GroupName: 'G',
        ...(denies &&
          !undenied.endsWith('DetachGroupPolicy') && { Policies: [{ PolicyName: 'denying', PolicyDocument: deny }] }),
        ...(undenied.endsWith('DetachGroupPolicy') && { ManagedPolicyArns: [{ Ref: 'Denying' }] }),
      },
    };
    if (undenied.endsWith('DetachGroupPolicy')) stack.Denying = managedPolicy('Denying', deny);
  }
}

/** `A`, which assumes `P`; a user has no trust policy, and is reached by an access key. */
export function addFirst(
  stack: Record<string, Json>,
  acts: 'role' | 'user',
  layout: Layout,
  missing: Missing | undefined,
): void {
  const absent = missing?.what === 'first link';
  // A role of the user's account makes the key, since nobody can from another account.
  const needed =
    acts === 'user' && layout.twoAccounts
      ? { Action: 'sts:AssumeRole', Resource: iam('role', 'M') }
      : acts === 'user'
        ? { Action: 'iam:CreateAccessKey', Resource: iam('user', 'P') }
        : { Action: 'sts:AssumeRole', Resource: iam('role', 'P') };
  const Statement = [{ Effect: 'Allow', ...needed }];
  stack.A = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'A',
      AssumeRolePolicyDocument: trust({ AWS: iam('role', 'elsewhere', layout.twoAccounts ? OUTER : ACCOUNT) }),
      ...(!absent && { Policies: [{ PolicyName: 'first', PolicyDocument: { Version: '2012-10-17', Statement } }] }),
    },
  };
}

export function trust(Principal: Json): Json {
  const Action = 'Federated' in Principal ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole';
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Principal }] };
}

export function managedPolicy(name: string, PolicyDocument: unknown): Json {
  return { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: name, PolicyDocument } };
}
