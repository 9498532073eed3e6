/** What an author can mend in the app's own words; anything else thrown in here is a fault of Bulkhead. */
export class TrustDomainError extends Error {
  public override readonly name = 'TrustDomainError';
}
