/** Where in its life a trust domain stands: what is made in development must open nothing in production. */

/** A stage of life. */
export enum Lifecycle {
  /** Whatever comes before production: what its authors try, test and stage. */
  DEVELOPMENT = 'development',

  /** What callers rely on. */
  PRODUCTION = 'production',
}
