/** The parts of the live proof that can be wrong without anybody noticing: what stands between it and the emulator. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { row } from './live/evidence';
import { oneTimeCode } from './live/gateway';
import { archiveOf } from './live/inline-code';
import { fitToEmulator } from './live/transform';
import { World } from './live/world';

test('an archive of code is one that others can read', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'bulkhead-archive-')), 'code.zip');
  writeFileSync(file, archiveOf('index.js', 'exports.handler = async () => ({ ok: "ü" });\n'));
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist(), z.read("index.js").decode())';
  const read = execFileSync('python3', ['-c', script, file], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
  });
  expect(read).toContain('[\'index.js\'] exports.handler = async () => ({ ok: "ü" });');
});

test('one-time codes are those of RFC 6238, appendix B', () => {
  jest.useFakeTimers({ now: 59_000 });
  expect(oneTimeCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toBe('287082');
  jest.useFakeTimers({ now: 1_111_111_109_000 });
  expect(oneTimeCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toBe('081804');
  jest.useRealTimers();
});

test('an attack is as expected iff it is refused and its twin is let in', () => {
  const judged = (observed: string, holds: boolean) =>
    row('D2', 'attack', 'live', { observed, twin: { what: 'twin', holds } }).asExpected;
  expect([judged('denied', true), judged('denied', false), judged('allowed', true)]).toEqual([true, false, false]);
});

describe('an assembly', () => {
  const ROLE = 'arn:aws:iam::111122223333:role/reader';
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: ROLE },
    Action: 's3:ListBucket',
    Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
    Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
  };
  const template = {
    Parameters: { On: { Type: 'String', Default: 'no' } },
    Conditions: { IsOn: { 'Fn::Equals': [{ Ref: 'On' }, 'yes'] } },
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'papers' } },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [statement, { 'Fn::If': ['IsOn', { ...statement, Sid: 'On' }, { Ref: 'AWS::NoValue' }] }],
          },
        },
      },
    },
  };
  const written = (): string => {
    const assembly = mkdtempSync(join(tmpdir(), 'bulkhead-assembly-'));
    writeFileSync(join(assembly, 'Papers.template.json'), JSON.stringify(template));
    return assembly;
  };
  const policyIn = (assembly: string) =>
    World.of(assembly).resourcePolicy('arn:aws:s3:::papers') as { Statement: object[] };

  test('is resolved: references, and conditions by the defaults of parameters', () => {
    expect(policyIn(written())).toEqual({
      Version: '2012-10-17',
      Statement: [{ ...statement, Resource: 'arn:aws:s3:::papers' }],
    });
  });

  test('fitted to the emulator names sessions and operations beside roles and permissions, and nobody else', () => {
    const assembly = written();
    expect(fitToEmulator(assembly).map(({ stacks }) => stacks)).toEqual([['Papers'], ['Papers']]);
    expect(policyIn(assembly).Statement).toEqual([
      {
        ...statement,
        Resource: 'arn:aws:s3:::papers',
        Action: ['s3:ListBucket', 's3:ListObjects', 's3:ListObjectsV2'],
        Principal: { AWS: [ROLE, 'arn:aws:sts::111122223333:assumed-role/reader/e2e'] },
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': [ROLE, 'arn:aws:sts::111122223333:assumed-role/reader/*'] },
        },
      },
    ]);
    expect(fitToEmulator(assembly)).toEqual([]);
  });

  test('the emulator’s names of operations are no actions of AWS: an Allow of them overlaps with nothing that is one', () => {
    const allow = (action: string) => ({
      identityPolicies: [
        parsePolicy({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: '*' } }, 'test'),
      ],
    });
    const known = new Set(awsCatalogue().actions);
    expect(['s3:ListObjectsV2', 's3:GetBucketEncryption'].filter((action) => known.has(action))).toEqual([]);
    expect(overlap(allow('s3:ListObjectsV2'), allow('s3:ListBucket'), awsCatalogue()).verdict).toBe('disjoint');
    expect(overlap(allow('s3:ListBucket'), allow('s3:ListBucket'), awsCatalogue()).verdict).toBe('overlap');
  });
});
