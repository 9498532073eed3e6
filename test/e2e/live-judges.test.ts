/** The small judges of the live proof: web ACLs and throttles, patterns of metric filters, escalation paths. */

import { accessRecord } from './live/alarms';
import { Defences } from './live/defences';
import { counts } from './live/filter-pattern';
import { floodsOnPaper } from './live/floods';
import { openPaths, publishedPaths } from './live/paths';
import { World } from './live/world';

describe('a pattern of a metric filter', () => {
  const record = JSON.stringify({ status: '401', bytes: 7, caller: { arn: 'arn:aws:sts::1:assumed-role/worker/e2e' } });
  test.each([
    ['{ $.status = "401" }', true],
    ['{ $.status = "403" }', false],
    ['{ $.status = "403" || $.status = "401" }', true],
    ['{ $.status = "401" && $.bytes > 7 }', false],
    ['{ $.status = "401" && $.bytes >= 7 }', true],
    ['{ $.status = 401 }', false],
    ['{ $.bytes = 7 }', true],
    ['{ $.bytes != 7 }', false],
    ['{ $.missing = "x" }', false],
    ['{ $.missing != "x" }', true],
    ['{ $.caller.arn = "*:assumed-role/worker/*" }', true],
    ['{ $.caller.arn = "*:assumed-role/work/*" }', false],
    ['{ $.caller.arn = "arn:*e2e" }', true],
    ['{ $.caller.arn = "arn:*e2e*e2e" }', false],
  ])('%s: %s', (pattern, counted) => {
    expect(counts(pattern, record)).toBe(counted);
  });

  test.each(['ERROR', '[a, b]', '{ ($.a = "x") }', '{ $.a IS NULL }', '{ $.a > "x" }'])('%s is refused', (pattern) => {
    expect(() => counts(pattern, record)).toThrow(/known here|equal or not/);
  });
});

test('a record is the format, with what the call had no value for written as a dash', () => {
  const format = '{"status":"$context.status","route":"$context.resourcePath","who":"$context.identity.userArn"}';
  const call = { method: 'GET', path: '/orders', status: 401 };
  expect(JSON.parse(accessRecord(format, call))).toEqual({ status: '401', route: '/orders', who: '-' });
  expect(accessRecord(format, call, { 'identity.userArn': 'ann' })).toContain('"who":"ann"');
});

/** Two domains; `shared` says whose web ACL stands before `partner`. */
function twoDomains(shared: 'own' | 'public' = 'own'): World {
  const stack = (name: string, acl: unknown) => ({
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: name } },
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: {
          StageName: 'v1',
          MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }],
        },
      },
      Acl: {
        Type: 'AWS::WAFv2::WebACL',
        Properties: {
          Name: name,
          Rules: [
            {
              Name: 'rate',
              Priority: 1,
              Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
              Statement: { RateBasedStatement: { Limit: 50, AggregateKeyType: 'IP', EvaluationWindowSec: 300 } },
            },
          ],
        },
      },
      Association: {
        Type: 'AWS::WAFv2::WebACLAssociation',
        Properties: {
          ResourceArn: {
            'Fn::Join': ['', ['arn:aws:apigateway:eu-central-1::/restapis/', { Ref: 'Api' }, '/stages/v1']],
          },
          WebACLArn: acl,
        },
      },
    },
  });
  const own = { 'Fn::GetAtt': ['Acl', 'Arn'] };
  const of = 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/public/11111111-0000-4000-8000-000000000000';
  const ids = { PublicDomain: { Acl: 'public|11111111-0000-4000-8000-000000000000|REGIONAL' } };
  return new World(
    { PublicDomain: stack('public', own), PartnerDomain: stack('partner', shared === 'own' ? own : of) } as never,
    ids,
  );
}

describe('a flood', () => {
  test('of one domain leaves another alone, unless they share a web ACL', () => {
    const [own, shared] = [floodsOnPaper(twoDomains())[0], floodsOnPaper(twoDomains('public'))[0]];
    expect([own?.asExpected, shared?.asExpected]).toEqual([true, false]);
  });

  test('is over when its window is', () => {
    const defences = new Defences(twoDomains());
    const at = (seconds: number) =>
      defences.answer({ stack: 'PublicDomain', method: 'GET', address: '203.0.113.7', at: seconds });
    const statuses = Array.from({ length: 60 }, (_, i) => at(i));
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect([at(301), at(700)]).toEqual([429, 200]);
  });

  test('of many addresses is throttled by rate and burst', () => {
    const defences = new Defences(twoDomains());
    const served = Array.from({ length: 400 }, (_, i) =>
      defences.answer({ stack: 'PublicDomain', method: 'GET', address: `10.0.${i}.1`, at: i / 200 }),
    ).filter((status) => status === 200);
    // Two seconds at twenty, and a burst of forty.
    expect(served.length).toBeGreaterThanOrEqual(78);
    expect(served.length).toBeLessThanOrEqual(80);
  });
});

test('an escalation path is open iff all of its requests are allowed', () => {
  const world = twoDomains();
  const paths = publishedPaths();
  expect(paths).toHaveLength(65);
  const thief = (...actions: string[]) => ({
    name: 'thief',
    identityPolicies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] }],
  });
  expect(openPaths(world, thief('s3:GetObject'), paths)).toEqual([]);
  expect(openPaths(world, thief('iam:PassRole'), paths)).toEqual([]);
  expect(openPaths(world, thief('iam:PassRole', 'ec2:RunInstances'), paths)).toEqual(['ec2-001']);
  // A world without roles: nobody is there to be assumed.
  const open = openPaths(world, thief('*'), paths);
  expect(paths.map(({ id }) => id).filter((id) => !open.includes(id))).toEqual([
    'iam-014',
    'iam-016',
    'iam-017',
    'sts-001',
  ]);
});
