/** Bad input, each with one clear error, at construction; and the twin that is accepted. */
import { App, Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  Assumer,
  Attestation,
  Authentication,
  Exposure,
  RateAggregation,
  Sensitivity,
  type TrustDomainProps,
} from '../../lib';
import { ACCOUNT, aDomain, assumers, BACKEND, cognito, ENV, endpoint, inStack } from './a-domain';

type Props = Partial<TrustDomainProps>;
const some = (arn: string) => [Assumer.user(arn)];
const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

describe('properties', () => {
  const rows: [string, Props, RegExp, Props][] = [
    [
      'duty without assumer',
      { assumers: { ...assumers('orders'), audit: [] } },
      /^trust domain `orders`: duty `audit` has no assumer; name in `assumers\.audit` who may take it on, there is no default$/,
      { assumers: { ...assumers('orders'), audit: some(user('ann')) } },
    ],
    [
      'duty left out by an untyped caller',
      { assumers: { ...assumers('orders'), read: undefined } as unknown as TrustDomainProps['assumers'] },
      /duty `read` has no assumer/,
      {},
    ],
    ['no assumers at all', { assumers: undefined }, /duty `provision` has no assumer/, {}],
    [
      'an assumer in two duties',
      { assumers: { ...assumers('orders'), read: some(user('ann')), write: some(user('ann')) } },
      /`arn:aws:iam::111122223333:user\/ann` is an assumer of both `read` and `write`; .* name each principal under one duty$/,
      { assumers: { ...assumers('orders'), read: some(user('ann')), write: some(user('bob')) } },
    ],
    [
      'an assumer twice in one duty',
      { assumers: { ...assumers('orders'), read: [...some(user('ann')), ...some(user('ann'))] } },
      /is an assumer of `read` twice/,
      { assumers: { ...assumers('orders'), read: [...some(user('ann')), ...some(user('bob'))] } },
    ],
    [
      'a privileged role without attestation',
      { assumers: { ...assumers('orders'), approve: [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/leads`)] } },
      /the assumer `arn:aws:iam::111122223333:role\/leads` of `approve` is a role, .* pass an `Attestation`/,
      { assumers: { ...assumers('orders'), read: [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/leads`)] } },
    ],
    [
      'unknown exposure',
      { exposure: 'open' as Exposure },
      /the exposure `open` is unknown; `exposure` is one of `internal`, `partner`, `public`$/,
      { exposure: Exposure.PARTNER },
    ],
    ['exposure left out', { exposure: undefined }, /the exposure `undefined` is unknown/, {}],
    [
      'owner left out',
      { owner: '' },
      /the owner `` must name a team/,
      { owner: 'Team A: orders & co'.replace('&', '+') },
    ],
    [
      'owner that is no tag value',
      { owner: 'shop <shop>' },
      /the owner `shop <shop>` must name a team/,
      { owner: 'shop@example.com' },
    ],
    [
      'no authentication',
      { authentication: undefined },
      /`authentication` is missing and has no default/,
      { authentication: cognito() },
    ],
    [
      'rate limit below the range',
      { rateLimit: 9 },
      /the rate limit `9` is outside .* from 10 to 2000000000 per window$/,
      { rateLimit: 10 },
    ],
    [
      'rate limit above the range',
      { rateLimit: 2_000_000_001 },
      /the rate limit `2000000001` is outside/,
      { rateLimit: 2_000_000_000 },
    ],
    ['rate limit that is no whole number', { rateLimit: 10.5 }, /the rate limit `10.5` is outside/, { rateLimit: 11 }],
    [
      'rate window that WAF lacks',
      { rateWindow: Duration.seconds(90) },
      /the rate window `90` seconds .* one of 60, 120, 300, 600 seconds$/,
      { rateWindow: Duration.seconds(120) },
    ],
    [
      'session too short',
      { maxSessionDuration: Duration.minutes(30) },
      /the session length `1800` seconds is out of range/,
      { maxSessionDuration: Duration.hours(1) },
    ],
    [
      'session too long',
      { maxSessionDuration: Duration.hours(9) },
      /the session length `32400` seconds is out of range/,
      { maxSessionDuration: Duration.hours(8) },
    ],
    [
      'throttle of nothing',
      { throttleRate: 0 },
      /`throttleRate` is `0`; a stage lets through at least 1 request$/,
      { throttleRate: 1 },
    ],
    [
      'origin with a wildcard',
      { corsOrigins: ['*'] },
      /the origin `\*` is not one exact origin/,
      { corsOrigins: ['https://app.example.com'] },
    ],
    [
      'origin with a path',
      { corsOrigins: ['https://a.example.com/x'] },
      /is not one exact origin/,
      { corsOrigins: ['http://localhost:3000'] },
    ],
    [
      'stage name that is no part of a URL',
      { stageName: 'v/1' },
      /the stage name `v\/1` must be letters/,
      { stageName: 'live' },
    ],
    [
      'internal without endpoint',
      { exposure: Exposure.INTERNAL, vpcEndpoints: [] },
      /an `internal` API is reached only through endpoints of its own; .* or name yours in `vpcEndpoints`$/,
      { exposure: Exposure.INTERNAL },
    ],
    [
      'domain name with capitals',
      { domainName: 'Orders' },
      /`Orders`: a domain's name is lower-case/,
      { domainName: 'orders-2' },
    ],
    [
      'domain name with a double hyphen',
      { domainName: 'a--b' },
      /`a--b`: a domain's name is lower-case/,
      { domainName: 'a-b' },
    ],
    [
      'a name too long for IAM',
      { domainName: 'a'.repeat(33) },
      /its role name `bulkhead-a{33}-provision-eu-central-1` has 65 characters and IAM allows 64; shorten the domain's name to 32 characters$/,
      { domainName: 'a'.repeat(32) },
    ],
  ];

  test.each(rows)('%s', (_, bad, message, good) => {
    expect(() => aDomain(bad)).toThrow(message);
    expect(() => aDomain(good)).not.toThrow();
  });

  test('an error of an author has a name of its own', () => {
    expect(() => aDomain({ rateLimit: 1 })).toThrow(expect.objectContaining({ name: 'TrustDomainError' }));
  });

  test('endpoints are for internal domains', () => {
    const stack = new Stack(new App(), 'S', { env: ENV });
    expect(() => inStack(stack, 'orders', { vpcEndpoints: [endpoint(stack)] })).toThrow(
      /`vpcEndpoints` are for `internal` APIs, and this one is `public`/,
    );
  });

  test('the longest region counts where the region is unknown', () => {
    expect(() => aDomain({ domainName: 'a'.repeat(31) }, {})).toThrow(/has 65 characters/);
    expect(() => aDomain({ domainName: 'a'.repeat(30) }, {})).not.toThrow();
  });
});

