/** DOM-7 says "no call from elsewhere" only of policies by which no call from elsewhere is allowed, one by one. */
import * as fc from 'fast-check';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { callsFromElsewhere } from '../../lib/checks/admitted-networks';
import { CheckContext } from '../../lib/checks/check';
import type { PolicyDocument } from '../../lib/policy/document';
import { evaluate } from '../../lib/policy/evaluate';
import { parsePolicy } from '../../lib/policy/parse';
import { text } from '../../lib/policy/text';

const API = 'arn:aws:execute-api:eu-central-1:111122223333:a1';
const [OWN, SECOND, OTHER] = ['vpce-1', 'vpce-2', 'vpce-9'];

const values = fc.constantFrom<string[]>([OWN], [SECOND], [OWN, SECOND], [OTHER], ['vpce-*'], ['${aws:SourceVpc}']);
const conditions = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('StringNotEquals', 'StringNotEqualsIfExists', 'StringNotLike', 'StringEquals'),
        fc.constantFrom('aws:SourceVpce', 'aws:sourcevpce', 'aws:SourceVpc'),
        values,
      )
      .map(([operator, key, value]) => ({ [operator]: { [key]: value } })),
  },
);
const resource = fc.constantFrom('*', 'execute-api:/*', 'execute-api:/prod/*', `${API}/*`);
const statement = (effect: 'Allow' | 'Deny') =>
  fc.record({
    Effect: fc.constant(effect),
    Principal: fc.constantFrom('*', '*', '*', { AWS: 'arn:aws:iam::111122223333:role/A' }),
    Action: fc.constantFrom('execute-api:Invoke', 'execute-api:*', '*', 'execute-api:ManageConnections'),
    Resource: resource,
    Condition: effect === 'Allow' ? fc.constant(undefined) : conditions,
  });
const policy = fc
  .record({
    Version: fc.constantFrom('2012-10-17', '2008-10-17'),
    allows: fc.array(statement('Allow'), { minLength: 1, maxLength: 2 }),
    denies: fc.array(statement('Deny'), { maxLength: 2 }),
  })
  .map(({ Version, allows, denies }) => ({ Version, Statement: JSON.parse(JSON.stringify([...allows, ...denies])) }));

/** Of everybody, where the policy does not name somebody: those Denies are for others. */
function asIdentityPolicy(document: ReturnType<typeof parsePolicy>): PolicyDocument {
  const everybody = document.statements.filter(
    ({ effect, principal }) => effect === 'Allow' || principal?.entries.some(({ value }) => value.parts[0] === '*'),
  );
  const statements = everybody.map(({ principal: _, resource: selected, ...rest }) => ({
    ...rest,
    resource: {
      not: false,
      patterns: selected!.patterns.map(({ parts }) => text(String(parts.join('')).replace(/^execute-api:(?=\/)/, API))),
    },
  }));
  return { ...document, statements };
}

/** Patterns and variables among them, which some operators and versions take literally. */
const NAMES = [undefined, OTHER, 'elsewhere', 'vpce-*', '${aws:SourceVpc}'];
const ELSEWHERE = NAMES.flatMap((endpoint) =>
  [...NAMES, OWN, SECOND].map((network) => ({
    ...(endpoint === undefined ? {} : { 'aws:SourceVpce': endpoint }),
    ...(network === undefined ? {} : { 'aws:SourceVpc': network }),
  })),
);

test('no call from elsewhere is allowed where it says so', () => {
  const context = new CheckContext(awsCatalogue());
  const seen = { subset: 0, 'not-subset': 0, undecided: 0 };
  const networks = { endpoints: [text(OWN), text(SECOND)], vpcs: [] };
  fc.assert(
    fc.property(policy, (written) => {
      const parsed = parsePolicy(written, 'the policy', { kind: 'resource' });
      const { verdict } = callsFromElsewhere(parsed, text(API), networks, context);
      seen[verdict]++;
      if (verdict === 'undecided') return;
      const policies = { identityPolicies: [asIdentityPolicy(parsed)] };
      const allowed = ELSEWHERE.some((given) =>
        ['/prod/GET/orders', '/test/GET/orders'].some((path) => {
          const request = { action: 'execute-api:Invoke', resource: `${API}${path}`, context: given };
          return evaluate({ policies, request }).decision === 'allowed';
        }),
      );
      if (verdict === 'subset') expect([written, allowed]).toEqual([written, false]);
      else if (!allowed) throw new Error(`no call from elsewhere found for ${JSON.stringify(written)}`);
    }),
    { numRuns: 4_000, seed: 7 },
  );
  expect(seen.subset).toBeGreaterThan(400);
  expect(seen['not-subset']).toBeGreaterThan(400);
});
