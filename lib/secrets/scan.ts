/**
 * Credentials in templates and in files, each with its place and never itself.
 *
 * A template is searched string by string, as it will be deployed; all its strings are put before the rules as one text,
 * since a rule costs little by length and much by call. Files are read within bounds that do not depend on the machine:
 * what lies beyond them, or is no text, is said to be unread.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { entriesOf, isOpened } from './archive';
import { pathsOf, type Reader, readLeaves } from './leaves';
import { assignedIn, isNamedCredential, mayNameCredential } from './named';
import { credentialsIn } from './rules';

export interface FoundCredential {
  /** With its article. */
  readonly what: string;
  /** Property path, or file and line. */
  readonly at: string;
}

/** Between strings: no rule goes across it. */
const APART = '\n\u0000\n';
/** Shorter strings hold no token; passwords are found by their names. */
const SHORTEST = 12;

export interface TemplatePart<Part> {
  readonly part: Part;
  readonly value: unknown;
  /** Where the part stands in its template. */
  readonly at: string;
}

/** @param parts the part, and the property path within it, tell the place */
export function searchTemplate<Part>(
  parts: readonly TemplatePart<Part>[],
): { readonly part: Part; readonly found: FoundCredential }[] {
  // Templates say the same many times over: the rules see each text once, and what they find is found wherever it stands.
  const texts = new Texts();
  const told: Told[] = [];
  const first: Numbered<Part>[] = [];
  let place = 0;
  const reader: Reader = {
    leaf: (name, text, whole) => {
      const under = texts.under(name);
      if (whole && under.mayBeCredentials && isNamedCredential(name, text))
        told.push({ place, what: `a credential written out as \`${name}\`` });
      else if (text.length >= SHORTEST) under.add(text, place);
      place++;
    },
    handedKey: (logicalId) => {
      told.push({ place, what: `the secret of the access key \`${logicalId}\``, isHanded: true });
      place++;
    },
  };
  for (const source of parts) {
    first.push({ start: place, source });
    readLeaves(source.value, reader);
  }
  const { all, starts } = texts.asOne();
  const hits = [...credentialsIn(all), ...[...assignedIn(all)].map((hit) => ({ ...hit, what: ASSIGNED }))];
  for (const { what, start } of hits)
    for (const one of lastBefore(starts, start)?.places ?? []) told.push({ place: one, what });
  const results = placed(told, first).filter(({ found, isHanded }) => !isHanded || isShown(found.at));
  return once(
    results.map(({ part, found }) => ({ part, found })),
    ({ part, found }) => [part, found.what, found.at],
  );
}

/** What was found at a leaf of that number. */
interface Told {
  readonly place: number;
  readonly what: string;
  readonly isHanded?: boolean;
}

/** The number of its first leaf. */
interface Numbered<Part> {
  readonly start: number;
  readonly source: TemplatePart<Part>;
}

/** Each with its part and path: the paths of one part are looked for together. */
function placed<Part>(told: readonly Told[], first: readonly Numbered<Part>[]) {
  const asked = new Map<Numbered<Part>, Set<number>>();
  const all = told.map(({ place, what, isHanded = false }) => {
    const numbered = lastBefore(first, place)!;
    const calls = asked.get(numbered) ?? new Set<number>();
    asked.set(numbered, calls.add(place - numbered.start));
    return { numbered, call: place - numbered.start, what, isHanded };
  });
  const paths = new Map(
    [...asked].map(([one, calls]) => [one, pathsOf(one.source.value, one.source.at, calls)] as const),
  );
  return all.map(({ numbered, call, what, isHanded }) => {
    const { part, at } = numbered.source;
    return { part, found: { what, at: paths.get(numbered)?.get(call) ?? at }, isHanded };
  });
}

/** Different texts under different names, each with all its places: places are numbered, because few of them are ever told. */
class Texts {
  private readonly byName = new Map<string, Named>();
  /** What was asked for last: whole lists go by one name. */
  private lastName: string | undefined;
  private last = new Named(false);

  under(name: string): Named {
    if (name === this.lastName) return this.last;
    let texts = this.byName.get(name);
    if (texts === undefined) {
      texts = new Named(mayNameCredential(name));
      this.byName.set(name, texts);
    }
    this.lastName = name;
    this.last = texts;
    return texts;
  }

  /** All of them as one text, and where in it each begins: a rule may ask for the name before the value. */
  asOne(): { readonly all: string; readonly starts: readonly { start: number; places: readonly number[] }[] } {
    const written: string[] = [];
    const starts: { start: number; places: readonly number[] }[] = [];
    let length = 0;
    for (const [name, { places: texts }] of this.byName) {
      for (const [text, places] of texts) {
        const one = `${name}=${isEncoded(name, text) ? Buffer.from(text, 'base64').toString('utf8') : text}`;
        starts.push({ start: length, places });
        written.push(one);
        length += one.length + APART.length;
      }
    }
    return { all: written.join(APART), starts };
  }
}

/** Texts under one name. A template has few names, each many times. */
class Named {
  readonly places = new Map<string, number[]>();

  constructor(readonly mayBeCredentials: boolean) {}

  add(text: string, place: number): void {
    const same = this.places.get(text);
    if (same === undefined) this.places.set(text, [place]);
    else same.push(place);
  }
}

/** What an instance runs when it starts may be written as it is transmitted. */
function isEncoded(name: string, text: string): boolean {
  return name === 'UserData' && /^[A-Za-z0-9+/\s]+=*\s*$/.test(text);
}

const ASSIGNED = 'a credential that is assigned in code';

/** The store for credentials is where the secret of a key belongs. */
function isShown(at: string): boolean {
  return !/(^|\.)SecretString\b/.test(at);
}

