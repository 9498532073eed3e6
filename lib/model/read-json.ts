/**
 * JSON templates, with the line of every resource, and without the silent half of `JSON.parse`: a
 * resource that is declared twice is an error, because only the second would be seen.
 */
import { type ParsedText, SyntaxProblem } from './read-yaml';

export function parseJson(text: string): ParsedText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxProblem(describe(text, error as Error));
  }
  return { value, lines: resourceLines(text) };
}

/** V8 says where, in one of several ways; what it quotes of the text is left out. */
function describe(text: string, error: Error): string {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position === undefined) {
    const end = lineAndColumn(text, text.length);
    return `${end}: the JSON ends too early`;
  }
  const problem = error.message.split(' in JSON')[0]?.replace(/, "[\s\S]*$/, '') ?? error.message;
  return `${lineAndColumn(text, Number(position))}: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}`;
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
      const end = endOfString(text, i);
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

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function nextIsColon(text: string, start: number): boolean {
  let i = start;
  while (/\s/.test(text[i] ?? '')) i++;
  return text[i] === ':';
}
