/**
 * From rendered templates to the model: the one entry of this layer.
 *
 * Data flows through the steps in order: templates and their environments (`stack.ts`), text with
 * holes (`intrinsics.ts`), principals with everything attached (`principals.ts`), resources with
 * their policies and references, APIs, and who owns what (`classification.ts`). What cannot be
 * seen is a gap; what is taken for granted is an assumption.
 */
import type { Text } from '../policy/text';
import { assumptionsOfAlarms } from './alarm-assumptions';
import { readApis } from './apis';
import { assumptionsOf } from './assumptions';
import { bootstrapRoles } from './bootstrap-roles';
import { assumptionOfBreakGlass, readBreakGlass } from './break-glass';
import { type Classification, classify } from './classification';
import { commonRequests } from './common-requests';
import { ALWAYS, conditionGuard } from './conditions';
import { type Configuration, NO_CONFIGURATION } from './configuration';
import { readCouplings } from './couplings';
import { customCalls } from './custom-calls';
import { assumptionOf, readDeclarations } from './declarations';
import { asDeploying, assumptionOfDeploying } from './deploying-roles';
import { deploymentsOf } from './deployments';
import { readDomains } from './domains';
import { type Element, ElementIndex, readElements } from './elements';
import { gapsOf } from './gaps';
import { assumptionsOfGateways } from './gateway-assumptions';
import { Grants } from './grants';
import { InputError } from './input-error';
import { createResolver } from './intrinsics';
import { intrinsicName, isObject } from './json';
import { readPlaces, readStages } from './lives';
import { readMark } from './mark';
import { type Alternative, DUTIES, type Duty, type Model, type Principal, type Resource } from './model';
import { type Draft, finish, isPrincipalType, readPrincipals } from './principals';
import { assumptionsOfRates } from './rate-assumptions';
import { dependencyCycle, referencesOf } from './references';
import type { RenderedTemplate } from './rendered-template';
import { isResolvedObject, NO_VALUE, type Resolved } from './resolved';
import type { Resolver } from './resolver';
import { readResourcePolicies } from './resource-policies';
import { runsAs } from './runs-as';
import { type AssetSource, readSecrets } from './secrets';
import { buildApp } from './stack';
import { nameOf } from './template';
import { assumptionsOfTrails } from './trail-assumptions';
import { assumptionsOfTypes } from './type-assumptions';
import { type PropertyVariants, propertyVariants, variantsOf } from './variants';
import { readZones } from './zones';

export interface BuildOptions {
  /** Globs of the configuration may speak of parts of the app that are not among the templates. */
  readonly partial?: boolean;
  /** The day by which declarations expire. @default now */
  readonly today?: Date;
  /** Given, credentials are looked for in the templates and in these. @default nobody looks for credentials */
  readonly assets?: readonly AssetSource[];
}

