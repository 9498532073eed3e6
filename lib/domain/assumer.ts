/**
 * Who may take on a duty: exact IAM principals, named by the caller, never a default.
 *
 * A wildcard or the account root would hand the choice of persons to whoever writes identity
 * policies in that account, so both are refused here, where the author sees it.
 */
import { Token } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  FederatedPrincipal,
  type PolicyDocument,
  PolicyStatement,
  type PrincipalBase,
} from 'aws-cdk-lib/aws-iam';
import type { aws_iam } from 'aws-cdk-lib/interfaces';
import type { Attestation } from './attestation';
import { TrustDomainError } from './domain-error';
import { type Duty, isPrivileged } from './duty';
import { type GitHubJob, type GitLabJob, gitHubIdentity, gitLabIdentity, type OidcIdentity } from './oidc-identity';

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

  /**
   * A job of GitHub Actions: one repository, one environment.
   * @param job Which jobs.
   * @param attestation What the environment demands of persons: reviewers, branches. Required for `provision`, `deploy` and `approve`.
   */
  public static gitHub(job: GitHubJob, attestation?: Attestation): Assumer {
    return Assumer.byToken(gitHubIdentity(job), attestation);
  }

  /**
   * A job of GitLab CI: one project, one environment or branch.
   * @param job Which jobs.
   * @param attestation What GitLab demands of persons: approvals, protected branches. Required for `provision`, `deploy` and `approve`.
   */
  public static gitLab(job: GitLabJob, attestation?: Attestation): Assumer {
    return Assumer.byToken(gitLabIdentity(job), attestation);
  }

  private static byToken(token: OidcIdentity, attestation?: Attestation): Assumer {
    return new Assumer(`${token.providerArn} ${token.subject}`, 'job', attestation, { token });
  }

  private constructor(
    /** Exact ARN of the principal; of a job, its provider and its subject. */
    public readonly arn: string,
    private readonly kind: 'role' | 'user' | 'job',
    /** How multi-factor authentication is attested, where IAM itself cannot see it. */
    public readonly attestation?: Attestation,
    private readonly more: {
      readonly token?: OidcIdentity;
      readonly externalId?: string;
      readonly sourceIdentities?: readonly string[];
    } = {},
  ) {}

  /**
   * The same, if it also names this external id: a word that the third party who assumes the role was given for you alone.
   * @param externalId 2 to 1224 letters, digits and `+=,.@:/-`.
   */
  public withExternalId(externalId: string): Assumer {
    this.requireNoJob('an external id');
    if (!/^[\w+=,.@:/-]{2,1224}$/.test(externalId)) {
      throw new TrustDomainError(
        `assumer \`${this.arn}\`: the external id \`${externalId}\` must have 2 to 1224 letters, digits and \`+=,.@:/-\``,
      );
    }
    return new Assumer(this.arn, this.kind, this.attestation, { ...this.more, externalId });
  }

  /**
   * The same, if the session says who is behind it; CloudTrail then shows that name with every request, through every role that follows.
   * @param names The persons, exactly, as the identity provider names them.
   */
  public withSourceIdentity(...names: string[]): Assumer {
    this.requireNoJob('a source identity');
    const wrong = names.find((name) => !/^[\w+=,.@-]{2,64}$/.test(name));
    if (names.length === 0 || wrong !== undefined) {
      throw new TrustDomainError(
        `assumer \`${this.arn}\`: the source identity \`${wrong ?? ''}\` must name one person in 2 to 64 letters, digits and \`+=,.@-\``,
      );
    }
    return new Assumer(this.arn, this.kind, this.attestation, { ...this.more, sourceIdentities: names });
  }

  /**
   * The principal of the trust statement, with its conditions.
   * @param notAfter The last moment at which the role may be assumed.
   * @internal
   */
  public _principalFor(duty: Duty | 'break glass', domain: string, notAfter?: string): PrincipalBase {
    const { token, externalId, sourceIdentities } = this.more;
    if (this.kind !== 'user' && (duty === 'break glass' || isPrivileged(duty)) && this.attestation === undefined) {
      const what = this.kind === 'role' ? 'a role, whose sessions' : 'a job, which';
      throw new TrustDomainError(
        `trust domain \`${domain}\`: the assumer \`${this.arn}\` of \`${duty}\` is ${what} cannot show multi-factor authentication to IAM; ` +
          'pass an `Attestation` (a session tag, or the statement of the identity provider) as second argument',
      );
    }
    const conditions: Conditions = {};
    const demand = (operator: string, keys: { readonly [key: string]: string | string[] }): void => {
      if (Object.keys(keys).length > 0) conditions[operator] = { ...conditions[operator], ...keys };
    };
    if (this.kind === 'user') {
      demand('Bool', { 'aws:MultiFactorAuthPresent': 'true' });
      demand('NumericLessThan', { 'aws:MultiFactorAuthAge': `${MFA_MAX_AGE_SECONDS}` });
    }
    for (const [operator, keys] of Object.entries(this.attestation?.conditions ?? {})) demand(operator, keys);
    if (externalId !== undefined) demand('StringEquals', { 'sts:ExternalId': externalId });
    if (sourceIdentities !== undefined) {
      demand('StringEquals', {
        'sts:SourceIdentity': sourceIdentities.length === 1 ? sourceIdentities[0] : [...sourceIdentities],
      });
    }
    if (notAfter !== undefined) demand('DateLessThan', { 'aws:CurrentTime': notAfter });
    if (token !== undefined) {
      demand('StringEquals', token.claims);
      return new FederatedPrincipal(token.providerArn, conditions, 'sts:AssumeRoleWithWebIdentity');
    }
    const principal =
      sourceIdentities === undefined ? new ArnPrincipal(this.arn) : new SourceIdentityPrincipal(this.arn);
    return Object.keys(conditions).length === 0 ? principal : principal.withConditions(conditions);
  }

  private requireNoJob(what: string): void {
    if (this.kind === 'job') {
      throw new TrustDomainError(
        `assumer \`${this.arn}\`: ${what} is said when a role is assumed by a principal of AWS; a job shows its token, which says who it is`,
      );
    }
  }
}

type Conditions = { [operator: string]: { [key: string]: string | string[] } };

/** Setting a source identity is a permission of its own: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html */
class SourceIdentityPrincipal extends ArnPrincipal {
  public override addToAssumeRolePolicy(document: PolicyDocument): void {
    document.addStatements(
      new PolicyStatement({ actions: [this.assumeRoleAction, 'sts:SetSourceIdentity'], principals: [this] }),
    );
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
