/** What an audit vault promises, how it is refused, and that it is proved beside trust domains. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Assumer, Attestation, AuditTrail, AuditVault, type AuditVaultProps, Duty } from '../../lib';
import { ACCOUNT, BACKEND, ENV, inStack, REGION } from './a-domain';

const SECURITY = '999988887777';
const AUDIT_ENV = { account: SECURITY, region: REGION };
const readers = [Assumer.role(`arn:aws:iam::${SECURITY}:role/security`)];

function aVault(
  props: Partial<AuditVaultProps> = {},
  env: { account: string; region: string } | undefined = AUDIT_ENV,
) {
  const app = new App();
  const stack = new Stack(app, 'Audit', { env });
  const vault = new AuditVault(stack, 'trail', { readers, ...props });
  return { app, stack, vault };
}

const templateOf = (props: Partial<AuditVaultProps> = {}) => Template.fromStack(aVault(props).stack);

interface Written {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

function statementsOf(template: Template, type: string, property: string): Map<string, Written> {
  const [resource] = Object.values(template.findResources(type));
  const written: Written[] = resource?.Properties[property].Statement;
  return new Map(written.map((statement, i) => [statement.Sid ?? `${i}`, statement]));
}

describe('the bucket', () => {
  test('locks every record in compliance mode, a year unless told otherwise, and keeps every version', () => {
    const locked = (Days: number) => ({
      BucketName: `bulkhead-vault-trail-${SECURITY}-${REGION}`,
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    templateOf().hasResourceProperties('AWS::S3::Bucket', locked(365));
    templateOf({ retention: Duration.days(400) }).hasResourceProperties('AWS::S3::Bucket', locked(400));
  });

  test('is encrypted with the key of the vault, private, and outlives the stack with its policy', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^trailKey'), 'Arn'] },
            },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::CloudTrail::Trail']) {
      template.hasResource(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('lets CloudTrail write, for the named trails, and nobody else', () => {
    const policy = statementsOf(
      templateOf({ sources: [{ account: ACCOUNT }] }),
      'AWS::S3::BucketPolicy',
      'PolicyDocument',
    );
    const allowing = [...policy.values()].filter(({ Effect }) => Effect === 'Allow');
    expect(allowing.map(({ Action }) => Action)).toEqual(['s3:GetBucketAcl', 's3:PutObject']);
    for (const { Principal, Condition } of allowing) {
      expect(Principal).toEqual({ Service: 'cloudtrail.amazonaws.com' });
      expect(JSON.stringify(Condition?.StringEquals?.['aws:SourceArn'])).toContain(
        `:cloudtrail:${REGION}:${ACCOUNT}:trail/bulkhead-vault-trail`,
      );
    }
    expect(policy.get('CloudTrailAloneWrites')).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: expect.arrayContaining(['s3:PutObject', 's3:ReplicateObject']),
      Condition: { StringNotEquals: { 'aws:PrincipalServiceName': 'cloudtrail.amazonaws.com' } },
    });
  });

  test('denies everybody to end a record, and all but CloudFormation to change the bucket', () => {
    const policy = statementsOf(templateOf(), 'AWS::S3::BucketPolicy', 'PolicyDocument');
    const nobody = policy.get('NobodyEndsARecord');
    expect(nobody).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
    expect(nobody?.Condition).toBeUndefined();
    expect(nobody?.Action).toEqual(
      expect.arrayContaining(['s3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:PutObjectRetention']),
    );
    const changes = policy.get('CloudFormationAloneChanges');
    expect(changes?.Action).toEqual(expect.arrayContaining(['s3:DeleteBucketPolicy', 's3:PutBucket*']));
    expect(JSON.stringify(changes?.Condition)).toContain('cfn-exec-role');
    expect(JSON.stringify(policy.get('AuditAloneReads')?.Condition)).toContain(
      'role/bulkhead_vault_trail_eu-central-1',
    );
  });

  test('asks for TLS', () => {
    const policy = [...statementsOf(templateOf(), 'AWS::S3::BucketPolicy', 'PolicyDocument').values()];
    expect(policy).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });
});

describe('the key', () => {
  test('rotates, hands nobody `kms:*`, and is ended by nobody', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    const policy = statementsOf(template, 'AWS::KMS::Key', 'KeyPolicy');
    const allowed = [...policy.values()].filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
    expect(allowed).not.toContain('kms:*');
    for (const ending of ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:CreateGrant']) {
      expect(allowed).not.toContain(ending);
      expect(policy.get('NobodyEndsTheKey')?.Action).toContain(ending);
    }
    expect(policy.get('NobodyEndsTheKey')?.Condition).toBeUndefined();
    expect(allowed).toContain('kms:Decrypt');
  });

  test('serves CloudTrail for the named trails', () => {
    const policy = statementsOf(
      templateOf({ sources: [{ account: ACCOUNT, region: 'us-east-1' }] }),
      'AWS::KMS::Key',
      'KeyPolicy',
    );
    for (const sid of ['CloudTrailEncrypts', 'CloudTrailDescribes']) {
      const sources = JSON.stringify(policy.get(sid)?.Condition?.StringEquals?.['aws:SourceArn']);
      expect(sources).toContain(`:cloudtrail:${REGION}:${SECURITY}:trail/bulkhead-vault-trail`);
      expect(sources).toContain(`:cloudtrail:us-east-1:${ACCOUNT}:trail/bulkhead-vault-trail`);
    }
  });
});

describe('the trail', () => {
  test('records management events of all regions, signed, and data events', () => {
    templateOf().hasResourceProperties('AWS::CloudTrail::Trail', {
      TrailName: 'bulkhead-vault-trail',
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      KMSKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^trailKey'), 'Arn'] },
      AdvancedEventSelectors: Match.arrayWith([
        Match.objectLike({ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }),
        Match.objectLike({
          FieldSelectors: Match.arrayWith([{ Field: 'resources.type', Equals: ['AWS::Lambda::Function'] }]),
        }),
        Match.objectLike({
          FieldSelectors: Match.arrayWith([{ Field: 'resources.type', Equals: ['AWS::DynamoDB::Table'] }]),
        }),
      ]),
    });
  });

  test('records who reads the vault, and not its own writing', () => {
    const [trail] = Object.values(templateOf().findResources('AWS::CloudTrail::Trail'));
    const selectors: { FieldSelectors: Record<string, unknown>[] }[] = trail?.Properties.AdvancedEventSelectors;
    const ofVault = selectors.filter(({ FieldSelectors }) =>
      JSON.stringify(FieldSelectors).includes('bulkhead-vault-trail-'),
    );
    expect(
      ofVault.map(({ FieldSelectors }) =>
        FieldSelectors.slice(2).map(({ Field, ...rest }) => [Field, Object.keys(rest)]),
      ),
    ).toEqual([
      [
        ['resources.ARN', ['StartsWith']],
        ['eventName', ['NotEquals']],
      ],
      [['resources.ARN', ['NotStartsWith']]],
    ]);
  });

  test('narrows data events to what it is given', () => {
    const dataEventsOf = ['arn:aws:s3:::orders/', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:bulkhead-orders-`];
    const [trail] = Object.values(templateOf({ dataEventsOf }).findResources('AWS::CloudTrail::Trail'));
    const written = JSON.stringify(trail?.Properties.AdvancedEventSelectors);
    for (const prefix of dataEventsOf)
      expect(written).toContain(`{"Field":"resources.ARN","StartsWith":["${prefix}"]}`);
    expect(written).not.toContain('AWS::DynamoDB::Table');
  });

  test('writes into a log group as well, where one is given', () => {
    const { stack, vault } = aVault();
    const account = new Stack(vault.node.root as App, 'Recorded', { env: { account: SECURITY, region: 'us-east-1' } });
    new AuditTrail(account, 'Trail', {
      vault: AuditVault.fromAttributes(account, 'Vault', { vaultName: 'trail', account: SECURITY, region: REGION }),
      logGroup: new LogGroup(account, 'Log'),
    });
    const template = Template.fromStack(account);
    template.hasResourceProperties('AWS::CloudTrail::Trail', { CloudWatchLogsLogGroupArn: Match.anyValue() });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: { Statement: [Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] })] },
        },
      ],
    });
    Template.fromStack(stack).resourcePropertiesCountIs(
      'AWS::CloudTrail::Trail',
      { CloudWatchLogsLogGroupArn: Match.anyValue() },
      0,
    );
  });

  test('of another account writes into the vault by fixed names, without a reference', () => {
    const { app, vault } = aVault({ sources: [{ account: ACCOUNT }] });
    const stack = new Stack(app, 'Recorded', { env: ENV });
    new AuditTrail(stack, 'Trail', { vault });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CloudTrail::Trail', {
      S3BucketName: `bulkhead-vault-trail-${SECURITY}-${REGION}`,
    });
    const written = JSON.stringify(template.toJSON());
    expect(written).toContain(`:kms:${REGION}:${SECURITY}:alias/bulkhead-vault-trail`);
    expect(written).not.toMatch(/ImportValue|GetStackOutput/);
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Audit']);
  });

  test('of another app names the vault by its attributes', () => {
    const stack = new Stack(new App(), 'Recorded', { env: ENV });
    const vault = AuditVault.fromAttributes(stack, 'Vault', { vaultName: 'trail', account: SECURITY });
    new AuditTrail(stack, 'Trail', { vault });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudTrail::Trail', {
      S3BucketName: `bulkhead-vault-trail-${SECURITY}-${REGION}`,
    });
    expect(vault.auditorRoleArn).toContain(`:iam::${SECURITY}:role/bulkhead_vault_trail_${REGION}`);
    const keyArn = `arn:aws:kms:${REGION}:${SECURITY}:key/00000000-1111-2222-3333-444444444444`;
    const exact = AuditVault.fromAttributes(stack, 'Exact', { vaultName: 'trail', account: SECURITY, keyArn });
    expect(exact.keyArn).toBe(keyArn);
  });
});

test('the trail waits for the policy of its bucket, and for nothing that it names already', () => {
  templateOf().hasResource('AWS::CloudTrail::Trail', {
    DependsOn: [Match.stringLikeRegexp('^trailBucketPolicy'), Match.stringLikeRegexp('^trailBucket')],
  });
});

describe('the auditor', () => {
  test('holds the duty audit in no domain, within its remit, for the named readers', () => {
    const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
    const template = templateOf({ readers: [Assumer.role(`arn:aws:iam::${SECURITY}:role/security`, mfa)] });
    template.hasResource('AWS::IAM::Role', {
      Properties: {
        RoleName: `bulkhead_vault_trail_${REGION}`,
        MaxSessionDuration: 3600,
        PermissionsBoundary: { Ref: Match.stringLikeRegexp('^trailRemit') },
        AssumeRolePolicyDocument: {
          Statement: [Match.objectLike({ Principal: { AWS: `arn:aws:iam::${SECURITY}:role/security` } })],
        },
      },
      Metadata: {
        bulkhead: {
          duty: Duty.AUDIT,
          part: 'auditor',
          vault: 'trail',
          attestations: [Match.stringLikeRegexp('Center')],
        },
      },
    });
  });
});

describe('is refused', () => {
  const refusing = (props: Partial<AuditVaultProps>) => () => aVault(props);

  test('without a reader, with one twice', () => {
    expect(refusing({ readers: [] })).toThrow(/audit vault `trail`: it has no reader/);
    expect(refusing({ readers: [...readers, ...readers] })).toThrow(/stands twice among `readers`/);
    expect(refusing({})).not.toThrow();
  });

  test('with a retention that adds nothing, or that S3 does not know', () => {
    for (const days of [1, 89, 36_501])
      expect(refusing({ retention: Duration.days(days) })).toThrow(`\`${days}\` days is out of range`);
    expect(refusing({ retention: Duration.hours(2401) })).toThrow(/out of range/);
    for (const days of [90, 36_500]) expect(refusing({ retention: Duration.days(days) })).not.toThrow();
  });

  test('with a session that is too long', () => {
    expect(refusing({ maxSessionDuration: Duration.hours(9) })).toThrow(/session length `9` hours is out of range/);
    expect(refusing({ maxSessionDuration: Duration.hours(8) })).not.toThrow();
  });

  test('with a name that AWS would refuse', () => {
    expect(refusing({ vaultName: 'Trail' })).toThrow(/audit vault `Trail`: a vault's name is lower-case/);
    expect(refusing({ vaultName: 'a-name-that-is-too-long' })).toThrow(/shorten the vault's name to 22 characters/);
    expect(refusing({ vaultName: 'a-name-that-just-fits' })).not.toThrow();
  });

  test('with sources that are no accounts, or stand twice', () => {
    expect(refusing({ sources: [{ account: 'orders' }] })).toThrow(/`orders` in `sources` is no account/);
    expect(refusing({ sources: [{ account: SECURITY }] })).toThrow(/stands twice among `sources`/);
    expect(refusing({ sources: [{ account: ACCOUNT }, { account: ACCOUNT, region: 'us-east-1' }] })).toThrow(
      /stands twice/,
    );
  });

  test('with more sources than the policy of a bucket takes', () => {
    const sources = Array.from({ length: 150 }, (_, i) => ({ account: `${100000000000 + i}` }));
    expect(refusing({ sources })).toThrow(/may have \d+ characters and S3 allows 20480/);
    expect(refusing({ sources: sources.slice(0, 50) })).not.toThrow();
  });

  test('with data events of what has none', () => {
    expect(refusing({ dataEventsOf: ['orders'] })).toThrow(/`orders` in `dataEventsOf` is no beginning of an ARN/);
    expect(refusing({ dataEventsOf: ['arn:aws:s3:::orders*'] })).toThrow(/no beginning of an ARN/);
    expect(refusing({ dataEventsOf: ['arn:aws:kms:eu-central-1:111122223333:key/a'] })).toThrow(/has no data events/);
    const many = Array.from({ length: 300 }, (_, i) => `arn:aws:s3:::orders-${i}/`);
    expect(refusing({ dataEventsOf: many })).toThrow(/CloudTrail takes 500 values/);
    expect(refusing({ dataEventsOf: many.slice(0, 250) })).not.toThrow();
  });

  test('in the stack of a trust domain, whichever comes first', () => {
    const stack = (id: string) => new Stack(new App(), id, { env: ENV });
    const first = stack('First');
    inStack(first, 'orders');
    expect(() => new AuditVault(first, 'trail', { readers })).toThrow(
      /stack `First` holds the audit trail `First\/trail` as well/,
    );
    const second = stack('Second');
    new AuditVault(second, 'trail', { readers });
    expect(() => inStack(second, 'orders')).toThrow(/whoever may change the domain could then mute it/);
  });

  test('for a trail of an account that the vault does not name', () => {
    const { app, vault } = aVault();
    const stack = new Stack(app, 'Recorded', { env: ENV });
    expect(() => new AuditTrail(stack, 'Trail', { vault })).toThrow(
      `admits no trail of account \`${ACCOUNT}\` in region \`${REGION}\``,
    );
  });
});

describe('beside trust domains', () => {
  test.each([
    ['the account of the domains', ENV],
    ['an account of its own', AUDIT_ENV],
    ['a place that only the deployment knows', undefined],
  ])('in %s all are proved', (_, env) => {
    const app = new App();
    const place = env === undefined ? undefined : ENV;
    for (const name of ['orders', 'ledger']) {
      inStack(new Stack(app, name, { env: place }), name).addRoute('GET', '/probe', BACKEND);
    }
    const sources = env === AUDIT_ENV ? [{ account: ACCOUNT }] : [];
    const vault = new AuditVault(new Stack(app, 'Audit', { env }), 'trail', { readers, sources });
    if (env === AUDIT_ENV) new AuditTrail(new Stack(app, 'Recorded', { env: ENV }), 'Trail', { vault });
    expect(() => app.synth()).not.toThrow();
  });
});
