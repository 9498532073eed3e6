/** DOM-11: no credential is written out, and the secrets of a domain lie under its key. */

import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { secretsAreByReference } from '../../lib/checks/secrets-are-by-reference';
import { buildModel } from '../../lib/model/build-model';
import { analyse } from '../../lib/report/analyse';
import { att, type Json, ref, stack } from '../model/notation';

const GITHUB = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');

const of = (resources: Json, sections?: Json) =>
  secretsAreByReference.run(
    buildModel([stack(resources, { sections })], undefined, { assets: [] }),
    new CheckContext(awsCatalogue()),
  );
const owned = (Type: string, domain: string, Properties: Json = {}) => ({
  Type,
  Properties,
  Metadata: { bulkhead: { domain, part: 'part' } },
});

test('each place of a template is named, and no credential is shown', () => {
  const findings = of(
    {
      Fn: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { TOKEN: GITHUB } } } },
      Init: { Type: 'AWS::EC2::Instance', Metadata: { 'AWS::CloudFormation::Init': { files: { content: GITHUB } } } },
    },
    {
      Parameters: {
        Password: { Type: 'String', Default: 'hunter2' },
        Hidden: { Type: 'String', NoEcho: true, Default: 'hunter3' },
      },
      Outputs: { Token: { Value: GITHUB } },
    },
  );
  expect(findings.map(({ message, severity }) => `${severity}: ${message}`).sort()).toEqual([
    'violated: `S/Fn` holds a credential written out as `TOKEN` at `Environment.Variables.TOKEN`',
    'violated: `S/Init` holds a token of GitHub at `Metadata.AWS::CloudFormation::Init.files.content`',
    'violated: `S` holds a credential written out as `Password` at `Parameters.Password`',
    'violated: `S` holds a credential written out as `Token` at `Outputs.Token`',
    'violated: `S` holds the default of a hidden parameter at `Parameters.Hidden`',
  ]);
  expect(JSON.stringify(findings)).not.toMatch(new RegExp(`${GITHUB}|hunter`));
});

test('references are no findings', () => {
  const resources = {
    Db: {
      Type: 'AWS::RDS::DBInstance',
      Properties: { MasterUserPassword: '{{resolve:secretsmanager:orders:SecretString:password}}' },
    },
    Fn: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { DB_SECRET: ref('Secret') } } } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
  };
  expect(of(resources, { Parameters: { Password: { Type: 'String', NoEcho: true } } })).toEqual([]);
});

describe('a secret of a domain lies under the key of the domain', () => {
  const secret = (KmsKeyId?: unknown) =>
    owned('AWS::SecretsManager::Secret', 'orders', KmsKeyId === undefined ? {} : { KmsKeyId });
  const severities = (resources: Json, sections?: Json) =>
    of(resources, sections).map(({ severity, message }) => [severity, message]);

  test('its own key, by ARN, id or alias', () => {
    const Key = owned('AWS::KMS::Key', 'orders');
    const Alias = owned('AWS::KMS::Alias', 'orders', { AliasName: 'alias/orders', TargetKeyId: ref('Key') });
    for (const named of [att('Key'), ref('Key'), ref('Alias')])
      expect(severities({ Key, Alias, Secret: secret(named) })).toEqual([]);
  });

  test('no key, or the account’s, is a violation', () => {
    for (const named of [undefined, 'alias/aws/secretsmanager'])
      expect(severities({ Secret: secret(named) })).toEqual([
        [
          'violated',
          "the secret `S/Secret` of `orders` lies under the account's default key, which serves every domain",
        ],
      ]);
  });

  test('a key of nobody is a violation; a key of another domain is shared, and DOM-2’s', () => {
    expect(severities({ Key: { Type: 'AWS::KMS::Key', Properties: {} }, Secret: secret(att('Key')) })).toEqual([
      ['violated', 'the secret `S/Secret` of `orders` lies under the key `S/Key`, which belongs to no domain'],
    ]);
    const other = stack({ Key: owned('AWS::KMS::Key', 'billing'), Secret: secret(att('Key')) });
    const ids = analyse({ templates: [other] }, { source: 'none' }).findings.map(({ id }) => id);
    expect(ids).toContain('DOM-2');
    expect(ids).not.toContain('DOM-11');
  });

  test('a key that only the deployment knows is undecided', () => {
    const sections = { Parameters: { KeyArn: { Type: 'String' } } };
    expect(severities({ Secret: secret(ref('KeyArn')) }, sections)).toMatchObject([
      ['undecided', expect.stringContaining('S/Secret')],
    ]);
  });

  test('a secret of nobody is nobody’s', () => {
    expect(severities({ Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} } })).toEqual([]);
  });
});
