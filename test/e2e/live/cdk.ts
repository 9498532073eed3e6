/** The real CLI, pinned in package.json, told where AWS is by AWS_ENDPOINT_URL; it runs in a home of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Credentials } from './aws';
import { REGION, ROOT } from './place';

export interface CdkRun {
  readonly status: number | null;
  readonly output: string;
}

export interface CdkPlace {
  readonly endpoint: string;
  /** The file with the certificate by which the CLI knows the endpoint. */
  readonly caFile: string;
  /** CDK_HOME of this run. */
  readonly home: string;
  /** The cloud assembly that is deployed: no app is run again. */
  readonly assembly: string;
}

const TIMEOUT = 240_000;

export function cdk(
  { endpoint, caFile, home, assembly }: CdkPlace,
  as: Credentials,
  ...args: string[]
): Promise<CdkRun> {
  const { CDK_OUTDIR: _, NODE_ENV: __, JEST_WORKER_ID: ___, ...inherited } = process.env;
  // A proxy of this machine has no business with its own loopback interface.
  const noProxies = Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((n) => [n, '']));
  const child = spawn(
    join(ROOT, 'node_modules', '.bin', 'cdk'),
    [...args, '--app', assembly, '--no-notices', '--ci', '--no-color'],
    {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited,
        ...noProxies,
        NO_PROXY: '127.0.0.1',
        HOME: home,
        CDK_HOME: home,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        NODE_NO_WARNINGS: '1',
        AWS_ENDPOINT_URL: endpoint,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_CA_BUNDLE: caFile,
        NODE_EXTRA_CA_CERTS: caFile,
        AWS_REGION: REGION,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ACCESS_KEY_ID: as.accessKeyId,
        AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
        AWS_SESSION_TOKEN: as.sessionToken ?? '',
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const late = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
  return new Promise((resolve) =>
    child.on('close', (status) => {
      clearTimeout(late);
      resolve({ status, output });
    }),
  );
}
