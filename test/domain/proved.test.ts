/** Domains are proved separate wherever they stand; and the same places with one request too many are not. */
import { App, type Environment, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { type CfnRole, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Authentication, Duty, Exposure, type TrustDomain, type TrustDomainProps } from '../../lib';
import { ACCOUNT, BACKEND, cognito, ENV, endpoint, inStack } from './a-domain';

type Place = (app: App) => TrustDomain[];

function domain(stack: Stack, name: string, props: Partial<TrustDomainProps> = {}): TrustDomain {
  const made = inStack(stack, name, props);
  made.addRoute('GET', '/orders', BACKEND, made.userPool === undefined ? {} : { scopes: ['read'] });
  return made;
}

const stacks = (scope: App | Stage, env: Environment | undefined, ...ids: string[]): Stack[] =>
  ids.map((id) => new Stack(scope, id, { env }));

const PLACES: readonly [string, Place][] = [
  [
    'stacks of one account and region',
    (app) => stacks(app, ENV, 'A', 'B').map((stack, i) => domain(stack, `orders-${i}`)),
  ],
  [
    'stacks of unknown place',
    (app) => stacks(app, undefined, 'A', 'B').map((stack, i) => domain(stack, `orders-${i}`)),
  ],
  [
    'two regions',
    (app) =>
      ['eu-central-1', 'us-east-1'].map((region) =>
        domain(new Stack(app, region, { env: { account: ACCOUNT, region } }), `orders-${region}`.slice(0, 9)),
      ),
  ],
  [
    'Stages of two accounts, under one name',
    (app) =>
      [ACCOUNT, '444455556666'].map((account) => {
        const stage = new Stage(app, `In${account}`, { env: { account, region: 'eu-central-1' } });
        return domain(new Stack(stage, 'A'), 'orders');
      }),
  ],
  [
    'nested stacks',
    (app) =>
      stacks(app, ENV, 'A', 'B').map((stack, i) => domain(new NestedStack(stack, 'Nested') as Stack, `orders-${i}`)),
  ],
  [
    'every exposure, every authentication',
    (app) =>
      Object.values(Exposure).flatMap((exposure) =>
        ['iam', 'cognito'].map((kind) => {
          const name = `${exposure}-${kind}`;
          const stack = new Stack(app, name, { env: ENV });
          return domain(stack, name, {
            exposure,
            authentication: kind === 'iam' ? Authentication.iam() : cognito(),
            vpcEndpoints: exposure === Exposure.INTERNAL ? [endpoint(stack, `vpce-${name}`)] : undefined,
          });
        }),
      ),
  ],
  [
    'execution roles of their own',
    (app) =>
      stacks(app, ENV, 'A', 'B').map((stack, i) =>
        domain(stack, `orders-${i}`, {
          executionRole: Role.fromRoleArn(stack, 'Execution', `arn:aws:iam::${ACCOUNT}:role/execution-${i}`),
        }),
      ),
  ],
];

describe.each(PLACES)('in %s', (_, place) => {
  test('domains are proved separate', () => {
    const app = new App();
    expect(place(app).length).toBeGreaterThan(1);
    expect(() => app.synth()).not.toThrow();
  });

  test('and not when a role of one may also do what another duty does', () => {
    const app = new App();
    const [first] = place(app);
    const deploy = first?.dutyRole(Duty.DEPLOY).node.defaultChild as CfnRole;
    // Without its boundary, which would stop whatever is attached.
    deploy.addPropertyDeletionOverride('PermissionsBoundary');
    deploy.addPropertyOverride('ManagedPolicyArns', [first?.dutyRemit(Duty.READ).managedPolicyArn]);
    expect(() => app.synth()).toThrow(/SOD-1/);
  });
});

test('a policy attached later changes nothing, because the boundary stops it; the gate still names it', () => {
  const app = new App();
  const made = domain(new Stack(app, 'A', { env: ENV }), 'orders');
  const extra = new ManagedPolicy(made, 'Extra', {
    statements: [new PolicyStatement({ actions: ['kms:Decrypt'], resources: [made.keyArn] })],
  });
  made.dutyRole(Duty.MONITOR).addManagedPolicy(extra);
  expect(() => app.synth()).toThrow(/SOD-4/);
});
