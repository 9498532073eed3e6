/**
 * Tokens and signatures that were good once, or nearly: a token that the pool itself signed and that has expired, and a
 * call signed with another secret. For the first the run takes the pool's key out of the emulator's own files.
 */
import { createPrivateKey } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { signed } from '../../authorizer/an-issuer';
import { ask, type Credentials } from './aws';
import type { Site } from './deploy';
import type { Emulator } from './emulator';
import { type Row, row } from './evidence';
import { bearer, type Opened } from './gateway';
import { REGION, stackOf } from './place';
import type { World } from './world';

type Claims = Readonly<Record<string, unknown>>;

export const expiredTokens =
  (emulator: Emulator) =>
  async ({ world, gateway, tokens }: Opened): Promise<readonly Row[]> => {
    const pool = world.only(stackOf('partner'), 'AWS::Cognito::UserPool').physicalId;
    const key = createPrivateKey(keyOfPool(JSON.parse(emulator.kept('cognito-idp')), pool));
    const [header, claims] = tokens.partner
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims);
    if (header === undefined || claims === undefined) throw new Error('the token of `partner` is none');
    const now = Math.floor(Date.now() / 1000);
    const call = async (expires: number) =>
      gateway.call('partner', 'GET', '/orders', bearer(signed(header, { ...claims, exp: expires }, key)));
    const [expired, valid] = [await call(now - 60), await call(now + 60)];
    return [
      row('S9', 'a token that the pool signed, a minute after it expired', 'live', {
        observed: expired.status === 401 || expired.status === 403 ? 'denied' : `${expired.status}`,
        twin: { what: 'the same token, a minute before', holds: valid.status === 200 },
      }),
    ];
  };

/** The private key of the pool, wherever in the file the pool is described. */
function keyOfPool(kept: unknown, pool: string): string {
  const found = search(kept, pool);
  if (found === undefined) throw new Error(`the emulator keeps no key of the pool \`${pool}\``);
  return found;
}

function search(value: unknown, pool: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, signing_key_pem: key } = value as Readonly<Record<string, unknown>>;
  if (id === pool && typeof key === 'string') return key;
  for (const inner of Object.values(value)) {
    const found = search(inner, pool);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The emulator verifies signatures at the gateway, too; it only lets calls pass that have none. */
export async function signedCalls({ endpoint, sessions }: Site, world: World): Promise<Row> {
  const { physicalId } = world.only(stackOf('internal'), 'AWS::ApiGateway::RestApi');
  const host = `${physicalId}.execute-api.${REGION}.amazonaws.com`;
  const call = async (as: Credentials): Promise<number> => {
    const client = new AwsClient({ ...as, service: 'execute-api', region: REGION, retries: 0 });
    const { headers } = await client.sign(`https://${host}/v1/orders`, { method: 'GET' });
    return (await ask(endpoint, `${endpoint.url}/v1/orders`, 'GET', { ...Object.fromEntries(headers), host })).status;
  };
  const reader = await sessions.duty('internal', 'read');
  const secretAccessKey = `${reader.secretAccessKey.slice(1)}0`;
  const [stolen, own] = [await call({ ...reader, secretAccessKey }), await call(reader)];
  return row('D4, S9', 'a call of the internal API, signed with another secret', 'live', {
    observed: stolen === 403 ? 'denied' : `${stolen}`,
    twin: { what: 'signed with its own', holds: own === 200 },
  });
}
