/** Lambda entry: callers hold the key that their access token is bound to (RFC 9449: `Authorization: DPoP …` and `DPoP: …`). */
import type { AccessTokens } from './access-token';
import { type Clock, systemClock } from './clock';
import { type DpopConfiguration, demanded } from './configuration';
import { Denial } from './denial';
import { type Authenticate, start } from './handler';
import { type Proof, verifyProof } from './proof';
import { ProofStore } from './proof-store';
import { type AuthorizerRequest, credentials, onlyHeader } from './request';
import { sameSecret } from './same-secret';
import { table } from './table';
import { accessTokens, callerOf } from './token-caller';

/** Seconds for which a nonce is handed out; it is taken for as long again. */
const SLOT = 300;

export function dpop(
  tokens: AccessTokens,
  store: ProofStore,
  configuration: DpopConfiguration,
  clock: Clock = systemClock,
): Authenticate {
  return async (request) => {
    const token = credentials(request, 'DPoP');
    const written = proofOf(request);
    const accessToken = await tokens.verify(token);
    const { jkt } = accessToken.confirmation;
    if (typeof jkt !== 'string') throw new Denial('token-not-bound');
    const proof = await verifyProof(written, token, jkt, request, configuration, clock);
    if (configuration.nonce) await checkNonce(proof, store, clock);
    // Last: only a proof that is good in every other respect is worth remembering.
    if (!(await store.take(proof))) throw new Denial('proof-replayed');
    return callerOf(accessToken);
  };
}

function proofOf(request: AuthorizerRequest): string {
  const proof = onlyHeader(request, 'dpop');
  if (proof === undefined || proof === '') throw new Denial('proof-missing');
  return proof;
}

/**
 * RFC 9449, 9: a proof with a nonce was made now, not in advance. The nonce is of this slot or the
 * one before; whoever has none, or an old one, is told the current one.
 */
async function checkNonce({ nonce }: Proof, store: ProofStore, clock: Clock): Promise<void> {
  const slot = Math.floor(clock() / SLOT);
  const of = (s: number) => store.nonce(s, (s + 3) * SLOT);
  const current = await of(slot);
  if (nonce !== undefined && sameSecret(nonce, current)) return;
  if (nonce !== undefined && sameSecret(nonce, await of(slot - 1))) return;
  throw new Denial('proof-nonce', undefined, { wwwAuthenticate: 'DPoP error="use_dpop_nonce"', nonce: current });
}

export const handler = start((configuration) => {
  const rules = demanded('dpop', configuration.dpop);
  return dpop(accessTokens(configuration), new ProofStore(table(rules.table)), rules);
});
