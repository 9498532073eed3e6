/**
 * Why a request was denied: for the log, never for the caller.
 *
 * A reason is one of a closed list, so that an alarm can count it and no text of the request comes
 * into the log. `authentication` denials answer 401, `authorization` denials 403: the caller is
 * known and may not (RFC 9110, 15.5.2 and 15.5.4).
 */

const REASONS = {
  // The request
  'credentials-missing': 'authentication',
  'credentials-ambiguous': 'authentication',
  'credentials-too-large': 'authentication',
  'scheme-wrong': 'authentication',
  // The access token
  'token-malformed': 'authentication',
  'token-header-forbidden': 'authentication',
  'token-algorithm': 'authentication',
  'token-type': 'authentication',
  'token-key-unknown': 'authentication',
  'token-signature': 'authentication',
  'token-claims': 'authentication',
  'token-issuer': 'authentication',
  'token-audience': 'authentication',
  'token-expired': 'authentication',
  'token-not-yet-valid': 'authentication',
  'token-bound-elsewhere': 'authentication',
  'token-not-bound': 'authentication',
  'token-of-another-key': 'authentication',
  'token-of-another-certificate': 'authentication',
  // The DPoP proof
  'proof-missing': 'authentication',
  'proof-malformed': 'authentication',
  'proof-algorithm': 'authentication',
  'proof-type': 'authentication',
  'proof-key': 'authentication',
  'proof-signature': 'authentication',
  'proof-claims': 'authentication',
  'proof-method': 'authentication',
  'proof-url': 'authentication',
  'proof-too-old': 'authentication',
  'proof-not-yet-valid': 'authentication',
  'proof-token-hash': 'authentication',
  'proof-nonce': 'authentication',
  'proof-replayed': 'authentication',
  // The client certificate
  'certificate-missing': 'authentication',
  'certificate-malformed': 'authentication',
  'certificate-issuer-unknown': 'authentication',
  'certificate-signature': 'authentication',
  'certificate-expired': 'authentication',
  'certificate-not-yet-valid': 'authentication',
  'certificate-usage': 'authentication',
  'certificate-revoked': 'authentication',
  // The revocation list
  'revocation-list-missing': 'authentication',
  'revocation-list-malformed': 'authentication',
  'revocation-list-signature': 'authentication',
  'revocation-list-expired': 'authentication',
  'revocation-list-not-yet-valid': 'authentication',
  'revocation-list-unsupported': 'authentication',
  // What the caller may do
  'client-not-listed': 'authorization',
  'route-unknown': 'authorization',
  'scope-missing': 'authorization',
} as const;

export type Reason = keyof typeof REASONS;
export type Kind = (typeof REASONS)[Reason];

/** What the caller must do to be heard, where a protocol says so: a header of the answer. */
export interface Challenge {
  readonly wwwAuthenticate: string;
  readonly nonce: string;
}

export class Denial extends Error {
  public override readonly name = 'Denial';
  public readonly kind: Kind;

  /** @param about which of several: `client` or `intermediate`, the name of a claim. Never a value of the request. */
  constructor(
    public readonly reason: Reason,
    public readonly about?: string,
    public readonly challenge?: Challenge,
  ) {
    super(reason);
    this.kind = REASONS[reason];
  }
}
