/** AUD-1 and AUD-2 on vaults of the constructs: what is taken away or granted is named, and only that. */
import { App, CfnParameter, LegacyStackSynthesizer, Stack, Stage } from 'aws-cdk-lib';
import type { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { Artifact } from 'aws-cdk-lib/aws-codepipeline';
import { CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import {
  AccountRootPrincipal,
  ArnPrincipal,
  type CfnRole,
  type IPrincipal,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { CfnKey } from 'aws-cdk-lib/aws-kms';
import { type CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  Assumer,
  AuditVault,
  BreakGlassRole,
  DomainDeployment,
  DomainSynthesizer,
  FourEyesPipeline,
  TrustDomain,
} from '../../lib';
import { mark } from '../../lib/enforce/marker';
import { ACCOUNT, assumers, BACKEND, ENV, inStack } from './a-domain';

interface Vaulted {
  readonly app: App;
  readonly stack: Stack;
  readonly orders: TrustDomain;
  readonly vault: AuditVault;
  readonly bucket: CfnBucket;
  readonly policy: CfnBucketPolicy;
  readonly key: CfnKey;
  readonly trail: CfnTrail;
}

/** A domain, and a vault in the same account: nothing but its policies keeps them apart. */
function vaulted(): Vaulted {
  const app = new App();
  const orders = inStack(new Stack(app, 'Orders', { env: ENV }), 'orders');
  orders.addRoute('GET', '/probe', BACKEND);
  const stack = new Stack(app, 'Audit', { env: ENV });
  const vault = new AuditVault(stack, 'trail', { readers: [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/security`)] });
  const policy = vault.bucket.policy?.node.defaultChild as CfnBucketPolicy;
  return {
    app,
    stack,
    orders,
    vault,
    policy,
    bucket: vault.bucket.node.defaultChild as CfnBucket,
    key: vault.key.node.defaultChild as CfnKey,
    trail: vault.trail.trail,
  };
}

/** `ID severity message`, of the findings with which synthesis fails, and of what their causes break beside. */
function findingsOf(app: App): string[] {
  try {
    app.synth();
    return [];
  } catch (error) {
    const { message } = error as Error;
    const own = [...message.matchAll(/^([A-Z]+-\d+ \w+) \(\d+ of \d+\): (.*)$/gm)];
    const beside = [...message.matchAll(/By the same cause ([A-Z]+-\d+) is broken: (.*)\.$/gm)];
    return [...own.map(([, id, says]) => `${id}: ${says}`), ...beside.map(([, id, says]) => `${id} violated: ${says}`)];
  }
}

/** The statement of the policy without which it is written. */
function without(policy: CfnBucketPolicy | CfnKey, property: string, sid: string): void {
  const { Statement } = Stack.of(policy).resolve(
    policy instanceof CfnBucketPolicy ? policy.policyDocument : policy.keyPolicy,
  ) as { Statement: { Sid?: string }[] };
  const kept = Statement.filter((statement) => statement.Sid !== sid);
  expect(kept).toHaveLength(Statement.length - 1);
  policy.addPropertyOverride(`${property}.Statement`, kept);
}

test('a vault is proved as it is made', () => {
  expect(findingsOf(vaulted().app)).toEqual([]);
});

test('two vaults of one name in places that only the deployment knows are both judged', () => {
  const app = new App();
  inStack(new Stack(app, 'Orders', { env: ENV }), 'orders').addRoute('GET', '/probe', BACKEND);
  const vaults = ['Dev', 'Prod'].map(
    (id) =>
      new AuditVault(new Stack(new Stage(app, id), 'Audit'), 'trail', {
        readers: [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/security`)],
      }),
  );
  for (const { bucket } of vaults) {
    const locked = bucket.node.defaultChild as CfnBucket;
    locked.addPropertyOverride('ObjectLockConfiguration.Rule.DefaultRetention.Mode', 'GOVERNANCE');
  }
  expect(findingsOf(app).filter((finding) => /GOVERNANCE/.test(finding))).toHaveLength(2);
});

