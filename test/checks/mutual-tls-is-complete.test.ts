/** DOM-5: an API that asks for client certificates is reached in no other way. */
import { runChecks } from '../../lib/checks/run-checks';
import type { Resource } from '../../lib/model/model';
import { modelOf, resource } from './model-of';

const of = (...resources: Resource[]) =>
  runChecks(modelOf({ resources }))
    .filter(({ id }) => id === 'DOM-5')
    .map(({ message }) => message);

const V1 = {
  name: 'AWS::ApiGateway::DomainName',
  mapping: 'AWS::ApiGateway::BasePathMapping',
  api: 'AWS::ApiGateway::RestApi',
};
const V2 = {
  name: 'AWS::ApiGatewayV2::DomainName',
  mapping: 'AWS::ApiGatewayV2::ApiMapping',
  api: 'AWS::ApiGatewayV2::Api',
};

const versioned = { TruststoreUri: 's3://trust/a.pem', TruststoreVersion: '1' };
function app({ name, mapping, api }: typeof V1, tls: object | undefined, off: unknown): Resource[] {
  return [
    { ...resource('App/Name', name), properties: tls === undefined ? {} : { MutualTlsAuthentication: tls } },
    resource('App/Mapping', mapping, {
      uses: [
        ['App/Name', 'DomainName'],
        ['App/Api', 'RestApiId'],
      ],
    }),
    { ...resource('App/Api', api), properties: off === undefined ? {} : { DisableExecuteApiEndpoint: off } },
  ];
}

describe.each([
  ['REST', V1],
  ['HTTP', V2],
])('%s', (_, types) => {
  test('the default endpoint is off, or certificates are asked for in vain', () => {
    expect(of(...app(types, versioned, true))).toEqual([]);
    expect(of(...app(types, versioned, 'true'))).toEqual([]);
    for (const on of [undefined, false, 'false']) {
      expect(of(...app(types, versioned, on))).toEqual([
        'the API `App/Api` asks for client certificates at `App/Name`, and its default endpoint serves whoever has none',
      ]);
    }
  });

  test('the trust store has a version', () => {
    expect(of(...app(types, { TruststoreUri: 's3://trust/a.pem' }, true))).toEqual([
      'the custom domain `App/Name` takes whatever trust store was put last, because it names no version',
    ]);
  });

  test('a custom domain without certificates asks for nothing', () => {
    expect(of(...app(types, undefined, false))).toEqual([]);
  });
});
