/**
 * The configuration (`bulkhead.json`, or the context key `bulkhead` of `cdk.json`), parsed: domains
 * and duties for apps that use none of the constructs, and the facts from outside the app that
 * verdicts may rest on. `parseConfiguration` refuses everything it does not know, with one error
 * that names the key; matching of globs against the app is in `classification.ts`, because only
 * there is it known whether a glob matches anything.
 */
import type { PolicyDocument } from '../policy/document';
import { PolicyError, type PolicyKind, parsePolicy } from '../policy/parse';
import { suggestion } from '../policy/parse-value';
import { show } from '../policy/text';
import { InputError } from './input-error';
import { describe, isList, isObject, type JsonObject } from './json';
import { EXPOSURES, isZonePath } from './mark';
import { type Crossing, DUTIES, type Duty, type Exposure, LIVES, type Life } from './model';

export interface Configuration {
  /** Where it was read from, for messages. */
  readonly source: string;
  readonly domains: readonly ConfiguredDomain[];
  readonly duties: readonly { readonly duty: Duty; readonly globs: readonly string[] }[];
  /** Which elements stand in which stage of life. */
  readonly stages: readonly { readonly life: Life; readonly globs: readonly string[] }[];
  /** Absent: all pairs of duties conflict. */
  readonly conflicts?: readonly (readonly [Duty, Duty])[];
  /** Absent: what the constructs declare, or the built-in list. */
  readonly common?: PolicyDocument;
  readonly assume: {
    /** Policies that the bootstrap execution role is declared to have instead of administrator access. */
    readonly bootstrapExecutionPolicies?: readonly string[];
    readonly serviceControlPolicies: readonly PolicyDocument[];
  };
  readonly crossings: readonly Crossing[];
}

export interface ConfiguredDomain {
  readonly name: string;
  readonly exposure?: Exposure;
  readonly owner?: string;
  /** Globs over construct paths, `STACK/LogicalId` and physical names. */
  readonly resources: readonly string[];
  /** What it has to itself of gateways that it shares: globs over REST APIs, and the paths under which its routes lie. */
  readonly routes?: readonly { readonly api: string; readonly paths: readonly string[] }[];
}

export const NO_CONFIGURATION: Configuration = {
  source: 'no configuration',
  domains: [],
  duties: [],
  stages: [],
  assume: { serviceControlPolicies: [] },
  crossings: [],
};

/**
 * @param value the configuration as parsed JSON; `undefined` is no configuration
 * @param source for messages: a file's name, or the context key
 * @param today crossings that expired before it are refused
 * @throws InputError for anything that is not a configuration
 */
export function parseConfiguration(value: unknown, source: string, today: Date = new Date()): Configuration {
  if (value === undefined) return NO_CONFIGURATION;
  const at = new Place(source, '');
  const root = at.object(value, ['domains', 'duties', 'stages', 'conflicts', 'common', 'assume', 'crossings']);
  const assume = root.assume === undefined ? {} : at.of('assume').object(root.assume, ASSUME_KEYS);
  return {
    source,
    domains: at
      .of('domains')
      .entries(root.domains)
      .map(([name, domain]) => parseDomain(name, domain, at.of('domains').of(name))),
    duties: at
      .of('duties')
      .entries(root.duties)
      .map(([name, globs]) => ({
        duty: at.of('duties').oneOf(name, DUTIES, 'a duty'),
        globs: at.of('duties').of(name).strings(globs),
      })),
    stages: at
      .of('stages')
      .entries(root.stages)
      .map(([name, globs]) => ({
        life: at.of('stages').oneOf(name, LIVES, 'a stage of life'),
        globs: at.of('stages').of(name).strings(globs),
      })),
    conflicts: root.conflicts === undefined ? undefined : parseConflicts(root.conflicts, at.of('conflicts')),
    common: root.common === undefined ? undefined : parseCommon(root.common, at.of('common')),
    assume: {
      bootstrapExecutionPolicies:
        assume.bootstrapExecutionPolicies === undefined
          ? undefined
          : parseArns(assume.bootstrapExecutionPolicies, at.of('assume').of('bootstrapExecutionPolicies')),
      serviceControlPolicies: at
        .of('assume')
        .of('serviceControlPolicies')
        .list(assume.serviceControlPolicies)
        .map(([document, place]) => place.policy(document, 'scp')),
    },
    crossings: at
      .of('crossings')
      .list(root.crossings)
      .map(([crossing, place]) => parseCrossing(crossing, place, today)),
  };
}