describe('assumers', () => {
  const rows: [string, () => Assumer, RegExp][] = [
    [
      'wildcard',
      () => Assumer.role('*'),
      /^assumer `\*`: wildcards would let in principals that nobody named; name one role exactly/,
    ],
    ['wildcard in a name', () => Assumer.role(`arn:aws:iam::${ACCOUNT}:role/team-*`), /wildcards would let in/],
    ['question mark', () => Assumer.user(`arn:aws:iam::${ACCOUNT}:user/a?`), /wildcards would let in/],
    ['account root', () => Assumer.role(`arn:aws:iam::${ACCOUNT}:root`), /the account root stands for everyone/],
    ['account id', () => Assumer.user(ACCOUNT), /the account root stands for everyone/],
    [
      'user given as role',
      () => Assumer.role(user('ann')),
      /the ARN of a user where a role was expected; use `Assumer\.user`$/,
    ],
    ['session', () => Assumer.role(`arn:aws:sts::${ACCOUNT}:assumed-role/team/ann`), /not the ARN of an IAM role/],
    ['no ARN', () => Assumer.role('team'), /`team`: not the ARN of an IAM role/],
  ];
  test.each(rows)('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('exact roles and users are accepted, with paths and in other partitions', () => {
    expect(
      Assumer.role(`arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_x_0f`).arn,
    ).toContain('AWSReservedSSO');
    expect(Assumer.user(`arn:aws-us-gov:iam::${ACCOUNT}:user/ann`).arn).toContain('aws-us-gov');
  });

  test('attestations say something exact', () => {
    expect(() => Attestation.sessionTag('mfa', '*')).toThrow(/the value `\*` must be one exact text/);
    expect(() => Attestation.sessionTag('', 'true')).toThrow(/the key `` must be/);
    expect(() => Attestation.byProvider('yes')).toThrow(/the statement `yes` must say which rule/);
    expect(Attestation.sessionTag('mfa', 'true').conditions).toEqual({
      StringEquals: { 'aws:PrincipalTag/mfa': 'true' },
    });
  });
});

