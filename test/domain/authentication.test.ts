/** What every way to authenticate by an authorizer promises; what is refused; and that domains stay proved. */
import { App, Duration, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  AuthorizationType,
  type CfnRestApi,
  CognitoUserPoolsAuthorizer,
  JsonSchemaType,
} from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import {
  type Authentication,
  DomainDeployment,
  DomainSynthesizer,
  type JwtAuthenticationProps,
  Sensitivity,
  TokenType,
} from '../../lib';
import { BACKEND, ENV, inStack, REGION } from './a-domain';
import { aDomain, configurationOf, dpop, jwt, makeAuthority, mtls, TOKEN, templateOf } from './with-authorizer';

beforeAll(makeAuthority);

describe.each<[string, () => Authentication]>([
  ['jwt', () => jwt()],
  ['dpop', () => dpop()],
  ['mtls', () => mtls()],
])('%s', (kind, make) => {
  test('checks every method by an authorizer of the domain’s own, and keeps no answer', () => {
    const domain = aDomain(make());
    domain.api.root.addMethod('POST', BACKEND, { requestValidator: domain.requestValidator });
    const template = templateOf(domain);
    template.resourceCountIs('AWS::ApiGateway::Authorizer', 1);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', { Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
    template.allResourcesProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: Match.anyValue(),
    });
    template.hasResource('AWS::ApiGateway::Method', {
      Metadata: { bulkhead: Match.objectLike({ authentication: kind, scopes: ['orders.read'] }) },
    });
  });

  test('the function has a role that does what it must on the domain’s own resources, a log under the domain’s key, and its own concurrency', () => {
    const template = templateOf(aDomain(make()));
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'bulkhead-orders-auth',
      Runtime: 'nodejs24.x',
      ReservedConcurrentExecutions: 25,
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/bulkhead/orders/authorizer',
      KmsKeyId: Match.anyValue(),
      RetentionInDays: 365,
    });
    const [policy] = Object.values(
      template.findResources('AWS::IAM::ManagedPolicy', {
        Properties: { ManagedPolicyName: `bulkhead-orders-auth-${REGION}` },
      }),
    );
    const statements: { Action: string | string[]; Resource: unknown }[] = policy!.Properties.PolicyDocument.Statement;
    for (const { Action, Resource } of statements) {
      expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
      expect(Resource).not.toBe('*');
    }
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: { RoleName: `bulkhead-orders-auth-${REGION}` },
    });
    expect(Object.values(roles)[0]!.Properties.ManagedPolicyArns).toBeUndefined();
  });

  test('the function is told the routes, as it reads them itself', () => {
    const domain = aDomain(make());
    domain.addRoute('GET', '/orders/', BACKEND, { scopes: ['orders.read'] });
    domain.addRoute('POST', '/orders', BACKEND, { scopes: ['orders.write'], sensitivity: Sensitivity.NORMAL });
    expect(configurationOf(templateOf(domain))).toMatchObject({
      domain: 'orders',
      cached: false,
      routes: [
        { scopes: ['orders.read'], routes: ['GET /orders/{id}', 'GET /orders'] },
        { scopes: ['orders.write'], routes: ['POST /orders'] },
      ],
    });
  });

  test('a route without a scope, or with one that is not declared, is refused', () => {
    const domain = aDomain(make());
    expect(() => domain.addRoute('GET', '/a', BACKEND)).toThrow(
      /no scope, so any caller would open it; give `scopes` one or more/,
    );
    expect(() => domain.addRoute('GET', '/b', BACKEND, { scopes: ['admin'] })).toThrow(/scope `admin` is not declared/);
  });

  test('is bound once', () => {
    const authentication = make();
    aDomain(authentication);
    expect(() => aDomain(authentication)).toThrow(/is already that of trust domain `orders`/);
  });

  test('sixty routes fit; more than Lambda takes is one error at synthesis', () => {
    const many = (count: number) => {
      const domain = aDomain(make());
      for (let i = 0; i < count; i++) {
        domain.addRoute('GET', `/customers/{customerId}/orders-${i}`, BACKEND, { scopes: ['orders.read'] });
      }
      return () => templateOf(domain);
    };
    expect(many(60)).not.toThrow();
    expect(many(100)).toThrow(/take \d+ characters of the authorizer's environment, and Lambda allows 4096/);
  });
});

