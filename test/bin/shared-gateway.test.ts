/** `bulkhead check` on a template without our constructs, whose routes a configuration gives to two domains. */
import { divided, gateway, method } from '../model/a-shared-gateway';
import type { Json } from '../model/notation';
import { bulkhead, file } from './command-line';

// A template file is a stack of its name; a glob names both.
const CONFIGURATION = JSON.parse(
  JSON.stringify(
    divided({
      edge: { exposure: 'public', owner: 'platform-team', resources: ['*/*'] },
      partner: { exposure: 'partner', owner: 'partner-team', routes: { '*/Api': ['/partner'] } },
      public: { exposure: 'public', owner: 'shop-team', routes: { '*/Api': ['/public'] } },
    }),
  ),
) as Json;

const check = (resources: Json, ...more: readonly string[]) =>
  bulkhead([
    'check',
    file('edge.json', { Resources: resources }),
    '--config',
    file('edge.config.json', CONFIGURATION),
    ...more,
  ]);

test('divided well, it is proved, and every format says what cannot be separated', () => {
  const text = check(gateway());
  expect([text.status, text.stderr]).toEqual([0, '']);
  expect(text.stdout).toMatch(/ {2}- shared-gateway: `partner` \(\/partner\), `public` \(\/public\) share the gateway/);
  const json = JSON.parse(check(gateway(), '--format', 'json').stdout) as {
    readonly assumptions: readonly { readonly id: string }[];
    readonly inventory: readonly { readonly domain: string; readonly zone?: string; readonly zones?: unknown }[];
  };
  expect(json.assumptions.map(({ id }) => id)).toContain('shared-gateway');
  expect(json.inventory.map(({ domain, zone, zones }) => [domain, zone ?? null, zones ?? null])).toEqual([
    [
      'edge',
      null,
      [
        { domain: 'partner', path: '/partner' },
        { domain: 'public', path: '/public' },
      ],
    ],
    ['partner', '/partner', null],
    ['public', '/public', null],
  ]);
  for (const format of ['markdown', 'html'])
    expect(check(gateway(), '--format', format).stdout).toContain('shared-gateway');
});

test.each<[string, Json, RegExp]>([
  ['one authorizer for two zones', { GetPublic: method('PublicOrders', 'PartnerAuthorizer') }, /^DOM-2 violated/m],
  ['no web ACL', { Guard: gateway().Acl }, /^DOM-8 violated/m],
  ['a route of nobody', { GetRoot: method('', 'PublicAuthorizer') }, /^DOM-3 violated/m],
])('%s is violated', (_, more, finding) => {
  const run = check({ ...gateway(), ...more });
  expect(run.status).toBe(1);
  expect(run.stdout).toMatch(finding);
});

test('a path that is none is one clear error', () => {
  const broken = divided({ partner: { routes: { '*/Api': ['partner/*'] } } });
  const run = bulkhead(['check', file('edge.json', { Resources: gateway() }), '--config', file('broken.json', broken)]);
  expect([run.status, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toMatch(
    /`domains\.partner\.routes\.\*\/Api\[0\]`: got `partner\/\*`, expected a path of literal segments/,
  );
});
