/**
 * The emulator of a run: a program of its own, found in the cache and started on a free port of the loopback
 * interface, with every policy and signature enforced. Nothing of it is part of the project.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { ACCOUNT, INSTALLED, REGION, ROOT } from './place';

export const FAKECLOUD_VERSION = '0.51.0';

/** Where the emulator is, or the sentence that says why it is not. */
export function findFakecloud(): { readonly program: string } | { readonly missing: string } {
  const named = process.env.FAKECLOUD;
  if (named !== undefined) {
    return existsSync(named) ? { program: named } : { missing: `FAKECLOUD names \`${named}\`, which is not there` };
  }
  const candidates = [
    join(INSTALLED, 'fakecloud', 'bin', 'fakecloud'),
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'fakecloud')),
  ];
  const program = candidates.find((candidate) => existsSync(candidate));
  if (program !== undefined) return { program };
  return {
    missing: `fakecloud ${FAKECLOUD_VERSION} is not installed; \`npm run e2e -- --install\` builds it with cargo, once, which takes up to an hour`,
  };
}

/** Builds the emulator with cargo, into the cache. */
export function installFakecloud(): void {
  const { status, error } = spawnSync(
    'cargo',
    ['install', `fakecloud@${FAKECLOUD_VERSION}`, '--locked', '--root', join(INSTALLED, 'fakecloud')],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        CARGO_TARGET_DIR: join(INSTALLED, 'target'),
        // It serves a few thousand requests: the build counts, not the speed.
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
        CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
      },
    },
  );
  if (error !== undefined) throw new Error(`cargo cannot be run (${error.message}); install Rust, or set FAKECLOUD`);
  if (status !== 0) throw new Error(`cargo could not build fakecloud ${FAKECLOUD_VERSION}: status ${status}`);
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export class Emulator {
  private child?: ChildProcess;
  private readonly containers: string;

  private constructor(
    private readonly program: string,
    private readonly port: number,
    /** Its data and logs, and what stands in for containers. */
    private readonly folder: string,
  ) {
    this.containers = join(folder, 'containers');
  }

  /** What functions are told, so that they come through the front door, over TLS. */
  private functions: NodeJS.ProcessEnv = {};

  functionsUse(endpoint: string, caFile: string): void {
    this.functions = { BULKHEAD_E2E_ENDPOINT: endpoint, NODE_EXTRA_CA_CERTS: caFile };
  }

  static async at(program: string, folder: string): Promise<Emulator> {
    return new Emulator(program, await freePort(), folder);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get log(): string {
    return join(this.folder, 'emulator.log');
  }

  /** What it keeps of a service. */
  kept(service: string): string {
    return readFileSync(join(this.folder, 'data', service, 'snapshot.json'), 'utf8');
  }

  /** Resource types that it took note of and made nothing of, as it says itself. */
  recorded(): ReadonlySet<string> {
    const styles = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    const said = readFileSync(this.log, 'utf8').replaceAll(styles, '');
    return new Set(
      [...said.matchAll(/no provisioner for resource type.*?resource_type=(\S+)/g)].map(([, type = '']) => type),
    );
  }

  /**
   * Starts it, or starts it again with the data that it kept. Without signatures it lets bearer tokens through to the
   * gateway; with them it takes every `Authorization` for one of AWS.
   */
  async start(signatures = true): Promise<void> {
    mkdirSync(this.containers, { recursive: true });
    const cli = join(this.folder, 'container-cli');
    writeFileSync(cli, `#!/bin/sh\nexec '${process.execPath}' '${join(__dirname, 'container.mjs')}' "$@"\n`);
    chmodSync(cli, 0o755);
    const log = openSync(this.log, 'a');
    this.child = spawn(this.program, [], {
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        FAKECLOUD_ADDR: `127.0.0.1:${this.port}`,
        FAKECLOUD_REGION: REGION,
        FAKECLOUD_ACCOUNT_ID: ACCOUNT,
        FAKECLOUD_IAM: 'strict',
        FAKECLOUD_VERIFY_SIGV4: String(signatures),
        FAKECLOUD_STORAGE_MODE: 'persistent',
        FAKECLOUD_DATA_PATH: join(this.folder, 'data'),
        FAKECLOUD_CONTAINER_CLI: cli,
        FAKECLOUD_LOG: process.env.FAKECLOUD_LOG ?? 'warn',
        BULKHEAD_E2E_CONTAINERS: this.containers,
        BULKHEAD_E2E_MODULES: join(ROOT, 'node_modules'),
        ...this.functions,
      },
    });
    closeSync(log);
    const stopped = new Promise<never>((_, reject) => {
      this.child?.once('error', reject);
      this.child?.once('exit', (status) => reject(new Error(`fakecloud stopped at once, status ${status}`)));
    });
    stopped.catch(() => undefined);
    await Promise.race([this.ready(), stopped]);
    this.child.removeAllListeners('exit');
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        const { ok } = await fetch(`${this.endpoint}/_fakecloud/health`, { signal: AbortSignal.timeout(2000) });
        if (ok) return;
      } catch {
        // Not listening yet.
      }
      if (Date.now() > deadline) throw new Error(`fakecloud did not answer within a minute; see ${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** As a power cut would: no chance to tidy up. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it and every function that still runs for it. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    if (!existsSync(this.containers)) return;
    for (const id of readdirSync(this.containers)) {
      try {
        process.kill(Number(readFileSync(join(this.containers, id, 'pid'), 'utf8')), 'SIGKILL');
      } catch {
        // It has ended, or never started.
      }
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(late);
  }
}
