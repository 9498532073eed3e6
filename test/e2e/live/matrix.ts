/**
 * The matrix: every role, every sensitive request, every domain's resources. Each cell is decided up to three times,
 * by nobody who knows of the others: the engine (on the templates' model, as the gate decides), an independent
 * simulator (on the deployed policies) and, where it has passed its canary, the emulator (by making the request).
 *
 * The engine holds a role to its own policies; the policy of a resource that only narrows further (a KMS key that
 * trusts no identity policy alone, an API's policy) may make it say *allowed* where the others say *denied*. Such a
 * cell is told apart as `narrowed`, and only if the simulator without the resource's policy says *allowed* too.
 * `denied` by the engine and allowed by anybody else is a broken proof, and the run fails.
 */
import { awsCatalogue } from '../../../lib/catalog/catalogue';
import type { Model, Principal } from '../../../lib/model/model';
import { type CompiledPolicies, compile } from '../../../lib/policy/compile';
import { overlap } from '../../../lib/policy/overlap';
import { type Text, text } from '../../../lib/policy/text';
import { type RequestContext, requests } from '../../../lib/reach/requests';
import { type SimulatorQuestion, simulate } from '../../policy/simulator';
import { ACCOUNT, DOMAINS, REGION } from './place';
import { PROBES, type Probe, physicalArn, type Target } from './probes';
import type { Document, Role, World } from './world';

export type Decision = 'allowed' | 'denied';

export interface Cell {
  /** `partner/read`, or the name of a role that has no duty. */
  readonly role: string;
  readonly roleId: string;
  readonly action: string;
  readonly note?: string;
  /** Whose resource. */
  readonly domain: string;
  readonly engine: Decision | 'undecided';
  readonly simulated: Decision;
  readonly observed?: Decision;
  readonly verdict: 'agree' | 'narrowed' | 'differ';
}

const GLOBAL = { 'aws:SecureTransport': ['true'] };

/** What the engine says of one request: on any value that only a deployment gives. */
export function predict(model: Model, principal: Principal, probe: Probe, domain: string): Decision | 'undecided' {
  const arn = modelArn(model, probe.on(domain));
  if (arn === undefined) throw new Error(`the model has no resource for ${probe.action} of \`${domain}\``);
  const context: RequestContext = Object.fromEntries(
    Object.entries({ ...GLOBAL, ...probe.context?.(domain) }).map(([key, values]) => [
      key,
      values.length === 0 ? 'absent' : values,
    ]),
  );
  const { verdict } = overlap(compiled(principal), requests(probe.action, [arn], context), awsCatalogue());
  switch (verdict) {
    case 'overlap':
      return 'allowed';
    case 'disjoint':
      return 'denied';
    case 'undecided':
      return 'undecided';
  }
}

const compilations = new WeakMap<Principal, CompiledPolicies>();

function compiled(principal: Principal): CompiledPolicies {
  const known = compilations.get(principal) ?? compile(principal.policies, awsCatalogue());
  compilations.set(principal, known);
  return known;
}

function modelArn(model: Model, target: Target): Text | undefined {
  if ('arn' in target) return text(target.arn);
  const { stack, type, suffix = '', of } = target;
  const inStack = (r: { readonly origin: { readonly stack: string; readonly type: string } }) =>
    r.origin.stack === stack && r.origin.type === type;
  if (of === 'deployment') return model.deployments?.find((d) => d.id === stack)?.arn;
  if (of === 'invoke') {
    const arn = model.apis.find(inStack)?.invoke;
    return arn && text(arn, suffix);
  }
  const arn = model.resources.find(inStack)?.arn;
  return arn && text(arn, suffix);
}

/** What the simulator says; `withoutResourcePolicy` leaves out what guards the resource. */
export function judge(
  world: World,
  role: Role,
  probe: Probe,
  domain: string,
  withoutResourcePolicy = false,
): Decision | undefined {
  const arn = physicalArn(world, probe.on(domain));
  if (arn === undefined) return undefined;
  // Assuming a role is decided by its trust policy alone where that names the caller, and by both where it does not.
  const trust = probe.action === 'sts:AssumeRole' ? world.roles.find((r) => r.arn === arn)?.trust : undefined;
  const guard = withoutResourcePolicy ? unguarded(arn) : (trust ?? world.resourcePolicy(arn));
  const question: SimulatorQuestion = {
    principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.name}/e2e`,
    identityPolicies: role.identityPolicies,
    ...(role.permissionsBoundary && { permissionsBoundary: role.permissionsBoundary }),
    ...(guard && { resourcePolicy: trust === undefined ? guard : onItself(guard, arn) }),
    request: {
      action: probe.action,
      resource: arn,
      resourceAccount: ACCOUNT,
      context: { ...GLOBAL, ...probe.context?.(domain) },
    },
  };
  return simulate(question) === 'allowed' ? 'allowed' : 'denied';
}

/** What guards a resource that nobody has written a policy for. A KMS key always has one, and this leaves it to IAM. */
function unguarded(arn: string): Document | undefined {
  if (!arn.startsWith('arn:aws:kms:')) return undefined;
  const account = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: account, Action: 'kms:*', Resource: '*' }],
  };
}

/** A trust policy names no resource: it is about its own role. */
function onItself(trust: Document, arn: string): Document {
  const statements = [trust.Statement].flat() as readonly object[];
  return { ...trust, Statement: statements.map((statement) => ({ ...statement, Resource: arn })) };
}

/** Makes the request; undefined where the emulator cannot be asked. */
export type Observe = (role: Role, probe: Probe, domain: string, arn: string) => Promise<Decision | undefined>;

export async function matrix(
  model: Model,
  world: World,
  observe: Observe,
  probes: readonly Probe[] = PROBES,
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const roles = world.roles.filter(({ name }) => name.startsWith('bulkhead-'));
  for (const role of roles) {
    const principal = model.principals.find(({ id }) => id === role.id);
    if (principal === undefined) throw new Error(`the model has no principal \`${role.id}\``);
    for (const probe of probes) {
      for (const domain of DOMAINS) {
        const arn = physicalArn(world, probe.on(domain));
        const simulated = judge(world, role, probe, domain);
        // The internal domain, say, has no user pool.
        if (arn === undefined || simulated === undefined) continue;
        const engine = predict(model, principal, probe, domain);
        const observed = await observe(role, probe, domain, arn);
        const { action, note } = probe;
        const answers = observed === undefined ? [simulated] : [simulated, observed];
        const narrowed = () =>
          engine === 'allowed' &&
          answers.every((a) => a === 'denied') &&
          judge(world, role, probe, domain, true) === 'allowed';
        const verdict = answers.every((a) => a === engine) ? 'agree' : narrowed() ? 'narrowed' : 'differ';
        cells.push({
          role: shortName(role.name),
          roleId: role.id,
          action,
          ...(note !== undefined && { note }),
          domain,
          engine,
          simulated,
          ...(observed !== undefined && { observed }),
          verdict,
        });
      }
    }
  }
  return cells;
}

/** `bulkhead-partner-read-eu-central-1` is `partner/read`. */
export function shortName(name: string): string {
  const [, domain, duty] = new RegExp(`^bulkhead-(.+)-([a-z]+)-${REGION}$`).exec(name) ?? [];
  return domain === undefined ? name : `${domain}/${duty}`;
}
