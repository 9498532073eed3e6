/**
 * SOD-9, wide trust: a duty role that the constructs made admits exact principals, for a bounded time, and to a
 * privileged duty only with a second factor that IAM sees or somebody vouches for. A user pool of the templates is asked
 * itself (pools-with-a-second-factor.ts), as is the one that the constructs make for a domain's callers.
 *
 * The constructs write nothing else; this judges what is deployed, after every override. Exact means: no account,
 * no wildcard, and of an identity provider one subject. What vouches for a second factor where IAM cannot see it is
 * the mark's statement about that very principal, which every template carries.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html
 */
import type { Duty, Model, Principal, Resource } from '../model/model';
import type { Condition, PrincipalElement, Statement } from '../policy/document';
import { literal, show, type Text } from '../policy/text';
import { markedRoles } from './boundaries-are-disjoint';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { faultOf, poolsAdmitted, poolsOfDomains } from './pools-with-a-second-factor';
import { nameOf } from './separation';

export const dutiesAreNarrowlyTrusted: Check = {
  id: 'SOD-9',
  compliant: 'duty roles admit exact principals, for a bounded time, privileged ones with a second factor',
  run: (model) => [
    ...markedRoles(model).flatMap((principal) =>
      [...tooLong(principal), ...trustFaults(principal, isPrivileged(principal), model)].map(
        ({ what, fix, severity = 'violated', at = [] }): Finding => ({
          id: 'SOD-9',
          severity,
          message: `${nameOf(principal)} ${what}`,
          principals: [principal.id],
          constructPaths: [principal.origin.path, ...at],
          explanation: [],
          chain: [],
          fix,
        }),
      ),
    ),
    // Nobody vouches for the callers of an API, so those who come from elsewhere are left to its domain.
    ...poolsOfDomains(model).flatMap((pool): Finding[] => {
      const fault = faultOf(pool, model, true);
      if (fault === undefined) return [];
      const { severity, what, fix } = fault;
      const message = `the user pool \`${pool.origin.path}\` of the domain \`${pool.domain}\` ${what}`;
      return [{ ...OF_A_SETTING, id: 'SOD-9', severity, message, constructPaths: [pool.origin.path], fix }];
    }),
  ],
};

/** What is wide about whom the role admits; of a privileged one also who needs no second factor. */
export function trustFaults(principal: Principal, privileged: boolean, model: Model): readonly Fault[] {
  return (principal.trust?.statements ?? []).flatMap((s) => tooWide(s, principal, privileged, model));
}

export interface Fault {
  readonly what: string;
  readonly fix: string;
  /** @default violated */
  readonly severity?: Finding['severity'];
  /** Construct paths beside that of the role. */
  readonly at?: readonly string[];
}

const PRIVILEGED: readonly Duty[] = ['provision', 'deploy', 'approve'];
const HOUR = 3600;

function isPrivileged({ duty }: Principal): boolean {
  return duty !== undefined && PRIVILEGED.includes(duty);
}

function tooLong(principal: Principal): Fault[] {
  const hours = isPrivileged(principal) ? 1 : 8;
  // Without a value, IAM's default of one hour holds.
  const { maxSession = HOUR } = principal;
  if (maxSession !== 'unknown' && maxSession <= hours * HOUR) return [];
  const found = maxSession === 'unknown' ? 'a length that only the deployment knows' : `${maxSession} seconds`;
  return [
    {
      what: `admits sessions of ${found}; ${hours === 1 ? 'one hour is' : `${hours} hours are`} the longest for its duty`,
      fix: `set \`MaxSessionDuration\` to ${hours * HOUR} at most`,
    },
  ];
}

function tooWide(statement: Statement, principal: Principal, privileged: boolean, model: Model): Fault[] {
  if (statement.effect === 'Deny') return [];
  const element = statement.principal;
  if (element === undefined || element.not) {
    return [{ what: 'admits everybody but those that its trust policy names', fix: 'name who may assume it' }];
  }
  return element.entries.flatMap((entry) => {
    const wide = width(entry, statement.conditions);
    if (wide !== undefined) {
      return [{ what: `admits ${wide}`, fix: 'name each principal that may assume it, exactly' }];
    }
    if (!privileged) return [];
    const pools = poolsAdmitted(entry, statement.conditions, model);
    if (pools.length > 0) return pools.flatMap((pool) => atPool(pool, isVouchedFor(entry, principal), model));
    if (showsSecondFactor(statement.conditions) || isVouchedFor(entry, principal)) return [];
    return [
      {
        what: `admits \`${show(entry.value)}\` without a second factor`,
        fix: 'demand `aws:MultiFactorAuthPresent` of users, and give roles and jobs an `Attestation`',
      },
    ];
  });
}

function atPool(pool: Resource, vouched: boolean, model: Model): Fault[] {
  const fault = faultOf(pool, model, vouched);
  if (fault === undefined) return [];
  const { path } = pool.origin;
  return [{ ...fault, what: `admits users of \`${path}\`, which ${fault.what}`, at: [path] }];
}

type Entry = PrincipalElement['entries'][number];

function width({ type, value }: Entry, conditions: readonly Condition[]): string | undefined {
  const name = show(value);
  switch (type) {
    case 'Federated':
      return conditions.some((c) => isExact(c) && /:(sub|app_id)$/i.test(c.key)) || isSaml(name)
        ? undefined
        : `every identity that \`${name}\` signs for`;
    case 'Service':
      return undefined;
    case 'AWS':
    case 'CanonicalUser':
      if (conditions.some((c) => isExact(c) && c.key.toLowerCase() === 'aws:principalarn')) return undefined;
      return isMany(value) ? `\`${name}\`, which stands for principals that nobody named` : undefined;
  }
}

function isSaml(name: string): boolean {
  return name.includes(':saml-provider/');
}

/** An account, its root, or a pattern; and what only the deployment knows if it could be one. */
function isMany(value: Text): boolean {
  const known = value.parts.filter((part) => typeof part === 'string').join('');
  const exact = literal(value);
  if (exact !== undefined) return /[*?]|^\d{12}$|:root$/.test(exact);
  return known.endsWith(':root') || /[*?]/.test(known);
}

function isExact({ operator, ifExists, quantifier, values }: Condition): boolean {
  const equal =
    operator === 'StringEquals' || operator === 'ArnEquals' || operator === 'ArnLike' || operator === 'StringLike';
  return (
    equal &&
    !ifExists &&
    quantifier !== 'ForAllValues' &&
    values.every((value) => operator === 'StringEquals' || !isMany(value))
  );
}

function showsSecondFactor(conditions: readonly Condition[]): boolean {
  return conditions.some(({ operator, ifExists, key, values }) => {
    const name = key.toLowerCase();
    if (ifExists) return false;
    if (name === 'aws:multifactorauthpresent') return operator === 'Bool' && values.every((v) => literal(v) === 'true');
    return operator === 'StringEquals' && name.startsWith('aws:principaltag/');
  });
}

/** The statement of an attestation begins with whom it is about; a role of the app has no name when it is written. */
function isVouchedFor({ value }: Entry, { attestations = [] }: Principal): boolean {
  const known = literal(value);
  return attestations.some(
    (a) =>
      a.startsWith('a role of this app: ') ||
      (known !== undefined && (a.startsWith(`${known}: `) || a.startsWith(`${known} `))),
  );
}
