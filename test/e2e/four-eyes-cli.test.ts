/**
 * The pinned CLI itself prepares a change, against an endpoint that records what it asks: everything that it asks as
 * `deploy` is in the remit of `deploy`, and what the design rests on about the CLI still holds.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { overlap } from '../../lib/policy/overlap';
import { text } from '../../lib/policy/text';
import { type RequestContext, requests } from '../../lib/reach/requests';
import { ACCOUNT, REGION } from '../domain/a-domain';
import { fourEyes, reachIn } from '../domain/a-four-eyes-app';
import { AnAws, type Asked } from './an-aws';

jest.setTimeout(180_000);

const CDK = join(__dirname, '..', '..', 'node_modules', '.bin', 'cdk');
const DEPLOY = `bulkhead-orders-deploy-${REGION}`;
const EXECUTION = `arn:aws:iam::${ACCOUNT}:role/bulkhead-orders-execution-${REGION}`;
const UPLOADS = `arn:aws:s3:::bulkhead-orders-uploads-${ACCOUNT}-${REGION}`;

const built = fourEyes();
const { model } = reachIn(built);
const aws = new AnAws({ account: ACCOUNT, region: REGION, stackName: 'Orders' });
let run: { readonly status: number | null; readonly output: string };

beforeAll(async () => {
  const endpoint = await aws.start();
  run = await cdk(endpoint, 'deploy', 'Orders', '--method=prepare-change-set', '--change-set-name', 'release-1');
});
afterAll(() => aws.stop());

/** Not `spawnSync`: the endpoint answers in this process. */
function cdk(endpoint: string, ...args: string[]): Promise<typeof run> {
  const { CDK_OUTDIR: _, NODE_ENV: __, JEST_WORKER_ID: ___, ...inherited } = process.env;
  const proxies = Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, '']),
  );
  const child = spawn(CDK, [...args, '--app', built.outdir, '--no-notices', '--require-approval', 'never'], {
    env: {
      ...inherited,
      ...proxies,
      NO_PROXY: '127.0.0.1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'AKIACALLER',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_HOME: mkdtempSync(join(tmpdir(), 'bulkhead-cdk-home-')),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, output })));
}

function mayDeploy({ action, resource, parameters }: Pick<Asked, 'action' | 'resource' | 'parameters'>): boolean {
  const principal = model.principals.find((p) => p.duty === 'deploy')!;
  const context: RequestContext = parameters.RoleARN ? { 'cloudformation:RoleArn': [parameters.RoleARN] } : {};
  return overlap(principal.policies, requests(action, [text(resource)], context), awsCatalogue()).verdict === 'overlap';
}

const asDeploy = () => aws.asked.filter(({ as }) => as === DEPLOY);

test('it prepares the change set, and prints its ARN for whoever approves', () => {
  expect(run.output).toMatch(/arn:aws:cloudformation:\S+:changeSet\/release-1\/\S+/);
  expect(run.status).toBe(0);
  expect(aws.asked.map(({ action }) => action)).not.toContain('cloudformation:ExecuteChangeSet');
});

test('it assumes the role of the duty, and no role of a bootstrap', () => {
  const assumed = aws.asked.filter(({ action }) => action === 'sts:AssumeRole').map(({ resource }) => resource);
  expect(new Set(assumed)).toEqual(new Set([`arn:aws:iam::${ACCOUNT}:role/${DEPLOY}`]));
  expect(aws.asked.filter(({ as }) => as === 'caller').every(({ action }) => action.startsWith('sts:'))).toBe(true);
});

test('everything that it asks as the duty is in the remit, but for the bootstrap stack, without which it goes on', () => {
  const asked = asDeploy();
  expect(new Set(asked.map(({ action }) => action))).toEqual(
    new Set([
      's3:ListBucket',
      's3:GetBucketLocation',
      's3:GetEncryptionConfiguration',
      's3:PutObject',
      'cloudformation:DescribeStacks',
      'cloudformation:DeleteChangeSet',
      'cloudformation:DescribeChangeSet',
      'cloudformation:GetTemplate',
      'cloudformation:CreateChangeSet',
    ]),
  );
  const refused = asked.filter((request) => !mayDeploy(request));
  expect(refused.every(({ parameters }) => parameters.StackName === 'CDKToolkit')).toBe(true);
  expect(refused.length).toBeGreaterThan(0);
});

test('the change runs as the domain’s role, which the duty may pass, and reads its template from the upload bucket', () => {
  const [create] = asDeploy().filter(({ action }) => action === 'cloudformation:CreateChangeSet');
  expect(create?.parameters).toMatchObject({
    RoleARN: EXECUTION,
    ChangeSetType: 'UPDATE',
    TemplateURL: expect.stringContaining(`/bulkhead-orders-uploads-${ACCOUNT}-${REGION}/`),
  });
  expect(mayDeploy({ action: 'iam:PassRole', resource: EXECUTION, parameters: {} })).toBe(true);
  expect(
    mayDeploy({
      action: 'cloudformation:CreateChangeSet',
      resource: aws.stackId,
      parameters: { RoleARN: `arn:aws:iam::${ACCOUNT}:role/admin` },
    }),
  ).toBe(false);
  expect(mayDeploy({ action: 'cloudformation:ExecuteChangeSet', resource: aws.stackId, parameters: {} })).toBe(false);
});

test('it uploads without a condition, which is why uploads are sealed, and says what it uploads', () => {
  const puts = asDeploy().filter(({ action }) => action === 's3:PutObject');
  expect(puts).toHaveLength(2);
  for (const { resource, headers } of puts) {
    expect(resource.startsWith(`${UPLOADS}/`)).toBe(true);
    expect(headers['if-none-match']).toBeUndefined();
    expect(headers['x-amz-checksum-sha256']).toBeDefined();
  }
});