describe('jwt', () => {
  test('trusts one issuer, for one audience, by algorithms that are listed, with keys from one address', () => {
    const template = templateOf(aDomain(jwt()));
    expect(configurationOf(template).token).toEqual({
      issuer: TOKEN.issuer,
      jwksUri: `${TOKEN.issuer}/.well-known/jwks.json`,
      audiences: TOKEN.audience,
      algorithms: ['ES256', 'RS256'],
      type: 'rfc9068',
    });
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      IdentitySource: 'method.request.header.Authorization',
    });
    template.hasResource('AWS::ApiGateway::Authorizer', {
      Metadata: { bulkhead: Match.objectLike({ trusts: { issuers: [TOKEN.issuer], audiences: TOKEN.audience } }) },
    });
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'UNAUTHORIZED',
      ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" },
    });
  });

  test('answers are kept when asked for, and then routes that a pattern cannot tell apart have the same scopes', () => {
    const domain = aDomain(jwt({ resultsCacheTtl: Duration.minutes(5) }));
    expect(() => domain.addRoute('GET', '/orders/{id}/refunds', BACKEND, { scopes: ['orders.write'] })).toThrow(
      /cannot be told from `GET \/orders\/\{id\}`, which has other scopes/,
    );
    expect(() => domain.addRoute('GET', '/orders/{id}/items', BACKEND, { scopes: ['orders.read'] })).not.toThrow();
    expect(() => domain.addRoute('GET', '/customers/{id}', BACKEND, { scopes: ['orders.write'] })).not.toThrow();
    const template = templateOf(domain);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', { AuthorizerResultTtlInSeconds: 300 });
    expect(configurationOf(template).cached).toBe(true);
  });

  test('without a cache such routes may differ', () => {
    const domain = aDomain(jwt());
    expect(() => domain.addRoute('GET', '/orders/{id}/refunds', BACKEND, { scopes: ['orders.write'] })).not.toThrow();
  });

  test.each<[string, Partial<JwtAuthenticationProps>, RegExp, Partial<JwtAuthenticationProps>]>([
    [
      'an issuer without encryption',
      { issuer: 'http://login.example.com' },
      /`issuer` is `http:\/\/login\.example\.com`; give an https address/,
      {},
    ],
    [
      'an issuer with a query',
      { issuer: 'https://login.example.com?x=1' },
      /`issuer` is/,
      { issuer: 'https://login.example.com/' },
    ],
    [
      'keys without encryption',
      { jwksUri: 'http://login.example.com/keys' },
      /`jwksUri` is/,
      { jwksUri: 'https://keys.example.com/k' },
    ],
    ['keys of a name and password', { jwksUri: 'https://a:b@login.example.com/k' }, /`jwksUri` is/, {}],
    ['no audience', { audience: [] }, /`audience` is empty, which would accept nothing/, {}],
    ['an empty audience', { audience: [''] }, /an `audience` is empty/, { audience: ['a', 'b'] }],
    ['no algorithm', { algorithms: [] }, /`algorithms` is empty/, { algorithms: undefined }],
    ['no scopes', { scopes: {} }, /`scopes` is empty/, { tokenType: TokenType.BY_AUDIENCE }],
    [
      'a scope with a space',
      { scopes: { 'a b': '' } },
      /the scope `a b` must be printable/,
      { scopes: { 'a/b:c': '', 'orders.read': '' } },
    ],
    [
      'a long cache',
      { resultsCacheTtl: Duration.minutes(6) },
      /for as long a token outlives its expiry: at most 300/,
      { resultsCacheTtl: Duration.seconds(30) },
    ],
    ['no concurrency', { reservedConcurrency: 0 }, /`reservedConcurrency` is `0`/, { reservedConcurrency: 1 }],
  ])('%s is refused', (_, bad, message, good) => {
    expect(() => aDomain(jwt(bad))).toThrow(message);
    expect(() => aDomain(jwt(good))).not.toThrow();
  });
});

test('more authorizers than an API may have are one error at synthesis', () => {
  const with_ = (count: number) => {
    const domain = aDomain(jwt());
    for (let i = 0; i < count; i++) {
      const cognitoUserPools = [UserPool.fromUserPoolId(domain, `Pool${i}`, `${REGION}_Pool${i}`)];
      const authorizer = new CognitoUserPoolsAuthorizer(domain, `Extra${i}`, { cognitoUserPools });
      domain.api.root.addResource(`extra${i}`).addMethod('GET', BACKEND, {
        authorizer,
        authorizationType: AuthorizationType.COGNITO,
        authorizationScopes: ['orders/read'],
        requestValidator: domain.requestValidator,
      });
    }
    return () => templateOf(domain);
  };
  expect(with_(9)).not.toThrow();
  expect(with_(10)).toThrow(/its stack has 11 authorizers and API Gateway allows 10 for an API/);
});