describe('an app', () => {
  const stackIn = (scope: App | Stage, id: string, env: { account: string; region: string } | undefined = ENV) =>
    new Stack(scope, id, { env });

  test('holds a domain once', () => {
    const app = new App();
    inStack(stackIn(app, 'A'), 'orders');
    expect(() => inStack(stackIn(app, 'B'), 'orders')).toThrow(
      /^trust domain `orders`: the app already declares it at `A\/orders`; rename one of the two, or refer to the other with `TrustDomain\.fromAttributes`$/,
    );
    expect(() => inStack(stackIn(app, 'C'), 'invoices')).not.toThrow();
  });

  test('may hold it again in a Stage of another account, not of the same', () => {
    const app = new App();
    inStack(stackIn(new Stage(app, 'Dev'), 'A'), 'orders');
    expect(() =>
      inStack(stackIn(new Stage(app, 'Prod'), 'A', { ...ENV, account: '444455556666' }), 'orders'),
    ).not.toThrow();
    expect(() => inStack(stackIn(new Stage(app, 'Test'), 'A'), 'orders')).toThrow(
      /already declares it at `Dev\/A\/orders`/,
    );
  });

  test('has one domain per stack', () => {
    const stack = stackIn(new App(), 'A');
    inStack(stack, 'orders');
    expect(() => inStack(stack, 'invoices')).toThrow(
      /its stack `A` already holds trust domain `orders` \(`A\/orders`\); .* give each domain a stack of its own$/,
    );
  });

  test('is forgotten with its domains: another app may have the same', () => {
    expect(() => [aDomain(), aDomain()]).not.toThrow();
  });
});