/** @throws InputError when a template or the configuration cannot be used */
export function buildModel(
  templates: readonly RenderedTemplate[],
  configuration: Configuration = NO_CONFIGURATION,
  { partial = false, today = new Date(), assets }: BuildOptions = {},
): Model {
  const app = buildApp(templates);
  for (const stack of app.stacks) {
    // A macro may break what looks like a cycle before CloudFormation sees it.
    if (stack.template.transforms.length === 0) refuseCycle(dependencyCycle(stack), stack.template.rendered);
  }
  const r = createResolver(app);
  const elements = readElements(r);
  const index = new ElementIndex(r, elements);
  const { drafts, managed, unresolved } = readPrincipals(r);
  const policies = readResourcePolicies(r, elements, index);
  const grants = new Grants(drafts);
  for (const element of elements) {
    const policy = policies.byElement.get(element.origin.id);
    if (policy !== undefined) grants.add(element, policy);
  }
  const claimed = classify(
    elements.map((e) => ({
      origin: e.origin,
      mark: e.mark,
      principal: isPrincipalType(e.declared.type),
      physicalName: () => e.name,
    })),
    configuration,
    partial,
  );
  const { byApi: zones, classified } = readZones({ r, elements, index, configuration, partial }, claimed);
  const bootstrap = bootstrapRoles(r, configuration, drafts, managed);
  const common = commonRequests(
    r,
    configuration,
    elements.map((e) => ({ stack: e.stack, path: e.origin.path, mark: e.mark })),
  );
  const declarations = readDeclarations(r, elements, today);
  const crossings = [...configuration.crossings, ...declarations.crossings];
  const profiles = new Map<string, readonly Text[]>(
    drafts.filter((d) => d.kind === 'instance-profile').map((d) => [d.origin.id, d.holds]),
  );
  const marks = new Map(drafts.map((d) => [d.origin.id, index.element(d.origin.id)?.mark ?? readMark(d.declared)]));
  const breakGlass = readBreakGlass(
    r,
    drafts.map((d) => {
      const mark = marks.get(d.origin.id)!;
      const principal = { ...principalOf(d, configuration, grants, classified), ...sessionOf(r, d) };
      return asDeploying(
        mark.attestations === undefined ? principal : { ...principal, attestations: mark.attestations },
        mark,
      );
    }),
    new Map([...marks].map(([id, mark]) => [id, mark.breakGlass])),
    elements,
    today,
  );
  const principals = [...breakGlass.principals, ...bootstrap.principals];
  const secrets = assets && readSecrets(app, elements, assets);
  const stages = readStages(elements, classified);
  const domains = readDomains(elements, configuration);
  const resources: Resource[] = [];
  for (const e of elements) {
    const resource = isPrincipalType(e.declared.type)
      ? undefined
      : resourceOf(r, e, index, policies.byElement, grants, classified, profiles);
    // What no deployment makes is not there.
    if (resource !== undefined && resource.when?.length !== 0) resources.push(resource);
  }
  const apis = readApis(r, elements, index, classified, configuration, { zones, domains });
  return {
    domains,
    principals,
    resources,
    apis,
    deployments: deploymentsOf(r),
    assumptions: [
      ...bootstrap.assumptions,
      ...principals.filter((p) => p.executes !== undefined).map(assumptionOfDeploying),
      ...principals.flatMap(assumptionOfBreakGlass),
      ...assumptionsOf(app, configuration, [...unresolved, ...grants.unresolved]),
      ...crossings.map(assumptionOf),
      ...assumptionsOfTrails(domains, resources),
      ...assumptionsOfAlarms(resources),
      ...assumptionsOfRates(resources),
      ...assumptionsOfTypes(resources),
      ...assumptionsOfGateways(apis, resources),
      ...(secrets?.assumptions ?? []),
    ],
    conflicts: configuration.conflicts ?? allPairs(),
    common: common.document,
    gaps: [
      ...gapsOf(app, elements),
      ...customCalls(r, elements),
      ...policies.unreadable,
      ...common.refused,
      ...declarations.refused,
      ...breakGlass.refused,
    ],
    crossings,
    exceptions: declarations.exceptions,
    couplings: readCouplings(r, elements),
    stages,
    places: readPlaces(app.stacks, stages),
    ...(secrets && { secrets: secrets.found }),
  };
}

function sessionOf(r: Resolver, { stack, declared }: Draft): Pick<Principal, 'maxSession'> {
  const { MaxSessionDuration: written } = declared.properties;
  if (written === undefined) return {};
  const value = r.resolve(stack, written);
  if (value === NO_VALUE) return {};
  const seconds = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return { maxSession: Number.isFinite(seconds) ? seconds : 'unknown' };
}

function refuseCycle(cycle: readonly string[] | undefined, rendered: RenderedTemplate): void {
  if (cycle === undefined) return;
  const chain = cycle.map((id) => `\`${id}\``).join(' → ');
  throw new InputError(
    `${nameOf(rendered)}: cyclic references ${chain}, expected an order in which they can be created`,
    rendered.file,
  );
}

