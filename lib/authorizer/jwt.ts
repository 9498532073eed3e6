/** Lambda entry: callers of the domain carry an access token of an OIDC issuer (`Authorization: Bearer …`). */
import { type AccessToken, AccessTokens } from './access-token';
import { type Clock, systemClock } from './clock';
import { type Configuration, demanded } from './configuration';
import type { Caller } from './decision';
import { Denial } from './denial';
import { type Authenticate, start } from './handler';
import { KeySet } from './key-set';
import { credentials } from './request';

export function bearer(tokens: AccessTokens): Authenticate {
  return async (request) => {
    const token = await tokens.verify(credentials(request, 'Bearer'));
    // Whoever stole a token that is bound to a key must not get in by leaving the proof out.
    if (Object.keys(token.confirmation).length > 0) throw new Denial('token-bound-elsewhere');
    return callerOf(token);
  };
}

export function callerOf({ subject, client, scopes }: AccessToken): Caller {
  return {
    principalId: subject,
    scopes,
    context: { subject, ...(client === undefined ? {} : { client }), scope: scopes.join(' ') },
  };
}

export function accessTokens(configuration: Configuration, clock: Clock = systemClock): AccessTokens {
  return new AccessTokens(demanded('token', configuration.token), new KeySet(clock), clock);
}

export const handler = start((configuration) => bearer(accessTokens(configuration)));