describe('the gate', () => {
  const app = (second: Authentication) => {
    const app = new App();
    for (const [name, authentication] of [
      ['a', jwt()],
      ['b', second],
    ] as const) {
      const stack = new Stack(app, name, { env: ENV });
      inStack(stack, name, { authentication }).addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    }
    return app;
  };
  const own = { issuer: 'https://login.example.com/b', audience: ['https://b.example.com'] };

  test.each<[string, () => Authentication]>([
    ['jwt', () => jwt(own)],
    ['dpop', () => dpop(own)],
    ['mtls', () => mtls()],
    ['mtls with a token', () => mtls({ token: own })],
  ])('proves domains with authorizers separate: jwt and %s', (_, second) => {
    expect(() => app(second()).synth()).not.toThrow();
  });

  test.each<[string, () => Authentication, RegExp]>([
    [
      'one issuer',
      () => jwt({ audience: ['https://b.example.com'] }),
      /DOM-4 violated[\s\S]*the issuer `https:\/\/login\.example\.com\/orders`/,
    ],
    [
      'one audience',
      () => dpop({ issuer: own.issuer }),
      /DOM-4 violated[\s\S]*the audience `https:\/\/orders\.example\.com`/,
    ],
    [
      'one issuer, certificates or not',
      () => mtls({ token: { ...own, issuer: TOKEN.issuer } }),
      /DOM-4 violated[\s\S]*the issuer/,
    ],
  ])('refuses %s for two', (_, second, message) => {
    expect(() => app(second()).synth()).toThrow(message);
  });

  test.each<[string, () => Authentication]>([
    ['dpop', () => dpop()],
    ['mtls', () => mtls()],
  ])('proves a domain with %s that its own duties deploy', (_, authentication) => {
    const app = new App();
    const first = new Stack(app, 'First', { env: ENV, synthesizer: new LegacyStackSynthesizer() });
    new DomainDeployment(first, 'Deployment', { domainName: 'orders', stackName: 'Orders' });
    const stack = new Stack(app, 'Orders', { env: ENV, synthesizer: new DomainSynthesizer({ domainName: 'orders' }) });
    const domain = inStack(stack, 'orders', { authentication: authentication() });
    domain.addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    expect(() => app.synth()).not.toThrow();
  });

  test.each<[string, string[], RegExp | undefined]>([
    ['one scope', ['orders.read'], /SOD-8 violated[\s\S]*orders\.read/],
    ['a scope each', ['orders.write'], undefined],
  ])('reading and changing by high-value routes with %s', (_, write, refused) => {
    const app = new App();
    const domain = inStack(new Stack(app, 'Orders', { env: ENV }), 'orders', { authentication: jwt() });
    domain.addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    const requestModel = { type: JsonSchemaType.OBJECT };
    domain.addRoute('POST', '/orders', BACKEND, { scopes: write, sensitivity: Sensitivity.HIGH, requestModel });
    if (refused === undefined) expect(() => app.synth()).not.toThrow();
    else expect(() => app.synth()).toThrow(refused);
  });

  test('refuses a way around client certificates', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: ENV });
    const domain = inStack(stack, 'orders', { authentication: mtls() });
    domain.addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    (domain.api.node.defaultChild as CfnRestApi).addPropertyOverride('DisableExecuteApiEndpoint', false);
    expect(() => app.synth()).toThrow(/DOM-5 violated[\s\S]*its default endpoint serves whoever has none/);
  });

  test('refuses one certificate authority for two', () => {
    const app = new App();
    for (const name of ['a', 'b']) {
      const stack = new Stack(app, name, { env: ENV });
      const authentication = mtls({ domainName: `${name}.example.com` }, stack);
      inStack(stack, name, { authentication }).addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    }
    expect(() => app.synth()).toThrow(
      /DOM-4 violated[\s\S]*the certificate authority `[0-9A-F:]+` lets callers into `a` and `b`/,
    );
  });
});
