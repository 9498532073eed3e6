/**
 * JSON from users, within a size, with one clear error. It stands here and not in `lib/policy`,
 * which reads values and knows no files.
 */
import { readFileSync, statSync } from 'node:fs';
import { describeFault, parseJsonSource } from '../../lib/model/json-source';
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
  const { value, problem } = readJson(text, origin);
  if (problem !== undefined) throw problem;
  return value;
}

/**
 * The same, where the value must be seen even if a key stands in it twice.
 * @throws InputError when the text is too large or no JSON
 */
export function readJson(
  text: string,
  origin: string,
): { readonly value: unknown; readonly problem: InputError | undefined } {
  if (text.length > MAX_CHARACTERS) throw tooLarge(origin);
  if (text.trim() === '') throw new InputError(`${origin}: it is empty, expected JSON`);
  const source = parseJsonSource(text);
  if (!('fault' in source)) return { value: source.value, problem: undefined };
  const problem = new InputError(`${origin}: ${describeFault(source.fault)}`);
  if (source.fault.kind === 'duplicate') return { value: JSON.parse(text), problem };
  throw problem;
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
