/**
 * ARN templates of AWS's Service Authorization Reference → the formats of lib/catalog, whose slots
 * name sets of strings. A set that is too small would make the engine call overlapping roles
 * disjoint, so a slot is `any` unless `slot-rules.tsv` narrows it with AWS's documentation, and
 * `formats.tsv` replaces the templates that are known to differ from the ARNs of real requests.
 */
import { inOrder, readTable, type SourceService } from './sources';

const SLOTS = ['partition', 'region', 'account', 'name', 'path', 'any'];
const STANDARD = (service: string) => `arn:{partition}:${service}:{region}:{account}:`;

export interface FormatRules {
  /** `service⇥type` → the formats in the notation of the snapshot. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
  /** `service⇥type⇥slot` → `name` or `path`. */
  readonly slots: ReadonlyMap<string, string>;
}

export function readFormatRules(): FormatRules {
  const replaced = new Map<string, string[]>();
  for (const [service, type, format] of readTable('formats.tsv', 4) as [string, string, string, string][]) {
    checkFormat(format);
    const key = `${service}\t${type}`;
    replaced.set(key, [...(replaced.get(key) ?? []), format]);
  }
  const slots = new Map<string, string>();
  for (const [service, type, slot, language] of readTable('slot-rules.tsv', 5) as [string, string, string, string][]) {
    const key = `${service}\t${type}\t${slot}`;
    if (language !== 'name' && language !== 'path') {
      throw new Error(
        `slot-rules.tsv: \`${service}:${type}\` has the language \`${language}\`; expected \`name\` or \`path\``,
      );
    }
    if (slots.has(key))
      throw new Error(`slot-rules.tsv: \`${service}:${type}\` has two rows for \`${slot}\`; keep one`);
    slots.set(key, language);
  }
  return { replaced, slots };
}

function checkFormat(format: string): void {
  const unknown = [...format.matchAll(/\{(.*?)\}/g)].find(([, slot]) => !SLOTS.includes(slot!));
  if (unknown !== undefined)
    throw new Error(`formats.tsv: \`${format}\` has the slot \`${unknown[0]}\`; expected one of ${SLOTS.join(', ')}`);
}

/** Every row of the tables must have met a template, or it is stale and says nothing. */
export function staleRules(rules: FormatRules, services: readonly SourceService[]): readonly string[] {
  const known = new Set<string>();
  for (const { prefix, types } of services) {
    for (const { key, arn } of types) {
      known.add(`${prefix}\t${key}`);
      for (const [, slot] of arn.matchAll(/\$\{(\w+)\}/g)) known.add(`${prefix}\t${key}\t${slot}`);
    }
  }
  return [...rules.replaced.keys(), ...rules.slots.keys()].filter((key) => !known.has(key));
}

/** The formats of one resource type; several where AWS lists several, or where a wildcard may stand for nothing. */
export function formatsOf(service: string, type: string, arn: string, rules: FormatRules): readonly string[] {
  const replaced = rules.replaced.get(`${service}\t${type}`);
  return replaced ?? arn.split(', ').flatMap((template) => translate(service, type, template, rules));
}

function translate(service: string, type: string, template: string, rules: FormatRules): readonly string[] {
  const fields = template.split(':');
  const [arn, partition, vendor, region, account, ...rest] = fields as [
    string,
    string,
    string,
    string,
    string,
    ...string[],
  ];
  // A template that is not an ARN says nothing about the requests: any ARN.
  if (arn !== 'arn' || partition !== `\${Partition}` || rest.length === 0) return ['arn:{any}'];
  const resource = rest.join(':').replace(/\$\{(\w+)\}|\*/g, (_, slot?: string) => {
    return `{${(slot !== undefined && rules.slots.get(`${service}\t${type}\t${slot}`)) || 'any'}}`;
  });
  // A wildcard at the end may stand for nothing, with or without the separator before it.
  const resources = template.endsWith('*') ? [resource, resource.slice(0, -'{any}'.length)] : [resource];
  return either(vendor, '{path}').flatMap((v) =>
    either(region, '{region}').flatMap((r) =>
      either(account, '{account}').flatMap((a) => resources.map((res) => `arn:{partition}:${v}:${r}:${a}:${res}`)),
    ),
  );
}

/** A field between two colons: a literal, a slot, or (from `*`) any text without a colon, nothing included. */
function either(field: string, slot: string): readonly string[] {
  if (field === '*') return ['{path}', ''];
  return [field.startsWith('${') ? slot : field];
}

/** One block a service, one line a format: `type⇥format`, with `~` for the ordinary beginning of the service's ARNs. */
export function renderFormats(services: readonly SourceService[], rules: FormatRules): string {
  return services
    .map(({ prefix, types }) => {
      const lines = [...types]
        .sort((a, b) => inOrder(a.key, b.key))
        .flatMap(({ key, arn }) =>
          formatsOf(prefix, key, arn, rules).map((format) => ` ${key}\t${shorten(prefix, format)}\n`),
        );
      return lines.length === 0 ? '' : `${prefix}\n${lines.join('')}`;
    })
    .join('');
}

function shorten(service: string, format: string): string {
  const standard = STANDARD(service);
  return format.startsWith(standard) ? `~${format.slice(standard.length)}` : format;
}
