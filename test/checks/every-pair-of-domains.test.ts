/**
 * The N × N matrix of domains: a request from any of them into any other is found (DOM-1 where one is granted, SOD-2 where a
 * chain leads there), unless a crossing declares it; and within a domain there is none.
 */
import { runChecks } from '../../lib/checks/run-checks';
import { allow, configured, doc, type Json, resource, role, stack } from '../model/notation';

const DOMAINS = ['accounts', 'ledger', 'orders', 'partners', 'shop'];
const PAIRS = DOMAINS.flatMap((from) => DOMAINS.filter((to) => to !== from).map((to) => [from, to] as const));

interface Seed {
  readonly from: string;
  readonly to: string;
  readonly how: 'grant' | 'chain';
}

/** A role and a bucket for each domain, and one request too many. */
function matrix(seed?: Seed) {
  return DOMAINS.map((name) => {
    const own = allow('s3:GetObject', `arn:aws:s3:::${name}-data/*`);
    const granted =
      seed?.how === 'grant' && seed.from === name ? [allow('s3:GetObject', `arn:aws:s3:::${seed.to}-data/*`)] : [];
    const assumed = seed?.how === 'chain' && seed.to === name;
    const trust = doc({
      Effect: 'Allow',
      Principal: assumed
        ? { AWS: `arn:aws:iam::111122223333:role/${seed.from}-service` }
        : { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    return stack(
      {
        Service: role([own, ...granted], { RoleName: `${name}-service`, AssumeRolePolicyDocument: trust }),
        Data: resource('AWS::S3::Bucket', { BucketName: `${name}-data` }),
      },
      { stackName: name },
    );
  });
}

function findings(seed?: Seed, crossings: readonly Json[] = []) {
  const domains = Object.fromEntries(
    DOMAINS.map((name) => [name, { exposure: 'internal', owner: `${name}-team`, resources: [`${name}/*`] }]),
  );
  return runChecks(configured(matrix(seed), { domains, crossings }));
}

const crossing = (from: string, to: string): Json => ({
  from,
  to,
  actions: ['s3:GetObject'],
  resources: [`arn:aws:s3:::${to}-data/*`],
  justification: 'reports are made of both',
  approvedBy: 'head of security',
  expires: '2099-12-31',
});

test('every domain keeps to itself', () => {
  expect(PAIRS).toHaveLength(20);
  expect(findings()).toEqual([]);
});

test.each(PAIRS)('a grant from %s into %s is found, and a crossing declares it', (from, to) => {
  const seed: Seed = { from, to, how: 'grant' };
  const found = findings(seed);
  expect(found.map(({ severity }) => severity)).toEqual(['violated']);
  expect(found[0]?.message).toMatch(new RegExp(`\\b${from}\\b.*\\b${to}\\b`));
  expect(findings(seed, [crossing(from, to)])).toEqual([]);
  expect(findings(seed, [crossing(to, from)])).toHaveLength(1);
});

test.each(PAIRS)('a chain from %s into %s is found', (from, to) => {
  const found = findings({ from, to, how: 'chain' });
  expect(found.map(({ id, severity }) => [id, severity])).toEqual([['DOM-1', 'violated']]);
  expect(found[0]?.chain).toMatchObject([{ from: `${from}/Service`, to: `${to}/Service`, by: 'sts-001' }]);
});
