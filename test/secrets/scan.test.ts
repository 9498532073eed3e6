/** Credentials in templates and files: found with their place, never shown, within bounds. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsIn } from '../../lib/secrets/rules';
import { Budget, searchFiles, searchTemplate } from '../../lib/secrets/scan';

/** Put together here, so that no scanner of this repository finds them. */
const AWS_SECRET = ['q8Zt4vW1nR7bX2kL9mF3', 'sH6dJ5gK0pC7yT2wQ4xE'].join('');
const GITHUB = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
const PEM = { type: 'pkcs8', format: 'pem' } as const;
const RSA = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: PEM,
});
const PRIVATE_KEY = RSA.privateKey;
const SHORT_KEY = generateKeyPairSync('ed25519').privateKey.export(PEM).toString();

const search = (value: unknown) => searchTemplate([{ part: 'App/Fn', value, at: '' }]).map(({ found }) => found);

describe('templates', () => {
  test.each<[string, unknown, string, string]>([
    [
      'environment',
      { Environment: { Variables: { AWS_SECRET_ACCESS_KEY: AWS_SECRET } } },
      'Environment.Variables.AWS_SECRET_ACCESS_KEY',
      'a credential written out as `AWS_SECRET_ACCESS_KEY`',
    ],
    [
      'inline code',
      { Code: { ZipFile: `exports.handler = () => call('${GITHUB}')` } },
      'Code.ZipFile',
      'a token of GitHub',
    ],
    ['a URL', { Uri: ['https', '://orders:h8Kq2mPz@api.acme.io/'].join('') }, 'Uri', 'a password in a URL'],
    ['a private key', { Body: PRIVATE_KEY }, 'Body', 'a private key'],
    ['a short private key', { Body: SHORT_KEY }, 'Body', 'a private key'],
    ['a key as JSON', { Body: JSON.stringify({ key: SHORT_KEY }) }, 'Body', 'a private key'],
    [
      'pieces',
      { Uri: { 'Fn::Join': ['', ['postgres://orders:', 'h8Kq2mPz9', '@', { Ref: 'Host' }, '/db']] } },
      'Uri',
      'a password in a database connection string',
    ],
    [
      'user data',
      { UserData: { 'Fn::Base64': { 'Fn::Sub': `#!/bin/sh\nexport GITHUB=${GITHUB}\n` } } },
      'UserData',
      'a token of GitHub',
    ],
    [
      'user data as transmitted',
      { UserData: Buffer.from(`export GITHUB=${GITHUB}`).toString('base64') },
      'UserData',
      'a token of GitHub',
    ],
    [
      'pairs',
      { ContainerDefinitions: [{ Environment: [{ Name: 'DB_PASSWORD', Value: 'hunter2' }] }] },
      'ContainerDefinitions[0].Environment[0].Value',
      'a credential written out as `DB_PASSWORD`',
    ],
    [
      'a branch',
      { MasterUserPassword: { 'Fn::If': ['Prod', { Ref: 'Password' }, 'hunter2'] } },
      'MasterUserPassword.Fn::If',
      'a credential written out as `MasterUserPassword`',
    ],
    [
      'an access key',
      { Value: { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] } },
      'Value',
      'the secret of the access key `Key`',
    ],
  ])('in %s', (_, value, at, what) => {
    const found = search(value);
    expect(found).toContainEqual({ at, what });
    // Neither the finding nor anything else shows it.
    expect(JSON.stringify(found)).not.toMatch(new RegExp(`${AWS_SECRET}|${GITHUB}|hunter2|h8Kq2mPz`));
  });

  test('what only refers is none', () => {
    const value = {
      MasterUserPassword: '{{resolve:secretsmanager:orders/db:SecretString:password}}',
      Password: { Ref: 'Password' },
      OtherPassword: { 'Fn::GetAtt': ['Secret', 'Plain'] },
      Uri: { 'Fn::Sub': 'postgres://orders:${Password}@db.acme.io/orders' },
      EnvironmentVariables: [{ Name: 'DB_PASSWORD', Type: 'SECRETS_MANAGER', Value: 'orders-db' }],
      SecretString: { 'Fn::Sub': '{"secret":"${Key.SecretAccessKey}"}' },
      Certificate: RSA.publicKey.replaceAll('PUBLIC KEY', 'CERTIFICATE'),
      PublicKey: RSA.publicKey,
      Jwks: '{"keys":[{"kty":"RSA","kid":"2026","n":"q8Zt4vW1nR7bX2kL9mF3sH6dJ5gK0pC7yT2wQ4xE","e":"AQAB"}]}',
      S3Key: '3f9a81c07e5d42b6a9c0d17e83f2b6543f9a81c07e5d42b6a9c0d17e83f2b654.zip',
      Documentation: { AWS_SECRET_ACCESS_KEY: ['wJalrXUtnFEMI/K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/') },
    };
    expect(search(value)).toEqual([]);
  });

  test('the store for credentials takes the secret of an access key', () => {
    const handed = { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] };
    expect(search({ SecretString: handed })).toEqual([]);
    expect(search({ Environment: { Variables: { SECRET: handed } } })).toHaveLength(1);
  });
});

