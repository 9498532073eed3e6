/** JSON templates, with the line of every resource. */
import { describeFault, jsonKeys, parseJsonSource } from './json-source';
import { type ParsedText, SyntaxProblem } from './read-yaml';

export function parseJson(text: string): ParsedText {
  const source = parseJsonSource(text);
  if ('fault' in source) throw new SyntaxProblem(describeFault(source.fault));
  const lines: [string, number][] = [];
  jsonKeys(text, ({ key, path, line }) => {
    if (path.length === 1 && path[0] === 'Resources') lines.push([key, line]);
  });
  return { value: source.value, lines: Object.fromEntries(lines) };
}
