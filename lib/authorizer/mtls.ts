/**
 * Lambda entry: callers have a client certificate of a listed client, and where the domain asks for
 * it also an access token, bound to that certificate or not (RFC 8705).
 */
import type { AccessTokens } from './access-token';
import { bucket } from './bucket';
import { clientOf } from './clients';
import { type Clock, systemClock } from './clock';
import { demanded, type MtlsConfiguration } from './configuration';
import type { Caller } from './decision';
import { Denial } from './denial';
import { type Authenticate, start } from './handler';
import { credentials } from './request';
import { type Files, Revocation } from './revocation';
import { sameSecret } from './same-secret';
import { accessTokens, callerOf } from './token-caller';
import { TrustStore } from './trust-store';
import type { Certificate } from './x509';

export function mutualTls(
  files: Files,
  configuration: MtlsConfiguration,
  tokens?: AccessTokens,
  clock: Clock = systemClock,
): Authenticate {
  const { trustStore, trustStoreVersion, revocationLists, refresh, clients, boundTokens } = configuration;
  const revocation = new Revocation(files, revocationLists, refresh, clock);
  let store: TrustStore | undefined;
  return async (request) => {
    // Not worth a look into the bucket.
    if (request.clientCertificate === undefined) throw new Denial('certificate-missing');
    // A version never changes: once is enough.
    store ??= new TrustStore((await files.version(trustStore, trustStoreVersion)).toString('utf8'), clock);
    const path = store.pathOf(request.clientCertificate);
    await revocation.check(path);
    const client = clientOf(path[0], clients);
    const known: Caller = {
      principalId: client.name,
      scopes: client.scopes,
      context: { client: client.name, certificate: path[0].thumbprint },
    };
    if (tokens === undefined) return known;
    const caller = await withToken(credentials(request, 'Bearer'), path[0], tokens, boundTokens);
    return { ...caller, context: { ...caller.context, tlsClient: client.name, certificate: path[0].thumbprint } };
  };
}

async function withToken(
  written: string,
  certificate: Certificate,
  tokens: AccessTokens,
  bound: boolean,
): Promise<Caller> {
  const token = await tokens.verify(written);
  const { 'x5t#S256': thumbprint, ...others } = token.confirmation;
  if (Object.keys(others).length > 0) throw new Denial('token-bound-elsewhere');
  if (thumbprint === undefined && bound) throw new Denial('token-not-bound');
  // A token that is bound is held to it, asked for or not.
  if (thumbprint !== undefined && !(typeof thumbprint === 'string' && sameSecret(thumbprint, certificate.thumbprint))) {
    throw new Denial('token-of-another-certificate');
  }
  return callerOf(token);
}

export const handler = start((configuration) => {
  const rules = demanded('mtls', configuration.mtls);
  const tokens = configuration.token === undefined ? undefined : accessTokens(configuration);
  return mutualTls(bucket(rules.bucket), rules, tokens);
});
