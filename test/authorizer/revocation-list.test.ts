/** Revocation lists as bytes: read as an independent reader reads them, however long, and never accepted when changed. */
import 'reflect-metadata';
import { X509Crl } from '@peculiar/x509';
import { elements } from '../../lib/authorizer/der';
import { isSignedBy, parseCertificate, parseRevocationList } from '../../lib/authorizer/x509';
import { NOW } from './an-issuer';
import { Authority, pem } from './authorities';

let authority: Authority;
beforeAll(async () => {
  authority = await Authority.named('C=DE, O=Partner, CN=Partner CA');
});

/** Serial numbers short and long, with the high bit set and without. */
const serials = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    i % 3 === 0 ? `80${i.toString(16).padStart(18, '0')}` : (i + 1).toString(16),
  );
const listOf = (count: number) =>
  authority.list({ revoked: serials(count).map((serialNumber) => ({ serialNumber })) as never });

test.each([0, 1, 7, 300])('a list of %d is read as an independent reader reads it', async (count) => {
  const list = await listOf(count);
  const other = new X509Crl(list);
  const read = parseRevocationList(list);
  const plain = (serial: string) => serial.toUpperCase().replace(/^0+(?=.)/, '');
  expect([...read.serials]).toEqual(other.entries.map(({ serialNumber }) => plain(serialNumber)));
  expect(read).toMatchObject({
    issuer: parseCertificate(pem(authority.certificate)).subject,
    thisUpdate: other.thisUpdate.getTime() / 1000,
    nextUpdate: other.nextUpdate!.getTime() / 1000,
    unsupported: false,
  });
  expect(isSignedBy(read, parseCertificate(pem(authority.certificate)))).toBe(true);
});

test('a list of 2,600 is read, which is more than the library reads', async () => {
  const list = await listOf(2600);
  expect(() => new X509Crl(list)).toThrow(/node count/);
  expect(parseRevocationList(list).serials.size).toBe(2600);
}, 60_000);

test('times after 2049 are read', async () => {
  const far = Date.UTC(2060, 0, 1) / 1000;
  expect(parseRevocationList(await authority.list({ nextUpdate: far }))).toMatchObject({
    nextUpdate: far,
    thisUpdate: NOW - 86_400,
  });
});

test('no byte of a list can be changed', async () => {
  const list = await listOf(3);
  const by = parseCertificate(pem(authority.certificate));
  const accepted = (bytes: Buffer): boolean => {
    try {
      return isSignedBy(parseRevocationList(bytes), by);
    } catch {
      return false;
    }
  };
  expect(accepted(list)).toBe(true);
  for (let at = 0; at < list.length; at++) {
    for (const bit of [0x01, 0x80]) {
      const changed = Buffer.from(list);
      changed[at]! ^= bit;
      expect([at, bit, accepted(changed)]).toEqual([at, bit, false]);
    }
    expect(accepted(list.subarray(0, at))).toBe(false);
  }
  expect(accepted(Buffer.concat([list, Buffer.from([0])]))).toBe(false);
});

test.each<[string, number[]]>([
  ['a length beyond the end', [0x30, 0x05, 0x00]],
  ['an indefinite length', [0x30, 0x80, 0x00, 0x00]],
  ['a length that is not the shortest', [0x30, 0x81, 0x01, 0x00]],
  ['a length with a leading zero', [0x30, 0x82, 0x00, 0x80, ...Array(128).fill(0)]],
  ['a length of five octets', [0x30, 0x85, 0, 0, 0, 0, 1, 0]],
  ['a length that is cut off', [0x30, 0x82, 0x01]],
  ['a tag of several octets', [0x1f, 0x81, 0x00]],
  ['a tag alone', [0x30]],
])('%s is no element', (_, bytes) => {
  expect(() => [...elements(Buffer.from(bytes))]).toThrow(RangeError);
  expect([...elements(Buffer.from([0x30, 0x01, 0x05]))]).toHaveLength(1);
});