describe('what belongs to one domain is refused by another', () => {
  const two = () => {
    const app = new App();
    const a = inStack(new Stack(app, 'A', { env: ENV }), 'a');
    return { a, stack: new Stack(app, 'B', { env: ENV }) };
  };

  test('its key', () => {
    const { a, stack } = two();
    expect(() => inStack(stack, 'b', { encryptionKey: a.key })).toThrow(
      /^trust domain `b`: the key `A\/a\/Key` belongs to trust domain `a`; domains share no resources: give `b` its own$/,
    );
    expect(() =>
      inStack(new Stack(stack.node.root, 'C', { env: ENV }), 'c', { encryptionKey: new Key(stack, 'Key') }),
    ).not.toThrow();
  });

  test('its key or execution role, known by ARN', () => {
    const arn = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/execution`;
    const app = new App();
    const [a, b, c] = ['A', 'B', 'C'].map((id) => new Stack(app, id, { env: ENV })) as [Stack, Stack, Stack];
    const given = (stack: Stack) => ({
      key: { encryptionKey: Key.fromKeyArn(stack, 'Key', arn) },
      role: { executionRole: Role.fromRoleArn(stack, 'Role', roleArn) },
    });
    const forA = given(a);
    inStack(a, 'a', { ...forA.key, ...forA.role });
    const forB = given(b);
    expect(() => inStack(b, 'b', forB.key)).toThrow(/the key `arn:aws:kms:.*` belongs to trust domain `a`/);
    expect(() => inStack(c, 'c', forB.role)).toThrow(
      /the execution role `arn:aws:iam::111122223333:role\/execution` belongs to trust domain `a`/,
    );
  });

  test('its API', () => {
    const { a, stack } = two();
    const b = inStack(stack, 'b');
    expect(() => b.own(a.api)).toThrow(/the resource `A\/a\/Api\/Resource` belongs to trust domain `a`/);
    expect(() => b.own(new RestApi(stack, 'More', { deploy: false }))).not.toThrow();
  });

  test('a thing that it owns', () => {
    const { a, stack } = two();
    const key = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
    a.own(key);
    expect(() => a.own(key)).not.toThrow();
    expect(() => inStack(stack, 'b', { encryptionKey: key })).toThrow(/`B\/Key` belongs to trust domain `a`/);
  });

  test('its endpoint', () => {
    const app = new App();
    const [a, b] = [new Stack(app, 'A', { env: ENV }), new Stack(app, 'B', { env: ENV })];
    inStack(a, 'a', { exposure: Exposure.INTERNAL, vpcEndpoints: [endpoint(a, 'vpce-1')] });
    expect(() => inStack(b, 'b', { exposure: Exposure.INTERNAL, vpcEndpoints: [endpoint(b, 'vpce-1')] })).toThrow(
      /the endpoint `vpce-1` belongs to trust domain `a`/,
    );
  });

  test('its authentication', () => {
    const app = new App();
    const authentication = cognito();
    inStack(new Stack(app, 'A', { env: ENV }), 'a', { authentication });
    expect(() => inStack(new Stack(app, 'B', { env: ENV }), 'b', { authentication })).toThrow(
      /^trust domain `b`: its `authentication` is already that of trust domain `a`/,
    );
  });
});

describe('routes', () => {
  const schema = { type: 'object' as never };

  test.each([
    ['ANY', '/orders', {}, /`ANY` is not one of `GET`, `DELETE`, `PATCH`, `POST`, `PUT`; .* add one route per method$/],
    ['get', '/orders', {}, /`get` is not one of/],
    ['GET', 'orders', {}, /the path must start with `\/`/],
    ['GET', '/orders//x', {}, /no empty segment/],
    ['GET', '/*', {}, /wildcard/],
    [
      'POST',
      '/orders',
      { sensitivity: Sensitivity.HIGH },
      /a route of sensitivity `HIGH` that takes a body needs a `requestModel`/,
    ],
    ['GET', '/orders', { scopes: ['read'] }, /scopes `read` need tokens, and this domain's callers sign with IAM/],
  ])('%s %s', (method, path, options, message) => {
    expect(() => aDomain().addRoute(method, path, BACKEND, options)).toThrow(message);
  });

  test('accepted twins', () => {
    const domain = aDomain();
    expect(() => domain.addRoute('GET', '/orders/{id}', BACKEND)).not.toThrow();
    expect(() =>
      domain.addRoute('POST', '/orders', BACKEND, { sensitivity: Sensitivity.HIGH, requestModel: schema }),
    ).not.toThrow();
  });

  test('scopes of a domain with tokens', () => {
    const domain = aDomain({ authentication: cognito() });
    expect(() => domain.addRoute('GET', '/orders', BACKEND)).toThrow(
      /no scope, so any token of the pool would open it; give `scopes` one or more of `read`, `write`$/,
    );
    expect(() => domain.addRoute('GET', '/orders', BACKEND, { scopes: ['admin'] })).toThrow(
      /scope `admin` is not declared/,
    );
    expect(() => domain.addRoute('GET', '/orders', BACKEND, { scopes: ['read'] })).not.toThrow();
  });

  test('scopes that OAuth could not carry', () => {
    expect(() => Authentication.cognito({ scopes: {} })).toThrow(/`scopes` is empty/);
    expect(() => Authentication.cognito({ scopes: { 'a b': 'x' } })).toThrow(/the scope `a b` must be printable/);
  });
});

test('a header of the rate limit is the name of one', () => {
  expect(() => RateAggregation.header('X Client')).toThrow(/`X Client` is not the name of a header/);
  expect(() => RateAggregation.header('X-Client-Id')).not.toThrow();
});