function principalOf(
  draft: Draft,
  configuration: Configuration,
  grants: Grants,
  classified: ReadonlyMap<string, Classification>,
): Principal {
  const { domain, duty, dutyFrom } = classified.get(draft.origin.id) ?? {};
  const { serviceControlPolicies } = configuration.assume;
  return finish(draft, {
    domain,
    duty,
    dutyFrom,
    policies: { ...(serviceControlPolicies.length === 0 ? {} : { serviceControlPolicies }), ...grants.of(draft) },
  });
}

function resourceOf(
  r: Resolver,
  element: Element,
  index: ElementIndex,
  policies: ReadonlyMap<string, Resource['policy']>,
  grants: Grants,
  classified: ReadonlyMap<string, Classification>,
  profiles: ReadonlyMap<string, readonly Text[]>,
): Resource {
  const { origin, stack, declared, arn, mark } = element;
  const { domain, claims = [] } = classified.get(origin.id) ?? {};
  const policy = policies.get(origin.id);
  const openTo = grants.openTo(element);
  const variants = propertyVariants(r, stack, declared);
  const roles = runsAs(r, element, variants, index, profiles);
  const guard = conditionGuard(r, stack, declared.condition);
  const alternatives = alternativesOf(r, element, variants);
  return {
    id: origin.id,
    origin,
    account: stack.account,
    // Every resource has the same members, absent or not: V8 reads those of objects of one shape fastest.
    arn,
    domain,
    claims: claims.length === 0 ? undefined : claims,
    part: mark.part,
    vault: mark.vault,
    policy,
    openTo,
    runsAs: roles.length === 0 ? undefined : roles,
    trusts: mark.trusts,
    ...referencesOf(element, variants, index, alternatives),
    properties: settled(r, element, variants),
    alternatives,
    when: guard === ALWAYS ? undefined : guard,
    promised: mark.promised,
  };
}

function alternativesOf(
  r: Resolver,
  { stack, declared }: Element,
  variants: PropertyVariants,
): Resource['alternatives'] {
  if (!declared.uses.branching) return undefined;
  const open = [...variants].flatMap(([key, values]) =>
    values.length > 1 || isConditional(declared.properties[key]) ? [key] : [],
  );
  if (open.length === 0) return undefined;
  const entries = open.flatMap((key): (readonly [string, readonly Alternative[]])[] => {
    const all = variantsOf(r, stack, declared.properties[key]);
    if (all === undefined || all.length < 2) return [];
    return [[key, all.map(({ guard, value }) => ({ when: guard, value: value === NO_VALUE ? undefined : value }))]];
  });
  return Object.fromEntries(entries);
}

/** Of a property that is left out in a branch, one value remains, and it is not always there. */
function isConditional(value: unknown): boolean {
  return isObject(value) && intrinsicName(value) === 'Fn::If';
}

/** One value a property: where conditions leave several, or may leave it out, the one with holes. */
function settled(r: Resolver, { stack, declared }: Element, variants: PropertyVariants): Resource['properties'] {
  if (!declared.uses.branching && intrinsicName(declared.properties) === undefined) {
    const whole = r.resolve(stack, declared.properties);
    if (isResolvedObject(whole)) return whole;
  }
  const properties: Record<string, Resolved> = {};
  for (const [key, values] of variants) {
    const written = declared.properties[key];
    const value = values.length === 1 && !isConditional(written) ? values[0] : r.resolve(stack, written);
    if (value === undefined || value === NO_VALUE) continue;
    // Assigned, this key would set the prototype.
    if (key === '__proto__') Object.defineProperty(properties, key, { value, enumerable: true });
    else properties[key] = value;
  }
  return properties;
}

function allPairs(): readonly (readonly [Duty, Duty])[] {
  return DUTIES.flatMap((a, i) => DUTIES.slice(i + 1).map((b) => [a, b] as const));
}
