/** Credentials in archives: found with the path inside, within bounds that no archive can stretch. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { Budget, searchFiles } from '../../lib/secrets/scan';

// Never a whole token in a file of ours.
const TOKEN = ['ghp', '_', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('');

interface Packed {
  readonly name: string;
  readonly content: string | Buffer;
  readonly stored?: true;
  /** What it says of itself. */
  readonly declared?: number;
  readonly flags?: number;
}

function zip(files: readonly Packed[]): Buffer {
  const [locals, central]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, content, stored, declared, flags = 0 } of files) {
    const [raw, path] = [Buffer.from(content), Buffer.from(name)];
    const data = stored ? raw : deflateRawSync(raw);
    const head = (bytes: number, signature: number, shift: number): Buffer => {
      const header = Buffer.alloc(bytes);
      header.writeUInt32LE(signature, 0);
      header.writeUInt16LE(flags, 6 + shift);
      header.writeUInt16LE(stored ? 0 : 8, 8 + shift);
      header.writeUInt32LE(data.length, 18 + shift);
      header.writeUInt32LE(declared ?? raw.length, 22 + shift);
      header.writeUInt16LE(path.length, 26 + shift);
      return header;
    };
    const entry = head(46, 0x02014b50, 2);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, path);
    const local = Buffer.concat([head(30, 0x04034b50, 0), path, data]);
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function tar(files: readonly { readonly name: string; readonly content: string; readonly type?: string }[]): Buffer {
  const blocks = files.flatMap(({ name, content, type = '0' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(type, 156);
    header.write('ustar', 257);
    const data = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    data.write(content);
    return [header, data];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const search = (name: string, data: Buffer, budget = new Budget()) => {
  writeFileSync(join(folder, name), data);
  const { found, unread } = searchFiles(folder, budget);
  return { found: found.map(({ at, what }) => `${at} ${what}`), unread: Object.fromEntries(unread) };
};
const CODE = `line one\ncall('${TOKEN}')`;
const FOUND = (archive: string) => ({ found: [`${archive}/lib/index.js:2 a token of GitHub`], unread: {} });

test.each(['code.zip', 'code.jar', 'CODE.ZIP', 'layer.whl'])('a zip is opened: %s', (name) => {
  const files = [
    { name: 'lib/', content: '' },
    { name: 'lib/index.js', content: CODE },
  ];
  expect(search(name, zip(files))).toEqual(FOUND(name));
  expect(search(name, zip([{ name: 'lib/index.js', content: CODE, stored: true }]))).toEqual(FOUND(name));
  expect(search(name, zip([{ name: 'lib/index.js', content: 'nothing here' }]))).toEqual({ found: [], unread: {} });
});

test.each(['code.tgz', 'code.tar.gz'])('so is a tar, compressed: %s', (name) => {
  const files = [
    { name: 'lib/', content: '', type: '5' },
    { name: 'lib/index.js', content: CODE },
  ];
  expect(search(name, gzipSync(tar(files)))).toEqual(FOUND(name));
});

test('and one that is not, also with long names', () => {
  const long = `${'d'.repeat(120)}/index.js`;
  const files = [
    { name: '././@LongLink', content: `${long}\0`, type: 'L' },
    { name: 'd', content: CODE },
  ];
  expect(search('code.tar', tar(files))).toEqual({ found: [`code.tar/${long}:2 a token of GitHub`], unread: {} });
});

test('packages in it are what others wrote', () => {
  const assigned = `const apiKey = "${'q7Rz81LmPx0aVd42'}Kj9s";`;
  const at = (name: string) => search('code.zip', zip([{ name, content: assigned }])).found;
  expect(at('index.js')).toEqual(['code.zip/index.js:1 a credential that is assigned in code']);
  expect(at('node_modules/p/index.js')).toEqual([]);
});

describe('what is not read is said', () => {
  test('archives in it, encrypted and binary files, unknown formats', () => {
    const files = [
      { name: 'inner.zip', content: zip([{ name: 'a', content: CODE }]) },
      { name: 'locked.js', content: CODE, flags: 1 },
      { name: 'image.png', content: Buffer.from([137, 80, 0, 1]) },
    ];
    expect(search('code.zip', zip(files))).toEqual({
      found: [],
      unread: { archive: 1, 'file that cannot be read': 1, 'binary file': 1 },
    });
    expect(search('code.zip', Buffer.from('PK')).unread).toEqual({ archive: 1 });
    expect(search('code.zip', zip(files).subarray(0, 90)).unread).toEqual({ archive: 1 });
  });

  test('damaged tars', () => {
    expect(search('code.tgz', Buffer.from('no gzip')).unread).toEqual({ archive: 1 });
    rmSync(join(folder, 'code.tgz'));
    const cut = tar([{ name: 'a', content: 'x'.repeat(2000) }]).subarray(0, 1024);
    expect(search('code.tar', cut).unread).toEqual({ archive: 1 });
  });
});

describe('no archive stretches the bounds', () => {
  const zeros = Buffer.alloc(8 * 1024 * 1024, 0x20);

  test('an entry that says that it is big is not unpacked, and one that lies about it not beyond what it says', () => {
    expect(search('bomb.zip', zip([{ name: 'a.js', content: zeros }])).unread).toEqual({ 'file that is too big': 1 });
    expect(search('bomb.zip', zip([{ name: 'a.js', content: zeros, declared: 100 }])).unread).toEqual({
      'file that cannot be read': 1,
    });
  });

  test('nor do many entries', () => {
    const files = Array.from({ length: 4_100 }, (_, i) => ({ name: `${i}.js`, content: 'x' }));
    expect(search('many.zip', zip(files)).unread).toEqual({ 'file beyond the bound': 101 });
    const big = Array.from({ length: 20 }, (_, i) => ({ name: `${i}.js`, content: Buffer.alloc(1024 * 1024, 0x20) }));
    rmSync(join(folder, 'many.zip'));
    expect(search('big.zip', zip(big)).unread).toEqual({ 'file beyond the bound': 4 });
  });

  test('nor what unpacks to more than is read of one', () => {
    expect(search('bomb.tgz', gzipSync(Buffer.alloc(20 * 1024 * 1024))).unread).toEqual({ archive: 1 });
  });

  test('names with control characters are shown without them', () => {
    expect(search('code.zip', zip([{ name: 'a\u001b[2J.js', content: CODE }])).found).toEqual([
      'code.zip/a?[2J.js:2 a token of GitHub',
    ]);
  });
});
