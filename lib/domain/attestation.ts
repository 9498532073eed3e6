/**
 * How an assumer shows that a person proved more than one factor.
 *
 * `aws:MultiFactorAuthPresent` is false or absent in federated and chained sessions
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html), so only
 * IAM users can show it themselves; for everyone else the identity provider vouches, either with a
 * session tag that the trust policy requires, or by its own rules, which are then printed as an
 * assumption and never silent.
 */
import { TrustDomainError } from './domain-error';

/** The identity provider's word that a session stands on multi-factor authentication. */
export class Attestation {
  /**
   * The provider sets a session tag only after multi-factor authentication, and the trust policy requires it.
   * @param key The tag's key, without `aws:PrincipalTag/`.
   * @param value The one value that counts.
   */
  public static sessionTag(key: string, value: string): Attestation {
    for (const [what, text] of [
      ['key', key],
      ['value', value],
    ]) {
      if (text.length === 0 || /[*?$]/.test(text)) {
        throw new TrustDomainError(
          `attestation by session tag: the ${what} \`${text}\` must be one exact text without wildcards or variables`,
        );
      }
    }
    return new Attestation(`session tag ${key}=${value}`, { [`aws:PrincipalTag/${key}`]: value });
  }

  /**
   * The provider admits nobody to the assuming role without multi-factor authentication.
   *
   * Nothing in IAM shows this, so the statement stands in the template's metadata and every report as an assumption.
   * @param statement Where that rule stands, for a reviewer: `IAM Identity Center: MFA at every sign-in`.
   */
  public static byProvider(statement: string): Attestation {
    if (statement.trim().length < 8) {
      throw new TrustDomainError(
        `attestation by provider: the statement \`${statement}\` must say which rule of which provider requires multi-factor authentication`,
      );
    }
    return new Attestation(statement.trim(), {});
  }

  private constructor(
    /** For the reader of a report. */
    public readonly statement: string,
    private readonly equals: { readonly [key: string]: string },
  ) {}

  /** Condition block of the trust statement; empty when IAM can check nothing. */
  public get conditions(): { [operator: string]: { [key: string]: string } } {
    return Object.keys(this.equals).length === 0 ? {} : { StringEquals: { ...this.equals } };
  }
}
