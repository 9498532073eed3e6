/**
 * The files in an archive, one by one, as far as they are small: zip (also by its other names) and tar, also compressed with gzip.
 *
 * Read within bounds, whatever the archive says of itself: no entry is unpacked to more than it declares, and what declares too
 * much is not unpacked. Names are never used as paths. What is damaged, encrypted, split or of another method is said to be
 * unreadable; archives in archives are not opened. Formats:
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.7, 4.3.12, 4.3.16),
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html ("ustar Interchange Format")
 */
import { gunzipSync, inflateRawSync } from 'node:zlib';

export interface Entry {
  readonly name: string;
  /** As declared. */
  readonly bytes: number;
  /** Undefined where it cannot be read, or is longer than it says. */
  read(): Buffer | undefined;
}

/** Of what is unpacked as a whole. */
const MAX_UNPACKED = 16 * 1024 * 1024;

const ZIP = /\.(zip|jar|war|whl)$/i;
const TAR = /\.tar$/i;
const TAR_GZ = /\.(tgz|tar\.gz)$/i;

/** True iff archives of that name are opened. */
export function isOpened(name: string): boolean {
  return ZIP.test(name) || TAR.test(name) || TAR_GZ.test(name);
}

/** The files in the archive, by name; undefined where it cannot be read as what its name says. */
export function entriesOf(name: string, data: Buffer): readonly Entry[] | undefined {
  try {
    const entries = ZIP.test(name)
      ? zipped(data)
      : tarred(TAR_GZ.test(name) ? gunzipSync(data, { maxOutputLength: MAX_UNPACKED }) : data);
    return entries && [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch {
    // Out of range, or damaged: nothing that was read so far is to be relied on.
    return undefined;
  }
}

const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50] as const;
/** Length of each record without what follows it. */
const [END_BYTES, CENTRAL_BYTES, LOCAL_BYTES] = [22, 46, 30] as const;
const MAX_COMMENT = 0xffff;

function zipped(data: Buffer): readonly Entry[] | undefined {
  let end = data.length - END_BYTES;
  const first = Math.max(0, end - MAX_COMMENT);
  while (end >= first && data.readUInt32LE(end) !== END) end--;
  if (end < first) return undefined;
  const count = data.readUInt16LE(end + 10);
  let at = data.readUInt32LE(end + 16);
  // With a larger one, the real numbers stand elsewhere (Zip64).
  if (count === 0xffff || at === 0xffffffff) return undefined;
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (data.readUInt32LE(at) !== CENTRAL) return undefined;
    const [flags, method] = [data.readUInt16LE(at + 8), data.readUInt16LE(at + 10)];
    const [packed, bytes] = [data.readUInt32LE(at + 20), data.readUInt32LE(at + 24)];
    const nameBytes = data.readUInt16LE(at + 28);
    const after = data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
    const local = data.readUInt32LE(at + 42);
    const name = shown(data.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    if (!name.endsWith('/'))
      entries.push({
        name,
        bytes,
        read: () => ((flags & 1) === 1 ? undefined : unpacked(data, local, packed, method, bytes)),
      });
    at += CENTRAL_BYTES + nameBytes + after;
  }
  return entries;
}

function unpacked(data: Buffer, local: number, packed: number, method: number, bytes: number): Buffer | undefined {
  try {
    if (data.readUInt32LE(local) !== LOCAL) return undefined;
    const start = local + LOCAL_BYTES + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
    const content = data.subarray(start, start + packed);
    if (method === 0) return packed === bytes && content.length === bytes ? content : undefined;
    return method === 8 ? inflateRawSync(content, { maxOutputLength: Math.max(1, bytes) }) : undefined;
  } catch {
    return undefined;
  }
}

const BLOCK = 512;
const LONG_NAME = 'L';

function tarred(data: Buffer): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  let long: string | undefined;
  for (let at = 0; at + BLOCK <= data.length; ) {
    const header = data.subarray(at, at + BLOCK);
    // Two empty blocks end it.
    if (header.every((byte) => byte === 0)) break;
    const bytes = Number.parseInt(header.toString('latin1', 124, 136).replace(/[\0 ]/g, ''), 8);
    if (!Number.isSafeInteger(bytes) || bytes < 0) return undefined;
    const content = data.subarray(at + BLOCK, at + BLOCK + bytes);
    if (content.length < bytes) return undefined;
    const type = header.toString('latin1', 156, 157);
    const prefix = header.toString('latin1', 257, 262) === 'ustar' ? shown(header.subarray(345, 500)) : '';
    const own = shown(header.subarray(0, 100));
    if (type === LONG_NAME) long = shown(content);
    else {
      const name = long ?? (prefix === '' ? own : `${prefix}/${own}`);
      if (type === '0' || type === '\0') entries.push({ name, bytes, read: () => content });
      long = undefined;
    }
    at += BLOCK + Math.ceil(bytes / BLOCK) * BLOCK;
  }
  return entries;
}

/** Up to the first zero byte, and without what would move the cursor of a terminal. */
function shown(name: Buffer): string {
  const end = name.indexOf(0);
  return [...name.toString('utf8', 0, end < 0 ? name.length : end)]
    .map((char) => (char < ' ' || char === '\u007f' ? '?' : char))
    .join('');
}
