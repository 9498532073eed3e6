/** Loads an example as the CLI would: with the context of `cdk.json`, into a directory of its own. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { ApiGatewayAccount } from '../../lib';

export const ROOT = join(__dirname, '..', '..');

export interface Example {
  readonly app: App;
  /** The account-wide logging role, where the example has one. */
  readonly logging?: ApiGatewayAccount;
}

export const CONTEXT: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(ROOT, 'cdk.json'), 'utf8'),
).context;

/** Runs `make` as a fresh app would run, with the environment that the CLI gives it. */
export function asByTheCli<T>(make: () => T): T {
  const before = { ...process.env };
  process.env.CDK_CONTEXT_JSON = JSON.stringify(CONTEXT);
  process.env.CDK_OUTDIR = mkdtempSync(join(tmpdir(), 'bulkhead-example-'));
  try {
    return make();
  } finally {
    process.env = before;
  }
}

/** `{stack: {type: count}}`: the shape of an app, small enough to read in a review. */
export function inventory(app: App): Record<string, Record<string, number>> {
  return Object.fromEntries(
    app.synth().stacks.map((stack) => {
      const types = Object.values<{ Type: string }>(stack.template.Resources).map((resource) => resource.Type);
      const counts = [...new Set(types)].sort().map((type) => [type, types.filter((t) => t === type).length]);
      return [stack.stackName, Object.fromEntries(counts)];
    }),
  );
}

export function templateOf(app: App, stackName: string): Template {
  return Template.fromJSON(app.synth().getStackByName(stackName).template);
}

export interface BulkheadReport {
  readonly verdict: string;
  readonly findings: readonly unknown[];
  readonly inventory: readonly {
    readonly domain: string;
    readonly exposure: string;
    readonly owner: string;
    readonly authentication: unknown;
  }[];
}

export function reportOf(app: App): BulkheadReport {
  return JSON.parse(readFileSync(join(app.synth().directory, 'bulkhead-report.json'), 'utf8'));
}
