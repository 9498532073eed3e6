/**
 * @cloud-copilot/iam-simulate as an oracle: one request, judged by code that is not ours.
 *
 * Its public `runSimulation` validates and loads every policy anew and drops context keys that its
 * data does not list for an action (measured: 0.42 ms a judgement on AWS managed policies). The
 * function below it, `authorize`, judges the request as given over policies loaded once (0.12 ms),
 * so that is what we call. It is AGPL: a development dependency of the tests, never shipped.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Context } from '../../lib/policy/document';
import type { PoliciesJson, RequestJson } from './policies-json';

interface LoadedPolicy {
  readonly loaded: unique symbol;
}

interface Core {
  authorize(input: {
    request: unknown;
    sessionPolicy: undefined;
    identityPolicies: readonly LoadedPolicy[];
    serviceControlPolicies: readonly { orgIdentifier: string; policies: readonly LoadedPolicy[] }[];
    resourceControlPolicies: readonly never[];
    resourcePolicy: LoadedPolicy | undefined;
    permissionBoundaries: readonly LoadedPolicy[] | undefined;
    vpcEndpointPolicies: undefined;
    simulationParameters: unknown;
    serviceSettings: unknown;
  }): { readonly result: string };
}

const fromHere = createRequire(__filename);
const entry = fromHere.resolve('@cloud-copilot/iam-simulate');
const internal = (path: string): unknown => fromHere(join(dirname(entry), path));

const core = internal('core_engine/CoreSimulatorEngine.js') as Core;
const { AwsRequestImpl } = internal('request/request.js') as {
  AwsRequestImpl: new (principal: string, resource: object, action: string, context: object, only: boolean) => object;
};
const { RequestContextImpl } = internal('requestContext.js') as { RequestContextImpl: new (values: Context) => object };
const { DiscoveryContextKeyConstraints } = internal('context_keys/discoveryContextKeyConstraints.js') as {
  DiscoveryContextKeyConstraints: new (constraints: readonly never[]) => object;
};
const { loadPolicy } = createRequire(entry)('@cloud-copilot/iam-policy') as {
  loadPolicy(document: unknown, metadata: { name: string }): LoadedPolicy;
};

const ACCOUNT = '111111111111';
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/probe`;
const PARAMETERS = {
  simulationMode: 'Strict',
  discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
};

/**
 * A KMS key and a role trust policy must name the account before IAM policies count at all; this
 * one does, so the identity side decides, which is what overlap asks about. Source:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
const DELEGATES_TO_IAM = loadPolicy(
  {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: '*', Resource: '*' }],
  },
  { name: 'delegates-to-iam' },
);
const RESOURCE_POLICY_NEEDED = /^(kms:|sts:assumerole)/i;

const cache = new WeakMap<object, LoadedPolicy>();

function load(document: object): LoadedPolicy {
  let loaded = cache.get(document);
  if (loaded === undefined) {
    loaded = loadPolicy(document, { name: 'policy' });
    cache.set(document, loaded);
  }
  return loaded;
}

/** True iff the simulator allows the request to a role of the resource's own account. */
export function simulatorAllows(policies: PoliciesJson, request: RequestJson): boolean {
  const scps = policies.serviceControlPolicies ?? [];
  return (
    core.authorize({
      request: new AwsRequestImpl(
        PRINCIPAL,
        { resource: request.resource, accountId: ACCOUNT },
        request.action,
        new RequestContextImpl(request.context),
        request.resource === '*',
      ),
      sessionPolicy: undefined,
      identityPolicies: policies.identityPolicies.map(load),
      serviceControlPolicies: scps.length === 0 ? [] : [{ orgIdentifier: 'root', policies: scps.map(load) }],
      resourceControlPolicies: [],
      resourcePolicy: RESOURCE_POLICY_NEEDED.test(request.action) ? DELEGATES_TO_IAM : undefined,
      permissionBoundaries:
        policies.permissionsBoundary === undefined ? undefined : [load(policies.permissionsBoundary)],
      vpcEndpointPolicies: undefined,
      simulationParameters: PARAMETERS,
      serviceSettings: { s3: { blockPublicAccess: undefined } },
    }).result === 'Allowed'
  );
}
