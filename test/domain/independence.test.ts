/** Domains are deployed independently: what breaks one leaves the others as they were, and synthesizing. */
import { App, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Exposure, type TrustDomain } from '../../lib';
import { BACKEND, ENV, inStack } from './a-domain';

type Break = (domain: TrustDomain, stack: Stack) => void;

/** Three domains, the first of which is done something to; without it, or with it in ruins. */
function templates(first: Break | 'left out' | 'in ruins' = () => undefined): Record<string, unknown> {
  const app = new App();
  for (const name of ['billing', 'orders', 'search']) {
    const stack = new Stack(app, name, { env: ENV });
    if (name === 'billing' && typeof first === 'string') {
      if (first === 'in ruins') {
        expect(() => inStack(stack, name, { exposure: 'everybody' as Exposure })).toThrow('is unknown');
        stack.node.tryRemoveChild(name);
      }
      app.node.tryRemoveChild(name);
      continue;
    }
    const domain = inStack(stack, name, { exposure: Exposure.PUBLIC });
    domain.addRoute('GET', `/${name}`, BACKEND);
    if (name === 'billing' && typeof first === 'function') first(domain, stack);
  }
  return Object.fromEntries(app.synth().stacks.map(({ stackName, template }) => [stackName, template]));
}

test.each<[string, Parameters<typeof templates>[0]]>([
  ['left out', 'left out'],
  ['refused by its own properties', 'in ruins'],
  ['changed', (domain) => domain.addRoute('POST', '/invoices', new HttpIntegration('https://billing.example.com'))],
])(
  'with one domain %s, the others synthesize to the same templates',
  (_, first) => {
    const { orders, search } = templates();
    expect(orders).toBeDefined();
    expect(templates(first)).toMatchObject({ orders, search });
  },
  60_000,
);

test('a strong reference between domains fails synthesis', () => {
  const bind = (reader: Stack, writer: Stack): void => {
    new CfnOutput(writer, 'Shared', { value: 'shared', exportName: 'billing-shared' });
    new CfnOutput(reader, 'Read', { value: Fn.importValue('billing-shared') });
    reader.addStackDependency(writer, 'it needs what the other exports');
  };
  const app = new App();
  const stacks = ['billing', 'orders'].map((name) => {
    const stack = new Stack(app, name, { env: ENV });
    inStack(stack, name).addRoute('GET', `/${name}`, BACKEND);
    return stack;
  });
  bind(stacks[1]!, stacks[0]!);
  expect(() => app.synth()).toThrow(
    'DOM-12 violated (1 of 1): the domain `orders` cannot be deployed without `billing`',
  );
}, 60_000);
