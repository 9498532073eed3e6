/**
 * Each principal compromised in turn: what its credentials lead to never spans two duties or two domains; and where it
 * does, SOD-1, SOD-2, SOD-3 or SOD-6 has named a principal on the way.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { runChecks } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import type { Model, Principal } from '../../lib/model/model';
import { reachOf } from '../../lib/reach/reach';
import { estate, SEEDS } from './estate';

jest.setTimeout(120_000);

/** By principal: the duties of all that it can act as, with their domains. */
function spans(model: Model): ReadonlyMap<Principal, ReadonlySet<string>> {
  const reach = reachOf(model, awsCatalogue());
  return new Map(
    [...model.principals, ...reach.outsiders].map((principal) => {
      const members = [...reach.closure(principal).members.values()].map(({ actor }) => actor.principal);
      return [
        principal,
        new Set(members.flatMap(({ duty, domain }) => (duty === undefined ? [] : [`${duty} of ${domain}`]))),
      ];
    }),
  );
}

test('in an estate without hidden overlap no credential spans two duties', () => {
  const { templates, configuration } = estate(12);
  const model = buildModel(templates, configuration);
  const spanned = [...spans(model)];
  expect(spanned.filter(([, duties]) => duties.size > 1)).toEqual([]);
  // Every duty role is compromised, and spans its own.
  expect(spanned.filter(([, duties]) => duties.size === 1).length).toBeGreaterThanOrEqual(12 * 7);
  expect(runChecks(model)).toEqual([]);
});

test('where one spans two duties, a finding names somebody on the way', () => {
  const kinds = Object.keys(SEEDS).length;
  const { templates, configuration } = estate(3 * kinds, kinds);
  const model = buildModel(templates, configuration);
  const spanning = [...spans(model)].filter(([, duties]) => duties.size > 1).map(([principal]) => principal);
  expect(spanning.length).toBeGreaterThan(0);
  const findings = runChecks(model);
  expect(findings.every(({ id }) => /^(SOD-[1236]|DOM-1)$/.test(id))).toBe(true);
  const named = new Set(findings.flatMap(({ principals }) => principals));
  const reach = reachOf(model, awsCatalogue());
  const unnamed = spanning.filter(
    (principal) => ![...reach.closure(principal).members.keys()].some((id) => named.has(id)),
  );
  expect(unnamed.map(({ id }) => id)).toEqual([]);
});
