/**
 * DOM-1, undeclared crossing: nothing reaches from one trust domain into another but what a crossing declares.
 *
 * A crossing is a chain by which a principal comes to act in another domain (chain-breach.ts), a grant on a
 * resource of another domain (foreign-grant.ts), a resource that admits everybody, or the role by which CDK hands
 * a value to a stack of another account. References between resources are uses, and DOM-2's.
 */
import type { Model, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import { nameOfStatement } from '../policy/parse';
import { isRole } from '../reach/world';
import { statementsOf } from './breach';
import { chainsBetween } from './chain-breach';
import { chainFindings } from './chain-findings';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';
import { type ForeignGrant, foreignGrants } from './foreign-grant';
import { openToSigners } from './open-to-signers';
import { admittedBy } from './open-under-conditions';
import { clashesOf } from './roles-do-not-overlap';
import { explainSide, grantsOf, nameOfGrant } from './root-cause';
import { EVERYTHING, nameOf } from './separation';
import { elementAt } from './territory';

export const crossingsAreDeclared: Check = {
  id: 'DOM-1',
  compliant: 'nothing reaches from one trust domain into another but what a crossing declares',
  run: (model, context) => [
    ...chainFindings(model, context, 'DOM-1'),
    ...grants(model, context),
    ...model.resources.flatMap((resource) => openToEverybody(resource, shownBySeparation(model, context), model)),
    ...openToSigners(model, context),
    ...weakReferences(model),
  ],
};

/** Grants that are not shown already, by SOD-1 or with the chain that they begin; one finding a granting statement. */
function grants(model: Model, context: CheckContext): Finding[] {
  const ofChains = chainsBetween(model, context).flatMap((b) => b.chain.flatMap(statementsOf));
  const shown = new Set([...shownBySeparation(model, context), ...ofChains.map(nameOfGrant)]);
  const byCause = new Map<string, { first: ForeignGrant; domains: Set<string>; principals: Set<Principal> }>();
  for (const grant of foreignGrants(model, context)) {
    const cause = nameOfGrant(grant.statement);
    if (shown.has(cause)) continue;
    const known = byCause.get(cause) ?? { first: grant, domains: new Set(), principals: new Set() };
    byCause.set(cause, known);
    known.domains.add(grant.to.domain);
    known.principals.add(grant.subject.principal);
  }
  return [...byCause].map(([cause, { first, domains, principals }]) =>
    grantFinding(cause, first, [...domains], [...principals]),
  );
}

/** Statements by which SOD-1 shows two roles to overlap. */
export function shownBySeparation(model: Model, context: CheckContext): ReadonlySet<string> {
  return context.once(
    model,
    'statements of clashes',
    () => new Set(clashesOf(model, context).flatMap((clash) => grantsOf(clash).map((g) => nameOfGrant(g.statement)))),
  );
}

function grantFinding(
  cause: string,
  { subject, statement, to, verdict }: ForeignGrant,
  domains: readonly string[],
  principals: readonly Principal[],
): Finding {
  const { principal } = subject;
  const known = { id: 'DOM-1', principals: principals.map((p) => p.id), chain: [] } as const;
  const more = domains.length - 1;
  const others = more === 0 ? '' : `, and so on in ${more} more ${more === 1 ? 'domain' : 'domains'}`;
  // A grant of what cannot be known is no grant that could be shown.
  const unknown = statement.origin === EVERYTHING.origin ? principal.unknown.join('; ') : undefined;
  if (verdict.verdict === 'undecided' || unknown !== undefined) {
    const reason = verdict.verdict === 'undecided' ? verdict.reason : unknown;
    return {
      ...known,
      severity: 'undecided',
      message: `it cannot be decided whether ${nameOf(principal)} may do something to resources of \`${to.domain}\`${others}: ${reason}`,
      constructPaths: principals.map((p) => p.origin.path),
      explanation: principal.unknown,
      fix: `state the resources of ${nameOf(principal)} so that they can be told from those of \`${to.domain}\``,
    };
  }
  const { action, resource, contextA } = verdict.witness;
  const element = elementAt(to, resource);
  const what = element === undefined ? '' : ` (\`${element.origin.path}\`)`;
  return {
    ...known,
    severity: 'violated',
    message: `${nameOf(principal)} may make the request \`${action}\` on \`${resource}\`${what} of the domain \`${to.domain}\`${others}, and no crossing declares it`,
    constructPaths: [...principals.map((p) => p.origin.path), ...(element === undefined ? [] : [element.origin.path])],
    witness: { action, resource, contextA },
    explanation: explainSide({ a: subject, b: subject, verdict }, 'a'),
    fix: `narrow ${cause}, or declare a crossing from \`${principal.domain}\` to \`${to.domain}\` with \`${action}\``,
  };
}

/**
 * An API is there to be called, and its methods say by whom (open-to-signers.ts). What admits everybody else admits every domain: a function too,
 * since whoever invokes it directly has passed no gateway. (The permission of a function's address has a condition.)
 */
const CALLED_BY_ANYBODY: ReadonlySet<string> = new Set(['AWS::ApiGateway::RestApi']);

function openToEverybody(
  { id, origin, domain, openTo }: Resource,
  shown: ReadonlySet<string>,
  { principals }: Model,
): Finding[] {
  if (domain === undefined || openTo === undefined || CALLED_BY_ANYBODY.has(origin.type)) return [];
  const others = principals.filter((p) => p.domain !== undefined && p.domain !== domain && p.kind !== 'group');
  const statements = openTo.statements.map((s) => ({
    s,
    admits: s.conditions.length === 0 ? ('everybody' as const) : admittedBy(s, others),
  }));
  const open =
    statements.find(({ admits }) => admits === 'everybody') ?? statements.find(({ admits }) => admits !== 'nobody');
  if (open === undefined || shown.has(nameOfGrant(open.s))) return [];
  const { s, admits } = open;
  const where = `${nameOfStatement(s)} of ${s.origin}`;
  const keys = [...new Set(s.conditions.map((c) => c.key))].join(', ');
  const known = { id: 'DOM-1', principals: [], constructPaths: [origin.path], chain: [] } as const;
  const stands = `It stands on \`${id}\`.`;
  const fix = `name the principals that ${where} is for`;
  if (admits === 'everybody') {
    return [
      {
        ...known,
        severity: 'violated',
        message: `the policy of \`${origin.path}\` of the domain \`${domain}\` admits everybody, and so every other domain`,
        explanation: [`${where} has the principal \`*\` and no condition.`, stands],
        fix,
      },
    ];
  }
  const sure = admits === 'some';
  const subject = `the policy of \`${origin.path}\` of the domain \`${domain}\``;
  return [
    {
      ...known,
      severity: sure ? 'violated' : 'undecided',
      message: sure
        ? `${subject} admits everybody who meets conditions that principals of other domains meet`
        : `it cannot be decided whether ${subject} admits principals of other domains`,
      explanation: [`${where} has the principal \`*\`, under conditions on ${keys}.`, stands],
      fix,
    },
  ];
}

/** The role that CDK makes for a weak reference across accounts: its trust policy admits the role that deploys the reader. */
function weakReferences(model: Model): Finding[] {
  const domainsOf = new Map<string, Set<string>>();
  for (const { origin, domain } of [...model.resources, ...model.principals]) {
    if (domain === undefined) continue;
    const domains = domainsOf.get(origin.stack) ?? new Set();
    domainsOf.set(origin.stack, domains.add(domain));
  }
  const deployedBy = new Map<string, string[]>();
  for (const { id, runsAs } of model.deployments ?? []) {
    for (const { role } of runsAs ?? []) deployedBy.set(textKey(role), [...(deployedBy.get(textKey(role)) ?? []), id]);
  }
  return model.principals
    .filter((p) => isRole(p) && /^PublishGetStackOutputRole/.test(p.origin.logicalId))
    .flatMap((role): Finding[] => {
      const producers = domainsOf.get(role.origin.stack);
      if (producers === undefined) return [];
      const admitted = (role.trust?.statements ?? []).flatMap((s) => s.principal?.entries ?? []).map((e) => e.value);
      const readers = admitted
        .flatMap((arn) => deployedBy.get(textKey(arn)) ?? [])
        .flatMap((stack) => [...(domainsOf.get(stack) ?? [])]);
      const foreign = readers.filter((d) => !producers.has(d));
      if (readers.length > 0 && foreign.length === 0) return [];
      const from = foreign.length > 0 ? `the domain \`${foreign[0]}\`` : 'a stack that is not among the templates';
      const of = [...producers].map((d) => `\`${d}\``).join(' and ');
      return [
        {
          id: 'DOM-1',
          severity: 'violated',
          message: `\`${role.origin.path}\` lets ${from} read outputs of a stack of ${of}: CDK made it for a reference across accounts`,
          principals: [role.id],
          constructPaths: [role.origin.path],
          explanation: [
            `Its trust policy admits the role that deploys the reader, which can then call cloudformation:DescribeStacks.`,
          ],
          chain: [],
          fix: 'give the reader the name or ARN as text instead of the construct, so that nothing is published',
        },
      ];
    });
}
