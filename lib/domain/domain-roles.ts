/**
 * The duty roles of a trust domain: each trusted by exactly the assumers named for it, for a
 * bounded time, and bounded by its remit.
 *
 * A remit is one managed policy, both attached to the role and its permissions boundary: the role
 * can do what the remit says, and whatever is attached later it can do nothing else.
 */
import { type CfnResource, Duration, Stack, Tags, Token } from 'aws-cdk-lib';
import { CompositePrincipal, ManagedPolicy, type PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { mark } from '../enforce/marker';
import { type Assumer, attestationsOf } from './assumer';
import { TrustDomainError } from './domain-error';
import { ALL_DUTIES, type Duty, isPrivileged, requireDuty } from './duty';
import { requirePolicySize } from './policy-size';
import { commonRequests, type RemitResources, remit } from './remit';
import type { DutyAssumers } from './trust-domain-props';

/** IAM's shortest maximum, and the longest session of a privileged duty. */
const SHORTEST_SESSION_SECONDS = 3600;
/** A working day. IAM itself would allow 12 hours. */
const LONGEST_SESSION_SECONDS = 8 * 3600;

export interface DomainRolesProps {
  readonly domain: string;
  /** A domain without routes of its own has nobody who reads or writes. */
  readonly assumers: Partial<DutyAssumers>;
  /** @default an hour */
  readonly maxSessionDuration: Duration | undefined;
  readonly resources: RemitResources;
}

export class DomainRoles extends Construct {
  private readonly roles = new Map<Duty, Role>();
  private readonly remits = new Map<Duty, ManagedPolicy>();

  constructor(scope: Construct, id: string, props: DomainRolesProps) {
    super(scope, id);
    for (const duty of ALL_DUTIES) {
      const assumers = props.assumers[duty];
      if (assumers !== undefined) this.addDuty(duty, assumers, props);
    }
  }

  public role(duty: Duty): Role {
    return found(this.roles, duty);
  }

  public remit(duty: Duty): ManagedPolicy {
    return found(this.remits, duty);
  }

  private addDuty(duty: Duty, assumers: readonly Assumer[], props: DomainRolesProps): void {
    const dutyScope = new Construct(this, duty);
    const statements = remit(duty, props.resources);
    const who = `trust domain \`${props.domain}\`, duty \`${duty}\``;
    requirePolicySize(who, Stack.of(this), statements);
    const policy = new ManagedPolicy(dutyScope, 'Remit', {
      managedPolicyName: props.resources.names.role(duty),
      description: `Bulkhead: remit and boundary of ${duty} in trust domain ${props.domain}`,
      statements,
    });
    const principals = assumers.map((assumer) => assumer._principalFor(duty, props.domain));
    const role = new Role(dutyScope, 'Role', {
      roleName: props.resources.names.role(duty),
      description: `Bulkhead: ${duty} in trust domain ${props.domain}`,
      assumedBy: principals.length === 1 ? principals[0] : new CompositePrincipal(...principals),
      managedPolicies: [policy],
      permissionsBoundary: policy,
      maxSessionDuration:
        (isPrivileged(duty) ? undefined : props.maxSessionDuration) ?? Duration.seconds(SHORTEST_SESSION_SECONDS),
    });
    const { domain } = props;
    // Declared once: every duty of the domain has the same.
    const common = this.remits.size > 0 ? {} : { common: statementsOf(commonRequests(props.resources)) };
    mark(policy.node.defaultChild as CfnResource, { domain, duty, part: 'boundary', ...common });
    const attestations = attestationsOf(assumers);
    const attested = attestations.length === 0 ? {} : { attestations };
    mark(role.node.defaultChild as CfnResource, { domain, duty, part: 'role', ...attested });
    Tags.of(role).add('bulkhead:duty', duty);
    this.remits.set(duty, policy);
    this.roles.set(duty, role);
  }
}

function statementsOf(statements: readonly PolicyStatement[]): readonly unknown[] {
  return statements.map((statement) => statement.toStatementJson());
}

/** Throws unless every duty has assumers, and nobody has two duties. */
export function requireAssumers(
  domain: string,
  assumers: Partial<DutyAssumers>,
  duties: readonly Duty[] = ALL_DUTIES,
): void {
  const dutyOf = new Map<string, Duty>();
  for (const duty of duties) {
    // Untyped callers may leave out what the type requires.
    const named: readonly Assumer[] | undefined = assumers?.[duty];
    if (named === undefined || named.length === 0) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: duty \`${duty}\` has no assumer; name in \`assumers.${duty}\` who may take it on, there is no default`,
      );
    }
    for (const assumer of named) {
      const other = dutyOf.get(assumer.arn);
      if (other !== undefined) {
        throw new TrustDomainError(
          `trust domain \`${domain}\`: \`${readable(assumer.arn)}\` is an assumer of ${other === duty ? `\`${duty}\` twice` : `both \`${other}\` and \`${duty}\``}; ` +
            'duties are separate only if different principals take them on: name each principal under one duty',
        );
      }
      dutyOf.set(assumer.arn, duty);
    }
  }
}

export function requireSessionDuration(domain: string, duration: Duration | undefined): void {
  if (duration === undefined || duration.isUnresolved()) return;
  const seconds = duration.toSeconds({ integral: false });
  if (seconds < SHORTEST_SESSION_SECONDS || seconds > LONGEST_SESSION_SECONDS) {
    throw new TrustDomainError(
      `trust domain \`${domain}\`: the session length \`${seconds}\` seconds is out of range; \`maxSessionDuration\` is from 1 to 8 hours`,
    );
  }
}

function readable(arn: string): string {
  return Token.isUnresolved(arn) ? 'a role or user of this app' : arn;
}

function found<T>(of: ReadonlyMap<Duty, T>, duty: Duty): T {
  return of.get(requireDuty(duty)) as T;
}
