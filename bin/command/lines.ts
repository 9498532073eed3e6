/**
 * Lines of a stream, one after the other, in constant memory: a line longer than the limit is
 * reported as such and its characters are let go. Writing waits for the reader of our output.
 */

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { InputError } from './input-error';
import { fileError, MAX_CHARACTERS } from './json-text';

export type Line = { readonly text: string } | { readonly tooLong: true };

/** @param source a file, or `-` for standard input */
export async function* linesOf(source: string): AsyncGenerator<Line> {
  const stream = source === '-' ? process.stdin : createReadStream(source);
  stream.setEncoding('utf8');
  let held = '';
  let overflowing = false;
  let first = true;
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const pieces = (first ? chunk.replace(/^\uFEFF/, '') : chunk).split('\n');
      first = false;
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) {
          yield overflowing ? { tooLong: true } : { text: held };
          held = '';
          overflowing = false;
        }
        if (held.length + piece.length > MAX_CHARACTERS) {
          overflowing = true;
          held = '';
        } else if (!overflowing) held += piece;
      }
    }
  } catch (error) {
    throw new InputError(`${nameOfSource(source)}: ${fileError(error)}`);
  }
  // The last line need not end in a line feed.
  if (overflowing || held !== '') yield overflowing ? { tooLong: true } : { text: held };
}

export function nameOfSource(source: string): string {
  return source === '-' ? 'standard input' : source;
}

export async function writeLine(value: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, 'drain');
}
