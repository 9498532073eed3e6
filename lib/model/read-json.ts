/** JSON templates, with the line of every resource. */
import { describeFault, parseJsonSource } from './json-source';
import { type ParsedText, SyntaxProblem } from './read-yaml';

export function parseJson(text: string): ParsedText {
  const lines: [string, number][] = [];
  const source = parseJsonSource(text, ({ key, path, line }) => {
    const [top, ...more] = path();
    if (top === 'Resources' && more.length === 0) lines.push([key, line]);
  });
  if ('fault' in source) throw new SyntaxProblem(describeFault(source.fault));
  return { value: source.value, lines: Object.fromEntries(lines) };
}