const ASSUME_KEYS = ['bootstrapExecutionPolicies', 'serviceControlPolicies'];
const CROSSING_KEYS = ['from', 'to', 'actions', 'resources', 'justification', 'approvedBy', 'expires'];

function parseDomain(name: string, value: unknown, at: Place): ConfiguredDomain {
  const domain = at.object(value, ['exposure', 'owner', 'resources', 'routes']);
  if (name === '') at.fail('the empty name', 'a name for the trust domain');
  return {
    name,
    exposure:
      domain.exposure === undefined ? undefined : at.of('exposure').oneOf(domain.exposure, EXPOSURES, 'an exposure'),
    owner: domain.owner === undefined ? undefined : at.of('owner').string(domain.owner),
    resources: domain.resources === undefined ? [] : at.of('resources').strings(domain.resources),
    ...(domain.routes === undefined ? {} : { routes: parseRoutes(domain.routes, at.of('routes')) }),
  };
}

function parseRoutes(value: unknown, at: Place): NonNullable<ConfiguredDomain['routes']> {
  return at.entries(value).map(([api, paths]) => ({ api, paths: parsePaths(paths, at.of(api)) }));
}

function parsePaths(value: unknown, at: Place): readonly string[] {
  const paths = at.strings(value);
  if (paths.length === 0) at.fail('an empty list', 'the paths under which the routes of the domain lie');
  paths.forEach((path, i) => {
    if (!isZonePath(path))
      at.of(String(i)).fail(
        `\`${path}\``,
        'a path of literal segments such as `/partner`',
        'a parameter or wildcard could be the name of another domain',
      );
  });
  return paths;
}

function parseConflicts(value: unknown, at: Place): readonly (readonly [Duty, Duty])[] {
  return at.list(value).map(([pair, place]) => {
    if (!isList(pair) || pair.length !== 2)
      return place.fail(describe(pair), 'a pair of duties such as `["deploy", "approve"]`');
    const [a, b] = pair.map((duty) => place.oneOf(duty, DUTIES, 'a duty'));
    if (a === undefined || b === undefined || a === b) return place.fail(`\`${a}\` twice`, 'two different duties');
    return [a, b] as const;
  });
}

function parseCommon(value: unknown, at: Place): PolicyDocument {
  const document = at.policy(
    { Version: '2012-10-17', Statement: at.list(value).map(([statement]) => statement) },
    'identity',
  );
  const deny = document.statements.find((s) => s.effect === 'Deny');
  if (deny !== undefined)
    at.of(String(deny.index)).fail(
      'a statement with `Effect: Deny`',
      'Allow statements: the requests that every duty may make',
    );
  for (const { index, action } of document.statements) {
    const all = action.patterns.map(show).find((a) => /^\*+$|^\*+:/.test(a));
    // Common requests are left out of the proof: with all of them left out, nothing would be proved of anything.
    if (action.not || all !== undefined)
      at.of(String(index)).fail(
        action.not ? 'a statement with `NotAction`' : `the action \`${all}\``,
        'the actions of one service by name, such as `cloudwatch:ListMetrics`',
      );
  }
  return document;
}

function parseArns(value: unknown, at: Place): readonly string[] {
  return at.strings(value).map((arn, i) => {
    return /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/.+$/.test(arn)
      ? arn
      : at.of(String(i)).fail(`\`${arn}\``, 'the ARN of a managed policy');
  });
}

