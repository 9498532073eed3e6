/**
 * DOM-3, unclassified API: every API of the app stands in a trust domain, which gives it an exposure
 * and an owner. An API that nobody classified is one that nobody watches (OWASP API9:2023).
 */
import type { Check } from './check';
import type { Finding } from './finding';

export const apisAreClassified: Check = {
  id: 'DOM-3',
  compliant: 'every API stands in a trust domain',
  run: ({ apis }) =>
    apis
      .filter((api) => api.domain === undefined)
      .map(
        (api): Finding => ({
          id: 'DOM-3',
          severity: 'violated',
          message: `the API \`${api.origin.path}\` (${api.kind}, ${api.origin.type}) is in no trust domain`,
          principals: [],
          constructPaths: [api.origin.path],
          explanation: [],
          chain: [],
          fix: 'build it with `TrustDomain`, or list it under `domains` in the configuration, or remove it',
        }),
      ),
};
