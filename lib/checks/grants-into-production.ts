/**
 * Of DOM-10: what stands in development, or somebody whom it comes to act as, may make requests on what stands in production.
 *
 * Each statement is asked about with the engine, as DOM-1 asks between domains (foreign-grant.ts). In one account the caller's
 * policies suffice; from another account the resource's policy must allow the request as well, so that a wildcard there reaches
 * nothing here. Assuming roles is the matter of chains (chain-breach.ts). A resource whose ARN is that of one of
 * the caller's own place is that one: no account has both.
 */
import type { Model, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { PolicyDocument, Statement } from '../policy/document';
import { text } from '../policy/text';
import { knownOfCaller, speaksOfCaller } from '../reach/actor';
import { chainOf } from '../reach/closure';
import { gainsKey } from '../reach/gains';
import { certainlyDenied, closenessOf } from '../reach/named';
import { maySame } from '../reach/same-text';
import type { Step } from '../reach/step';
import { linkOf, sentenceOf, statementsOf } from './breach';
import { chainsBetween, visitsIn } from './chain-breach';
import type { CheckContext } from './check';
import { shownBySeparation } from './crossings-are-declared';
import { exceptBetween } from './declared-crossings';
import type { Finding } from './finding';
import { type ForeignGrant, foreignGrants, grantsInto, mayMeet } from './foreign-grant';
import { explainSide, nameOfGrant } from './root-cause';
import { atMost, EVERYTHING, nameOf, type Subject } from './separation';
import { mustNotReach, nameOfStage, Stages, type Standing } from './stages';
import { elementAt, narrowed, type Territory, territoriesOf } from './territory';

/** Who acts: what stands in a stage, as itself or as somebody whom it comes to act as. */
interface Actor extends Subject {
  readonly source: Principal;
  readonly from: Standing;
  readonly chain: readonly Step[];
  readonly doubt?: string;
}

/** A territory with the stage that it is. */
interface Held extends Territory {
  readonly stage: Standing;
}

export function grantsIntoProduction(model: Model, context: CheckContext): Finding[] {
  const stages = Stages.of(model);
  const actors = actorsOf(model, context, stages);
  const held = actors.length === 0 ? [] : heldIn(model, stages);
  if (held.length === 0) return [];
  const shown = shownElsewhere(model, context);
  const byCause = new Map<string, Grant>();
  for (const place of new Set(actors.map((a) => a.from.place))) {
    const subjects = actors.filter((a) => a.from.place === place);
    const territories = notOwn(held, ownNames(model, stages, place), stages, place);
    const grants = grantsInto(context, {
      subjects,
      territories,
      pairs: mayMeet(subjects, territories, model, context).filter(
        ([actor, to]) => mustNotReach(subjects[actor]!.from, territories[to]!.stage) !== undefined,
      ),
      except: () => exceptBetween(model, undefined, undefined),
      admission: ({ principal }, resource) => admissionTo(resource, principal),
    });
    for (const grant of grants) {
      const cause = causeOf(grant);
      if (!shown.has(cause) && !byCause.has(cause)) byCause.set(cause, grant);
    }
  }
  return [...byCause].map(([cause, grant]) => findingOf(cause, grant));
}

type Grant = ForeignGrant<Actor, Held>;

/** What must be narrowed: the grant, or what lets somebody come to act as the one that has it. */
function causeOf({ subject, statement }: Grant): string {
  return nameOfGrant(subject.chain.flatMap(statementsOf)[0] ?? statement);
}

/** By SOD-1, DOM-1 or a chain: one cause is one finding. */
function shownElsewhere(model: Model, context: CheckContext): ReadonlySet<string> {
  const ofChains = chainsBetween(model, context).flatMap((b) => b.chain.flatMap(statementsOf));
  const ofDomains = foreignGrants(model, context).map((g) => g.statement);
  return new Set([...shownBySeparation(model, context), ...[...ofChains, ...ofDomains].map(nameOfGrant)]);
}

function heldIn(model: Model, stages: Stages): readonly Held[] {
  const keys = new Map(stages.all.map((stage, i) => [stage, String(i)]));
  const stageOf = ({ origin, domain }: Pick<Resource, 'domain' | 'origin'>) => stages.at(origin.stack, domain);
  const territories = territoriesOf(model, (element) => {
    const stage = stageOf(element);
    return stage === undefined || stage.life === 'development' ? undefined : keys.get(stage);
  });
  return territories.map((territory) => ({ ...territory, stage: stageOf(territory.resources[0]!)! }));
}

function actorsOf(model: Model, context: CheckContext, stages: Stages): readonly Actor[] {
  if (!stages.areApart) return [];
  const standing = (principal: Principal): Standing | undefined => {
    const from = principal.kind === 'instance-profile' ? undefined : stages.ofPrincipal(principal);
    return from?.life === 'development' || (from?.life === undefined && from?.domain !== undefined) ? from : undefined;
  };
  const actors = new Map<string, Actor>();
  for (const principal of model.principals) {
    const from = standing(principal);
    if (from !== undefined)
      actors.set(keyOf(from, `${principal.id}#`), {
        principal,
        policies: atMost(principal),
        source: principal,
        from,
        chain: [],
      });
  }
  for (const { source, arrival, closure } of visitsIn(model, context)) {
    const { principal, gains, policies, key } = arrival.actor;
    const from = standing(source);
    // Who writes the policy of a resource stands for a request on that resource, which is asked about already.
    if (from === undefined || arrival.step?.path.reached.kind === 'resource-any') continue;
    if (gainsKey(gains) === '' && standing(principal) !== undefined) continue;
    if (actors.has(keyOf(from, key))) continue;
    const { undecided: doubt } = arrival;
    const chain = chainOf(closure, arrival);
    const most =
      principal.unknown.length > 0
        ? { ...policies, identityPolicies: [...policies.identityPolicies, EVERYTHING] }
        : policies;
    actors.set(keyOf(from, key), {
      principal,
      policies: most,
      source,
      from,
      chain,
      ...(doubt === undefined ? {} : { doubt }),
    });
  }
  return [...actors.values()];
}

function keyOf({ place, domain, life }: Standing, actor: string): string {
  return JSON.stringify([place, domain, life, actor]);
}

function ownNames(model: Model, stages: Stages, place: string): ReadonlySet<string> {
  const here = [...model.resources, ...model.principals].filter(({ origin }) => stages.placeAt(origin.stack) === place);
  return new Set(here.flatMap(({ arn }) => (arn === undefined ? [] : [textKey(arn)])));
}

/** The territories without what has the name of something in the place itself. */
function notOwn(held: readonly Held[], own: ReadonlySet<string>, stages: Stages, place: string): readonly Held[] {
  return held.map((territory) =>
    narrowed(territory, ({ origin, arn }) => stages.placeAt(origin.stack) === place || !own.has(textKey(arn!))),
  );
}

/**
 * Across accounts both sides must allow.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
function admissionTo(resource: Resource, caller: Principal): PolicyDocument | 'nothing' | undefined {
  if (maySame(resource.account, caller.account)) return undefined;
  const { policy, account } = resource;
  const statements = (policy?.statements ?? []).flatMap((s): readonly Statement[] => {
    const named =
      s.principal !== undefined &&
      (s.effect === 'Allow'
        ? closenessOf(s.principal, caller, account) !== 'none'
        : certainlyDenied(s.principal, caller, account));
    return named ? [onItself(s)] : [];
  });
  const known = statements.some(speaksOfCaller) ? knownOfCaller(caller) : [];
  const asked = statements.map((s) => (s.effect === 'Allow' ? { ...s, conditions: [...s.conditions, ...known] } : s));
  return policy !== undefined && statements.some((s) => s.effect === 'Allow')
    ? { ...policy, statements: asked }
    : 'nothing';
}

/** A policy speaks of its resource alone; the short form of API Gateway (`execute-api:/stage/…`) and trust policies do not name it. */
function onItself({ principal: _, resource, ...rest }: Statement): Statement {
  if (resource === undefined) return { ...rest, resource: { not: false, patterns: [text('*')] } };
  const patterns = resource.patterns.map((pattern) => {
    const [first, ...more] = pattern.parts;
    const short = typeof first === 'string' && first.startsWith('execute-api:/');
    return short ? text('arn:*:execute-api:*:*:*', first.slice('execute-api:'.length), ...more) : pattern;
  });
  return { ...rest, resource: { ...resource, patterns } };
}

function findingOf(cause: string, { subject, statement, to, verdict }: Grant): Finding {
  const { principal, source, from, chain, doubt } = subject;
  const [where, target] = [nameOfStage(from), nameOfStage(to.stage)];
  const who = chain.length === 0 ? nameOf(principal) : `${nameOf(source)} can act as ${nameOf(principal)}, which`;
  const principals = [...new Map([source, principal].map((p) => [p.id, p])).values()];
  const known = {
    id: 'DOM-10',
    principals: principals.map((p) => p.id),
    chain: chain.map(linkOf),
  } as const;
  const paths = [...new Set(principals.filter((p) => p.origin.logicalId !== '').map((p) => p.origin.path))];
  const steps = chain.map(sentenceOf);
  // A grant of what cannot be known is no grant that could be shown.
  const unknown = statement.origin === EVERYTHING.origin ? principal.unknown.join('; ') : doubt;
  const unsaid =
    mustNotReach(from, to.stage) === 'undecided'
      ? `whether ${where} and ${target} are in one stage of life is not said`
      : undefined;
  if (verdict.verdict === 'undecided' || unknown !== undefined) {
    const reason = verdict.verdict === 'undecided' ? verdict.reason : unknown;
    return {
      ...known,
      severity: 'undecided',
      message: `it cannot be decided whether ${who} may do something to resources of ${target}: ${reason}`,
      constructPaths: paths,
      explanation: [...steps, ...principal.unknown],
      fix: `state what ${nameOf(principal)} may do so that it can be told from the resources of ${target}`,
    };
  }
  const { action, resource, contextA } = verdict.witness;
  const element = elementAt(to, resource);
  const what = element === undefined ? '' : ` (\`${element.origin.path}\`)`;
  return {
    ...known,
    severity: unsaid === undefined ? 'violated' : 'undecided',
    message: `${who} may make the request \`${action}\` on \`${resource}\`${what} of ${target}, which what stands in ${where} must not reach${unsaid === undefined ? '' : `; undecided, because ${unsaid}`}`,
    constructPaths: [...paths, ...(element === undefined ? [] : [element.origin.path])],
    witness: { action, resource, contextA },
    explanation: [
      ...steps,
      ...(subject.policies.sessionPolicies === undefined
        ? []
        : [
            `The resource is in another account: its policy must allow the request too, and stands below as a session policy.`,
          ]),
      ...explainSide({ a: subject, b: subject, verdict }, 'a'),
    ],
    fix:
      unsaid === undefined
        ? `narrow ${cause} to what stands in ${where}`
        : `say which stage of life each is in (\`lifecycle\` of the domain, or \`stages\` in the configuration), or narrow ${cause}`,
  };
}
