/**
 * The remits: what each duty of a trust domain may request, on which of the domain's own resources.
 *
 * Two promises hold by construction, and the engine proves them at every synthesis:
 * remits of two duties share nothing but the common requests, and no remit holds a request that
 * leads to another (no `sts:AssumeRole`, no write to IAM, Lambda or the gateway; `deploy` prepares
 * what only `approve` can run). The two explicit denies that close each document are for what a
 * permissions boundary does not limit: a resource policy that names a *session* of the role
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
 * Why each request is where it is: docs/adr/0020-remits.md.
 */
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ALL_DUTIES, Duty } from './duty';
import { ADMINISTER_KEY, DESCRIBE_KEY, READ_WITH_KEY, WRITE_WITH_KEY } from './key-actions';
import type { DomainNames } from './names';
import { READING_METHODS, WRITING_METHODS } from './route';

/** The domain's resources as its remits name them: exact ARNs, which may be unresolved. */
export interface RemitResources {
  readonly names: DomainNames;
  /** ARN of the CloudFormation stack that holds the domain. */
  readonly stackId: string;
  /** The domain's own role for CloudFormation to act as. Absent: a change runs as the role that the stack already has. */
  readonly executionRoleArn?: string;
  readonly assets: AssetLocation;
  readonly keyArn: string;
  /** Absent at a gateway that the domain shares: what stands before it is the gateway's. */
  readonly webAclArn?: string;
  /** `arn:…:execute-api:…:API/STAGE`: methods and paths follow. Absent when callers are not IAM principals. */
  readonly invokeArn?: string;
  /** Of a gateway that the domain shares: the path below which its methods lie, `/partner`. */
  readonly invokePath?: string;
  readonly userPoolArn?: string;
  /** Logs of the domain's own gateway; absent at one that it shares. */
  readonly accessLogArn?: string;
  readonly executionLogArn?: string;
  readonly webAclLogArn?: string;
  /** The duties that the domain has. */
  readonly duties?: readonly Duty[];
  /** The moment since which the domain is isolated: a parameter of its stack. */
  readonly isolatedSince: string;
}

/** Where a change's assets go, and what keeps them as they were approved. */
export type AssetLocation =
  /** A shared bucket: each object under the domain's prefix is written once, because every write must say so. */
  | { readonly kind: 'written-once'; readonly bucketArn: string }
  /** Buckets of the domain: whatever is uploaded is sealed in the other, and only from there it runs. */
  | { readonly kind: 'sealed'; readonly uploadBucketArn: string; readonly sealedBucketArn: string };

/**
 * Requests that every duty shares: they list and describe, reveal no data and change nothing.
 * CloudWatch's metrics take no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html),
 * so they are shared by the account, and counted as harmless: they hold counts and durations.
 */
export function commonRequests(r: RemitResources): PolicyStatement[] {
  return [
    allow(
      'CommonStack',
      [
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStackResources',
        'cloudformation:DescribeStacks',
        'cloudformation:GetTemplate',
        'cloudformation:ListChangeSets',
        'cloudformation:ListStackResources',
      ],
      [r.stackId],
    ),
    allow('CommonKey', DESCRIBE_KEY, [r.keyArn]),
    allow('CommonMetrics', ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], ['*']),
  ];
}

/** The whole document of a duty: its own requests, the common ones, and the denies that close it. */
export function remit(duty: Duty, r: RemitResources): PolicyStatement[] {
  const own = OWN_REQUESTS[duty](r);
  const all = [...own, ...commonRequests(r)];
  return [...all, noGatewayWrites(), noMuting(), ...closedTo(own, all), revokedSessions(r)];
}

const LOG_READS = [
  'logs:DescribeLogStreams',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:GetLogGroupFields',
  'logs:GetLogRecord',
  'logs:GetQueryResults',
  'logs:StartLiveTail',
  'logs:StartQuery',
];