describe('AUD-1: the settings', () => {
  const SABOTAGE: readonly [string, (of: Vaulted) => void, RegExp][] = [
    ['the trail is off', ({ trail }) => trail.addPropertyOverride('IsLogging', false), /records nothing/],
    ['nothing is signed', ({ trail }) => trail.addPropertyOverride('EnableLogFileValidation', false), /does not sign/],
    ['no key', ({ trail }) => trail.addPropertyDeletionOverride('KMSKeyId'), /no key of its own/],
    ['one region', ({ trail }) => trail.addPropertyOverride('IsMultiRegionTrail', false), /one region alone/],
    [
      'IAM and STS are left out',
      ({ trail }) => trail.addPropertyOverride('IncludeGlobalServiceEvents', false),
      /leaves out IAM/,
    ],
    [
      'KMS is left out',
      ({ trail }) =>
        trail.addPropertyOverride('AdvancedEventSelectors.0.FieldSelectors', [
          { Field: 'eventCategory', Equals: ['Management'] },
          { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
        ]),
      /does not record every management event/,
    ],
    ['no lock', ({ bucket }) => bucket.addPropertyDeletionOverride('ObjectLockEnabled'), /locks no object/],
    [
      'no default lock',
      ({ bucket }) => bucket.addPropertyDeletionOverride('ObjectLockConfiguration.Rule'),
      /only if whoever writes/,
    ],
    [
      'governance mode',
      ({ bucket }) => bucket.addPropertyOverride('ObjectLockConfiguration.Rule.DefaultRetention.Mode', 'GOVERNANCE'),
      /in the mode `GOVERNANCE`, which can be bypassed/,
    ],
    [
      'a week',
      ({ bucket }) => bucket.addPropertyOverride('ObjectLockConfiguration.Rule.DefaultRetention.Days', 7),
      /for 7 days alone/,
    ],
    ['a disabled key', ({ key }) => key.addPropertyOverride('Enabled', false), /is disabled/],
    ['no trail', ({ vault }) => vault.trail.node.tryRemoveChild('Resource'), /has no trail of its own account/],
    ['a trail without its mark', ({ trail }) => trail.addOverride('Metadata.bulkhead', undefined), /has no trail/],
    ['no bucket policy', ({ vault }) => vault.bucket.node.tryRemoveChild('Policy'), /has no policy of its bucket/],
  ];

  test.each(SABOTAGE)('%s', (_, sabotage, message) => {
    const of = vaulted();
    sabotage(of);
    const findings = findingsOf(of.app);
    expect(findings.filter((finding) => /^AUD-1 violated/.test(finding) && message.test(finding))).not.toEqual([]);
    expect(findings.filter((finding) => !finding.startsWith('AUD-'))).toEqual([]);
  });

  test('what only the deployment knows is undecided', () => {
    const { app, stack, trail, bucket } = vaulted();
    const parameter = new CfnParameter(stack, 'Setting').logicalId;
    trail.addPropertyOverride('IsLogging', { Ref: parameter });
    bucket.addPropertyOverride('ObjectLockConfiguration.Rule.DefaultRetention.Mode', { Ref: parameter });
    expect(findingsOf(app)).toEqual([
      expect.stringMatching(/^AUD-1 undecided: .*perhaps records nothing/),
      expect.stringMatching(/^AUD-1 undecided: .*in a mode that only the deployment knows/),
    ]);
  });
});

describe('AUD-1: the walls', () => {
  test.each([
    ['NobodyEndsARecord', /keeps .* from `s3:\w+` on/],
    ['CloudTrailAloneWrites', /`s3:(PutObject|ReplicateObject|PutObjectAcl|PutObjectVersionAcl)/],
    ['AuditAloneReads', /`s3:GetObject/],
    ['AuditAloneLists', /`s3:ListBucket/],
    ['CloudFormationAloneChanges', /`s3:(Put|Delete)/],
  ])('the bucket without %s', (sid, message) => {
    const { app, policy } = vaulted();
    without(policy, 'PolicyDocument', sid);
    const findings = findingsOf(app);
    expect(findings).toEqual([
      expect.stringMatching(/^AUD-1 violated: the policy of `Audit\/trail\/Bucket\/Resource` no longer keeps/),
    ]);
    expect(findings[0]).toMatch(message);
  });

  test('the bucket without TLS', () => {
    const { app, policy } = vaulted();
    const { Statement } = Stack.of(policy).resolve(policy.policyDocument) as { Statement: { Condition?: unknown }[] };
    const kept = Statement.filter(({ Condition }) => !/SecureTransport/.test(JSON.stringify(Condition ?? {})));
    expect(kept.length).toBeLessThan(Statement.length);
    policy.addPropertyOverride('PolicyDocument.Statement', kept);
    expect(findingsOf(app)).toEqual([
      expect.stringMatching(/no longer keeps whoever asks without TLS from `s3:GetObject`/),
    ]);
  });

  test('the key without its Deny is still ended by nobody, because nobody is allowed to; with an Allow it is', () => {
    const first = vaulted();
    without(first.key, 'KeyPolicy', 'NobodyEndsTheKey');
    expect(findingsOf(first.app)).toEqual([]);
    const second = vaulted();
    second.vault.key.addToResourcePolicy(
      new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: ['kms:*'], resources: ['*'] }),
    );
    without(second.key, 'KeyPolicy', 'NobodyEndsTheKey');
    expect(findingsOf(second.app)).toContainEqual(
      expect.stringMatching(/^AUD-1 violated: the policy of `Audit\/trail\/Key\/Resource` no longer keeps/),
    );
  });
});

