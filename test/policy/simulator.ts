/**
 * `@cloud-copilot/iam-simulate` as an independent oracle, behind one synchronous function. It is
 * AGPL: a development dependency, used by tests only and never shipped. Its public entry either
 * validates asynchronously or leaves out session policies, so this calls its core with the loaded
 * documents; nothing of it is copied.
 *
 * What it gets wrong against AWS's documentation is listed in docs/simulator-deviations.md.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { contextOf, readCaller } from '../../lib/policy/request-principal';

export type SimulatorDecision = 'allowed' | 'explicitlyDenied' | 'implicitlyDenied';
type Document = Readonly<Record<string, unknown>>;

/** The form of `bulkhead simulate`'s input, without the id. */
export interface SimulatorQuestion {
  /** @default - a role of the account 111122223333 */
  readonly principal?: string;
  readonly identityPolicies: readonly Document[];
  readonly permissionsBoundary?: Document;
  /** One set that must allow together, as one organizational level. */
  readonly serviceControlPolicies?: readonly Document[];
  readonly resourceControlPolicies?: readonly Document[];
  /** At most one: the simulator knows no more. */
  readonly sessionPolicies?: readonly Document[];
  readonly resourcePolicy?: Document;
  /**
   * True when the context is all there is: no keys are added for the principal.
   * @default false
   */
  readonly contextIsComplete?: boolean;
  readonly request: {
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount?: string;
    readonly context: Readonly<Record<string, string | readonly string[]>>;
  };
}

interface Core {
  authorize(request: object): { readonly result: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied' };
}

const entry = require.resolve('@cloud-copilot/iam-simulate');
const fromSimulator = createRequire(entry);
const inside = (path: string): unknown => fromSimulator(join(dirname(entry), path));
const core = inside('core_engine/CoreSimulatorEngine.js') as Core;
const { AwsRequestImpl } = inside('request/request.js') as {
  AwsRequestImpl: new (
    principal: unknown,
    resource: object,
    action: string,
    context: object,
    wildcardOnly: boolean,
  ) => object;
};
const { RequestContextImpl } = inside('requestContext.js') as { RequestContextImpl: new (values: object) => object };
const { DiscoveryContextKeyConstraints } = inside('context_keys/discoveryContextKeyConstraints.js') as {
  DiscoveryContextKeyConstraints: new (constraints: readonly unknown[]) => object;
};
const { loadPolicy } = fromSimulator('@cloud-copilot/iam-policy') as {
  loadPolicy: (document: Document, metadata: { name: string }) => object;
};

const loaded = new WeakMap<Document, object>();

function load(document: Document): object {
  let policy = loaded.get(document);
  if (policy === undefined) {
    policy = loadPolicy(document, { name: 'policy' });
    loaded.set(document, policy);
  }
  return policy;
}

const EVERYTHING: Document = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
};
const simulationParameters = {
  simulationMode: 'Strict',
  discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
};

/** The simulator refuses everything when it is given no control policies at all. */
function control(documents: readonly Document[] | undefined, alwaysEverything: boolean): readonly object[] {
  const given = documents ?? [];
  const policies = given.length === 0 || alwaysEverything ? [...given, EVERYTHING] : given;
  return [{ orgIdentifier: 'o-1', policies: policies.map(load) }];
}

export function simulate(question: SimulatorQuestion): SimulatorDecision {
  const { request, principal = 'arn:aws:iam::111122223333:role/role' } = question;
  const anonymous = principal === '*' || principal === 'anonymous';
  const own = principal.split(':')[4];
  const account = request.resourceAccount ?? accountIn(request.resource) ?? own ?? '';
  const values: Record<string, string | readonly string[]> = {};
  const given = [...(question.contextIsComplete === true ? [] : [contextOf(readCaller(principal))]), request.context];
  for (const [key, value] of given.flatMap((context) => Object.entries(context))) {
    for (const known of Object.keys(values)) if (known.toLowerCase() === key.toLowerCase()) delete values[known];
    // No values is no key, and one value is a single value: the simulator tells them apart by type.
    if (typeof value === 'string' || value.length > 1) values[key] = value;
    else if (value.length === 1) values[key] = value[0] as string;
  }
  const { result } = core.authorize({
    request: new AwsRequestImpl(
      anonymous ? { type: 'Anonymous' } : principal,
      { resource: request.resource, accountId: account },
      request.action,
      new RequestContextImpl(values),
      request.resource === '*',
    ),
    sessionPolicy: question.sessionPolicies?.map(load)[0],
    identityPolicies: question.identityPolicies.map(load),
    serviceControlPolicies: control(question.serviceControlPolicies, false),
    resourceControlPolicies: control(question.resourceControlPolicies, true),
    resourcePolicy: question.resourcePolicy === undefined ? undefined : load(question.resourcePolicy),
    permissionBoundaries: question.permissionsBoundary === undefined ? undefined : [load(question.permissionsBoundary)],
    vpcEndpointPolicies: undefined,
    simulationParameters,
    serviceSettings: { s3: {} },
  });
  switch (result) {
    case 'Allowed':
      return 'allowed';
    case 'ExplicitlyDenied':
      return 'explicitlyDenied';
    case 'ImplicitlyDenied':
      return 'implicitlyDenied';
  }
}

function accountIn(arn: string): string | undefined {
  const account = arn.split(':')[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}