function parseCrossing(value: unknown, at: Place, today: Date): Crossing {
  const crossing = at.object(value, CROSSING_KEYS);
  const text = (key: string): string => at.of(key).string(crossing[key]);
  const [from, to] = [text('from'), text('to')];
  if (from === to) at.of('to').fail(`\`${to}\`, the domain it comes from`, 'another domain');
  const expires = text('expires');
  const day = new Date(`${expires}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(expires) ||
    Number.isNaN(day.getTime()) ||
    day.toISOString().slice(0, 10) !== expires
  ) {
    at.of('expires').fail(`\`${expires}\``, 'a date such as `2027-01-31`');
  }
  if (expires < today.toISOString().slice(0, 10)) {
    at.of('expires').fail(`\`${expires}\`, which has passed`, 'a later date approved anew, or no crossing');
  }
  const actions = at.of('actions').strings(crossing.actions);
  const resources = at.of('resources').strings(crossing.resources);
  if (actions.length === 0)
    at.of('actions').fail('an empty list', 'the actions that cross, such as `execute-api:Invoke`');
  if (resources.length === 0) at.of('resources').fail('an empty list', 'the ARNs that may be reached');
  // The engine's grammar of actions and resources is the one that holds here too.
  at.policy(
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }] },
    'identity',
  );
  return {
    from,
    to,
    actions,
    resources,
    justification: text('justification'),
    approvedBy: text('approvedBy'),
    expires,
  };
}

/** Where in the configuration we are, with the checks that every value goes through. */
class Place {
  constructor(
    private readonly source: string,
    private readonly path: string,
  ) {}

  of(key: string): Place {
    return new Place(
      this.source,
      this.path === '' ? key : /^\d+$/.test(key) ? `${this.path}[${key}]` : `${this.path}.${key}`,
    );
  }

  fail(found: string, expected: string, fix?: string): never {
    const where = this.path === '' ? this.source : `${this.source}: \`${this.path}\``;
    throw new InputError(`${where}: got ${found}, expected ${expected}${fix === undefined ? '' : `; ${fix}`}`);
  }

  object(value: unknown, keys: readonly string[]): JsonObject {
    if (!isObject(value)) return this.fail(describe(value), `an object with ${keys.map((k) => `\`${k}\``).join(', ')}`);
    for (const key of Object.keys(value)) {
      if (!keys.includes(key))
        this.fail(`the unknown key \`${key}\``, keys.map((k) => `\`${k}\``).join(', '), suggestion(key, keys));
    }
    return value;
  }

  entries(value: unknown): readonly [string, unknown][] {
    if (value === undefined) return [];
    return isObject(value) ? Object.entries(value) : this.fail(describe(value), 'an object by name');
  }

  list(value: unknown): readonly (readonly [unknown, Place])[] {
    if (value === undefined) return [];
    if (!isList(value)) return this.fail(describe(value), 'a list');
    return value.map((item, i) => [item, this.of(String(i))] as const);
  }

  string(value: unknown): string {
    return typeof value === 'string' && value.trim() !== ''
      ? value
      : this.fail(describe(value), 'a text that is not empty');
  }

  strings(value: unknown): readonly string[] {
    if (!isList(value)) return this.fail(describe(value), 'a list of texts');
    return value.map((item, i) => this.of(String(i)).string(item));
  }

  oneOf<T extends string>(value: unknown, allowed: readonly T[], what: string): T {
    const found = allowed.find((a) => a === value);
    if (found !== undefined) return found;
    const fix = typeof value === 'string' ? suggestion(value, allowed) : undefined;
    return this.fail(describe(value), `${what}: ${allowed.join(', ')}`, fix);
  }

  policy(value: unknown, kind: PolicyKind): PolicyDocument {
    try {
      return parsePolicy(value, this.path === '' ? this.source : `${this.source}: \`${this.path}\``, {
        kind,
        texts: false,
      });
    } catch (error) {
      if (error instanceof PolicyError) throw new InputError(error.message);
      throw error;
    }
  }
}
