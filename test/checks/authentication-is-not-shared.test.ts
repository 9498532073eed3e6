/** DOM-4: what lets callers into one domain lets nobody into another. */
import { runChecks } from '../../lib/checks/run-checks';
import type { Model, Resource } from '../../lib/model/model';
import { type Hole, text } from '../../lib/policy/text';
import { api, modelOf, resource } from './model-of';

const of = (parts: Partial<Model>) => runChecks(modelOf(parts)).filter(({ id }) => id === 'DOM-4');

function authorizer(domain: string, more: Partial<Resource>, type = REST): Resource {
  return { ...resource(`App/${domain}`, type, { domain, claims: [domain] }), ...more };
}

const trusts = (more: object) => ({ trusts: { issuers: [], audiences: [], authorities: [], ...more } });
const jwt = (Issuer: unknown, Audience: unknown) => ({ properties: { JwtConfiguration: { Issuer, Audience } } });
const hole = (id: string): Hole => ({ hole: id, type: 'any', label: id });
const REST = 'AWS::ApiGateway::Authorizer';
const HTTP = 'AWS::ApiGatewayV2::Authorizer';
const POOL = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEf';

test.each<[string, string, (which: string) => object, string]>([
  [
    'issuer',
    'https://login.example.com/',
    (which) => trusts({ issuers: [`https://login.example.com/${which}`] }),
    REST,
  ],
  [
    'audience',
    'https://api.example.com/',
    (which) => trusts({ audiences: [`https://api.example.com/${which}`] }),
    REST,
  ],
  ['certificate authority', 'AA:BB', (which) => trusts({ authorities: [`AA:BB${which}`] }), REST],
  ['issuer', 'https://login.example.com/', (which) => jwt(`https://login.example.com/${which}`, []), HTTP],
  ['audience', 'orders', (which) => jwt([], [`orders${which}`]), HTTP],
  ['user pool', POOL, (which) => ({ properties: { ProviderARNs: [`${POOL}${which}`] } }), REST],
  [
    'trust store',
    's3://trust/authorities.pem',
    (which) => ({ properties: { MutualTlsAuthentication: { TruststoreUri: `s3://trust/authorities.pem${which}` } } }),
    'AWS::ApiGateway::DomainName',
  ],
])('one %s (%s) for two domains is a violation; one for each is none', (kind, shown, make, type) => {
  const shared = of({ resources: [authorizer('a', make(''), type), authorizer('b', make(''), type)] });
  expect(shared).toEqual([
    expect.objectContaining({
      severity: 'violated',
      constructPaths: ['App/a', 'App/b'],
      message: `the ${kind} \`${shown}\` lets callers into \`a\` and \`b\`; whoever is let into one is let into the other`,
    }),
  ]);
  expect(of({ resources: [authorizer('a', make(''), type), authorizer('b', make('other'), type)] })).toEqual([]);
});

test('one domain may believe a thing in two places', () => {
  const twice = ['one', 'two'].map((name) => ({
    ...authorizer('a', trusts({ issuers: ['https://login.example.com'] })),
    ...resource(`App/${name}`, REST, { domain: 'a' }),
  }));
  expect(of({ resources: twice })).toEqual([]);
});

test('issuers that differ in case or a final slash are one', () => {
  const [a, b] = ['https://login.example.com/', 'https://LOGIN.example.com'].map((issuer) =>
    trusts({ issuers: [issuer] }),
  );
  expect(of({ resources: [authorizer('a', a!), authorizer('b', b!)] })).toHaveLength(1);
});

test('what only the deployment knows is one thing only where it is one expression', () => {
  const pool = (id: string) => ({ properties: { ProviderARNs: [text(hole(id))] } });
  expect(of({ resources: [authorizer('a', pool('Param')), authorizer('b', pool('Param'))] })).toHaveLength(1);
  expect(of({ resources: [authorizer('a', pool('Param')), authorizer('b', pool('Other'))] })).toEqual([]);
});

test('an authorizer that nobody marked serves the domain of its API', () => {
  const unmarked = (name: string, to: string): Resource => ({
    ...resource(`App/${name}`, HTTP, { uses: [[to, 'ApiId']] }),
    ...jwt('https://login.example.com', ['orders']),
  });
  const apis = [api('App/ApiA', 'a'), api('App/ApiB', 'b')];
  const resources = [unmarked('One', 'App/ApiA'), unmarked('Two', 'App/ApiB')];
  expect(of({ apis, resources }).map(({ message }) => message.split(' `')[0])).toEqual(['the issuer', 'the audience']);
  expect(of({ apis, resources: [unmarked('One', 'App/ApiA'), unmarked('Two', 'App/ApiA')] })).toEqual([]);
});

test('a pool of the app that two domains use is DOM-2’s alone', () => {
  const using = (domain: string): Resource => ({
    ...resource(`App/${domain}`, 'AWS::ApiGateway::Authorizer', { domain, uses: [['App/Pool', 'ProviderARNs.0']] }),
    properties: { ProviderARNs: [text(hole('pool'))] },
  });
  const resources = [resource('App/Pool', 'AWS::Cognito::UserPool'), using('a'), using('b')];
  const findings = runChecks(modelOf({ resources }));
  expect(findings.map(({ id }) => id)).toEqual(['DOM-2']);
});