const OWN_REQUESTS: { readonly [duty in Duty]: (r: RemitResources) => PolicyStatement[] } = {
  // Grants access to the domain, and to nothing that it can use itself: the closing denies keep
  // the key's data from it whatever key policy it writes.
  [Duty.PROVISION]: (r) => [
    allow('AdministerKey', ADMINISTER_KEY, [r.keyArn]),
    allow('GrantKey', ['kms:PutKeyPolicy'], [r.keyArn], {
      BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' },
    }),
    ...(r.userPoolArn === undefined
      ? []
      : [
          allow(
            'AdministerUsers',
            [
              'cognito-idp:AdminAddUserToGroup',
              'cognito-idp:AdminCreateUser',
              'cognito-idp:AdminDeleteUser',
              'cognito-idp:AdminDisableUser',
              'cognito-idp:AdminEnableUser',
              'cognito-idp:AdminGetUser',
              'cognito-idp:AdminRemoveUserFromGroup',
              'cognito-idp:AdminResetUserPassword',
              'cognito-idp:AdminUserGlobalSignOut',
              'cognito-idp:ListGroups',
              'cognito-idp:ListUsers',
            ],
            [r.userPoolArn],
          ),
        ]),
  ],

  // Prepares a change. Nothing it prepares runs before `approve` lets it, and what was approved
  // cannot be swapped afterwards: an asset is written once
  // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html).
  [Duty.DEPLOY]: (r) => [
    ...prepareChange(r),
    allow('DiscardChange', ['cloudformation:DeleteChangeSet'], [r.stackId]),
    ...uploadAssets(r),
  ],

  [Duty.APPROVE]: (r) => [
    allow('RunChange', ['cloudformation:ExecuteChangeSet'], [r.stackId]),
    ...(r.assets.kind === 'sealed' ? [allow('ReviewAssets', ['s3:GetObject'], [`${r.assets.sealedBucketArn}/*`])] : []),
    allow('StartRelease', ['codepipeline:StartPipelineExecution'], [r.names.arn('codepipeline', r.names.release)]),
    allow('ApproveRelease', ['codepipeline:PutApprovalResult'], [r.names.arn('codepipeline', r.names.approval)]),
  ],

  [Duty.READ]: (r) => [
    ...callMethods('CallReadingMethods', READING_METHODS, r),
    allow('DecryptData', READ_WITH_KEY, [r.keyArn]),
  ],

  [Duty.WRITE]: (r) => [
    ...callMethods('CallWritingMethods', WRITING_METHODS, r),
    allow('EncryptData', WRITE_WITH_KEY, [r.keyArn]),
  ],

  [Duty.MONITOR]: (r) => [
    ...allowOn('ReadExecutionLog', LOG_READS, [r.executionLogArn]),
    ...allowOn('WatchWebAcl', ['wafv2:GetRateBasedStatementManagedKeys', 'wafv2:GetSampledRequests'], [r.webAclArn]),
    allow('WatchAlarms', ['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'], [r.names.alarmArns]),
    allow(
      'WatchDashboard',
      ['cloudwatch:GetDashboard'],
      [r.names.arn('cloudwatch', `dashboard/${r.names.dashboard}`, '')],
    ),
    allow(
      'SeeWhoHears',
      ['sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'],
      [r.names.arn('sns', r.names.alarmTopic)],
    ),
  ],

  [Duty.AUDIT]: (r) => [
    ...allowOn('ReadAuditTrail', LOG_READS, [r.accessLogArn, r.webAclLogArn]),
    ...allowOn('ReviewWebAcl', ['wafv2:GetLoggingConfiguration', 'wafv2:GetWebACL'], [r.webAclArn]),
    allow(
      'ReviewRoles',
      ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
      (r.duties ?? ALL_DUTIES).map((duty) => r.names.roleArn(duty)),
    ),
    allow(
      'ReviewRemits',
      ['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:ListPolicyVersions'],
      (r.duties ?? ALL_DUTIES).map((duty) => r.names.boundaryArn(duty)),
    ),
  ],
};

/** Nothing where callers carry tokens: API Gateway then asks no identity policy. */
function callMethods(sid: string, methods: readonly string[], r: RemitResources): PolicyStatement[] {
  if (r.invokeArn === undefined) return [];
  return [
    allow(
      sid,
      ['execute-api:Invoke'],
      methods.map((method) => `${r.invokeArn}/${method}${r.invokePath ?? ''}/*`),
    ),
  ];
}

/**
 * A change names the domain's own role, or none at all: CloudFormation then acts as the role that the
 * stack already has (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html),
 * so `deploy` chooses no role, passes none, and shares none with another domain.
 */
function prepareChange(r: RemitResources): PolicyStatement[] {
  const prepare = ['cloudformation:CreateChangeSet'];
  if (r.executionRoleArn === undefined) {
    return [allow('PrepareChange', prepare, [r.stackId], { Null: { 'cloudformation:RoleArn': 'true' } })];
  }
  return [
    allow('PrepareChange', prepare, [r.stackId], { StringEquals: { 'cloudformation:RoleArn': r.executionRoleArn } }),
    allow('PassExecutionRole', ['iam:PassRole'], [r.executionRoleArn], {
      StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    }),
  ];
}

