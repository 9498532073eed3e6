/**
 * SOD-8, reader that writes: where an API has high-value routes that change something, whoever may call one of them
 * may not call a route that shows what it changed. One stolen credential then either reads or writes.
 *
 * The writing side are the routes of sensitivity HIGH that change; the reading side are those that read and are
 * HIGH, or stand at the same path. Callers who sign with IAM are the principals of the app, judged by their policies
 * for every stage and every value of a path parameter. Callers with tokens are scopes: no scope may open both sides,
 * and no client of a user pool may ask for scopes of both, nor one that a certificate lets in have them. Principals outside the app hold what its policies grant
 * them there, which their own app's check judges.
 */
import type { Api, Model, Principal, Resource } from '../model/model';
import type { Policies } from '../policy/document';
import { type Hole, isText, literal, type Text, text } from '../policy/text';
import { mightMeetBySegments } from '../reach/arn-sieve';
import type { Check, CheckContext } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { meetingsOf } from './meetings';
import { explainSide, grantsOf, type Meeting, pathsOf, witnessOf } from './root-cause';
import { atMost, nameOf, type Subject } from './separation';

type Route = Api['routes'][number];

interface Sides {
  readonly api: Api;
  readonly reading: readonly Route[];
  readonly writing: readonly Route[];
}

export const readersDoNotWrite: Check = {
  id: 'SOD-8',
  compliant: 'nobody may both read and change by the high-value routes of one API',
  run: (model, context) => {
    const all = model.apis.flatMap((api) => sidesOf(api) ?? []);
    if (all.length === 0) return [];
    const callers = callersOf(all, model, context);
    const clients = model.resources.filter(({ origin }) => origin.type === 'AWS::Cognito::UserPoolClient');
    const authorizers = model.resources.filter(({ trusts }) => trusts?.clients !== undefined);
    return all.flatMap((sides, i) => [
      ...byIdentity(sides, callers[i]!, context),
      ...byScope(sides, clients, authorizers),
    ]);
  },
};

const READING: readonly string[] = ['GET', 'HEAD'];

/** Routes of any method are on both sides. */
function sidesOf(api: Api): Sides | undefined {
  const writing = api.routes.filter((r) => r.sensitivity === 'HIGH' && !READING.includes(r.method));
  const paths = new Set(writing.map((r) => r.path));
  const reading = api.routes.filter(
    (r) => (READING.includes(r.method) || r.method === 'ANY') && (r.sensitivity === 'HIGH' || paths.has(r.path)),
  );
  return writing.length === 0 || reading.length === 0 ? undefined : { api, reading, writing };
}

/** By API: principals that could call a route of each of its sides, as far as the beginnings of patterns tell. */
function callersOf(all: readonly Sides[], model: Model, context: CheckContext): readonly (readonly Subject[])[] {
  const { making } = meetingsOf(model, context);
  const callers = (routes: Policies): readonly Principal[] =>
    making(routes.identityPolicies.flatMap((d) => d.statements)).filter(isCaller);
  const subjects = new Map<Principal, Subject>();
  return all.map(({ api, reading, writing }) => {
    const writers = new Set(callers(calling(api, writing)));
    const both = callers(calling(api, reading)).filter((principal) => writers.has(principal));
    return both.map((principal) => {
      const subject = subjects.get(principal) ?? { principal, policies: atMost(principal) };
      subjects.set(principal, subject);
      return subject;
    });
  });
}

function isCaller({ kind, breakGlass }: Principal): boolean {
  return kind !== 'bootstrap-role' && kind !== 'instance-profile' && breakGlass === undefined;
}

function byIdentity({ api, reading, writing }: Sides, callers: readonly Subject[], context: CheckContext): Finding[] {
  const [read, write] = [calling(api, reading), calling(api, writing)];
  return callers.flatMap((caller) => {
    const meet = (policies: Policies): Meeting | undefined => {
      if (!mightCall(caller, policies, context)) return undefined;
      const verdict = context.overlap(caller.policies, policies);
      return verdict.verdict === 'disjoint' ? undefined : { a: caller, b: { ...caller, policies }, verdict };
    };
    // What a role is not made for comes first: it mostly cannot do it, and then nothing else is asked.
    const last = names(caller, reading) ? read : write;
    const first = meet(last === read ? write : read);
    const second = first && meet(last);
    if (first === undefined || second === undefined) return [];
    return [last === read ? identityFinding(api, second, first) : identityFinding(api, first, second)];
  });
}

/** False only if no Allow of the caller selects one of the calls, by what stands between the slashes of their ARNs. */
function mightCall({ policies }: Subject, { identityPolicies: [calls] }: Policies, context: CheckContext): boolean {
  const { identityPolicies, resourceGrants = [], unboundedGrants = [] } = policies;
  const granting = [...identityPolicies, ...resourceGrants, ...unboundedGrants].flatMap((d) => d.statements);
  return calls!.statements.some((call) => {
    const [invoke, called] = [context.actions(call.action), call.resource!.patterns];
    return granting.some(({ effect, opaque, action, resource }) => {
      if (opaque !== undefined) return true;
      if (effect !== 'Allow' || !context.actions(action).meets(invoke)) return false;
      if (resource === undefined || resource.not) return true;
      return resource.patterns.some((p) => called.some((q) => mightMeetBySegments(p, q)));
    });
  });
}

