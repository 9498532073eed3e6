/**
 * The elements of a DER encoding (X.690, 8.1 and 10.1), one level at a time, without a copy.
 *
 * The ASN.1 library reads an object for every element and stops at 10,000 of them, which a revocation
 * list of 2,500 certificates reaches. This reads the long list; the library reads the rest.
 * Whatever is not definite, shortest-form and within bounds throws.
 */

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length included. */
  readonly whole: Buffer;
}

export const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, sequence: 0x30, utcTime: 0x17, time: 0x18 } as const;

/** The elements that follow one another in `bytes`, to its end. */
export function* elements(bytes: Buffer): Generator<Element> {
  let at = 0;
  while (at < bytes.length) {
    const element = elementAt(bytes, at);
    yield element;
    at += element.whole.length;
  }
}

/** The one element that `bytes` is. */
export function onlyElement(bytes: Buffer, tag: number): Element {
  const element = elementAt(bytes, 0);
  if (element.tag !== tag || element.whole.length !== bytes.length)
    throw new RangeError('another element was expected');
  return element;
}

function elementAt(bytes: Buffer, at: number): Element {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  // Tags above 30 take more than one octet; none of them stands in what is read here.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new RangeError('no element');
  const octets = first < 0x80 ? 0 : first & 0x7f;
  const from = at + 2 + octets;
  if (first === 0x80 || octets > 4 || from > bytes.length) throw new RangeError('no length');
  const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
  if (octets > 0 && (length < 0x80 || bytes[at + 2] === 0)) throw new RangeError('a length that is not the shortest');
  const end = from + length;
  if (end > bytes.length) throw new RangeError('an element beyond the end');
  return { tag, content: bytes.subarray(from, end), whole: bytes.subarray(at, end) };
}