/**
 * What the CLI asks of the bucket, in the order in which it asks: whose it is, whether the asset is there, how it
 * is encrypted, and the upload itself, which never says `If-None-Match` (docs/adr/0040-assets-are-sealed.md).
 */
function uploadAssets({ assets, names }: RemitResources): PolicyStatement[] {
  switch (assets.kind) {
    case 'written-once': {
      const own = [`${assets.bucketArn}/${names.assetPrefix}*`];
      return [
        allow('UploadAssetOnce', ['s3:PutObject'], own, { Null: { 's3:if-none-match': 'false' } }),
        allow('ReadOwnAssets', ['s3:GetObject'], own),
      ];
    }
    case 'sealed':
      return [
        allow('UploadAssets', ['s3:GetObject', 's3:PutObject'], [`${assets.uploadBucketArn}/*`]),
        allow(
          'FindAssets',
          ['s3:GetBucketLocation', 's3:GetEncryptionConfiguration', 's3:ListBucket'],
          [assets.uploadBucketArn],
        ),
      ];
  }
}

/**
 * The gateway changes only through a deployed change. `TestInvokeMethod` and `TestInvokeAuthorizer`
 * are `POST`s on a method and an authorizer; they bypass authorizers, WAF and the logs
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html).
 */
function noGatewayWrites(): PolicyStatement {
  return deny('NoGatewayWriteNoTestInvoke', {
    actions: [
      'apigateway:DELETE',
      'apigateway:PATCH',
      'apigateway:POST',
      'apigateway:PUT',
      'apigateway:SetWebACL',
      'apigateway:UpdateRestApiPolicy',
    ],
    resources: ['*'],
  });
}

/** Alarms fall silent by a deployed change alone. By families of actions: AWS adds ways to mute (mute rules, of late). */
function noMuting(): PolicyStatement {
  return deny('NoMuting', {
    actions: [
      'cloudwatch:Delete*',
      'cloudwatch:Disable*',
      'cloudwatch:Put*',
      'cloudwatch:Set*',
      'events:Delete*',
      'events:Disable*',
      'events:Put*',
      'events:Remove*',
      'logs:Delete*',
      'logs:Put*',
      'sns:Delete*',
      'sns:Remove*',
      'sns:Set*',
      'sns:Unsubscribe',
    ],
    resources: ['*'],
  });
}

/**
 * Nothing for sessions that began before the domain was isolated; those that begin after have passed the trust policy,
 * and its second factor, anew
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html).
 */
function revokedSessions({ isolatedSince }: RemitResources): PolicyStatement {
  return new PolicyStatement({
    sid: 'RevokedSessions',
    effect: Effect.DENY,
    actions: ['*'],
    resources: ['*'],
    conditions: { DateLessThan: { 'aws:TokenIssueTime': isolatedSince } },
  });
}

// Of the services in a remit, those whose resources carry policies, and so could let in a session:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
const WITH_RESOURCE_POLICIES = ['execute-api:', 'kms:', 'logs:', 's3:', 'sns:'];

/** No action but these, whoever grants it; and the duty's own actions nowhere but here. */
function closedTo(own: readonly PolicyStatement[], all: readonly PolicyStatement[]): PolicyStatement[] {
  const elsewhere = own.filter((s) =>
    s.actions.some((a) => WITH_RESOURCE_POLICIES.some((prefix) => a.startsWith(prefix))),
  );
  const nothing = deny('NothingElse', { notActions: unique(all.flatMap((s) => s.actions)), resources: ['*'] });
  if (elsewhere.length === 0) return [nothing];
  return [
    nothing,
    deny('NowhereElse', {
      actions: unique(elsewhere.flatMap((s) => s.actions)),
      // As written: sorted, tokens would stand in the order of their numbers, which differ from one synthesis to the next.
      notResources: [...new Set(elsewhere.flatMap((s) => s.resources))],
    }),
  ];
}

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: { [operator: string]: { [key: string]: string } },
): PolicyStatement {
  return new PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions });
}

/** Nothing where the domain has none of them. */
function allowOn(
  sid: string,
  actions: readonly string[],
  resources: readonly (string | undefined)[],
): PolicyStatement[] {
  const own = resources.filter((resource) => resource !== undefined);
  return own.length === 0 ? [] : [allow(sid, actions, own)];
}

function deny(
  sid: string,
  what: {
    readonly actions?: string[];
    readonly notActions?: string[];
    readonly resources?: string[];
    readonly notResources?: string[];
  },
): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, ...what });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
