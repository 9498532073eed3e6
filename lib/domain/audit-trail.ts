/**
 * The trail of one account: who requested what, in every region, written into an audit vault of this or another
 * account.
 *
 * Management events are recorded without exception; requests for KMS keys are among them. Of data events it records
 * objects, functions and tables, and every access to the vault itself but CloudTrail's own writing, which would
 * record itself for ever (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html).
 * The trail outlives its stack: to delete the stack mutes nobody.
 */
import { ArnFormat, type CfnResource, RemovalPolicy, Stack, Stage, Tags, Token } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { aws_logs } from 'aws-cdk-lib/interfaces';
import { Construct, type IConstruct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import type { AuditTrailProps, IAuditVault } from './audit-vault-props';
import { TrustDomainError } from './domain-error';
import { claimVault } from './registry';
import { VaultNames } from './vault-names';

/** Records an account into an audit vault. One for each account; the vault brings that of its own. */
export class AuditTrail extends Construct {
  /** The trail. */
  public readonly trail: CfnTrail;

  /** ARN of the trail. */
  public readonly trailArn: string;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    const { vault } = props;
    const stack = Stack.of(this);
    const who = `audit trail \`${this.node.path}\``;
    claimVault(this);
    const names = new VaultNames(stack, vault.vaultName);
    requireAdmitted(who, stack, vault, names);
    const selectors = advancedSelectors(who, vault, props.dataEventsOf);
    this.trail = new CfnTrail(this, 'Resource', {
      trailName: names.trail,
      s3BucketName: vault.bucketName,
      kmsKeyId: keyArnIn(stack, vault),
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      advancedEventSelectors: selectors,
      ...(props.logGroup === undefined ? {} : this.toLogGroup(props.logGroup)),
    });
    this.trail.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.trailArn = this.trail.attrArn;
    mark(this.trail, { part: 'audit-trail', vault: vault.vaultName });
    Tags.of(this).add('bulkhead:vault', vault.vaultName);
    const other = Stack.of(vault);
    // A bucket that does not admit the trail yet refuses it.
    if (other !== stack && Stage.of(vault) === Stage.of(this)) stack.addStackDependency(other);
    registerGate(this);
  }

  private toLogGroup({ logGroupRef: { logGroupName } }: aws_logs.ILogGroupRef) {
    const stack = Stack.of(this);
    const arn = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${logGroupName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    const role = new Role(this, 'LogRole', {
      description: `Bulkhead: CloudTrail writes the records of this account into ${this.node.path}`,
      assumedBy: new ServicePrincipal('cloudtrail.amazonaws.com'),
      inlinePolicies: {
        Write: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'WriteRecords',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [arn],
            }),
          ],
        }),
      },
    });
    mark(role.node.defaultChild as CfnResource, { part: 'audit-trail-logging' });
    return { cloudWatchLogsLogGroupArn: arn, cloudWatchLogsRoleArn: role.roleArn };
  }
}

const ADMITTED = new WeakMap<IConstruct, readonly string[]>();

/** Says which trails the policies of a vault of this app let in. */
export function admitTrails(vault: IAuditVault, trailArns: readonly string[]): void {
  ADMITTED.set(vault, trailArns);
}

function requireAdmitted(who: string, stack: Stack, vault: IAuditVault, names: VaultNames): void {
  const admitted = ADMITTED.get(vault);
  const { account, region } = stack;
  if (admitted === undefined || admitted.includes(names.trailArn(account, region))) return;
  // In a stack of unknown place, the vault's own place may be meant.
  if (Token.isUnresolved(account) || Token.isUnresolved(region) || Token.isUnresolved(Stack.of(vault).account)) return;
  throw new TrustDomainError(
    `${who}: audit vault \`${vault.vaultName}\` admits no trail of account \`${account}\` in region \`${region}\`; add \`{ account: '${account}', region: '${region}' }\` to its \`sources\``,
  );
}

/**
 * Of a vault in another stack the key goes by its alias, whose name is fixed. CloudTrail takes an alias's ARN:
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
 */
function keyArnIn(stack: Stack, vault: IAuditVault): string {
  const home = Stack.of(vault);
  if (home === stack || !ADMITTED.has(vault)) return vault.keyArn;
  return new VaultNames(stack, vault.vaultName, home.account, home.region).keyAliasArn;
}

/** CloudTrail's names of what has data events, by the service in an ARN. */
const RESOURCE_TYPES: { readonly [service: string]: string } = {
  s3: 'AWS::S3::Object',
  lambda: 'AWS::Lambda::Function',
  dynamodb: 'AWS::DynamoDB::Table',
};

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
const VALUES_MAX = 500;

function advancedSelectors(
  who: string,
  { bucketArn }: IAuditVault,
  prefixes: readonly string[] | undefined,
): CfnTrail.AdvancedEventSelectorProperty[] {
  const byType = new Map<string, string[]>(
    prefixes === undefined ? Object.values(RESOURCE_TYPES).map((t) => [t, []]) : [],
  );
  for (const prefix of prefixes ?? []) {
    const type = RESOURCE_TYPES[serviceOf(who, prefix)];
    if (type === undefined) {
      throw new TrustDomainError(
        `${who}: \`${prefix}\` in \`dataEventsOf\` has no data events that a trail records here; give ARNs, or how they begin, of \`${Object.keys(RESOURCE_TYPES).join('`, `')}\``,
      );
    }
    byType.set(type, [...(byType.get(type) ?? []), prefix]);
  }
  if ((prefixes ?? []).length > VALUES_MAX / 2) {
    throw new TrustDomainError(
      `${who}: \`dataEventsOf\` has ${prefixes?.length} entries and CloudTrail takes ${VALUES_MAX} values in all selectors of a trail; give shorter prefixes, or leave it out to record all`,
    );
  }
  const vault = `${bucketArn}/`;
  const data = (type: string) => [
    { field: 'eventCategory', equalTo: ['Data'] },
    { field: 'resources.type', equalTo: [type] },
  ];
  return [
    { name: 'Management events', fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }] },
    {
      name: 'Every access to the vault but the writing of records',
      fieldSelectors: [
        ...data('AWS::S3::Object'),
        { field: 'resources.ARN', startsWith: [vault] },
        { field: 'eventName', notEquals: ['PutObject'] },
      ],
    },
    ...[...byType].map(([type, starts]) => ({
      name: `Data events of ${type}`,
      fieldSelectors: [
        ...data(type),
        ...(starts.length > 0 ? [{ field: 'resources.ARN', startsWith: starts }] : []),
        ...(starts.length === 0 && type === 'AWS::S3::Object'
          ? [{ field: 'resources.ARN', notStartsWith: [vault] }]
          : []),
      ],
    })),
  ];
}

/** A reference alone does not say what it refers to; the ARN that is written around it does. */
function serviceOf(who: string, prefix: string): string {
  const [arn, , service] = prefix.split(':');
  if (arn !== 'arn' || service === undefined || prefix.includes('*')) {
    throw new TrustDomainError(
      `${who}: \`${Token.isUnresolved(prefix) ? 'a token' : prefix}\` in \`dataEventsOf\` is no beginning of an ARN; write it like \`arn:aws:s3:::bucket/\` or \`arn:aws:lambda:eu-central-1:111122223333:function:orders-\``,
    );
  }
  return service;
}
