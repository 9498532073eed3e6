/** What a check finds in a trust domain as its author left it: the template is read as it stands, without a synthesis. */
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { TrustDomain, TrustDomainProps } from '../../lib';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { type Check, CheckContext } from '../../lib/checks/check';
import type { Finding } from '../../lib/checks/finding';
import { buildModel } from '../../lib/model/build-model';
import { parseConfiguration } from '../../lib/model/configuration';
import type { Model } from '../../lib/model/model';
import { BACKEND, ENV, inStack } from './a-domain';

export interface Built {
  readonly stack: Stack;
  readonly domain: TrustDomain;
}

/** A domain with one route, in a stack of its own. */
export function built(
  props: (stack: Stack) => Partial<TrustDomainProps> = () => ({}),
  app = new App(),
  name = 'orders',
): Built {
  const stack = new Stack(app, name[0]!.toUpperCase() + name.slice(1), { env: ENV });
  const domain = inStack(stack, name, props(stack));
  const scopes = domain.userPool === undefined ? undefined : ['read'];
  domain.addRoute(
    'GET',
    '/orders',
    BACKEND,
    domain.authorizerFunction === undefined ? { scopes } : { scopes: ['orders.read'] },
  );
  return { stack, domain };
}

export function modelOfStacks(stacks: readonly Stack[], configuration: unknown = {}): Model {
  return buildModel(
    stacks.map((stack) => ({
      stackName: stack.stackName,
      account: ENV.account,
      region: ENV.region,
      template: stack.resolve((stack as unknown as { _toCloudFormation(): unknown })._toCloudFormation()) as object,
      paths: Object.fromEntries(
        stack.node
          .findAll()
          .filter((node) => CfnResource.isCfnResource(node))
          .map((node) => [stack.resolve(node.logicalId), node.node.path]),
      ),
    })),
    parseConfiguration(configuration, 'bulkhead.json'),
  );
}

/** `severity message`, a line a finding. */
export function judged(check: Check, ...stacks: readonly Stack[]): readonly string[] {
  return findingsOf(check, ...stacks).map(({ severity, message }) => `${severity}: ${message}`);
}

/** The last may be a configuration. */
export function findingsOf(check: Check, ...of: readonly (Stack | object)[]): readonly Finding[] {
  const stacks = of.filter((one): one is Stack => Stack.isStack(one));
  const configuration = of.find((one) => !Stack.isStack(one));
  return check.run(modelOfStacks(stacks, configuration), new CheckContext(awsCatalogue()));
}
