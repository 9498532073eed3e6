/** A cell of the matrix, observed: the request is made with a session of the role, and denied or not. */
import { denied, type Endpoint, element, json, must, query, ROOT_USER, send } from './aws';
import type { Site } from './deploy';
import type { Observe } from './matrix';
import { DOMAINS, stackOf } from './place';
import type { Material } from './probes';
import type { World } from './world';

/** Data of each domain, encrypted with its key, as somebody who found it would have it. */
export async function prepareMaterial(endpoint: Endpoint, world: World): Promise<Material> {
  const ciphertext: Record<string, string> = {};
  const policies: Record<string, string> = {};
  for (const domain of DOMAINS) {
    const key = world.arnOf(world.only(stackOf(domain), 'AWS::KMS::Key'));
    const { body } = await must(endpoint, ROOT_USER, json('kms', 'Encrypt', { KeyId: key, Plaintext: 'c2VjcmV0' }));
    ciphertext[domain] = (JSON.parse(body) as { CiphertextBlob: string }).CiphertextBlob;
  }
  for (const resource of world.resources) {
    const arn = world.arnOf(resource);
    if (resource.type === 'AWS::KMS::Key') {
      const call = json('kms', 'GetKeyPolicy', { KeyId: arn, PolicyName: 'default' });
      policies[arn] = (JSON.parse((await must(endpoint, ROOT_USER, call)).body) as { Policy: string }).Policy;
    } else if (resource.type === 'AWS::S3::Bucket') {
      const path = `/${resource.physicalId}?policy`;
      policies[arn] = (await must(endpoint, ROOT_USER, { service: 's3', method: 'GET', path })).body;
    }
  }
  for (const { name, arn } of world.roles.filter((role) => role.name.startsWith('bulkhead-'))) {
    const { body } = await must(endpoint, ROOT_USER, query('iam', 'GetRole', { RoleName: name }));
    policies[arn] = decodeURIComponent(element(body, 'AssumeRolePolicyDocument') ?? '');
  }
  return { ciphertext, policies };
}

export function observer({ endpoint, sessions }: Site, live: ReadonlySet<string>, material: Material): Observe {
  return async ({ name }, probe, domain, arn) => {
    if (probe.call === undefined || !live.has(probe.kind)) return undefined;
    const session = await sessions.stolen(name);
    const answer = await send(endpoint, session, probe.call(arn, domain, material));
    // Neither yes nor no: the session ended, or the emulator broke.
    if (answer.status >= 500 || /ExpiredToken|InvalidClientTokenId|IncompleteSignature/.test(answer.code ?? '')) {
      throw new Error(
        `${name}: ${probe.action} on ${arn}: ${answer.status} ${answer.code} ${answer.body.slice(0, 300)}`,
      );
    }
    return denied(answer) ? 'denied' : 'allowed';
  };
}
