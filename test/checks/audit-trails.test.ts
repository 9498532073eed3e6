/** AUD-1 and AUD-2 in apps without our constructs: a trail, a bucket and a key as somebody wrote them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withExceptions } from '../../lib/checks/exceptions-hold';
import { runChecks } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import { parseConfiguration } from '../../lib/model/configuration';
import type { Model } from '../../lib/model/model';
import { CONTROLS, stateOf } from '../../lib/report/controls';
import { makeReport } from '../../lib/report/report';
import { stack } from '../model/notation';

type Json = Readonly<Record<string, unknown>>;

const TRAIL: Json = {
  Type: 'AWS::CloudTrail::Trail',
  Properties: {
    TrailName: 'company',
    IsLogging: true,
    EnableLogFileValidation: true,
    IncludeGlobalServiceEvents: true,
    S3BucketName: { Ref: 'Records' },
    KMSKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
  },
};
const BUCKET: Json = {
  Type: 'AWS::S3::Bucket',
  Properties: {
    BucketName: 'company-records',
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 1 } },
    },
  },
};
const KEY: Json = {
  Type: 'AWS::KMS::Key',
  Properties: {
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
      ],
    },
  },
};

/** A role that operates something, with these statements. */
function role(name: string, ...statements: Json[]): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::111122223333:user/${name}` }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [{ PolicyName: 'Own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    },
  };
}

const allow = (Action: string, Resource = '*'): Json => ({ Effect: 'Allow', Action, Resource });
const OPERATOR = role('operator', allow('logs:GetLogEvents'));
const AUDITOR = role('auditor', allow('s3:GetObject', 'arn:aws:s3:::company-records/*'), allow('kms:Decrypt'));

const DUTIES = {
  domains: { orders: { exposure: 'internal', owner: 'orders-team', resources: ['Operator'] } },
  duties: { monitor: ['Operator'], audit: ['Auditor'] },
};

function modelOf(resources: Json, configuration: Json = DUTIES): Model {
  const named = JSON.parse(
    JSON.stringify(configuration).replaceAll('"Operator"', '"*/Operator"').replaceAll('"Auditor"', '"*/Auditor"'),
  );
  return buildModel([stack(JSON.parse(JSON.stringify(resources)))], parseConfiguration(named, 'bulkhead.json'));
}

/** Findings of their own, and what the cause of another breaks beside. */
const findings = (resources: Json, configuration?: Json): string[] =>
  runChecks(modelOf(resources, configuration))
    .flatMap(({ id, severity, message, also = [] }) => [
      { id, severity, message },
      ...also.map((a) => ({ ...a, severity })),
    ])
    .filter(({ id }) => id.startsWith('AUD-'))
    .map(({ id, severity, message }) => `${id} ${severity}: ${message}`);

const CLEAN = { Trail: TRAIL, Records: BUCKET, Key: KEY, Operator: OPERATOR, Auditor: AUDITOR };

const properties = (of: Json, changed: Json): Json => ({
  ...of,
  Properties: { ...(of.Properties as Json), ...changed },
});

test('a trail that is locked, signed and read by the auditor passes', () => {
  expect(findings(CLEAN)).toEqual([]);
});

describe('settings', () => {
  test.each<[string, Json, RegExp]>([
    ['unsigned', { Trail: properties(TRAIL, { EnableLogFileValidation: false }) }, /does not sign/],
    [
      'unsigned, because nothing says otherwise',
      { Trail: properties(TRAIL, { EnableLogFileValidation: undefined }) },
      /does not sign/,
    ],
    ['off', { Trail: properties(TRAIL, { IsLogging: 'false' }) }, /records nothing/],
    ['without a key', { Trail: properties(TRAIL, { KMSKeyId: undefined }) }, /no key of its own/],
    ['unlocked', { Records: properties(BUCKET, { ObjectLockEnabled: undefined }) }, /locks no object/],
    [
      'locked by whoever writes',
      { Records: properties(BUCKET, { ObjectLockConfiguration: undefined }) },
      /only if whoever writes/,
    ],
    [
      'in governance mode',
      {
        Records: properties(BUCKET, {
          ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } },
        }),
      },
      /mode `GOVERNANCE`, which can be bypassed/,
    ],
    [
      'for a month',
      {
        Records: properties(BUCKET, {
          ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } },
        }),
      },
      /for 30 days alone/,
    ],
    ['with a key that is off', { Key: properties(KEY, { Enabled: false }) }, /is disabled/],
  ])('%s', (_, changed, message) => {
    expect(findings({ ...CLEAN, ...changed })).toEqual([expect.stringMatching(message)]);
  });

  test('two faults of one resource are one finding', () => {
    const trail = properties(TRAIL, { EnableLogFileValidation: false, KMSKeyId: undefined });
    expect(findings({ ...CLEAN, Trail: trail })).toEqual([
      expect.stringMatching(/^AUD-1 violated: .*does not sign.*; and .*no key/),
    ]);
  });

  test('a foreign trail may record one region, or some events', () => {
    expect(findings({ ...CLEAN, Trail: properties(TRAIL, { IsMultiRegionTrail: false, EventSelectors: [] }) })).toEqual(
      [],
    );
  });

  test('an app in which nobody has a duty is not judged', () => {
    const open = { ...CLEAN, Trail: properties(TRAIL, { EnableLogFileValidation: false }) };
    expect(findings(open, {})).toEqual([]);
    expect(findings(open)).toHaveLength(1);
  });
});

describe('rights', () => {
  const RECORDS = 'arn:aws:s3:::company-records';
  const TRAIL_ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/company';

  test.each<[string, Json]>([
    ['mute', allow('cloudtrail:StopLogging', TRAIL_ARN)],
    ['narrow', allow('cloudtrail:PutEventSelectors')],
    ['delete a version', allow('s3:DeleteObjectVersion', `${RECORDS}/*`)],
    ['bypass a lock', allow('s3:BypassGovernanceRetention', `${RECORDS}/AWSLogs/*`)],
    ['shorten the default lock', allow('s3:PutBucketObjectLockConfiguration', RECORDS)],
    ['take the policy away', allow('s3:DeleteBucketPolicy', RECORDS)],
    ['forge', allow('s3:PutObject', `${RECORDS}/AWSLogs/111122223333/*`)],
    ['end the key', allow('kms:ScheduleKeyDeletion')],
    ['let others use the key', allow('kms:CreateGrant')],
  ])('AUD-1: %s', (_, statement) => {
    for (const [name, id] of [
      ['operator', 'Operator'],
      ['auditor', 'Auditor'],
    ] as const) {
      const own = name === 'auditor' ? [allow('s3:GetObject', `${RECORDS}/*`)] : [];
      expect(findings({ ...CLEAN, [id]: role(name, ...own, statement) })).toEqual([
        expect.stringMatching(new RegExp(`^AUD-1 violated: .*${id}. .*may mute or end the audit trail`)),
      ]);
    }
  });

  test.each<[string, Json]>([
    ['objects beside the records', allow('s3:*', `${RECORDS}/uploads/*`)],
    ['another bucket', allow('s3:*', 'arn:aws:s3:::company-records-too/*')],
    ['another trail', allow('cloudtrail:*', `${TRAIL_ARN}-too`)],
    ['the state of the trail', allow('cloudtrail:GetTrailStatus')],
  ])('neither: %s', (_, statement) => {
    expect(findings({ ...CLEAN, Operator: role('operator', statement) })).toEqual([]);
  });

  test.each<[string, Json]>([
    ['read a record', allow('s3:GetObject', `${RECORDS}/*`)],
    ['list the records', allow('s3:ListBucket', RECORDS)],
    ['decrypt them', allow('kms:Decrypt')],
  ])('AUD-2: %s', (_, statement) => {
    expect(findings({ ...CLEAN, Operator: role('operator', statement) })).toEqual([
      expect.stringMatching(/^AUD-2 violated: .*Operator. .*may read the audit trail/),
    ]);
    expect(findings({ ...CLEAN, Auditor: role('auditor', statement) })).toEqual([]);
  });

  test('AUD-2: the log group that gets a copy', () => {
    const group: Json = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'copy' } };
    const trail = properties(TRAIL, { CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['Copy', 'Arn'] } });
    expect(findings({ ...CLEAN, Copy: group, Trail: trail })).toEqual([
      expect.stringMatching(/^AUD-2 violated: .*`logs:GetLogEvents`/),
    ]);
    expect(findings({ ...CLEAN, Copy: group })).toEqual([]);
  });

  test('a key whose policy does not ask the account is asked itself', () => {
    const closed = properties(KEY, {
      KeyPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111122223333:role/admin' },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      },
    });
    expect(findings({ ...CLEAN, Key: closed, Operator: role('operator', allow('kms:*')) })).toEqual([]);
    expect(findings({ ...CLEAN, Operator: role('operator', allow('kms:*')) })).not.toEqual([]);
  });

  test('a bucket that opens itself to everybody', () => {
    const policy = (Resource: string): Json => ({
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Records' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource }],
        },
      },
    });
    expect(findings({ ...CLEAN, Open: policy(`${RECORDS}/*`) })).toEqual([
      expect.stringMatching(/^AUD-2 violated: .*may read/),
    ]);
    expect(findings({ ...CLEAN, Open: policy(`${RECORDS}/public/*`) })).toEqual([]);
  });
});

describe('chains', () => {
  const admitting = (name: string): Json => {
    const made = role('auditor', allow('s3:GetObject', 'arn:aws:s3:::company-records/*'));
    return properties(made, {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::111122223333:role/${name}` }, Action: 'sts:AssumeRole' },
        ],
      },
    });
  };

  test('AUD-2: an operator that may act as the auditor', () => {
    expect(findings({ ...CLEAN, Auditor: admitting('operator') })).toEqual([
      expect.stringMatching(/^AUD-2 violated: .*Operator. .*can act as .*Auditor. .*who may read the audit trail/),
    ]);
    expect(findings({ ...CLEAN, Auditor: admitting('somebody-else') })).toEqual([]);
  });

  test('AUD-1: an operator that may write its own policies', () => {
    const operator = role('operator', allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/operator'));
    expect(findings({ ...CLEAN, Operator: operator })).toContainEqual(
      expect.stringMatching(/^AUD-1 violated: .*Operator. .*who may mute or end the audit trail/),
    );
  });
});

describe('one cause is one finding', () => {
  test('an operator that comes to everything: the separation is named, and the trail with it', () => {
    const operator = role('operator', allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/operator'));
    const model = modelOf({ ...CLEAN, Operator: operator });
    const all = runChecks(model);
    const [finding, ...more] = all.filter(({ chain }) => chain.length > 0);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      id: 'SOD-2',
      also: [{ id: 'AUD-1', message: expect.stringContaining('may mute or end the audit trail') }, { id: 'AUD-2' }],
      explanation: expect.arrayContaining([expect.stringMatching(/^By the same cause AUD-1 is broken: /)]),
    });
    const broken = CONTROLS.filter((control) => stateOf(control, makeReport(model, all)) === 'broken').map((c) => c.id);
    expect(broken).toEqual(expect.arrayContaining(['S4', 'S12', 'S13']));
  });

  test('who accepts the one has not accepted the other', () => {
    const operator = role('operator', allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/operator'));
    const model = modelOf({ ...CLEAN, Operator: operator });
    const chained = runChecks(model).filter(({ chain }) => chain.length > 0);
    const accepting = (...ids: string[]) => ({
      ...model,
      exceptions: ids.map((finding) => ({
        finding,
        constructPaths: chained[0]!.constructPaths,
        reason: 'a trial',
        approver: 'security',
        expires: '2099-12-31',
        declaredAt: `Accepted-${finding}`,
      })),
    });
    const left = (...ids: string[]) =>
      withExceptions(accepting(...ids), chained)
        .filter(({ exception }) => exception === undefined)
        .map(({ id }) => id);
    expect(left()).toEqual(['SOD-2']);
    expect(left('SOD-2')).toEqual(['AUD-1']);
    expect(left('SOD-2', 'AUD-1')).toEqual(['AUD-2']);
    expect(left('SOD-2', 'AUD-1', 'AUD-2')).toEqual([]);
  });
});

describe('what holds them off', () => {
  const admin = role('operator', allow('cloudtrail:*'));
  const scp = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'audit', 'deny-muting.json'), 'utf8'));

  test('the service control policy of docs/audit.md, for trails of the constructs', () => {
    const named = { ...CLEAN, Trail: properties(TRAIL, { TrailName: 'bulkhead-vault-trail' }), Operator: admin };
    const assume = { ...DUTIES, assume: { serviceControlPolicies: [scp] } };
    expect(findings(named, assume)).toEqual([]);
    expect(findings(named)).toEqual([expect.stringMatching(/^AUD-1 violated/)]);
    expect(findings({ ...CLEAN, Operator: admin }, assume)).toEqual([expect.stringMatching(/^AUD-1 violated/)]);
  });
});

describe('assumptions', () => {
  const assumed = (resources: Json) => modelOf(resources).assumptions.filter(({ id }) => id.startsWith('audit-'));

  test('that there is a trail, where no template has one', () => {
    expect(assumed({ Operator: OPERATOR, Auditor: AUDITOR }).map(({ id }) => id)).toEqual(['audit-trail']);
    expect(assumed(CLEAN)).toEqual([]);
    expect(
      modelOf({ Operator: OPERATOR, Auditor: AUDITOR }, { duties: DUTIES.duties }).assumptions.map(({ id }) => id),
    ).not.toContain('audit-trail');
  });

  test('that the bucket is locked, where no template has it', () => {
    const { Records: _, ...rest } = CLEAN;
    const elsewhere = { ...rest, Trail: properties(TRAIL, { S3BucketName: 'records-of-the-security-team' }) };
    expect(assumed(elsewhere)).toMatchObject([
      {
        id: 'audit-vault',
        text: expect.stringContaining('into the bucket `records-of-the-security-team`, which no template has'),
      },
    ]);
  });
});
