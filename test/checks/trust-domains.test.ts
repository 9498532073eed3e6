import { CHECKS, runChecks } from '../../lib/checks/run-checks';
import type { Api, Domain, Model } from '../../lib/model/model';
import { api, modelOf, resource, role } from './model-of';

const of = (id: string, parts: Partial<Model>) => runChecks(modelOf(parts)).filter((finding) => finding.id === id);

describe('DOM-2, shared resource', () => {
  const key = (domain?: string) =>
    resource('App/Key', 'AWS::KMS::Key', { ...(domain && { domain, claims: [domain] }) });
  const log = (name: string, domain: string, at = 'KmsKeyId') =>
    resource(`App/${name}`, 'AWS::Logs::LogGroup', { domain, uses: [['App/Key', at]] });

  test('a resource that serves its own domain passes', () => {
    expect(of('DOM-2', { resources: [key('a'), log('LogA', 'a')] })).toEqual([]);
  });

  test('a resource that another domain uses is a violation, shown at the user', () => {
    const findings = of('DOM-2', { resources: [key('a'), log('LogA', 'a'), log('LogB', 'b')] });
    expect(findings).toMatchObject([{ severity: 'violated', constructPaths: ['App/Key', 'App/LogB'] }]);
    expect(findings[0]!.message).toBe(
      'the resource `App/Key` (AWS::KMS::Key) serves `a` and `b`; a resource serves one trust domain',
    );
    expect(findings[0]!.explanation).toEqual(['`App/Key` belongs to `a`.', '`App/LogB` of `b` uses it in `KmsKeyId`.']);
  });

  test('a resource of nobody that serves two domains is a violation if it isolates', () => {
    expect(of('DOM-2', { resources: [key(), log('LogA', 'a'), log('LogB', 'b')] })).toHaveLength(1);
    expect(of('DOM-2', { resources: [key(), log('LogA', 'a')] })).toEqual([]);
    const network = (name: string, domain: string) =>
      resource(`App/${name}`, 'AWS::EC2::SecurityGroup', { domain, uses: [['App/Vpc', 'VpcId']] });
    expect(
      of('DOM-2', { resources: [resource('App/Vpc', 'AWS::EC2::VPC'), network('A', 'a'), network('B', 'b')] }),
    ).toEqual([]);
  });

  test('a role that runs functions of two domains is shared; a provider of custom resources is not', () => {
    const fn = (name: string, domain: string) =>
      resource(`App/${name}`, 'AWS::Lambda::Function', { domain, uses: [['App/Role', 'Role']] });
    expect(of('DOM-2', { principals: [role('App/Role', {})], resources: [fn('A', 'a'), fn('B', 'b')] })).toHaveLength(
      1,
    );
    const custom = (name: string, domain: string) =>
      resource(`App/${name}`, 'Custom::Thing', { domain, uses: [['App/Fn', 'ServiceToken']] });
    expect(
      of('DOM-2', { resources: [resource('App/Fn', 'AWS::Lambda::Function'), custom('A', 'a'), custom('B', 'b')] }),
    ).toEqual([]);
  });

  test('naming a resource in a policy is a grant, not a use', () => {
    expect(of('DOM-2', { resources: [key('a'), log('P', 'b', 'PolicyDocument.Statement.0.Resource')] })).toEqual([]);
  });

  test('a resource that two domains claim is a violation', () => {
    const claimed = resource('App/Key', 'AWS::KMS::Key', { domain: 'a', claims: ['a', 'b'] });
    expect(of('DOM-2', { resources: [claimed] })).toMatchObject([
      { severity: 'violated', constructPaths: ['App/Key'] },
    ]);
  });
});

describe('DOM-3, unclassified API', () => {
  const PARTNER: Domain = { name: 'partner', exposure: 'partner', owner: 'partner-team', declaredAt: [] };

  test('an API in a domain passes, one outside is a violation', () => {
    expect(of('DOM-3', { apis: [api('App/Api', 'partner')], domains: [PARTNER] })).toEqual([]);
    expect(of('DOM-3', { apis: [api('App/Api', 'partner'), api('App/Stray')], domains: [PARTNER] })).toMatchObject([
      { severity: 'violated', constructPaths: ['App/Stray'] },
    ]);
  });
});

test('DOM-3: the domain of an API has an exposure and an owner, by the API or by the configuration', () => {
  const messages = (domain: Partial<Domain>, more: Partial<Api> = {}) =>
    of('DOM-3', {
      apis: [{ ...api('App/Api', 'partner'), ...more }],
      domains: [{ name: 'partner', declaredAt: [], ...domain }],
    }).map(({ message }) => message);
  expect(messages({})).toEqual(['the API `App/Api` of `partner` has no exposure and no owner']);
  expect(messages({ exposure: 'partner' })).toEqual(['the API `App/Api` of `partner` has no owner']);
  expect(messages({ exposure: 'partner', owner: 'partner-team' })).toEqual([]);
  expect(messages({}, { exposure: 'partner', owner: 'partner-team' })).toEqual([]);
});

test('DOM-3: an API outside a domain is shown with where it is reached from, and what it asks nobody', () => {
  const stray: Api = {
    ...api('App/Balancer'),
    kind: 'load-balancer',
    reachableFrom: 'internet',
    routes: [{ method: 'ANY', path: ':443/', authentication: 'NONE' }],
  };
  expect(of('DOM-3', { apis: [stray] })).toMatchObject([
    {
      message:
        'the API `App/Balancer` (load balancer, AWS::ApiGateway::RestApi, reachable from the internet) is in no trust domain',
      explanation: ['It asks nobody who calls: `ANY :443/`.'],
    },
  ]);
  expect(of('DOM-3', { apis: [{ ...stray, reachableFrom: 'network', routes: [] }] })).toMatchObject([
    { message: expect.stringContaining('reachable from its network alone'), explanation: [] },
  ]);
});

describe('APP-1, invisible part', () => {
  test('a gap is undecided, and no gap passes', () => {
    expect(of('APP-1', {})).toEqual([]);
    expect(of('APP-1', { gaps: [{ path: 'App/Nested', reason: 'it lies elsewhere' }] })).toMatchObject([
      { severity: 'undecided', constructPaths: ['App/Nested'] },
    ]);
  });
});

test('ids are unique, and every check states when there is nothing to find', () => {
  expect(new Set(CHECKS.map((check) => check.id)).size).toBe(CHECKS.length);
  for (const check of CHECKS) expect(check.compliant).toMatch(/^\w.+[^.]$/);
});
