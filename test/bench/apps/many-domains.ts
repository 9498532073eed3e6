/**
 * The reference app with as many domains as `DOMAINS` says; writes into `TIMES` what the gate took, in seconds: from the end
 * of CDK's own synthesis to the verdict, and what it looks at again when the process ends.
 */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { App, Stage } from 'aws-cdk-lib';
import { referenceApp } from '../../../bin/app';
import { readPage } from '../../../lib/report/html/to-html';

/** From the script that gate.ts loads into every process. */
declare const threadTime: () => number;

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

interface Moment {
  readonly thread: number;
  readonly clock: number;
}

function now(): Moment {
  return { thread: threadTime(), clock: performance.now() / 1000 };
}

function since(start: Moment): Moment {
  const end = now();
  return { thread: end.thread - start.thread, clock: end.clock - start.clock };
}

// The first to be told of the end, before the gate; the last is below.
let ending = now();
process.once('exit', () => {
  ending = now();
});

// Below the gate, which takes hold of this function later: when CDK alone is done.
let done = now();
const original = Stage.prototype.synth;
Stage.prototype.synth = function synth(...args) {
  const assembly = original.apply(this, args);
  done = now();
  return assembly;
};

// From the sources a child process looks for the page of the report; an installed package has it beside the code.
readPage();

const app = new App();
const configuration = app.node.tryGetContext('bulkhead-app') as object;
app.node.setContext('bulkhead-app', { ...configuration, domains });
referenceApp(app).synth();
const gate = since(done);
process.once('exit', () => {
  const again = since(ending);
  const spent: Moment = { thread: gate.thread + again.thread, clock: gate.clock + again.clock };
  writeFileSync(process.env.TIMES!, JSON.stringify(spent));
});
