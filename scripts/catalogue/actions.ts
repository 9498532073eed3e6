/**
 * Actions with their access level and resource types, one line an action, in the order in which
 * lib/catalog numbers them (lower-cased full name). `actions.tsv` adds the resource types that
 * AWS's reference leaves out although real requests name them.
 */
import { type FormatRules, typesOfService } from './formats';
import { inOrder, readTable, type SourceAction, type SourceService } from './sources';

const LEVELS: Readonly<Record<string, string>> = {
  List: 'L',
  Read: 'R',
  Write: 'W',
  'Tagging, Write': 'T',
  'Permissions management, Write': 'P',
};

/**
 * `service:Action`, `service:*` or `*:Action` → resource types to add: `*` for a request that names
 * no resource, `-*` where a request always names one of the types that the reference calls optional,
 * `@` for every type of the service.
 */
export type AddedTypes = ReadonlyMap<string, readonly string[]>;

export function readAddedTypes(): AddedTypes {
  const added = new Map<string, string[]>();
  for (const [action, type] of readTable('actions.tsv', 3) as [string, string, string][]) {
    added.set(action, [...(added.get(action) ?? []), type]);
  }
  return added;
}

export function staleAdditions(added: AddedTypes, services: readonly SourceService[]): readonly string[] {
  const known = new Set(
    services.flatMap(({ prefix, actions }) => actions.flatMap(({ name }) => rowsFor(prefix, name))),
  );
  return [...added.keys()].filter((action) => !known.has(action));
}

/** The rows of `actions.tsv` that speak of an action. */
function rowsFor(prefix: string, name: string): readonly string[] {
  return [`${prefix}:${name}`, `${prefix}:*`, `*:${name}`];
}

/** One block a service: ` Name⇥L⇥type;type`. An action like the one above it says `"`; no third cell means only `*`. */
export function renderActions(services: readonly SourceService[], added: AddedTypes, rules: FormatRules): string {
  // A prefix with `-` sorts before the same prefix with `:` behind it, so blocks are in the order of `prefix:`.
  const ordered = [...services].sort((a, b) => inOrder(`${a.prefix}:`, `${b.prefix}:`));
  return ordered.map((service) => `${service.prefix}\n${renderService(service, added, rules)}`).join('');
}

function renderService(service: SourceService, added: AddedTypes, rules: FormatRules): string {
  const { prefix, actions } = service;
  const spelling = new Map(typesOfService(service, rules).map((key) => [key.toLowerCase(), key]));
  let above = '';
  return [...actions]
    .sort((a, b) => inOrder(a.name.toLowerCase(), b.name.toLowerCase()))
    .map((action) => {
      const cell = typesOf(
        action,
        spelling,
        rowsFor(prefix, action.name).flatMap((row) => added.get(row) ?? []),
      ).join(';');
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
  const wanted = [
    ...action.resourceTypes.map(({ name }) => name),
    ...added.filter((type) => !type.endsWith('*') && type !== '@'),
  ];
  const keys = wanted.map((name) => {
    const key = spelling.get(name.toLowerCase());
    if (key === undefined)
      throw new Error(`\`${action.name}\` names the resource type \`${name}\`, which its service does not define`);
    return key;
  });
  const all = [...new Set(keys)].sort(inOrder);
  const names = added.includes('@') ? ['@', ...all.filter(isOurs)] : all;
  const listed = action.resourceTypes;
  const optional = listed.length === 0 || !(added.includes('-*') || listed.some(({ required }) => required));
  return names.length > 0 && (optional || added.includes('*')) ? [...names, '*'] : names;
}

/** Types that `formats.tsv` adds beside those of the reference begin so; `@` leaves them out. */
function isOurs(type: string): boolean {
  return /^(any|every) /.test(type);
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
