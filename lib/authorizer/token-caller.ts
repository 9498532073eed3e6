/**
 * The access tokens of a domain, and the caller that one names: for every entry point that takes tokens. An entry
 * point itself must import no other, for each starts the function with what it demands of the configuration.
 */
import { type AccessToken, AccessTokens } from './access-token';
import { type Clock, systemClock } from './clock';
import { type Configuration, demanded } from './configuration';
import type { Caller } from './decision';
import { KeySet } from './key-set';

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
