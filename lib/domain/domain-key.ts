/**
 * The KMS key of a trust domain: who may use it and who may administer it, by fixed role names.
 *
 * The policy hands the account no `kms:*`. Each statement's principal is the account, narrowed by
 * `aws:PrincipalArn` to exact roles, so that an identity policy *and* this one must both allow
 * (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html), and so that a
 * role deleted and created again under its name keeps its access; a policy that names the role as
 * principal would point at the dead one
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 * That, and two independent administrators, is how the key is never orphaned: docs/domain.md.
 */
import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { aws_kms } from 'aws-cdk-lib/interfaces';
import type { Construct } from 'constructs';
import { deliverAlarms } from './domain-monitoring';
import { ALL_DUTIES, Duty } from './duty';
import { ADMINISTER_KEY, DESCRIBE_KEY, READ_WITH_KEY, WRITE_WITH_KEY } from './key-actions';
import type { DomainNames } from './names';
import { markOwned } from './parts';
import { claimThing } from './registry';

export interface DomainKeyUse {
  readonly names: DomainNames;
  readonly region: string;
  readonly account: string;
  /** Exact ARNs of the log groups that the key encrypts, without `:*`. */
  readonly logGroupArns: readonly string[];
  /** What the way to authenticate does with the key. */
  readonly authentication: readonly PolicyStatement[];
  /** The duties that the domain has. */
  readonly duties?: readonly Duty[];
}

export interface DomainKeyProps extends DomainKeyUse {
  /** CloudFormation administers the key it creates, through this role. */
  readonly executionRoleArn: string;
  readonly removalPolicy: RemovalPolicy;
}

/** The key of one trust domain. Grants on it write both policies, because the key trusts no identity policy alone. */
export class DomainKey extends Key {
  protected override readonly trustAccountIdentities: boolean = false;

  constructor(scope: Construct, id: string, props: DomainKeyProps) {
    super(scope, id, {
      alias: props.names.keyAlias,
      description: `Bulkhead: the key of trust domain ${props.names.domain}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
      policy: new PolicyDocument({
        statements: [...administration(props), ...useStatements(props)],
      }),
    });
  }
}

/** The author's key, if one was given and no other domain has it; else a key of the domain's own. */
export function keyOf(domain: Construct, given: aws_kms.IKeyRef | undefined, props: DomainKeyProps): IKey {
  if (given === undefined) return new DomainKey(domain, 'Key', props);
  const { domain: name } = props.names;
  claimThing('the key', given, name, domain);
  // Two imports of one key are two constructs.
  claimThing('the key', given.keyRef.keyArn, name, domain);
  markOwned(given, name, {});
  if (!(given instanceof Key)) return Key.fromKeyArn(domain, 'Key', given.keyRef.keyArn);
  for (const statement of useStatements(props)) given.addToResourcePolicy(statement);
  return given;
}

// What CloudFormation needs to create, update and (when the author chose so) delete the key and its
// alias. No `kms:CreateGrant`, and no cryptographic operation.
const EXECUTION_ACTIONS = [
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

function administration(props: DomainKeyProps): PolicyStatement[] {
  return [
    byRoles('AdministerByCloudFormation', EXECUTION_ACTIONS, [props.executionRoleArn]),
    byRoles('AdministerByProvision', [...ADMINISTER_KEY, 'kms:PutKeyPolicy'], [props.names.roleArn(Duty.PROVISION)]),
    // KMS refuses a policy that would lock its author out, unless asked not to check; nobody may ask.
    new PolicyStatement({
      sid: 'KeepLockoutCheck',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:PutKeyPolicy'],
      resources: ['*'],
      conditions: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } },
    }),
  ];
}

/** What the domain does with its key; a key made elsewhere needs these too. */
function useStatements(props: DomainKeyUse): PolicyStatement[] {
  const { names, duties = ALL_DUTIES } = props;
  const by = (sid: string, actions: readonly string[], duty: Duty): PolicyStatement[] =>
    duties.includes(duty) ? [byRoles(sid, actions, [names.roleArn(duty)])] : [];
  return [
    ...by('DecryptByRead', READ_WITH_KEY, Duty.READ),
    ...by('EncryptByWrite', WRITE_WITH_KEY, Duty.WRITE),
    byRoles(
      'DescribeByEveryDuty',
      DESCRIBE_KEY,
      duties.map((duty) => names.roleArn(duty)),
    ),
    ...(props.logGroupArns.length === 0 ? [] : [logEncryption(props)]),
    deliverAlarms(props.names, props.account),
    ...props.authentication,
  ];
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
function logEncryption(props: DomainKeyUse): PolicyStatement {
  return new PolicyStatement({
    sid: 'EncryptLogs',
    principals: [new ServicePrincipal(`logs.${props.region}.amazonaws.com`)],
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    resources: ['*'],
    conditions: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': [...props.logGroupArns] } },
  });
}

/** A statement for exact roles by their fixed names, which an identity policy must allow as well. */
export function byRoles(
  sid: string,
  actions: readonly string[],
  roleArns: readonly string[],
  more: { readonly [operator: string]: { readonly [key: string]: string } } = {},
): PolicyStatement {
  return new PolicyStatement({
    sid,
    principals: [new AccountRootPrincipal()],
    actions: [...actions],
    resources: ['*'],
    conditions: { ArnEquals: { 'aws:PrincipalArn': roleArns.length === 1 ? roleArns[0] : [...roleArns] }, ...more },
  });
}
