import type { Api, Model } from '../../lib/model/model';
import { answersBelow } from '../../lib/model/zones';
import { DIVIDED, divided, gateway, method, path } from './a-shared-gateway';
import { configured, type Json, resource, stack } from './notation';

const shared = (resources: Json = gateway(), configuration: Json = DIVIDED): Model =>
  configured([stack(resources)], configuration);
const entries = ({ apis }: Model) =>
  apis.map(({ domain, zone = '-', routes }: Api) => `${domain} ${zone}: ${routes.map((r) => r.path).join(' ')}`);
const domainOf = ({ resources }: Model, id: string) => resources.find((r) => r.id === `S/${id}`)?.claims;

describe('a gateway that domains share', () => {
  test('is one entry for each zone, with its routes, and one for itself', () => {
    expect(entries(shared())).toEqual([
      'partner /partner: /partner/orders',
      'public /public: /public/orders',
      'edge -: ',
    ]);
  });

  test('is one entry where nobody divides it', () => {
    const undivided = divided({ partner: { resources: [] }, public: { resources: [] } });
    expect(entries(shared(gateway(), undivided))).toEqual(['edge -: /partner/orders /public/orders']);
  });

  test('zones have the exposure and the owner of their domains', () => {
    const { apis } = shared();
    expect(apis.map(({ exposure, owner }) => [exposure, owner])).toEqual([
      ['partner', 'partner-team'],
      ['public', 'shop-team'],
      ['public', 'platform-team'],
    ]);
    expect(apis[2]?.zones).toEqual([
      { domain: 'partner', path: '/partner' },
      { domain: 'public', path: '/public' },
    ]);
  });

  test('the mark of the API divides it as well', () => {
    const zones = [
      { domain: 'partner', path: '/partner', authentication: 'jwt' },
      { domain: 'public', path: '/public' },
    ];
    const marked = resource(
      'AWS::ApiGateway::RestApi',
      {},
      { Metadata: { bulkhead: { domain: 'edge', part: 'api', exposure: 'public', owner: 'platform-team', zones } } },
    );
    const model = shared({ ...gateway(), Api: marked }, {});
    expect(entries(model)).toEqual(['partner /partner: /partner/orders', 'public /public: /public/orders', 'edge -: ']);
    expect(model.apis[0]?.authentication).toEqual(['jwt']);
    expect(model.domains.map(({ name }) => name)).toEqual(['edge', 'partner', 'public']);
  });

  test("methods are their zone's, and an authorizer that one zone has; the rest is the gateway's", () => {
    const model = shared();
    expect(
      ['GetPartner', 'PartnerAuthorizer', 'GetPublic', 'PublicAuthorizer', 'Stage', 'Partner'].map((id) =>
        domainOf(model, id),
      ),
    ).toEqual([['partner'], ['partner'], ['public'], ['public'], ['edge'], ['edge']]);
  });

  test('an authorizer of two zones stays with the gateway', () => {
    const model = shared({ ...gateway(), GetPublic: method('PublicOrders', 'PartnerAuthorizer') });
    expect(domainOf(model, 'PartnerAuthorizer')).toEqual(['edge']);
    expect(domainOf(model, 'GetPublic')).toEqual(['public']);
  });

  test('a method that another domain claims is claimed by both', () => {
    const model = shared(gateway(), divided({ shop: { resources: ['S/GetPartner'] } }));
    expect(domainOf(model, 'GetPartner')).toEqual(['partner', 'shop']);
  });

  test.each([
    ['beside every zone', { Other: path('other') }, 'Other', '/other'],
    ['with a parameter in place of the zone', { Other: path('{tenant}') }, 'Other', '/{tenant}'],
    ["of which only the beginning is the zone's", { Other: path('partnership') }, 'Other', '/partnership'],
    ['in another case', { Other: path('Partner') }, 'Other', '/Partner'],
    ['at the root', {}, '', '/'],
  ])('a route %s lies in none', (_, more, at, written) => {
    const model = shared({ ...gateway(), ...more, GetOther: method(at, undefined) });
    expect(entries(model).at(-1)).toBe(`edge -: ${written}`);
  });

  test("a route in two zones is the gateway's, and judged there", () => {
    const model = shared(gateway(), divided({ vip: { routes: { 'S/Api': ['/partner/orders'] } } }));
    expect(entries(model)).toContain('edge -: /partner/orders');
  });

  test('every report says what cannot be separated', () => {
    const said = (model: Model) =>
      model.assumptions.filter(({ id }) => id === 'shared-gateway').map(({ text }) => text);
    expect(said(shared())).toEqual([
      "`partner` (/partner), `public` (/public) share the gateway `S/Api`, and cannot be separated in the stage `S/Stage` with its deployment, client certificate, access log and execution log, the web ACL `S/Acl`, the resource policy, the account's throttle; whoever may change what belongs to `edge` changes the way into each of them",
    ]);
    expect(said(shared(gateway(), { domains: { edge: { resources: ['S/*'] } } }))).toEqual([]);
  });
});

describe('what is refused', () => {
  const routes = (value: unknown) => () => shared(gateway(), divided({ partner: { routes: value } }));

  test.each([
    [{ 'S/Ap': ['/partner'] }, '`S/Ap`, which matches nothing'],
    [{ 'S/Stage': ['/partner'] }, 'a REST API of the app'],
    [{ 'S/Api': [] }, 'an empty list'],
    [{ 'S/Api': ['partner'] }, '`partner`, expected a path of literal segments'],
    [{ 'S/Api': ['/{tenant}'] }, '`/{tenant}`, expected a path of literal segments'],
    [{ 'S/Api': ['/partner/..'] }, '`/partner/..`, expected a path of literal segments'],
    [{ 'S/Api': ['/'] }, 'a path of literal segments'],
    [{ 'S/Api': ['/partner/*'] }, 'a path of literal segments'],
    [['/partner'], 'an object by name'],
  ])('%j', (value, expected) => {
    expect(routes(value)).toThrow(expected);
  });
});

test.each([
  ['/{proxy+}', '/partner', true],
  ['/{tenant}', '/partner', true],
  ['/{tenant}/orders', '/partner', true],
  ['/partner/{proxy+}', '/partner', true],
  ['/partner', '/partner', true],
  ['/public/{proxy+}', '/partner', false],
  ['/partnership', '/partner', false],
  ['/', '/partner', false],
])('%s answers below %s: %s', (route, zone, expected) => {
  expect(answersBelow(route, zone)).toBe(expected);
});
