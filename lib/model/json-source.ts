/**
 * JSON text with what `JSON.parse` keeps to itself: where a mistake is, and keys that stand twice in
 * one object, of which it silently keeps the last. What is JSON is `JSON.parse`'s decision; the
 * second reading says where things stand.
 */
import { printParseErrorCode, visit } from 'jsonc-parser';

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface JsonKey extends Place {
  readonly key: string;
  /** The members and elements on the way to the object it stands in; made when asked for. */
  readonly path: () => readonly (string | number)[];
}

export type JsonFault =
  /** `expected` is undefined where the mistake is the found text itself. */
  | ({ readonly kind: 'syntax'; readonly expected: string | undefined; readonly found: string } & Place)
  | ({ readonly kind: 'duplicate'; readonly key: string; readonly first: Place } & Place)
  /** Deeper than the call stack. */
  | { readonly kind: 'depth' };

/** Names of jsonc-parser's errors: its enumeration is erased when it is compiled. */
const EXPECTED: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a key',
  ValueExpected: 'a value',
  ColonExpected: '`:`',
  CommaExpected: '`,`',
  CloseBraceExpected: '`,` or `}`',
  CloseBracketExpected: '`,` or `]`',
  EndOfFileExpected: 'the end of the text',
};

/**
 * The text's value, or what is wrong with it, with its place.
 * @param visitKey called with the keys of a text that is JSON, in order
 */
export function parseJsonSource(
  text: string,
  visitKey: (key: JsonKey) => void = () => undefined,
): { readonly value: unknown } | { readonly fault: JsonFault } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: syntaxFault(text) };
  }
  const fault = readKeys(text, visitKey);
  return fault === undefined ? { value } : { fault };
}

export function describeFault(fault: JsonFault): string {
  switch (fault.kind) {
    case 'syntax': {
      const place = `line ${fault.line}, column ${fault.column}`;
      return fault.expected === undefined
        ? `${place}: not JSON at ${fault.found}`
        : `${place}: expected ${fault.expected}, found ${fault.found}`;
    }
    case 'duplicate':
      return `line ${fault.line}, column ${fault.column}: the key \`${fault.key}\` stands twice in one object, first on line ${fault.first.line}; remove one`;
    case 'depth':
      return 'nested too deeply';
  }
}

function syntaxFault(text: string): JsonFault {
  let first: JsonFault | undefined;
  const fault = withinStack(() =>
    visit(
      text,
      {
        onError(code, offset, _length, line, character) {
          first ??= {
            kind: 'syntax',
            line: line + 1,
            column: character + 1,
            expected: EXPECTED[printParseErrorCode(code)],
            found: foundAt(text, offset),
          };
        },
      },
      { disallowComments: true },
    ),
  );
  return fault ?? first ?? { kind: 'syntax', line: 1, column: 1, expected: 'JSON', found: foundAt(text, 0) };
}

/** Up to twenty characters, or one bracket. */
function foundAt(text: string, offset: number): string {
  const [word] = text.slice(offset, offset + 20).split(/\s/);
  if (offset >= text.length) return 'the end of the text';
  return `\`${/^[{}[\]:,]/.test(word ?? '') ? text.charAt(offset) : word}\``;
}

/** The first key that stands twice in its object. */
function readKeys(text: string, visitKey: (key: JsonKey) => void): JsonFault | undefined {
  const open: Map<string, Place>[] = [];
  let twice: JsonFault | undefined;
  const fault = withinStack(() =>
    visit(text, {
      onObjectBegin() {
        open.push(new Map());
      },
      onObjectEnd() {
        open.pop();
      },
      onObjectProperty(key, _offset, _length, line, character, path) {
        const keys = open[open.length - 1];
        const place = { line: line + 1, column: character + 1 };
        const first = keys?.get(key);
        if (first === undefined) keys?.set(key, place);
        else twice ??= { kind: 'duplicate', key, ...place, first };
        visitKey({ key, path, ...place });
      },
    }),
  );
  return fault ?? twice;
}

/** The second reading descends where `JSON.parse` does not. */
function withinStack(read: () => void): JsonFault | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'depth' };
    throw error;
  }
}
