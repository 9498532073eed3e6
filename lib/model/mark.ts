/**
 * Where an element of a template stands, and what its `Metadata.bulkhead` says about it. The
 * constructs write this mark; the template carries it wherever it is read.
 */
import { isList, isObject, type JsonObject } from './json';
import { DUTIES, type Duty, type Exposure, LIVES, type Life, type Origin, type Trusts, type Zone } from './model';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';

export interface Mark {
  readonly domain?: string;
  readonly duty?: Duty;
  /** What the resource is in its domain: `api`, `key`, `role`, `boundary`, … */
  readonly part?: string;
  /** The audit vault that it is a part of, or writes into. */
  readonly vault?: string;
  readonly exposure?: Exposure;
  readonly owner?: string;
  /** Of an API that several domains share: what each has to itself. */
  readonly zones?: readonly Zone[];
  /** Of an API: the stage of life of its domain there. */
  readonly life?: Life;
  readonly authentication?: string;
  readonly sensitivity?: 'HIGH';
  /** The domain whose approved changes CloudFormation runs as this role. */
  readonly executes?: string;
  /** Of a role: who vouches for the second factor of its assumers. */
  readonly attestations?: readonly string[];
  /** Of a role for emergencies: what it declares, as written. */
  readonly breakGlass?: unknown;
  /** Common requests, as IAM statements. */
  readonly common?: readonly unknown[];
  /** Of a method: the scopes of which its caller needs one. */
  readonly scopes?: readonly string[];
  readonly trusts?: Trusts;
  /** Properties that nobody may weaken afterwards, as the construct wrote them. */
  readonly promised?: JsonObject;
  /** Values that are not what the constructs write: where they stand and what was expected. */
  readonly malformed: readonly string[];
}

export const EXPOSURES: readonly Exposure[] = ['internal', 'partner', 'public'];
const UNMARKED: Mark = { malformed: [] };

export function readMark(declared: ResourceDeclaration): Mark {
  const raw = declared.metadata.bulkhead;
  if (raw === undefined) return UNMARKED;
  if (!isObject(raw)) return { malformed: ['`Metadata.bulkhead` is not an object'] };
  const malformed: string[] = [];
  const member = (key: string): string | undefined => {
    const value = raw[key];
    if (value === undefined || typeof value === 'string') return value;
    malformed.push(`\`Metadata.bulkhead.${key}\` is not a string`);
    return undefined;
  };
  const oneOf = <T extends string>(key: string, allowed: readonly T[]): T | undefined => {
    const value = member(key);
    if (value === undefined) return undefined;
    const lower = value.toLowerCase();
    const found = allowed.find((a) => a === lower || a === value);
    if (found === undefined) {
      malformed.push(`\`Metadata.bulkhead.${key}\` is \`${value}\`, expected ${allowed.join(', ')}`);
    }
    return found;
  };
  const texts = (key: string, value: unknown): readonly string[] | undefined => {
    if (value === undefined) return undefined;
    if (isList(value) && value.every((v) => typeof v === 'string')) return value as readonly string[];
    malformed.push(`\`Metadata.bulkhead.${key}\` is not a list of strings`);
    return undefined;
  };
  const trusts = (value: unknown): Trusts | undefined => {
    if (value === undefined) return undefined;
    const { issuers, audiences, authorities, clients } = isObject(value) ? value : {};
    const listed = (isList(clients) ? clients : []).map((client) => ({
      name: objectText(client, 'name') ?? '?',
      scopes: texts('trusts.clients.scopes', isObject(client) ? client.scopes : undefined) ?? [],
    }));
    return {
      issuers: texts('trusts.issuers', issuers) ?? [],
      audiences: texts('trusts.audiences', audiences) ?? [],
      authorities: texts('trusts.authorities', authorities) ?? [],
      ...(listed.length === 0 ? {} : { clients: listed }),
    };
  };
  const zones = (value: unknown): readonly Zone[] | undefined => {
    if (value === undefined) return undefined;
    const read = (isList(value) ? value : [undefined]).map((zone): Zone | undefined => {
      const [domain, path, authentication] = ['domain', 'path', 'authentication'].map((key) => objectText(zone, key));
      if (domain === undefined || path === undefined || !isZonePath(path)) return undefined;
      return { domain, path, ...(authentication === undefined ? {} : { authentication }) };
    });
    if (read.includes(undefined)) malformed.push('`Metadata.bulkhead.zones` is not a list of domains and paths');
    return read.flatMap((zone) => zone ?? []);
  };
  return {
    domain: member('domain'),
    duty: oneOf('duty', DUTIES),
    part: member('part'),
    vault: member('vault'),
    exposure: oneOf('exposure', EXPOSURES),
    owner: member('owner'),
    zones: zones(raw.zones),
    life: oneOf('life', LIVES),
    authentication: member('authentication'),
    sensitivity: member('sensitivity')?.toUpperCase() === 'HIGH' ? 'HIGH' : undefined,
    executes: member('executes'),
    attestations: isList(raw.attestations)
      ? raw.attestations.filter((a): a is string => typeof a === 'string')
      : undefined,
    breakGlass: raw.breakGlass,
    common: isList(raw.common) ? raw.common : undefined,
    scopes: texts('scopes', raw.scopes),
    trusts: trusts(raw.trusts),
    promised: isObject(raw.promised) ? raw.promised : undefined,
    malformed,
  };
}

/** One or more segments, each a name and neither a parameter nor dots that lead elsewhere: `/partner`, `/v2/partner`. */
export function isZonePath(path: string): boolean {
  return /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~:@!$&'()+,;=-]+)+$/.test(path);
}

function objectText(value: unknown, key: string): string | undefined {
  const inner = isObject(value) ? value[key] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

export function originOf(stack: Stack, declared: ResourceDeclaration): Origin {
  const { rendered } = stack.template;
  const id = `${stack.id}/${declared.logicalId}`;
  const written = declared.metadata['aws:cdk:path'];
  return {
    id,
    path: rendered.paths?.[declared.logicalId] ?? (typeof written === 'string' ? written : id),
    stack: stack.id,
    logicalId: declared.logicalId,
    type: declared.type,
    file: rendered.file,
    line: rendered.lines?.[declared.logicalId],
  };
}