function lastBefore<S extends { readonly start: number }>(starts: readonly S[], offset: number): S | undefined {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]!.start <= offset) low = middle;
    else high = middle;
  }
  return starts[low];
}

/** What one synthesis reads of files at most. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 4_000;

/** What is left of the bounds; one for all the files of an app. */
export class Budget {
  private bytes = MAX_BYTES;
  private files = MAX_FILES;

  take(bytes: number): boolean {
    if (this.files <= 0 || bytes > this.bytes) return false;
    this.files--;
    this.bytes -= bytes;
    return true;
  }

  get isSpent(): boolean {
    return this.files <= 0;
  }
}

export interface SearchedFiles {
  readonly found: readonly FoundCredential[];
  /** How many files of which kind were not read: `3 archives`. */
  readonly unread: ReadonlyMap<Unread, number>;
}

export type Unread =
  | 'archive'
  | 'binary file'
  | 'file that is too big'
  | 'file beyond the bound'
  | 'file that cannot be read';

const ARCHIVE = /\.(zip|jar|war|tar|tgz|gz|bz2|xz|br|7z|whl|p12|pfx|jks|keystore)$/i;

/** @param path a file, or a folder with all that is in it */
export function searchFiles(path: string, budget: Budget): SearchedFiles {
  const found: FoundCredential[] = [];
  const unread = new Map<Unread, number>();
  const leave = (kind: Unread): unknown => unread.set(kind, (unread.get(kind) ?? 0) + 1);
  for (const { file, bytes } of filesIn(path, budget, leave)) {
    const name = relative(path, file) || basename(file);
    if (isOpened(file)) found.push(...searchArchive(file, bytes, name, budget, leave));
    else if (ARCHIVE.test(file)) leave('archive');
    else if (bytes > MAX_FILE_BYTES) leave('file that is too big');
    else if (!budget.take(bytes)) leave('file beyond the bound');
    else {
      const data = readBytes(file, bytes);
      const text = data === undefined ? UNREADABLE : textOf(data);
      if (typeof text !== 'string') leave(text.unread);
      else found.push(...searchText(text, name));
    }
  }
  return { found, unread };
}

/** An archive that is longer is not opened: all of it is in memory. */
const MAX_ARCHIVE_BYTES = 16 * 1024 * 1024;

/** File by file, within the same bounds; an archive in it counts as unread. */
function searchArchive(
  file: string,
  bytes: number,
  name: string,
  budget: Budget,
  leave: (kind: Unread) => unknown,
): readonly FoundCredential[] {
  const data = bytes > MAX_ARCHIVE_BYTES || !budget.take(0) ? undefined : readBytes(file, bytes);
  const entries = data && entriesOf(file, data);
  if (entries === undefined) {
    leave('archive');
    return [];
  }
  return entries.flatMap((entry): readonly FoundCredential[] => {
    const unread = (kind: Unread): readonly [] => {
      leave(kind);
      return [];
    };
    if (ARCHIVE.test(entry.name)) return unread('archive');
    if (entry.bytes > MAX_FILE_BYTES) return unread('file that is too big');
    if (!budget.take(entry.bytes)) return unread('file beyond the bound');
    const content = entry.read();
    const text = content === undefined ? UNREADABLE : textOf(content);
    return typeof text === 'string' ? searchText(text, `${name}/${entry.name}`) : unread(text.unread);
  });
}

/** What others wrote is full of examples, and was published: in it, a credential is what has the form of one. */
const FOREIGN = /(^|[/\\])(node_modules|site-packages|vendor)[/\\]/;

/** Of a text file: the line of each credential. */
function searchText(text: string, name: string): readonly FoundCredential[] {
  const assigned = FOREIGN.test(name) ? [] : [...assignedIn(text)];
  const hits = [...credentialsIn(text), ...assigned.map((hit) => ({ ...hit, what: ASSIGNED }))];
  const found = hits.map(({ what, start }) => ({ what, at: `${name}:${lineAt(text, start)}` }));
  return once(found, ({ what, at }) => [what, at]);
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

/** In the order of their names, so that the bounds cut the same files everywhere. Links are not followed. */
function* filesIn(
  path: string,
  budget: Budget,
  leave: (kind: Unread) => unknown,
): Generator<{ readonly file: string; readonly bytes: number }> {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) leave('file that cannot be read');
  else if (info.isFile()) yield { file: path, bytes: info.size };
  else if (info.isDirectory()) {
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const inner = join(path, entry.name);
      if (budget.isSpent) leave('file beyond the bound');
      else if (entry.isDirectory()) yield* filesIn(inner, budget, leave);
      else if (entry.isFile()) yield { file: inner, bytes: statSync(inner).size };
    }
  }
}

const UNREADABLE = { unread: 'file that cannot be read' } as const;

function readBytes(file: string, bytes: number): Buffer | undefined {
  const buffer = Buffer.alloc(bytes);
  let length = 0;
  try {
    const descriptor = openSync(file, 'r');
    try {
      for (let n = -1; n !== 0 && length < bytes; length += n)
        n = readSync(descriptor, buffer, length, bytes - length, null);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
  return buffer.subarray(0, length);
}

/** What git calls binary has a zero byte near the beginning. */
function textOf(data: Buffer): string | { readonly unread: Unread } {
  return data.subarray(0, 8_000).includes(0) ? { unread: 'binary file' } : data.toString('utf8');
}

function once<T>(items: readonly T[], key: (item: T) => readonly unknown[]): T[] {
  const seen = new Map<unknown, Set<string>>();
  return items.filter((item) => {
    const [first, ...rest] = key(item);
    const known = seen.get(first) ?? new Set();
    seen.set(first, known);
    const text = JSON.stringify(rest);
    if (known.has(text)) return false;
    known.add(text);
    return true;
  });
}
