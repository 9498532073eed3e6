/** Lambda entry: callers of the domain carry an access token of an OIDC issuer (`Authorization: Bearer …`). */
import type { AccessTokens } from './access-token';
import { Denial } from './denial';
import { type Authenticate, start } from './handler';
import { credentials } from './request';
import { accessTokens, callerOf } from './token-caller';

export function bearer(tokens: AccessTokens): Authenticate {
  return async (request) => {
    const token = await tokens.verify(credentials(request, 'Bearer'));
    // Whoever stole a token that is bound to a key must not get in by leaving the proof out.
    if (Object.keys(token.confirmation).length > 0) throw new Denial('token-bound-elsewhere');
    return callerOf(token);
  };
}

export const handler = start((configuration) => bearer(accessTokens(configuration)));
