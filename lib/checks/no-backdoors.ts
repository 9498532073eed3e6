/**
 * SOD-10, backdoor: nothing that was convenient once leads around what guards a trust domain.
 *
 * A test invocation (`apigateway:POST` on a method or an authorizer) passes no authorizer, no web ACL and no log, so no duty
 * may make one, which the engine decides over all that limits the role; and no function is open to one (open-to-tests.ts), nor to the APIs of
 * anybody (open-to-any-gateway.ts). Request data is not
 * traced into logs. A key alone opens nothing. An API of the constructs that has a public name of its own has no default one
 * beside it; with client certificates that is DOM-5's, inside DOM-7's. A declared role for emergencies is bounded: sessions
 * of an hour, a boundary, exact assumers with a second factor; its last day and its alarm are read with the model, and
 * without them it is none.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
import type { Api, Model, Principal, Resource } from '../model/model';
import type { Policies } from '../policy/document';
import { isText, type Text, text } from '../policy/text';
import type { Check, CheckContext } from './check';
import { trustFaults } from './duties-are-narrowly-trusted';
import { type Finding, OF_A_SETTING } from './finding';
import { openToAnyGateway } from './open-to-any-gateway';
import { openToTests } from './open-to-tests';
import { explainSide, pathsOf, witnessOf } from './root-cause';
import { nameOf } from './separation';
import { flag, listed, member } from './settings';

export const noBackdoors: Check = {
  id: 'SOD-10',
  compliant: 'no test invocation, data trace, bare key, second name or unbounded emergency leads around the guards',
  run: (model, context) => {
    const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
    return [
      ...testInvokers(model, byId, context),
      ...openToTests(model, byId),
      ...openToAnyGateway(model, byId),
      ...dataTraces(model, byId),
      ...bareKeys(model),
      ...secondNames(model, byId),
      ...emergencies(model),
    ];
  },
};

type ById = ReadonlyMap<string, Resource>;

/** Duty roles may test no API of their domain; without a domain, none of any. */
function testInvokers(model: Model, byId: ById, context: CheckContext): Finding[] {
  const tests = new Map<string | undefined, Policies>();
  return model.principals
    .filter(({ duty, kind }) => duty !== undefined && kind === 'role')
    .flatMap((principal): Finding[] => {
      const { domain } = principal;
      const own = tests.get(domain) ?? testing(apisOf(model, byId, domain));
      tests.set(domain, own);
      const verdict = context.overlap(principal.policies, own);
      if (verdict.verdict === 'disjoint') return [];
      const known = {
        principals: [principal.id],
        fix: `deny ${nameOf(principal)} \`apigateway:POST\` on methods and authorizers, as its remit does`,
      };
      if (verdict.verdict === 'undecided') {
        return [
          {
            ...finding(
              `it cannot be decided whether ${nameOf(principal)} may test-invoke methods: ${verdict.reason}`,
              [principal.origin.path],
              known.fix,
            ),
            ...known,
            severity: 'undecided',
          },
        ];
      }
      const subject = { principal, policies: principal.policies };
      const meeting = { a: subject, b: subject, verdict };
      const { contextB: _, ...witness } = witnessOf(verdict.witness, principal.policies);
      return [
        {
          ...finding(
            `${nameOf(principal)} may test-invoke \`${verdict.witness.resource}\`, past authorizers, web ACL and logs`,
            pathsOf([principal], []),
            known.fix,
          ),
          ...known,
          witness,
          explanation: explainSide(meeting, 'a'),
        },
      ];
    });
}

function apisOf({ apis }: Model, byId: ById, domain: string | undefined): readonly Text[] {
  return apis
    .filter((api) => api.kind === 'rest' && api.domain !== undefined && (domain === undefined || api.domain === domain))
    .flatMap(({ id }) => byId.get(id)?.arn ?? []);
}

/** The policy that allows exactly the test invocations of these APIs. */
function testing(apis: readonly Text[]): Policies {
  const origin = 'the test invocations in question';
  const patterns = apis.flatMap((arn) => [text(arn, '/resources/*/methods/*'), text(arn, '/authorizers/*')]);
  const statement = {
    effect: 'Allow' as const,
    index: 0,
    origin,
    version: '2012-10-17' as const,
    action: { not: false, patterns: [text('apigateway:POST')] },
    resource: { not: false, patterns },
    conditions: [],
  };
  return {
    identityPolicies: [{ version: '2012-10-17', origin, statements: patterns.length === 0 ? [] : [statement] }],
  };
}

