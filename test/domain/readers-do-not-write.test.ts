/** SOD-8: the high-value routes of an API are read and changed by different identities, with IAM and with tokens. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { OAuthScope, type UserPool } from 'aws-cdk-lib/aws-cognito';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type RouteOptions, Sensitivity, type TlsClient, type TrustDomain, type TrustDomainProps } from '../../lib';
import { BACKEND, cognito, ENV, inStack } from './a-domain';
import { judged } from './a-four-eyes-app';
import { makeAuthority, mtls, TOKEN } from './with-authorizer';

interface Made {
  readonly app: App;
  readonly outdir: string;
  readonly stack: Stack;
  readonly orders: TrustDomain;
}

const HIGH: RouteOptions = { sensitivity: Sensitivity.HIGH, requestModel: { type: JsonSchemaType.OBJECT } };

function made(build: (m: Made) => void, props: Partial<TrustDomainProps> = {}): Made {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-split-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Orders', { env: ENV });
  const m = { app, outdir, stack, orders: inStack(stack, 'orders', props) };
  build(m);
  return m;
}

const found = (m: Made) => judged(m).findings.filter(({ id }) => id === 'SOD-8');
const caller = ({ stack }: Made, name: string) =>
  new Role(stack, name, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

describe('callers who sign with IAM', () => {
  const routes = ({ orders }: Made) => {
    orders.addRoute('GET', '/payments/{id}', BACKEND);
    orders.addRoute('PUT', '/payments/{id}', BACKEND, HIGH);
    orders.addRoute('GET', '/prices', BACKEND);
  };

  test('one role reads, another changes', () => {
    const m = made((it) => {
      routes(it);
      it.orders.grantRead(caller(it, 'Reader'));
      it.orders.grantWrite(caller(it, 'Writer'));
    });
    expect(judged(m)).toMatchObject({ verdict: 'proved', findings: [] });
  });

  test('one role that does both is a violation, with both requests', () => {
    const m = made((it) => {
      routes(it);
      const both = caller(it, 'Both');
      it.orders.grantRead(both);
      it.orders.grantWrite(both);
    });
    expect(found(m)).toMatchObject([
      {
        severity: 'violated',
        constructPaths: expect.arrayContaining(['Orders/Both/Resource', 'Orders/orders/Api/Resource/Resource']),
        message: expect.stringMatching(
          /^`Orders\/Both` may read `\S+\/GET\/payments\/\S*` and change `\S+\/PUT\/payments\/\S*`, high-value routes/,
        ),
      },
    ]);
  });

  test('and is none where no route is of high value', () => {
    const m = made((it) => {
      it.orders.addRoute('GET', '/payments/{id}', BACKEND);
      it.orders.addRoute('PUT', '/payments/{id}', BACKEND);
      const both = caller(it, 'Both');
      it.orders.grantRead(both);
      it.orders.grantWrite(both);
    });
    expect(found(m)).toEqual([]);
  });

  test('a high-value route that reads elsewhere counts, another one does not', () => {
    const of = (options: RouteOptions) =>
      made((it) => {
        it.orders.addRoute('PUT', '/payments/{id}', BACKEND, HIGH);
        it.orders.addRoute('GET', '/ledger', BACKEND, options);
        const both = caller(it, 'Both');
        it.orders.grantRead(both);
        it.orders.grantWrite(both);
      });
    expect(found(of({ sensitivity: Sensitivity.HIGH }))).toHaveLength(1);
    expect(found(of({}))).toEqual([]);
  });
});

describe('callers with tokens', () => {
  const routes =
    (write: string) =>
    ({ orders }: Made) => {
      orders.addRoute('GET', '/payments/{id}', BACKEND, { scopes: ['read'] });
      orders.addRoute('PUT', '/payments/{id}', BACKEND, { ...HIGH, scopes: [write] });
    };
  const client = ({ orders, stack }: Made, id: string, ...scopes: string[]) =>
    (orders.userPool as UserPool).addClient(id, {
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.custom(stack.resolve(`orders/${scope}`) as string)),
      },
    });

  test('two scopes, two clients', () => {
    const m = made(
      (it) => {
        routes('write')(it);
        client(it, 'Reader', 'read');
        client(it, 'Writer', 'write');
      },
      { authentication: cognito() },
    );
    expect(judged(m)).toMatchObject({ verdict: 'proved', findings: [] });
  });

  test('one scope for both sides is a violation', () => {
    const m = made(routes('read'), { authentication: cognito() });
    expect(found(m)).toMatchObject([
      { severity: 'violated', message: expect.stringMatching(/a token with the scope `orders\/read` opens/) },
    ]);
  });

  test('one client that asks for both scopes is a violation', () => {
    const m = made(
      (it) => {
        routes('write')(it);
        client(it, 'Everything', 'read', 'write');
      },
      { authentication: cognito() },
    );
    expect(found(m)).toMatchObject([
      {
        severity: 'violated',
        message: expect.stringMatching(/may ask for a token with the scopes `orders\/read` and `orders\/write`/),
      },
    ]);
  });
});

describe('clients with certificates', () => {
  beforeAll(makeAuthority);
  const shop = { name: 'shop', subject: 'CN=shop,O=Partner,C=DE' };
  const till = { name: 'till', subject: 'CN=till,O=Partner,C=DE' };
  const of = (...clients: TlsClient[]) =>
    made(
      ({ orders }) => {
        orders.addRoute('GET', '/payments/{id}', BACKEND, { scopes: ['orders.read'] });
        orders.addRoute('PUT', '/payments/{id}', BACKEND, { ...HIGH, scopes: ['orders.write'] });
      },
      { authentication: mtls({ clients }) },
    );

  test('one that has the scopes of both sides is a violation, two are not', () => {
    const apart = of({ ...shop, scopes: ['orders.read'] }, { ...till, scopes: ['orders.write'] });
    expect(found(apart)).toEqual([]);
    expect(found(of({ ...shop, scopes: ['orders.write', 'orders.read'] }, till))).toMatchObject([
      {
        severity: 'violated',
        message: expect.stringMatching(
          /^the client `shop` of `[^`]+\/Authorizer\/Resource` has the scopes `orders\.read` and `orders\.write`/,
        ),
      },
    ]);
  });

  test('with a token the token’s scopes count instead', () => {
    const m = made(
      ({ orders }) => {
        orders.addRoute('GET', '/payments/{id}', BACKEND, { scopes: ['orders.read'] });
        orders.addRoute('PUT', '/payments/{id}', BACKEND, { ...HIGH, scopes: ['orders.write'] });
      },
      { authentication: mtls({ clients: [{ ...shop, scopes: ['orders.read', 'orders.write'] }], token: TOKEN }) },
    );
    expect(found(m)).toEqual([]);
  });
});
