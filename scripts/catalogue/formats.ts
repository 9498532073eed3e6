/**
 * ARN templates of AWS's Service Authorization Reference → the formats of lib/catalog, whose slots
 * name sets of strings. A set that is too small would make the engine call overlapping roles
 * disjoint, so a slot is `any` (an AWS-made id: `id`) unless `slot-rules.tsv` narrows it with AWS's documentation, and
 * `formats.tsv` replaces the templates that are known to differ from the ARNs of real requests.
 */
import { inOrder, readTable, type SourceService } from './sources';

const SLOTS = ['partition', 'region', 'account', 'name', 'path', 'id', 'any'];
const STANDARD = (service: string) => `arn:{partition}:${service}:{region}:{account}:`;

export interface FormatRules {
  /** `service⇥type` → the formats in the notation of the snapshot. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
  /** `service⇥type⇥slot` → `name` or `path`; the type may be `*`, for all types of the service. */
  readonly slots: ReadonlyMap<string, string>;
}

export function readFormatRules(): FormatRules {
  const replaced = new Map<string, string[]>();
  for (const [service, type, format] of readTable('formats.tsv', 4) as [string, string, string, string][]) {
    checkFormat(format);
    const key = `${service}\t${type}`;
    replaced.set(key, [...(replaced.get(key) ?? []), format.replace('~', STANDARD(service))]);
  }
  const slots = new Map<string, string>();
  for (const [service, type, slot, language] of readTable('slot-rules.tsv', 6) as [string, string, string, string][]) {
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

/** The rows for slots that no template has any more: stale, they say nothing. */
export function staleRules(rules: FormatRules, services: readonly SourceService[]): readonly string[] {
  const known = new Set<string>();
  for (const { prefix, types } of services) {
    for (const { key, arn } of types) {
      for (const [, slot] of arn.matchAll(/\$\{(\w+)\}/g)) {
        known.add(`${prefix}\t${key}\t${slot}`);
        if (arn.includes(`:${prefix}:`)) known.add(`${prefix}\t*\t${slot}`);
      }
    }
  }
  return [...rules.slots.keys()].filter((key) => !known.has(key));
}

/** The resource types of a service: those of the reference, and those that `formats.tsv` adds. */
export function typesOfService({ prefix, types }: SourceService, rules: FormatRules): readonly string[] {
  const listed = types.map(({ key }) => key);
  const curated = [...rules.replaced.keys()].map((key) => key.split('\t')).filter(([service]) => service === prefix);
  return [...new Set([...listed, ...curated.map(([, type]) => type!)])].sort(inOrder);
}

/** The formats of one resource type; several where AWS lists several, or where a wildcard may stand for nothing. */
function formatsOf({ prefix, types }: SourceService, type: string, rules: FormatRules): readonly string[] {
  const replaced = rules.replaced.get(`${prefix}\t${type}`);
  if (replaced !== undefined) return replaced;
  const templates = types.find(({ key }) => key === type)!.arn.split(', ');
  return templates.flatMap((template) => translate(prefix, type, template, rules));
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
  // A rule for all types of a service does not hold for the resources of another one that it lists.
  const general = (slot: string) => (vendor === service ? rules.slots.get(`${service}\t*\t${slot}`) : undefined);
  const language = (slot: string) => rules.slots.get(`${service}\t${type}\t${slot}`) ?? general(slot) ?? byName(slot);
  const resource = rest
    .join(':')
    .replace(/\$\{(\w+)\}|\{.*?\}|\*/g, (_, slot?: string) => `{${slot === undefined ? 'any' : language(slot)}}`);
  // A wildcard at the end may stand for nothing, with or without the separator before it.
  const resources = template.endsWith('*') ? [resource, resource.slice(0, -'{any}'.length)] : [resource];
  return either(vendor, '{path}').flatMap((v) =>
    either(region, '{region}').flatMap((r) =>
      either(account, '{account}').flatMap((a) => resources.map((res) => `arn:{partition}:${v}:${r}:${a}:${res}`)),
    ),
  );
}

/** What AWS names an id is made by AWS; whatever else it does not document may be any text. */
function byName(slot: string): string {
  return /(Id|ID|Uuid|UUID)$/.test(slot) ? 'id' : 'any';
}

/** A field between two colons: a literal, a slot, or (from `*`) any text without a colon, nothing included. */
function either(field: string, slot: string): readonly string[] {
  if (field === '*') return ['{path}', ''];
  return [field.startsWith('${') ? slot : field];
}

/** One block a service, one line a format: `type⇥format`, with `~` for the ordinary beginning of the service's ARNs. */
export function renderFormats(services: readonly SourceService[], rules: FormatRules): string {
  return services
    .map((service) => {
      const { prefix } = service;
      const lines = typesOfService(service, rules).flatMap((type) =>
        formatsOf(service, type, rules).map((format) => ` ${type}\t${shorten(prefix, format)}\n`),
      );
      return lines.length === 0 ? '' : `${prefix}\n${lines.join('')}`;
    })
    .join('');
}

function shorten(service: string, format: string): string {
  const standard = STANDARD(service);
  return format.startsWith(standard) ? `~${format.slice(standard.length)}` : format;
}
