/** A deployed function, run in a Node process of this machine with its own environment and its own role's session. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, ROOT_USER } from './aws';
import type { Site } from './deploy';
import { REGION, ROOT } from './place';

let started = 0;

type Variables = Readonly<Record<string, string>>;

export class LocalFunction {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /**
   * @param bundle the folder of its code, which is what was uploaded
   * @param adjust puts right what the emulator has not deployed as AWS would
   */
  static async of(
    site: Site,
    caFile: string,
    folder: string,
    name: string,
    role: string,
    bundle: string,
    adjust: (variables: Variables) => Promise<Variables> = async (variables) => variables,
  ): Promise<LocalFunction> {
    const path = `/2015-03-31/functions/${name}/configuration`;
    const { body } = await must(site.endpoint, ROOT_USER, { service: 'lambda', method: 'GET', path });
    const { Environment } = JSON.parse(body) as { Environment?: { Variables?: Record<string, string> } };
    const variables = await adjust(Environment?.Variables ?? {});
    const session = await site.sessions.stolen(role);
    started += 1;
    const id = `${name}-${started}`;
    const at = join(folder, id);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'container.json'), JSON.stringify({ handler: 'index.handler', task: bundle }));
    const child = spawn(process.execPath, [join(__dirname, 'container.mjs'), 'serve', id], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: '1',
        NODE_PATH: join(ROOT, 'node_modules'),
        NODE_EXTRA_CA_CERTS: caFile,
        BULKHEAD_E2E_CONTAINERS: folder,
        ...variables,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: site.endpoint.url,
        AWS_ACCESS_KEY_ID: session.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
        AWS_SESSION_TOKEN: session.sessionToken,
      },
    });
    const port = join(at, 'port');
    for (let i = 0; i < 400 && !existsSync(port); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    return new LocalFunction(child, Number(readFileSync(port, 'utf8')));
  }

  async invoke(event: unknown): Promise<Readonly<Record<string, unknown>>> {
    const url = `http://127.0.0.1:${this.port}/2015-03-31/functions/function/invocations`;
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(20_000),
    });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
