/**
 * An independent reading of the formats, for tests only: each slot as a regular expression, straight
 * from the sentences of lib/policy/catalogue.ts.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { ResourceFormat, Slot } from '../../lib/policy/catalogue';

const SLOTS: Readonly<Record<Slot, string>> = {
  partition: 'aws(-[a-z]+)*',
  region: '[a-z0-9-]+',
  account: '([0-9]{12}|aws|)',
  name: '[^:/]+',
  path: '[^:]+',
  id: '[\\s\\S]+',
  any: '[\\s\\S]+',
};

export function matches(format: ResourceFormat, arn: string): boolean {
  const source = format.parts.map((part) =>
    typeof part === 'string' ? part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : SLOTS[part.slot],
  );
  return new RegExp(`^${source.join('')}$`).test(arn);
}

export function actionIdOf(action: string): number {
  const id = awsCatalogue().actionId(action);
  if (id === undefined) throw new Error(`no action \`${action}\` in the catalogue`);
  return id;
}

/** True iff the ARN may be the resource of a request with the action. */
export function takes(action: string, arn: string): boolean {
  return awsCatalogue()
    .resourceFormats(actionIdOf(action))
    .some((format) => matches(format, arn));
}

/** True iff some string matches the glob and is in the language of the format: a search in the product of the two. */
export function meets(format: ResourceFormat, glob: string): boolean {
  const tokens = format.parts.flatMap((part): readonly (string | { readonly slot: Slot })[] =>
    typeof part === 'string' ? [...part] : [part],
  );
  const seen = new Set<string>();
  const open: [at: number, token: number, begun: boolean][] = [[0, 0, false]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (seen.has(state.join())) continue;
    seen.add(state.join());
    const [at, token, begun] = state;
    const [char, part] = [glob[at], tokens[token]];
    if (char === undefined && part === undefined) return true;
    if (char === '*') open.push([at + 1, token, begun]);
    if (part === undefined) continue;
    if (typeof part !== 'string' && (begun || part.slot === 'account')) open.push([at, token + 1, false]);
    if (char === undefined) continue;
    const rest = char === '*' ? at : at + 1;
    const free = char === '*' || char === '?';
    if (typeof part === 'string') {
      if (free || char === part) open.push([rest, token + 1, false]);
    } else if (free || LETTERS[part.slot].test(char)) open.push([rest, token, true]);
  }
  return false;
}

/** The characters of a slot; enough for patterns that AWS writes. */
const LETTERS: Readonly<Record<Slot, RegExp>> = {
  partition: /[a-z-]/,
  region: /[a-z0-9-]/,
  account: /[a-z0-9]/,
  name: /[^:/]/,
  path: /[^:]/,
  id: /./su,
  any: /./su,
};
