/**
 * Who may take on a duty: exact IAM principals, named by the caller, never a default.
 *
 * A wildcard or the account root would hand the choice of persons to whoever writes identity
 * policies in that account, so both are refused here, where the author sees it.
 */
import { Token } from 'aws-cdk-lib';
import { ArnPrincipal, type PrincipalBase } from 'aws-cdk-lib/aws-iam';
import type { aws_iam } from 'aws-cdk-lib/interfaces';
import type { Attestation } from './attestation';
import { TrustDomainError } from './domain-error';
import { type Duty, isPrivileged } from './duty';

const IAM_ARN = /^arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/;

// One hour, the longest session of a privileged duty: an older proof of presence is no proof.
const MFA_MAX_AGE_SECONDS = 3600;

/** One principal that may assume a duty's role. */
export class Assumer {
  /**
   * An IAM role: an identity provider's permission set, a pipeline, an application.
   * @param roleArn Exact ARN of the role.
   * @param attestation How multi-factor authentication is attested; required for `provision`, `deploy` and `approve`.
   */
  public static role(roleArn: string, attestation?: Attestation): Assumer {
    return new Assumer(checked(roleArn, 'role'), 'role', attestation);
  }

  /**
   * An IAM user. It must have signed in with multi-factor authentication within the last hour, for every duty.
   * @param userArn Exact ARN of the user.
   */
  public static user(userArn: string): Assumer {
    return new Assumer(checked(userArn, 'user'), 'user');
  }

  /**
   * As `role`, for a role that stands in the app.
   * @param role The role.
   * @param attestation How multi-factor authentication is attested; required for `provision`, `deploy` and `approve`.
   */
  public static fromRole(role: aws_iam.IRoleRef, attestation?: Attestation): Assumer {
    return Assumer.role(role.roleRef.roleArn, attestation);
  }

  /** As `user`, for a user that stands in the app. */
  public static fromUser(user: aws_iam.IUserRef): Assumer {
    return Assumer.user(user.userRef.userArn);
  }

  private constructor(
    /** Exact ARN of the principal. */
    public readonly arn: string,
    private readonly kind: 'role' | 'user',
    /** How multi-factor authentication is attested, where IAM itself cannot see it. */
    public readonly attestation?: Attestation,
  ) {}

  /**
   * The principal of the trust statement, with its conditions.
   * @internal
   */
  public _principalFor(duty: Duty, domain: string): PrincipalBase {
    if (this.kind === 'user') {
      return new ArnPrincipal(this.arn).withConditions({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': `${MFA_MAX_AGE_SECONDS}` },
      });
    }
    if (isPrivileged(duty) && this.attestation === undefined) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: the assumer \`${this.arn}\` of \`${duty}\` is a role, whose sessions cannot show multi-factor authentication to IAM; ` +
          'pass an `Attestation` (a session tag, or the statement of the identity provider) as second argument',
      );
    }
    const principal = new ArnPrincipal(this.arn);
    const conditions = this.attestation?.conditions ?? {};
    return Object.keys(conditions).length === 0 ? principal : principal.withConditions(conditions);
  }
}

/** What the template says of the assumers whose second factor IAM cannot see. */
export function attestationsOf(assumers: readonly Assumer[]): string[] {
  return assumers.flatMap(({ arn, attestation }) =>
    attestation === undefined
      ? []
      : [`${Token.isUnresolved(arn) ? 'a role of this app' : arn}: ${attestation.statement}`],
  );
}

function checked(arn: string, kind: 'role' | 'user'): string {
  if (Token.isUnresolved(arn)) return arn;
  const fix = `name one ${kind} exactly, like \`arn:aws:iam::111122223333:${kind}/name\``;
  if (/[*?]/.test(arn)) {
    throw new TrustDomainError(`assumer \`${arn}\`: wildcards would let in principals that nobody named; ${fix}`);
  }
  if (/^\d{12}$/.test(arn) || arn.endsWith(':root')) {
    throw new TrustDomainError(
      `assumer \`${arn}\`: the account root stands for everyone to whom that account grants it; ${fix}`,
    );
  }
  const match = IAM_ARN.exec(arn);
  if (match === null) throw new TrustDomainError(`assumer \`${arn}\`: not the ARN of an IAM ${kind}; ${fix}`);
  if (match[2] !== kind) {
    throw new TrustDomainError(
      `assumer \`${arn}\`: the ARN of a ${match[2]} where a ${kind} was expected; use \`Assumer.${match[2]}\``,
    );
  }
  return arn;
}