describe('many in one part', () => {
  const handed = { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] };
  const named = { Name: 'DB_PASSWORD', Value: 'hunter2' };
  const spoken = `call('${GITHUB}')`;

  test('are told in the order in which they are written, those in texts after them', () => {
    expect(search({ A: [spoken, handed, named], B: [named, handed] }).map(({ at }) => at)).toEqual([
      'A[1]',
      'A[2].Value',
      'B[0].Value',
      'B[1]',
      'A[0]',
    ]);
  });

  // A template of 1 MB holds some ten thousand, each of which would otherwise be looked for from its beginning.
  test.each([
    ['that hand over a key', handed],
    ['by name', named],
    ['in a text', spoken],
  ])('%s are placed as fast as one', (_, one) => {
    const readsOf = (count: number): number => {
      let reads = 0;
      const list = Array.from({ length: count }, () => one);
      const value = Object.defineProperty({}, 'List', { enumerable: true, get: () => [list, reads++][0] });
      expect(search(value)).toHaveLength(count);
      return reads;
    };
    expect(readsOf(50)).toBe(readsOf(1));
  });
});

test('no comment switches a rule off', () => {
  const silenced = `// secretlint-disable\nconst token = '${GITHUB}';`;
  expect(credentialsIn(silenced)).toHaveLength(1);
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string | Buffer): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };

  test('a credential is found by file and line', () => {
    write('index.js', `const a = 1;\nconst b = 2;\ncall('${GITHUB}');\n`);
    write('lib/.env', `AWS_SECRET_ACCESS_KEY=${AWS_SECRET}\n`);
    write('clean.js', 'exports.handler = async () => process.env.TOKEN;\n');
    const { found, unread } = searchFiles(folder, new Budget());
    expect(found).toEqual([
      { what: 'a token of GitHub', at: 'index.js:3' },
      { what: 'an AWS secret access key', at: 'lib/.env:1' },
    ]);
    expect([...unread]).toEqual([]);
  });

  test('one file', () => {
    write('index.js', `call('${GITHUB}')`);
    expect(searchFiles(join(folder, 'index.js'), new Budget()).found).toEqual([
      { what: 'a token of GitHub', at: 'index.js:1' },
    ]);
  });

  test('packages are searched for what has the form of a credential alone', () => {
    const code = `const apiKey = "${AWS_SECRET.slice(0, 24)}";`;
    write('index.js', code);
    write('node_modules/p/index.js', `${code} call('${GITHUB}')`);
    expect(searchFiles(folder, new Budget()).found.map(({ at, what }) => `${at} ${what}`)).toEqual([
      'index.js:1 a credential that is assigned in code',
      'node_modules/p/index.js:1 a token of GitHub',
    ]);
  });

  test('what was not read is said, and links are not followed', () => {
    write('code.zip', 'PK');
    write('image.png', Buffer.from([137, 80, 0, 1]));
    write('big.js', 'x'.repeat(1024 * 1024 + 1));
    symlinkSync(folder, join(folder, 'loop'));
    const { found, unread } = searchFiles(folder, new Budget());
    expect(found).toEqual([]);
    expect([...unread].sort()).toEqual([
      ['archive', 1],
      ['binary file', 1],
      ['file that is too big', 1],
    ]);
    expect([...searchFiles(join(folder, 'gone'), new Budget()).unread]).toEqual([['file that cannot be read', 1]]);
  });

  test('the bounds hold for all files of an app together', () => {
    const budget = new Budget();
    while (budget.take(1024 * 1024));
    write('index.js', `call('${GITHUB}');${' '.repeat(1024)}`);
    const { found, unread } = searchFiles(folder, budget);
    expect(found).toEqual([]);
    expect([...unread]).toEqual([['file beyond the bound', 1]]);
  });
});
