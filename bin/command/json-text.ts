/**
 * JSON text with what `JSON.parse` keeps to itself: where a mistake is, and keys that stand twice,
 * of which it silently keeps the last. It stands here and not in `lib/policy`, which reads values
 * and knows no files.
 */
import { readFileSync, statSync } from 'node:fs';
import type { PolicyDocument } from '../../lib/policy/document';
import { type ParseOptions, parsePolicy } from '../../lib/policy/parse';
import { InputError } from './input-error';

/** One file, or one line of a batch. */
export const MAX_CHARACTERS = 4 * 1024 * 1024;

/**
 * @param origin the file, for messages
 * @throws InputError when the text is too large, no JSON, or has a key twice in one object
 */
export function parseJson(text: string, origin: string): unknown {
  const value = readJson(text, origin);
  refuseDuplicateKeys(text, origin);
  return value;
}

/** The same, where the value must be seen before its keys are judged. */
export function readJson(text: string, origin: string): unknown {
  if (text.length > MAX_CHARACTERS) throw tooLarge(origin);
  if (text.trim() === '') throw new InputError(`${origin}: it is empty, expected JSON`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError(`${origin}: not JSON: ${syntaxError(text)}`);
  }
}

/** @throws InputError or PolicyError */
export function parsePolicyText(json: string, origin: string, options: ParseOptions = {}): PolicyDocument {
  return parsePolicy(parseJson(json, origin), origin, { ...options, texts: false });
}

/** @throws InputError when the file is missing, no file, too large or no JSON */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > MAX_CHARACTERS) throw tooLarge(path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(`${path}: ${fileError(error)}`);
  }
  return parseJson(text.replace(/^\uFEFF/, ''), path);
}

function tooLarge(origin: string): InputError {
  return new InputError(
    `${origin}: larger than ${MAX_CHARACTERS.toLocaleString('en')} characters, expected at most that; split it`,
  );
}

/** What went wrong with a file, in the user's words. */
export function fileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'no such file; check the path';
    case 'EISDIR':
      return 'a directory, expected a file; name the file';
    case 'EACCES':
      return 'may not be read; check its permissions';
    default:
      return message;
  }
}

/**
 * Where and what the mistake is. The engine's own messages give no position for most mistakes, so
 * the first character that no JSON text could have here is found by halving: prefixes up to it
 * merely end too early.
 */
function syntaxError(text: string): string {
  if (mayGoOn(text)) return `it ends too early (${placeOf(text, text.length)})`;
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return `unexpected ${JSON.stringify(text.charAt(good)).replace(/^"(.*)"$/, '`$1`')} (${placeOf(text, good)})`;
}

/** Whether some JSON text begins with this one. */
function mayGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = / at position (\d+)/.exec(message)?.[1];
    return /end of JSON input|^Unterminated string/.test(message) || (at !== undefined && Number(at) >= prefix.length);
  }
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before[before.length - 1]?.length ?? 0) + 1}`;
}

/** The text is JSON already, so a string before a colon is a key of the innermost open brace. */
export function refuseDuplicateKeys(text: string, origin: string): void {
  const open: Set<string>[] = [];
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    const [token, colon] = match;
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const keys = open[open.length - 1];
      if (keys?.has(key)) {
        throw new InputError(
          `${origin}: key \`${key}\` stands twice in one object (again at ${placeOf(text, match.index)}); remove one`,
        );
      }
      keys?.add(key);
    }
  }
}
