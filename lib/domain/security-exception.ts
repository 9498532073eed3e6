/**
 * A finding that somebody has accepted, exactly as it stands, for a time.
 *
 * It stands in the template's metadata, is printed in every report, and fails synthesis when it has expired or
 * when it matches no finding: so none outlives its reason, and a finding that grows is accepted anew or not at all.
 */
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { METADATA_KEY, registerGate } from '../enforce/marker';
import { requireDay, requireName, requireText } from './declaration';
import { TrustDomainError } from './domain-error';

/** Which finding is accepted, why, by whom, and until when. */
export interface SecurityExceptionProps {
  /** Id of the check: `SOD-1`. */
  readonly finding: string;

  /** All construct paths that the finding names, as it prints them. */
  readonly constructPaths: string[];

  /**
   * Words of the finding's message, by which it is told from others of the check on the same constructs: the request, say.
   *
   * @default - it is the only one there; several are not excused
   */
  readonly says?: string;

  /** Why it is accepted: a sentence. */
  readonly reason: string;

  /** Who accepted it. */
  readonly approver: string;

  /** The last day on which it is: `2027-01-31`. */
  readonly expires: string;
}

/** An accepted finding. */
export class SecurityException extends Construct {
  constructor(scope: Construct, id: string, props: SecurityExceptionProps) {
    super(scope, id);
    const { finding, constructPaths, says, reason, approver, expires } = props;
    const who = `security exception \`${this.node.path}\``;
    if (!/^[A-Z]{3}-\d+$/.test(finding)) {
      throw new TrustDomainError(
        `${who}: \`${finding}\` is no check; give the id that the finding begins with, like \`SOD-1\``,
      );
    }
    if (constructPaths.length === 0) {
      throw new TrustDomainError(`${who}: it names no construct; list all construct paths of the finding`);
    }
    requireText(who, 'reason', reason);
    requireName(who, 'approver', approver);
    requireDay(who, 'expires', expires);
    const { templateOptions } = Stack.of(this);
    const metadata = (templateOptions.metadata ?? {}) as {
      readonly [key: string]: { readonly exceptions?: readonly unknown[] };
    };
    const declared = {
      finding,
      constructPaths,
      ...(says === undefined ? {} : { says }),
      reason,
      approver,
      expires,
      declaredAt: this.node.path,
    };
    templateOptions.metadata = {
      ...metadata,
      [METADATA_KEY]: {
        ...metadata[METADATA_KEY],
        exceptions: [...(metadata[METADATA_KEY]?.exceptions ?? []), declared],
      },
    };
    registerGate(this);
  }
}
