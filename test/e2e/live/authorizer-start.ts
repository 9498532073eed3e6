/** Starts the bundled authorizer of a domain, with the environment of its deployment and a session of its own role. */
import { join } from 'node:path';
import type { AuthorizerDomain } from './authorizer-app';
import type { Site } from './deploy';
import { LocalFunction } from './local-function';
import { REGION, ROOT } from './place';
import type { Authority } from './tls';

const BUNDLES: Readonly<Record<AuthorizerDomain, string>> = { bearer: 'jwt', bound: 'dpop', certified: 'mtls' };
export interface Place {
  readonly site: Site;
  /** Of the run: whose certificates servers have. */
  readonly authority: Authority;
  readonly caFile: string;
  readonly folder: string;
}

/** Closes whatever was opened, the last first. */
export type Closing = (() => Promise<void> | void)[];

export type Adjust = Parameters<typeof LocalFunction.of>[6];

export async function start(
  { site, caFile, folder }: Place,
  domain: AuthorizerDomain,
  closing: Closing,
  adjust?: Adjust,
): Promise<LocalFunction> {
  const bundle = join(ROOT, 'lib', 'authorizer', 'bundles', BUNDLES[domain]);
  const role = `bulkhead-${domain}-auth-${REGION}`;
  const at = join(folder, 'functions');
  const run = await LocalFunction.of(site, caFile, at, `bulkhead-${domain}-auth`, role, bundle, adjust);
  closing.push(() => run.stop());
  return run;
}
