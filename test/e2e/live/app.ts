/**
 * The reference app (`bin/app.ts`, `cdk.json`), with each domain deployed by its own roles and under four eyes, as in
 * examples/four-eyes. What the domains are is the reference app's; only where their backend listens is given here.
 *
 * Context: `e2e-backend`, the address of the backend of this run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { addStacks } from '../../../bin/app';
import { DomainDeployment, DomainSynthesizer } from '../../../lib';
import { deploymentStackOf } from './place';

interface Context {
  readonly 'bulkhead-app': {
    readonly account: string;
    readonly region: string;
    readonly domains: Readonly<Record<string, object>>;
  };
}

/** The context of `cdk.json`, the backends replaced; of all domains, or of those that are named. */
export function contextOf(backend: string, only?: readonly string[]): Context & Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'cdk.json'), 'utf8')) as {
    context: Context;
  };
  const app = context['bulkhead-app'];
  const domains = Object.fromEntries(
    Object.entries(app.domains)
      .filter(([name]) => only?.includes(name) ?? true)
      .map(([name, domain]) => [name, { ...domain, backend: `${backend}/${name}` }]),
  );
  return { ...context, 'bulkhead-app': { ...app, domains } };
}

export function liveApp(backend: string, outdir?: string, only?: readonly string[]): App {
  const context = contextOf(backend, only);
  const app = new App({ outdir, context });
  const { account, region } = context['bulkhead-app'];
  addStacks(app, (domainName, stackName) => {
    const first = new Stack(app, deploymentStackOf(domainName), {
      env: { account, region },
      synthesizer: new LegacyStackSynthesizer(),
    });
    new DomainDeployment(first, 'Deployment', { domainName, stackName });
    return new DomainSynthesizer({ domainName });
  });
  return app;
}

if (require.main === module) liveApp(process.env.BULKHEAD_E2E_BACKEND ?? 'http://127.0.0.1:1').synth();
