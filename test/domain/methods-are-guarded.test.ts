/** DOM-6 on domains as the constructs build them, and with one method more or less guarded. */
import { App, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  CfnMethod,
  CfnRestApi,
  JsonSchemaType,
  type Method,
  MockIntegration,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnApi, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { Authentication, Sensitivity } from '../../lib';
import { methodsAreGuarded } from '../../lib/checks/methods-are-guarded';
import { BACKEND, cognito } from './a-domain';
import { type Built, built, findingsOf, judged } from './a-judged-domain';
import { dpop, jwt, makeAuthority, mtls } from './with-authorizer';

beforeAll(makeAuthority);

const found = (change: (built: Built) => void, authentication = Authentication.iam()): readonly string[] => {
  const made = built(() => ({ authentication }));
  change(made);
  return judged(methodsAreGuarded, made.stack);
};
const API = 'of the API `Orders/orders/Api/Resource/Resource` of the domain `orders`';
const first = ({ domain }: Built) => domain.api.methods[0]!.node.defaultChild as CfnMethod;
const L1 = (method: Method) => method.node.defaultChild as CfnMethod;

describe('as the constructs build it', () => {
  test.each<[string, () => Authentication]>([
    ['iam', () => Authentication.iam()],
    ['cognito', cognito],
    ['jwt', jwt],
    ['dpop', dpop],
    ['mutual TLS', mtls],
  ])('every method is guarded: %s, with preflight requests', (_, authentication) => {
    const { stack } = built(() => ({ authentication: authentication(), corsOrigins: ['https://app.example.com'] }));
    expect(judged(methodsAreGuarded, stack)).toEqual([]);
  });

  test('a high-value route has its model', () => {
    const added = ({ domain }: Built) =>
      domain.addRoute('POST', '/orders', BACKEND, {
        sensitivity: Sensitivity.HIGH,
        requestModel: { type: JsonSchemaType.OBJECT },
      });
    expect(found(added)).toEqual([]);
    expect(found((made) => L1(added(made)).addPropertyDeletionOverride('RequestModels'))).toEqual([
      `violated: the method \`POST /orders\` ${API} is of sensitivity HIGH and has no model to check the body against`,
    ]);
  });
});

describe('with one thing undone', () => {
  test.each<[string, (built: Built) => void, string]>([
    [
      'an open method',
      ({ domain }) => domain.api.root.addMethod('GET', BACKEND, { authorizationType: AuthorizationType.NONE }),
      `violated: the method \`GET /\` ${API} asks nobody who calls`,
    ],
    [
      'authorization taken away by a raw override',
      (made) => first(made).addPropertyOverride('AuthorizationType', 'NONE'),
      `violated: the method \`GET /orders\` ${API} asks nobody who calls`,
    ],
    [
      'a misspelt authorization',
      (made) => first(made).addPropertyOverride('AuthorizationType', 'AWS_1AM'),
      `violated: the method \`GET /orders\` ${API} has the authorization \`AWS_1AM\`, which API Gateway does not know`,
    ],
    [
      'an authorization that only the deployment knows',
      (made) => first(made).addPropertyOverride('AuthorizationType', { Ref: 'Type' }),
      `undecided: the method \`GET /orders\` ${API} has an authorization that only the deployment knows`,
    ],
    [
      'an OPTIONS method that calls a backend',
      ({ domain }) => domain.api.root.addMethod('OPTIONS', BACKEND, { authorizationType: AuthorizationType.NONE }),
      `violated: the method \`OPTIONS /\` ${API} asks nobody who calls`,
    ],
    [
      'a mock that is no preflight request',
      ({ domain }) =>
        domain.api.root.addMethod('GET', new MockIntegration(), { authorizationType: AuthorizationType.NONE }),
      `violated: the method \`GET /\` ${API} asks nobody who calls`,
    ],
    [
      'no request validator',
      (made) => first(made).addPropertyDeletionOverride('RequestValidatorId'),
      `violated: the method \`GET /orders\` ${API} passes on the parameters unchecked`,
    ],
    [
      'a method of CDK’s own, with a body',
      ({ domain }) => domain.api.root.addMethod('POST', BACKEND),
      `violated: the method \`POST /\` ${API} passes on the body unchecked`,
    ],
    [
      'a validator elsewhere',
      (made) => first(made).addPropertyOverride('RequestValidatorId', 'a1b2c3'),
      `undecided: the method \`GET /orders\` ${API} may pass on the parameters unchecked, which only the deployment knows`,
    ],
    [
      'an open HTTP API of the domain',
      ({ domain, stack }) => {
        const http = new CfnApi(stack, 'Http', { name: 'http', protocolType: 'HTTP' });
        domain.own(http);
        new CfnRoute(stack, 'Route', { apiId: http.ref, routeKey: 'GET /' });
      },
      'violated: the method `GET /` of the API `Orders/Http` of the domain `orders` asks nobody who calls',
    ],
  ])('%s', (_, undo, message) => {
    expect(found(undo)).toContain(message);
  });

  test('a pool’s tokens without a scope', () => {
    expect(found((made) => first(made).addPropertyDeletionOverride('AuthorizationScopes'), cognito())).toEqual([
      `violated: the method \`GET /orders\` ${API} takes every token, because it names no scope`,
    ]);
  });

  test('of a WebSocket API the connection alone is asked', () => {
    const routes = (authorizationType: string) =>
      found(({ domain, stack }) => {
        const socket = new CfnApi(stack, 'Socket', { name: 'socket', protocolType: 'WEBSOCKET' });
        domain.own(socket);
        new CfnRoute(stack, 'Connect', { apiId: socket.ref, routeKey: '$connect', authorizationType });
        new CfnRoute(stack, 'Other', { apiId: socket.ref, routeKey: '$default' });
      });
    expect(routes('AWS_IAM')).toEqual([]);
    expect(routes('NONE')).toEqual([expect.stringContaining('`ANY $connect`')]);
  });

  test('an OpenAPI document is read like methods; one fault of many is one finding', () => {
    const operation = { 'x-amazon-apigateway-integration': { type: 'http' } };
    const body = {
      paths: {
        '/a': { get: operation, post: operation, options: { 'x-amazon-apigateway-integration': { type: 'mock' } } },
      },
    };
    const made = built();
    made.domain.own(new CfnRestApi(made.stack, 'Described', { body }));
    expect(findingsOf(methodsAreGuarded, made.stack)).toMatchObject([
      {
        message:
          'the method `GET /a` (and so 1 more) of the API `Orders/Described` of the domain `orders` asks nobody who calls',
        explanation: ['Methods: `GET /a`, `POST /a`.'],
        constructPaths: ['Orders/Described'],
      },
      { message: expect.stringContaining('passes on the parameters unchecked') },
      { message: expect.stringContaining('passes on the body unchecked') },
    ]);
  });
});

test('an API in no domain is DOM-3’s, and one that a configuration declares promises no validation', () => {
  const stack = new Stack(new App(), 'Orders');
  const api = new CfnRestApi(stack, 'Api', { name: 'api' });
  new CfnMethod(stack, 'Open', { restApiId: api.ref, resourceId: api.attrRootResourceId, httpMethod: 'POST' });
  expect(judged(methodsAreGuarded, stack)).toEqual([]);
  const declared = { domains: { shop: { exposure: 'public', owner: 'shop-team', resources: ['Orders/*'] } } };
  expect(findingsOf(methodsAreGuarded, stack, declared).map(({ message }) => message)).toEqual([
    'the method `POST /` of the API `Orders/Api` of the domain `shop` asks nobody who calls',
  ]);
});