function dataTraces({ resources, apis }: Model, byId: ById): Finding[] {
  const domains = new Map(apis.map(({ id, domain }) => [id, domain]));
  return resources.flatMap((stage): Finding[] => {
    const settings = traced(stage);
    if (settings.length === 0) return [];
    const domain =
      stage.domain ?? stage.references.map(({ to }) => domains.get(to) ?? byId.get(to)?.domain).find(Boolean);
    if (domain === undefined) return [];
    const { path } = stage.origin;
    const states = settings.map((setting) => flag(member(setting, 'DataTraceEnabled')));
    const fix = 'set `DataTraceEnabled` to false';
    if (states.includes(true)) {
      return [
        finding(
          `\`${path}\` of the domain \`${domain}\` traces requests and answers, with all they hold, into its log`,
          [path],
          fix,
        ),
      ];
    }
    if (!states.includes('unknown')) return [];
    const message = `it cannot be decided whether \`${path}\` of the domain \`${domain}\` traces requests into its log: only the deployment knows it`;
    return [{ ...finding(message, [path], fix), severity: 'undecided' }];
  });
}

/** Where a stage says how its methods are logged. */
function traced({ origin, properties }: Resource): readonly unknown[] {
  const description = properties.StageDescription;
  switch (origin.type) {
    case 'AWS::ApiGateway::Stage':
    case 'AWS::Serverless::Api':
      return listed(properties.MethodSettings);
    case 'AWS::ApiGateway::Deployment':
      return [...listed(description), ...listed(member(description, 'MethodSettings'))];
    case 'AWS::ApiGatewayV2::Stage': {
      const { RouteSettings: routes } = properties;
      const each = typeof routes === 'object' && routes !== null && !isText(routes) ? Object.values(routes) : [];
      return [...listed(properties.DefaultRouteSettings), ...each];
    }
    default:
      return [];
  }
}

/** A key says which usage plan counts the call, and nothing of who makes it. */
function bareKeys({ apis }: Model): Finding[] {
  return apis.flatMap((api): Finding[] => {
    if (api.domain === undefined) return [];
    const routes = api.routes.filter(({ authentication }) => authentication.split(' or ').includes('API_KEY'));
    const [first] = routes.map(({ method, path }) => `\`${method} ${path}\``).sort();
    if (first === undefined) return [];
    const more = routes.length - 1;
    return [
      finding(
        `a key alone opens ${first}${more === 0 ? '' : ` (and ${more} more)`} of the API \`${api.origin.path}\` of the domain \`${api.domain}\``,
        [...new Set([...routes.flatMap(({ declaredAt }) => declaredAt ?? []), api.origin.path])],
        'ask who calls by IAM, a user pool or an authorizer, and use keys for counting alone',
      ),
    ];
  });
}

const MAPPINGS: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::RoutingRule',
]);

function secondNames({ apis, resources }: Model, byId: ById): Finding[] {
  const led = new Map<string, Resource>();
  for (const way of resources) {
    if (!MAPPINGS.has(way.origin.type)) continue;
    const names = way.references.flatMap(({ to }) => byId.get(to) ?? []);
    if (names.some(({ properties }) => member(properties, 'MutualTlsAuthentication', 'TruststoreUri') !== undefined))
      continue;
    for (const { to } of way.references) if (byId.get(to)?.part === 'api') led.set(to, way);
  }
  return apis.flatMap((api) => secondName(api, byId.get(api.id), led.get(api.id)));
}

function secondName(api: Api, resource: Resource | undefined, way: Resource | undefined): Finding[] {
  if (resource === undefined || way === undefined || api.exposure === 'internal') return [];
  const off = flag(resource.properties.DisableExecuteApiEndpoint);
  if (off === true) return [];
  const paths = [api.origin.path, way.origin.path];
  const fix = 'set `DisableExecuteApiEndpoint` to true; of a trust domain, `disableDefaultEndpoint`';
  if (off === 'unknown') {
    const message = `it cannot be decided whether the default endpoint of \`${api.origin.path}\` is off: only the deployment knows it`;
    return [{ ...finding(message, paths, fix), severity: 'undecided' }];
  }
  return [
    finding(
      `the API \`${api.origin.path}\` has a name by \`${way.origin.path}\`, and its default endpoint goes around whatever stands at that name`,
      paths,
      fix,
    ),
  ];
}

const HOUR = 3600;

function emergencies(model: Model): Finding[] {
  return model.principals.flatMap((principal) =>
    principal.breakGlass === undefined
      ? []
      : unbounded(principal, model).map(({ what, fix }) => ({
          ...finding(`the role for emergencies ${nameOf(principal)} ${what}`, [principal.origin.path], fix),
          principals: [principal.id],
        })),
  );
}

function unbounded(principal: Principal, model: Model): readonly { readonly what: string; readonly fix: string }[] {
  const { boundary, maxSession = HOUR } = principal;
  return [
    ...(maxSession === 'unknown' || maxSession > HOUR
      ? [{ what: 'admits sessions of more than an hour', fix: `set \`MaxSessionDuration\` to ${HOUR}` }]
      : []),
    ...(boundary === undefined
      ? [
          {
            what: 'has no permissions boundary',
            fix: 'make what it may do its permissions boundary, as `BreakGlassRole` does',
          },
        ]
      : []),
    ...trustFaults(principal, true, model),
  ];
}

function finding(message: string, constructPaths: readonly string[], fix: string): Finding {
  return {
    id: 'SOD-10',
    severity: 'violated',
    message,
    ...OF_A_SETTING,
    constructPaths,
    fix,
  };
}
