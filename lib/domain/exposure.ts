/** Who may reach a trust domain's APIs at all: the network side of the domain's classification. */

/** Who a trust domain serves. Decides the endpoint type and the default protections. */
export enum Exposure {
  /** Callers inside the organisation: a private endpoint, invisible from outside. */
  INTERNAL = 'internal',

  /** Named partners: a regional endpoint. */
  PARTNER = 'partner',

  /** Anyone who can authenticate: a regional endpoint with the widest set of protections. */
  PUBLIC = 'public',
}