describe('rights', () => {
  /** A role of the app, without a duty. */
  function roleWith(
    of: Vaulted,
    actions: string[],
    resources: string[],
    assumedBy: IPrincipal = new ServicePrincipal('lambda.amazonaws.com'),
  ): Role {
    const role = new Role(of.stack, 'Operator', { assumedBy });
    role.addToPolicy(new PolicyStatement({ actions, resources }));
    return role;
  }

  test.each(['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors'])(
    'AUD-1: nobody may `cloudtrail:%s`',
    (action) => {
      const of = vaulted();
      roleWith(of, [`cloudtrail:${action}`], [of.vault.trail.trailArn]);
      expect(findingsOf(of.app)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^AUD-1 violated: \`Audit/Operator\` may mute or end the audit trail: \`cloudtrail:${action}\` on \`arn:aws`,
          ),
        ),
      ]);
    },
  );

  test('and of another trail everybody may', () => {
    const of = vaulted();
    roleWith(of, ['cloudtrail:*'], [`arn:aws:cloudtrail:${ENV.region}:${ACCOUNT}:trail/another`]);
    expect(findingsOf(of.app)).toEqual([]);
  });

  test('an administrator of the account is stopped by the bucket and the key, and may mute the trail', () => {
    const of = vaulted();
    roleWith(of, ['s3:*', 'kms:*'], ['*']);
    expect(findingsOf(of.app)).toEqual([]);
    const other = vaulted();
    const admin = new Role(other.stack, 'Admin', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    admin.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess'));
    expect(findingsOf(other.app)).toContainEqual(
      expect.stringMatching(
        /^AUD-1 violated: `Audit\/Admin` may mute or end the audit trail: `cloudtrail:DeleteTrail`/,
      ),
    );
  });

  test('AUD-2: whom the policies of bucket and key let in may read', () => {
    const of = vaulted();
    without(of.policy, 'PolicyDocument', 'AuditAloneReads');
    roleWith(of, ['s3:GetObject'], [`${of.vault.bucketArn}/*`]);
    expect(findingsOf(of.app)).toContainEqual(
      expect.stringMatching(
        /^AUD-2 violated: `Audit\/Operator` may read the audit trail: `s3:GetObject` on `arn:aws:s3:::bulkhead-vault-trail/,
      ),
    );
    const twin = vaulted();
    roleWith(twin, ['s3:GetObject'], [`${twin.vault.bucketArn}/*`]);
    expect(findingsOf(twin.app)).toEqual([]);
  });

  test('AUD-2: whom the key lets decrypt', () => {
    const of = vaulted();
    const role = roleWith(of, ['kms:Decrypt'], ['*']);
    of.vault.key.addToResourcePolicy(
      new PolicyStatement({ sid: 'Support', principals: [role], actions: ['kms:Decrypt'], resources: ['*'] }),
    );
    expect(findingsOf(of.app)).toContainEqual(
      expect.stringMatching(/^AUD-2 violated: `Audit\/Operator` may read the audit trail: `kms:Decrypt`/),
    );
  });

  test('AUD-1: a broken glass mutes nothing either', () => {
    const of = vaulted();
    const domain = TrustDomain.fromAttributes(of.stack, 'Domain', {
      domainName: 'orders',
      restApiId: 'a',
      keyArn: 'b',
    });
    const glass = (actions: string[]) =>
      new BreakGlassRole(of.stack, 'Glass', {
        domain,
        assumers: [Assumer.user(`arn:aws:iam::${ACCOUNT}:user/cho`)],
        statements: [new PolicyStatement({ actions, resources: [of.vault.trail.trailArn] })],
        alarmTopic: Topic.fromTopicArn(of.stack, 'OnCall', `arn:aws:sns:${ENV.region}:${ACCOUNT}:on-call`),
        reason: 'somebody must stop the trail at night',
        approvedBy: 'head of security',
        expires: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
      });
    glass(['cloudtrail:StopLogging']);
    expect(findingsOf(of.app)).toEqual([
      expect.stringMatching(/^AUD-1 violated: `Audit\/Glass\/Role` \(of `orders`\) may mute or end the audit trail/),
    ]);
  });

  test('one statement that many hold is one finding', () => {
    const of = vaulted();
    const roles = ['A', 'B', 'C'].map(
      (id) => new Role(of.stack, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    );
    new ManagedPolicy(of.stack, 'Operators', {
      roles,
      statements: [new PolicyStatement({ sid: 'Mute', actions: ['cloudtrail:*'], resources: ['*'] })],
    });
    expect(findingsOf(of.app)).toEqual([
      expect.stringMatching(/^AUD-1 violated: .*; by the same statement 2 more principals may$/),
    ]);
  });

  test('AUD-2: what is attached to somebody and cannot be known is undecided, where bucket and key do not stop it', () => {
    const of = vaulted();
    const role = new Role(of.stack, 'Operator', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addManagedPolicy(
      ManagedPolicy.fromManagedPolicyArn(of.stack, 'Elsewhere', `arn:aws:iam::${ACCOUNT}:policy/elsewhere`),
    );
    // The bucket and the key stop whatever it is; the trail has no policy of its own.
    expect(findingsOf(of.app)).toEqual([
      expect.stringMatching(/^AUD-1 undecided: .*`Audit\/Operator` may mute or end the audit trail, because/),
    ]);
    const open = vaulted();
    without(open.policy, 'PolicyDocument', 'AuditAloneReads');
    const other = new Role(open.stack, 'Operator', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    other.addManagedPolicy(
      ManagedPolicy.fromManagedPolicyArn(open.stack, 'Elsewhere', `arn:aws:iam::${ACCOUNT}:policy/elsewhere`),
    );
    expect(findingsOf(open.app)).toContainEqual(
      expect.stringMatching(/^AUD-2 undecided: .*`Audit\/Operator` may read the audit trail, because/),
    );
  });
});

describe('chains', () => {
  test('AUD-2: a reader of the domain that may assume the auditor', () => {
    const of = vaulted();
    const operator = new Role(of.stack, 'Operator', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    of.orders.own(operator);
    operator.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [of.vault.auditorRoleArn] }));
    expect(findingsOf(of.app)).toEqual([]);
    const open = vaulted();
    const caller = new Role(open.stack, 'Operator', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    open.orders.own(caller);
    (open.vault.auditor as Role).assumeRolePolicy?.addStatements(
      new PolicyStatement({ principals: [new ArnPrincipal(caller.roleArn)], actions: ['sts:AssumeRole'] }),
    );
    expect(findingsOf(open.app)).toContainEqual(
      expect.stringMatching(
        /^AUD-2 violated: `Audit\/Operator` \(of `orders`\) can act as `Audit\/trail\/Auditor` \(audit\), who may read the audit trail/,
      ),
    );
  });

  test('AUD-1: an operator that may drive what CloudFormation acts as', () => {
    const of = vaulted();
    const operator = new Role(of.stack, 'Operator', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    of.orders.own(operator);
    operator.addToPolicy(
      new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [`arn:aws:iam::${ACCOUNT}:role/cdk-*`] }),
    );
    expect(findingsOf(of.app)).toContainEqual(
      expect.stringMatching(
        /^AUD-1 violated: `Audit\/Operator` \(of `orders`\) can act as .*, who may mute or end the audit trail/,
      ),
    );
  });
});

describe('four eyes beside a vault of the same account', () => {
  function deployed(also?: (deployment: DomainDeployment) => void) {
    const app = new App();
    const first = new Stack(app, 'OrdersDeployment', { env: ENV, synthesizer: new LegacyStackSynthesizer() });
    const deployment = new DomainDeployment(first, 'Deployment', { domainName: 'orders', stackName: 'Orders' });
    const sourceOutput = new Artifact();
    const pipeline = new FourEyesPipeline(first, 'Pipeline', {
      domainName: 'orders',
      stackName: 'Orders',
      source: new CodeStarConnectionsSourceAction({
        actionName: 'Source',
        owner: 'acme',
        repo: 'orders',
        output: sourceOutput,
        connectionArn: `arn:aws:codeconnections:eu-central-1:${ACCOUNT}:connection/5d7f`,
      }),
      sourceOutput,
    });
    const stack = new Stack(app, 'Orders', { env: ENV, synthesizer: new DomainSynthesizer({ domainName: 'orders' }) });
    const people = assumers('orders');
    inStack(stack, 'orders', {
      assumers: { ...people, deploy: [pipeline.preparer], approve: [...people.approve, pipeline.executor] },
    }).addRoute('GET', '/probe', BACKEND);
    new AuditVault(new Stack(app, 'Audit', { env: ENV }), 'trail', {
      readers: [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/security`)],
    });
    also?.(deployment);
    return app;
  }

  test('is proved, the pipeline too', () => {
    expect(findingsOf(deployed())).toEqual([]);
  });

  test('AUD-1: and not when one person drives the role that deploys the domain', () => {
    const app = deployed((deployment) => {
      const executor = deployment.executionRole as Role;
      const operator = new Role(Stack.of(deployment), 'Operator', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      });
      operator.addToPolicy(new PolicyStatement({ actions: ['iam:PassRole'], resources: [executor.roleArn] }));
      operator.addToPolicy(
        new PolicyStatement({
          actions: ['cloudformation:CreateStack', 'cloudformation:UpdateStack'],
          resources: ['*'],
        }),
      );
      mark(operator.node.defaultChild as CfnRole, { domain: 'orders', part: 'resource' });
    });
    expect(findingsOf(app)).toContainEqual(
      expect.stringMatching(
        /^AUD-1 violated: `OrdersDeployment\/Operator` \(of `orders`\) can act as .* who may mute or end/,
      ),
    );
  });
});
