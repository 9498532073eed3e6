/** The defaults of audit vaults and trails. */
import { Aws, Duration } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Assumer, AuditTrail, AuditVault, type AuditVaultProps } from '../../lib';
import { ACCOUNT, REGION } from './a-domain';
import { aStack, type Build, made, NONE, type Row, templateOf } from './default-row';

const READERS = [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/security`)];
const ELSEWHERE = '777788889999';
const IN_ALL = '- every object, function and table of the account, in all regions';
const NO_LOG = '- none: the records go into the vault alone';

const vault =
  (always: Partial<AuditVaultProps> = {}): Build =>
  (props) => {
    const stack = aStack();
    new AuditVault(stack, 'trail', { readers: READERS, ...always, ...props(stack) });
    return templateOf(stack);
  };

const source: Build = (props) => vault({ sources: [{ account: ELSEWHERE, ...props(aStack()) }] })(() => ({}));

const imported: Build = (props) => {
  const stack = aStack();
  const attributes = { vaultName: 'trail', ...props(stack) };
  const { bucketName, bucketArn, keyArn, auditorRoleArn } = AuditVault.fromAttributes(stack, 'Vault', attributes);
  return stack.resolve({ bucketName, bucketArn, keyArn, auditorRoleArn });
};

const trail: Build = (props) => {
  const stack = aStack();
  new AuditTrail(stack, 'Trail', {
    vault: AuditVault.fromAttributes(stack, 'Vault', { vaultName: 'trail', account: ELSEWHERE }),
    ...props(stack),
  });
  return templateOf(stack);
};

const ONE_BUCKET = ['arn:aws:s3:::orders/'];
const logGroup = made((stack) => new LogGroup(stack, 'Copy'));

export const AUDIT_ROWS: readonly Row[] = [
  ['AuditSource.region', '- the region of the vault', source, REGION, 'us-east-1'],
  ['AuditTrailProps.dataEventsOf', IN_ALL, trail, NONE, ONE_BUCKET],
  ['AuditTrailProps.logGroup', NO_LOG, trail, NONE, logGroup],
  ['AuditVaultAttributes.account', '- the account of the stack that refers to it', imported, ACCOUNT, ELSEWHERE],
  [
    'AuditVaultAttributes.keyArn',
    "- that of the key's alias, whose name follows from the vault's",
    imported,
    `arn:${Aws.PARTITION}:kms:${REGION}:${ACCOUNT}:alias/bulkhead-vault-trail`,
    'arn:aws:kms:x',
  ],
  ['AuditVaultAttributes.region', '- the region of the stack that refers to it', imported, REGION, 'us-east-1'],
  ['AuditVaultProps.dataEventsOf', IN_ALL, vault(), NONE, ONE_BUCKET],
  [
    'AuditVaultProps.executionRole',
    "- the role that the stack's synthesizer names",
    vault(),
    made((stack) => Role.fromRoleName(stack, 'Execution', `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${REGION}`)),
    made((stack) => Role.fromRoleName(stack, 'Execution', 'execution')),
  ],
  ['AuditVaultProps.logGroup', '- none: the records go into the vault alone', vault(), NONE, logGroup],
  ['AuditVaultProps.maxSessionDuration', 'Duration.hours(1)', vault(), Duration.hours(1), Duration.hours(2)],
  ['AuditVaultProps.retention', 'Duration.days(365)', vault(), Duration.days(365), Duration.days(366)],
  ['AuditVaultProps.sources', '- none: the vault records its own account', vault(), [], [{ account: ELSEWHERE }]],
  ['AuditVaultProps.vaultName', "- the construct's id", vault(), 'trail', 'records'],
];