/** Whether an Allow of the caller writes down the method of one of the routes. */
function names({ policies }: Subject, routes: readonly Route[]): boolean {
  const resources = policies.identityPolicies.flatMap(({ statements }) =>
    statements.flatMap(({ effect, resource }) =>
      effect === 'Allow' && resource?.not === false ? resource.patterns : [],
    ),
  );
  const words = resources.flatMap(({ parts }) => parts.filter((part) => typeof part === 'string'));
  return routes.some(({ method }) => words.some((word) => word.includes(`/${method}/`)));
}

/** Any stage, and only one: a wildcard would take methods and paths along. */
const STAGE: Hole = { hole: 'the stage that is called', type: 'segment', label: 'the stage' };

/** The policy that allows exactly the calls of these routes. */
function calling({ invoke }: Api, routes: readonly Route[]): Policies {
  const signed = invoke === undefined ? [] : routes.filter((r) => r.authentication === 'AWS_IAM');
  const patterns = signed.map(({ method, path }) =>
    text(invoke as Text, '/', STAGE, `/${method === 'ANY' ? '*' : method}${path.replace(/\{[^}]*\}/g, '*')}`),
  );
  const origin = 'the calls in question';
  const statement = {
    effect: 'Allow' as const,
    index: 0,
    origin,
    version: '2012-10-17' as const,
    action: { not: false, patterns: [text('execute-api:Invoke')] },
    resource: { not: false, patterns },
    conditions: [],
  };
  return {
    identityPolicies: [{ version: '2012-10-17', origin, statements: patterns.length === 0 ? [] : [statement] }],
  };
}

function identityFinding(api: Api, reads: Meeting, writes: Meeting): Finding {
  const { principal } = reads.a;
  const decided = [reads, writes].every((m) => m.verdict.verdict === 'overlap') && principal.unknown.length === 0;
  const shown = [reads, writes].map((m) =>
    m.verdict.verdict === 'overlap' ? `\`${m.verdict.witness.resource}\`` : `(${m.verdict.reason})`,
  );
  const grants = [...grantsOf(reads), ...grantsOf(writes)];
  return {
    id: 'SOD-8',
    severity: decided ? 'violated' : 'undecided',
    message: `${nameOf(principal)} may read ${shown[0]} and change ${shown[1]}, high-value routes of \`${api.origin.path}\``,
    principals: [principal.id],
    constructPaths: [...new Set([...pathsOf([principal], grants), api.origin.path])],
    ...(writes.verdict.verdict === 'overlap' && {
      witness: { ...witnessOf(writes.verdict.witness, writes.a.policies), contextB: undefined },
    }),
    explanation: [...new Set([...explainSide(reads, 'a'), ...explainSide(writes, 'a'), ...principal.unknown])],
    chain: [],
    fix: `give ${nameOf(principal)} one of the two, and the other to another role`,
  };
}

function byScope(
  { api, reading, writing }: Sides,
  clients: readonly Resource[],
  authorizers: readonly Resource[],
): Finding[] {
  const [read, write] = [reading, writing].map((routes) => new Set(routes.flatMap(({ scopes }) => scopes ?? [])));
  const shared = [...read!].filter((scope) => write!.has(scope)).sort();
  const known = { ...OF_A_SETTING, id: 'SOD-8', severity: 'violated' } as const;
  if (shared.length > 0) {
    return [
      {
        ...known,
        message: `a token with the scope \`${shared[0]}\` opens routes of \`${api.origin.path}\` that read and high-value routes that change`,
        constructPaths: [api.origin.path],
        fix: 'give the routes that change a scope of their own',
      },
    ];
  }
  if (read!.size === 0 || write!.size === 0) return [];
  const both = (scopes: readonly string[]): readonly [string, string] | undefined => {
    const [reads, writes] = [read!, write!].map((side) => scopes.find((scope) => side.has(scope)));
    return reads === undefined || writes === undefined ? undefined : [reads, writes];
  };
  const certified = authorizers
    .filter(({ references }) => references.some(({ to }) => to === api.id))
    .flatMap(({ origin, trusts }) =>
      (trusts?.clients ?? []).flatMap(({ name, scopes }): Finding[] => {
        const held = both(scopes);
        if (held === undefined) return [];
        return [
          {
            ...known,
            message: `the client \`${name}\` of \`${origin.path}\` has the scopes \`${held[0]}\` and \`${held[1]}\`, which read and change by high-value routes of \`${api.origin.path}\``,
            constructPaths: [origin.path, api.origin.path],
            fix: `list two clients with certificates of their own in place of \`${name}\`, one for each of the two scopes`,
          },
        ];
      }),
    );
  const asking = clients.flatMap((client): Finding[] => {
    const held = both(scopesAskedBy(client));
    if (held === undefined) return [];
    const [reads, writes] = held;
    return [
      {
        ...known,
        message: `the client \`${client.origin.path}\` may ask for a token with the scopes \`${reads}\` and \`${writes}\`, which read and change by high-value routes of \`${api.origin.path}\``,
        constructPaths: [client.origin.path, api.origin.path],
        fix: 'make two clients, one for each of the two scopes',
      },
    ];
  });
  return [...certified, ...asking];
}

function scopesAskedBy({ properties }: Resource): readonly string[] {
  if (!Array.isArray(properties.AllowedOAuthScopes)) return [];
  return properties.AllowedOAuthScopes.flatMap((scope: unknown) => {
    const known = typeof scope === 'string' ? scope : isText(scope) ? literal(scope) : undefined;
    return known === undefined ? [] : [known];
  });
}
