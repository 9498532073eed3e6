/**
 * Actions with their access level and resource types, one line an action, in the order in which
 * lib/catalog numbers them (lower-cased full name). `actions.tsv` adds the resource types that
 * AWS's reference leaves out although real requests name them.
 */
import { inOrder, readTable, type SourceAction, type SourceService } from './sources';

const LEVELS: Readonly<Record<string, string>> = {
  List: 'L',
  Read: 'R',
  Write: 'W',
  'Tagging, Write': 'T',
  'Permissions management, Write': 'P',
};

/** `service:Action` → resource types to add, `*` for a request that names no resource. */
export type AddedTypes = ReadonlyMap<string, readonly string[]>;

export function readAddedTypes(): AddedTypes {
  const added = new Map<string, string[]>();
  for (const [action, type] of readTable('actions.tsv', 3) as [string, string, string][]) {
    added.set(action, [...(added.get(action) ?? []), type]);
  }
  return added;
}

export function staleAdditions(added: AddedTypes, services: readonly SourceService[]): readonly string[] {
  const known = new Set(services.flatMap(({ prefix, actions }) => actions.map((a) => `${prefix}:${a.name}`)));
  return [...added.keys()].filter((action) => !known.has(action));
}

/** One block a service: ` Name⇥L⇥type;type`. An action like the one above it says `"`; no third cell means only `*`. */
export function renderActions(services: readonly SourceService[], added: AddedTypes): string {
  // A prefix with `-` sorts before the same prefix with `:` behind it, so blocks are in the order of `prefix:`.
  const ordered = [...services].sort((a, b) => inOrder(`${a.prefix}:`, `${b.prefix}:`));
  return ordered.map((service) => `${service.prefix}\n${renderService(service, added)}`).join('');
}

function renderService({ prefix, actions, types }: SourceService, added: AddedTypes): string {
  const spelling = new Map(types.map(({ key }) => [key.toLowerCase(), key]));
  let above = '';
  return [...actions]
    .sort((a, b) => inOrder(a.name.toLowerCase(), b.name.toLowerCase()))
    .map((action) => {
      const cell = typesOf(action, spelling, added.get(`${prefix}:${action.name}`) ?? []).join(';');
      const shown = cell !== '' && cell === above ? '"' : cell;
      above = cell;
      return ` ${action.name}\t${level(prefix, action)}${shown === '' ? '' : `\t${shown}`}\n`;
    })
    .join('');
}

/**
 * The types that a request may name, and `*` last when none of them is required: such a request
 * may name no resource. Source: "Resource types" in
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
function typesOf(
  action: SourceAction,
  spelling: ReadonlyMap<string, string>,
  added: readonly string[],
): readonly string[] {
  const listed = action.resourceTypes.map(({ name }) => {
    const key = spelling.get(name.toLowerCase());
    if (key === undefined)
      throw new Error(`\`${action.name}\` names the resource type \`${name}\`, which its service does not define`);
    return key;
  });
  const names = [...new Set([...listed, ...added.filter((type) => type !== '*')])].sort(inOrder);
  const optional = !action.resourceTypes.some(({ required }) => required);
  return names.length > 0 && (optional || added.includes('*')) ? [...names, '*'] : names;
}

function level(prefix: string, action: SourceAction): string {
  const letter = LEVELS[action.accessLevel];
  if (letter === undefined) {
    throw new Error(
      `\`${prefix}:${action.name}\` has the access level \`${action.accessLevel}\`; expected one of ${Object.keys(LEVELS).join(' | ')}`,
    );
  }
  return letter;
}
