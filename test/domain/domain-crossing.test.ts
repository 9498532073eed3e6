/** A declared crossing is proved, builds both sides and an alarm; what is undeclared, broader or late fails. */
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DomainCrossing, type DomainCrossingProps, type TrustDomain } from '../../lib';
import { BACKEND, cognito, ENV, inStack } from './a-domain';

const LATER = '2099-12-31';

interface Two {
  readonly app: App;
  readonly orders: TrustDomain;
  readonly ledger: TrustDomain;
  /** A role of `orders`, made in its stack. */
  readonly worker: Role;
  /** The same, as the stack of `ledger` knows it. */
  readonly caller: DomainCrossingProps['caller'];
}

function two(ledgerProps: Parameters<typeof inStack>[2] = {}): Two {
  const app = new App();
  const [a, b] = [new Stack(app, 'Orders', { env: ENV }), new Stack(app, 'Ledger', { env: ENV })];
  const orders = inStack(a, 'orders');
  const ledger = inStack(b, 'ledger', ledgerProps);
  const scopes = ledger.userPool === undefined ? undefined : ['read'];
  orders.addRoute('GET', '/orders', BACKEND);
  ledger.addRoute('GET', '/balances/{id}', BACKEND, { scopes });
  const worker = new Role(a, 'Worker', {
    roleName: 'orders-worker',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  orders.own(worker);
  return { app, orders, ledger, worker, caller: Role.fromRoleName(b, 'OrdersWorker', 'orders-worker') };
}

function cross({ orders, ledger, caller }: Two, props: Partial<DomainCrossingProps> = {}): DomainCrossing {
  return new DomainCrossing(ledger, 'FromOrders', {
    from: orders,
    to: ledger,
    caller,
    routes: ['GET /balances/{id}'],
    justification: 'orders show the balance of their customer',
    approvedBy: 'ledger-team',
    expires: LATER,
    ...props,
  });
}

test('a declared crossing is proved, and the same grant without it is not', () => {
  const declared = two();
  cross(declared);
  expect(() => declared.app.synth()).not.toThrow();

  const undeclared = two();
  const invoke = `arn:aws:execute-api:${ENV.region}:${ENV.account}:${undeclared.ledger.restApiId}/v1/GET/balances/*`;
  undeclared.caller.addToPrincipalPolicy(new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [invoke] }));
  expect(() => undeclared.app.synth()).toThrow(/DOM-1 violated|SOD-1 violated/);
});

test('a grant that is broader than the crossing fails', () => {
  const broader = two();
  cross(broader);
  const invoke = `arn:aws:execute-api:${ENV.region}:${ENV.account}:${broader.ledger.restApiId}/v1/POST/balances/*`;
  broader.caller.addToPrincipalPolicy(new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [invoke] }));
  expect(() => broader.app.synth()).toThrow(/execute-api:Invoke/);
});

test('both sides, the declaration, the count and the alarm', () => {
  const made = two();
  cross(made, { alarmAbove: 100 });
  const template = Template.fromStack(Stack.of(made.ledger));
  const route = { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^/v1/GET/balances/\\*$')])] };
  template.hasResource('AWS::IAM::ManagedPolicy', {
    Properties: {
      PolicyDocument: {
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Sid: 'Crossing', Resource: route }],
      },
      Roles: ['orders-worker'],
    },
    Metadata: {
      bulkhead: {
        domain: 'orders',
        part: 'crossing',
        crossing: {
          from: 'orders',
          to: 'ledger',
          actions: ['execute-api:Invoke'],
          resources: [route],
          approvedBy: 'ledger-team',
          expires: LATER,
        },
      },
    },
  });
  template.hasResourceProperties('AWS::ApiGateway::RestApi', {
    Policy: {
      Statement: Match.arrayWith([
        Match.objectLike({ Sid: 'NobodyElse', Condition: { ArnNotEquals: { 'aws:PrincipalArn': Match.anyValue() } } }),
        Match.objectLike({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'execute-api:/v1/GET/balances/*' }),
      ]),
    },
  });
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    FilterPattern: '{ $.callerArn = "*:assumed-role/orders-worker/*" }',
    MetricTransformations: [{ MetricNamespace: 'Bulkhead', MetricName: 'crossing/orders/ledger/FromOrders' }],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 100, TreatMissingData: 'notBreaching' });
});

test('a crossing by actions and resources has no API to count', () => {
  const made = two();
  const crossing = cross(made, {
    routes: undefined,
    actions: ['sqs:SendMessage'],
    resources: ['arn:aws:sqs:eu-central-1:111122223333:ledger-jobs'],
  });
  expect(crossing.alarm).toBeUndefined();
  expect(() => made.app.synth()).not.toThrow();
});

test('an expired crossing fails synthesis, and one on its last day does not', () => {
  const late = two();
  cross(late, { expires: '2020-01-31' });
  expect(() => late.app.synth()).toThrow(/crossing `Ledger\/ledger\/FromOrders` .* expired on 2020-01-31/);
  const today = two();
  cross(today, { expires: new Date().toISOString().slice(0, 10) });
  expect(() => today.app.synth()).not.toThrow();
});

test('a route that the API does not have fails synthesis', () => {
  const made = two();
  cross(made, { routes: ['GET /nothing'] });
  expect(() => made.app.synth()).toThrow(/`ledger` has no route `GET \/nothing`/);
});

test.each<[string, Partial<DomainCrossingProps>, RegExp]>([
  ['no reason', { justification: 'because' }, /`justification` is `because`; say in a sentence why/],
  ['no approver', { approvedBy: ' ' }, /`approvedBy` is empty; name the person or team/],
  ['no day', { expires: 'soon' }, /`expires` is `soon`; give the last day on which it holds, like `2027-01-31`/],
  ['a day that is none', { expires: '2027-02-30' }, /`expires` is `2027-02-30`/],
  [
    'neither routes nor actions',
    { routes: undefined },
    /say what crosses either by `routes` or by `actions` and `resources`/,
  ],
  ['both', { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::x/*'] }, /say what crosses either by/],
  ['actions without resources', { routes: undefined, actions: ['s3:GetObject'] }, /say what crosses either by/],
  [
    'everything',
    { routes: undefined, actions: ['*'], resources: ['arn:aws:s3:::x/*'] },
    /`\*` opens everything; name what crosses/,
  ],
  [
    'a route that is none',
    { routes: ['/balances'] },
    /`\/balances` is no route; write method and path, like `GET \/orders\/\{id\}`/,
  ],
])('refuses %s', (_, props, message) => {
  expect(() => cross(two(), props)).toThrow(message);
});

test('refuses one domain, tokens instead of IAM, and a stack that is not the called one’s', () => {
  const made = two();
  expect(() => cross(made, { from: made.ledger })).toThrow(/within one domain nothing crosses/);
  expect(() => cross(two({ authentication: cognito() }))).toThrow(/carry tokens and no IAM identity/);
  const elsewhere = two();
  expect(
    () =>
      new DomainCrossing(elsewhere.orders, 'ToLedger', {
        from: elsewhere.orders,
        to: elsewhere.ledger,
        caller: elsewhere.worker,
        routes: ['GET /balances/{id}'],
        justification: 'orders show the balance of their customer',
        approvedBy: 'ledger-team',
        expires: LATER,
      }),
  ).toThrow(/put it into stack `Ledger`/);
});
