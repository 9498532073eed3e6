/** Credentials by their names: what is taken for one, and what is not. */
import { assignedIn, isNamedCredential, looksRandom } from '../../lib/secrets/named';

/** Never written in one piece, so that no scanner of this repository takes it for one. */
const RANDOM = ['q8Zt4vW1', 'nR7bX2kL', '9mF3sH6d'].join('');

test.each([
  ['MasterUserPassword', 'hunter2'],
  ['DB_PASSWORD', 'correct-horse-battery-staple'],
  ['dbPassword', 'changeme'],
  ['/orders/db/password', 'hunter2'],
  ['SecretString', '{"username":"admin","password":"hunter2"}'],
  ['OAuthToken', 'a-token'],
  ['client_secret', 'abc'],
  ['API_TOKEN', RANDOM],
  ['StripeSecretKey', RANDOM],
  ['SERVICE_API_KEY', '3f9a81c07e5d42b6a9c0d17e83f2b654'],
])('%s: %s is a credential', (name, value) => {
  expect(isNamedCredential(name, value)).toBe(true);
});

test.each([
  // References.
  ['DB_PASSWORD', '{{resolve:secretsmanager:orders/db:SecretString:password}}'],
  ['DB_PASSWORD', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf'],
  ['DB_PASSWORD', '/orders/db/password'],
  ['ISSUER_TOKEN', 'https://login.example.com/token'],
  // Names of where it lies.
  ['API_TOKEN', 'orders-api-token-production'],
  ['DB_SECRET', 'OrdersDatabaseSecret8C9F2A1B'],
  ['DB_SECRET', 'OrdersSecret8C9F2A1B-x7Kq2mPzR4'],
  ['DB_SECRET_ARN', RANDOM],
  // Settings and placeholders.
  ['MANAGE_PASSWORD', 'true'],
  ['DB_PASSWORD', '<set at deployment>'],
  ['DB_PASSWORD', '${Password}'],
  ['HttpTokens', 'required'],
  ['ServiceToken', 'arn:aws:lambda:eu-central-1:111122223333:function:provider'],
  // Ids and hashes.
  ['REQUEST_TOKEN', '8f14e45f-ceea-467f-a0e6-5d7a2f3b9c11'],
  ['S3Key', '3f9a81c07e5d42b6a9c0d17e83f2b6543f9a81c07e5d42b6a9c0d17e83f2b654.zip'],
  ['IMAGE_DIGEST', RANDOM],
])('%s: %s is none', (name, value) => {
  expect(isNamedCredential(name, value)).toBe(false);
});

test('what looks random is drawn, not chosen', () => {
  expect([RANDOM, '3f9a81c07e5d42b6a9c0d17e83f2b654'].map(looksRandom)).toEqual([true, true]);
  expect(
    ['orders-production-key-2026', 'aaaaaaaaaaaaaaaaaaaa1111', 'ThisIsALongCamelCaseName1'].map(looksRandom),
  ).toEqual([false, false, false]);
});

test('assignments in code, of what looks random and is called a credential', () => {
  const places = (code: string) => [...assignedIn(code)].map(({ start, end }) => code.slice(start, end));
  expect(places(`const apiKey = "${RANDOM}";`)).toEqual([RANDOM]);
  expect(places(`{"token":"${RANDOM}"}`)).toEqual([RANDOM]);
  expect(
    places(`const digest = "${RANDOM}"; const apiKey = process.env.API_KEY; token = "please-sign-in-first-1"`),
  ).toEqual([]);
});
