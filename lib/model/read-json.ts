/**
 * JSON templates, with the line of every resource, and without the silent half of `JSON.parse`: a
 * resource that is declared twice is an error, because only the second would be seen.
 */
import { type ParsedText, SyntaxProblem } from './read-yaml';

export function parseJson(text: string): ParsedText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxProblem(fault(text));
  }
  return { value, lines: resourceLines(text) };
}

const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y;

/** Where the text stops being JSON, and what would have to stand there: V8 says so in some of its messages only. */
function fault(text: string): string {
  const open: ('{' | '[')[] = [];
  let expected = 'a value';
  let i = 0;
  const string = (): boolean => {
    const end = text[i] === '"' ? endOfString(text, i) : undefined;
    if (end !== undefined) i = end + 1;
    return end !== undefined;
  };
  const scalar = (): boolean => {
    SCALAR.lastIndex = i;
    if (!SCALAR.test(text)) return false;
    i = SCALAR.lastIndex;
    return true;
  };
  for (;;) {
    while (/[ \t\r\n]/.test(text[i] ?? '')) i++;
    const c = text[i];
    const top = open[open.length - 1];
    if (c === undefined) break;
    if (expected.startsWith('a value') && (c === '{' || c === '[')) {
      open.push(c);
      expected = c === '{' ? 'a key or `}`' : 'a value or `]`';
      i++;
    } else if (expected.startsWith('a value') && (string() || scalar())) expected = after(top);
    else if (expected.startsWith('a key') && string()) expected = '`:`';
    else if (expected === '`:`' && c === ':') {
      expected = 'a value';
      i++;
    } else if (expected.startsWith('`,`') && c === ',') {
      expected = top === '{' ? 'a key' : 'a value';
      i++;
    } else if (expected.includes(`\`${c}\``) && (c === '}' || c === ']')) {
      open.pop();
      expected = after(open[open.length - 1]);
      i++;
    } else break;
  }
  const found = i >= text.length ? 'the end of the file' : `\`${text.slice(i, i + 20).split(/\s/)[0]}\``;
  return `${lineAndColumn(text, i)}: expected ${expected}, found ${found}`;
}

function after(container: '{' | '[' | undefined): string {
  return container === undefined ? 'the end of the file' : container === '{' ? '`,` or `}`' : '`,` or `]`';
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before[before.length - 1] ?? '').length + 1}`;
}

/** One pass over text that is known to be JSON: keys directly under the top-level `Resources`. */
function resourceLines(text: string): Readonly<Record<string, number>> {
  const lines = new Map<string, number>();
  /** Keys on the way to where we are; undefined for an element of a list. */
  const path: (string | undefined)[] = [];
  let key: string | undefined;
  let line = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\n') line++;
    else if (c === '{' || c === '[') {
      path.push(key);
      key = undefined;
    } else if (c === '}' || c === ']') {
      path.pop();
      key = undefined;
    } else if (c === ',') key = undefined;
    else if (c === '"') {
      const end = endOfString(text, i) ?? text.length;
      if (nextIsColon(text, end + 1)) {
        key = JSON.parse(text.slice(i, end + 1)) as string;
        if (path.length === 2 && path[1] === 'Resources') {
          if (lines.has(key))
            throw new SyntaxProblem(
              `line ${line}: the resource \`${key}\` is declared twice, first on line ${lines.get(key)}`,
            );
          lines.set(key, line);
        }
      }
      i = end;
    }
  }
  return Object.fromEntries(lines);
}

/** The closing quotation mark; undefined when the text or the line ends first. */
function endOfString(text: string, start: number): number | undefined {
  let i = start + 1;
  while (i < text.length && text[i] !== '"' && text.charCodeAt(i) >= 0x20) i += text[i] === '\\' ? 2 : 1;
  return text[i] === '"' ? i : undefined;
}

function nextIsColon(text: string, start: number): boolean {
  let i = start;
  while (/\s/.test(text[i] ?? '')) i++;
  return text[i] === ':';
}
