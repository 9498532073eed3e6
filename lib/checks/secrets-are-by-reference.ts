/**
 * DOM-11, written secrets: no credential stands in a template, an environment, inline code, an output or an uploaded file,
 * and what a domain keeps in Secrets Manager lies under the domain's key.
 *
 * A credential in a template is read by everybody who may describe the stack or the function, and stays in their history
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html). A secret under the
 * account's default key is decrypted for every principal of the account that may read secrets
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html). What was searched, and how:
 * lib/secrets. A finding never shows the credential.
 */
import type { Model, Resource, WrittenSecret } from '../model/model';
import { isText, literal, show } from '../policy/text';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';

export const secretsAreByReference: Check = {
  id: 'DOM-11',
  compliant: 'no credential is written out, and the secrets of a domain lie under its key',
  run: (model) => [...(model.secrets ?? []).map(written), ...storedSecrets(model)],
};

function written({ path, at, what }: WrittenSecret): Finding {
  return finding(
    'violated',
    `\`${path}\` holds ${what} at \`${at}\``,
    [path],
    'put it into AWS Secrets Manager under the key of the domain, refer to it by ARN or `{{resolve:secretsmanager:…}}`, and replace the credential: it is known now',
  );
}

const KEYS: ReadonlySet<string> = new Set(['AWS::KMS::Key', 'AWS::KMS::Alias', 'AWS::KMS::ReplicaKey']);

function storedSecrets({ resources }: Model): Finding[] {
  const keys = new Map(resources.filter(({ origin }) => KEYS.has(origin.type)).map((key) => [key.id, key]));
  return resources
    .filter(({ origin, domain }) => origin.type === 'AWS::SecretsManager::Secret' && domain !== undefined)
    .flatMap((secret) => judge(secret, keys));
}

function judge({ origin, domain, references, properties }: Resource, keys: ReadonlyMap<string, Resource>): Finding[] {
  const written = properties.KmsKeyId;
  const fix = `give it the key of \`${domain}\` as \`KmsKeyId\``;
  if (written === undefined || written === '' || written === 'alias/aws/secretsmanager') {
    const message = `the secret \`${origin.path}\` of \`${domain}\` lies under the account's default key, which serves every domain`;
    return [finding('violated', message, [origin.path], fix)];
  }
  const key = references.filter(({ at }) => at === 'KmsKeyId').flatMap(({ to }) => keys.get(to) ?? [])[0];
  if (key === undefined) {
    const shown = isText(written) ? (literal(written) ?? show(written)) : JSON.stringify(written);
    const message = `whether the secret \`${origin.path}\` lies under a key of \`${domain}\` cannot be told: nothing in the templates says whose \`${shown}\` is`;
    return [
      finding(
        'undecided',
        message,
        [origin.path],
        `refer to the key of \`${domain}\` in the app, or take it into the domain`,
      ),
    ];
  }
  // A key of another domain is a shared resource, and shown as one.
  if (key.domain !== undefined) return [];
  const message = `the secret \`${origin.path}\` of \`${domain}\` lies under the key \`${key.origin.path}\`, which belongs to no domain`;
  return [finding('violated', message, [origin.path, key.origin.path], fix)];
}

function finding(severity: Finding['severity'], message: string, constructPaths: string[], fix: string): Finding {
  return { id: 'DOM-11', severity, message, constructPaths, fix, ...OF_A_SETTING };
}
