/** The reference app with as many domains as `DOMAINS` says; writes into `TIMES` how long the gate took. */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { App, Stage } from 'aws-cdk-lib';
import { referenceApp } from '../../../bin/app';

const KINDS = [
  { exposure: 'internal', authentication: 'iam', vpcEndpoints: true },
  { exposure: 'partner', authentication: 'cognito', vpcEndpoints: false },
  { exposure: 'public', authentication: 'cognito', vpcEndpoints: false },
] as const;

const domains = Object.fromEntries(
  Array.from({ length: Number(process.env.DOMAINS) }, (_, i) => {
    const { vpcEndpoints, ...kind } = KINDS[i % KINDS.length]!;
    const endpoint = `vpce-0a1b2c3d4e5f6${String(i).padStart(4, '0')}`;
    return [
      `domain${i}`,
      {
        ...kind,
        owner: `team-${i}`,
        backend: `https://${i}.example.com`,
        ...(vpcEndpoints && { vpcEndpoints: [endpoint] }),
      },
    ];
  }),
);

// Below the gate, which takes hold of this function later: when CDK alone is done.
let done = 0;
const original = Stage.prototype.synth;
Stage.prototype.synth = function synth(...args) {
  const assembly = original.apply(this, args);
  done = performance.now();
  return assembly;
};

const app = new App();
const configuration = app.node.tryGetContext('bulkhead-app') as object;
app.node.setContext('bulkhead-app', { ...configuration, domains });
referenceApp(app).synth();
writeFileSync(process.env.TIMES!, JSON.stringify({ gate: performance.now() - done }));
