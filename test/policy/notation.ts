/**
 * A notation for policies in tests, over a catalogue small enough to enumerate:
 *
 *     allow s:Get,s:Move on a/*, b if StringEquals r:s x|y & NumericLessThanIfExists c:n 5
 *     ; deny !s:List on !a/b
 *
 * `!` before a list makes it `NotAction` or `NotResource`. A resource other than `*` and `arn:…`
 * stands behind `arn:aws:s:::`. A key names its own facts: `r:` is of the request, `c:` of the
 * caller; then the type, `s` string, `m` several strings, `n` number, `d` date, `b` bool, `i` address,
 * `a` ARN, `y` binary; `p` makes it always present; digits tell keys of one type apart.
 */
import type { Catalogue, KeyFacts, KeyType, ResourceFormat } from '../../lib/policy/catalogue';
import type { Policies, PolicyDocument } from '../../lib/policy/document';
import { parsePolicy } from '../../lib/policy/parse';

export const PREFIX = 'arn:aws:s:::';

export const FORMATS = {
  object: { id: 's:object', parts: [PREFIX, { slot: 'name' }, '/', { slot: 'path' }] },
  box: { id: 's:box', parts: [PREFIX, { slot: 'name' }] },
  job: { id: 't:job', parts: ['arn:aws:t:', { slot: 'region' }, ':', { slot: 'account' }, ':', { slot: 'name' }] },
} as const satisfies Record<string, ResourceFormat>;

const ACTIONS: Readonly<Record<string, readonly ResourceFormat[]>> = {
  's:Get': [FORMATS.object],
  's:List': [],
  's:Move': [FORMATS.box, FORMATS.object],
  't:Do': [FORMATS.job],
  't:Get': [FORMATS.job],
};

const TYPES: Readonly<Record<string, KeyType>> = {
  s: 'string',
  m: 'string',
  n: 'numeric',
  d: 'date',
  b: 'bool',
  i: 'ip',
  a: 'arn',
  y: 'binary',
};

function keyFacts(key: string): KeyFacts {
  const [, scope, letter, present] = /^([rc]):([smndbiay])(p?)\d*$/i.exec(key.toLowerCase()) ?? [];
  if (scope === undefined || letter === undefined)
    return { scope: 'caller', multivalued: true, type: 'string', alwaysPresent: false };
  return {
    scope: scope === 'r' ? 'request' : 'caller',
    multivalued: letter === 'm',
    type: TYPES[letter] ?? 'string',
    alwaysPresent: present === 'p',
  };
}

const names = Object.keys(ACTIONS);

export const SMALL: Catalogue = {
  actions: names,
  resourceFormats: (action) => ACTIONS[names[action] ?? ''] ?? [],
  keyFacts,
};

interface StatementJson {
  readonly Effect: 'Allow' | 'Deny';
  readonly [element: string]: unknown;
}

export interface DocumentJson {
  readonly Version: '2012-10-17' | '2008-10-17';
  readonly Statement: readonly StatementJson[];
}

/** The notation as JSON, as a person would write the policy. */
export function json(notation: string): DocumentJson {
  const statements = notation
    .split(';')
    .map((s) => s.trim())
    .filter((s) => s !== '');
  return { Version: '2012-10-17', Statement: statements.map(readStatement) };
}

function readStatement(notation: string): StatementJson {
  const [, effect, actions, resources, conditions] =
    /^(allow|deny)\s+(\S+(?:,\s*\S+)*)\s+on\s+(.+?)(?:\s+if\s+(.+))?$/.exec(notation) ?? [];
  if (effect === undefined || actions === undefined || resources === undefined) {
    throw new Error(`\`${notation}\` is not \`allow|deny ACTIONS on RESOURCES [if CONDITIONS]\``);
  }
  const list = (element: string, written: string, read: (item: string) => string) => ({
    [written.startsWith('!') ? `Not${element}` : element]: written.replace(/^!/, '').split(/,\s*/).map(read),
  });
  return {
    Effect: effect === 'allow' ? 'Allow' : 'Deny',
    ...list('Action', actions, (a) => a),
    ...list('Resource', resources, (r) => (r === '*' || r.startsWith('arn:') ? r : PREFIX + r)),
    ...(conditions === undefined ? {} : { Condition: readConditions(conditions) }),
  };
}

function readConditions(notation: string): Record<string, Record<string, readonly string[]>> {
  const out: Record<string, Record<string, readonly string[]>> = {};
  for (const condition of notation.split(/\s+&\s+/)) {
    const [operator = '', key = '', values = ''] = condition.trim().split(/\s+/);
    const block = out[operator] ?? {};
    if (key in block) throw new Error(`\`${notation}\` has ${operator} on ${key} twice, which JSON cannot say`);
    out[operator] = { ...block, [key]: values.split('|') };
  }
  return out;
}

export function document(notation: string, origin = 'policy'): PolicyDocument {
  return parsePolicy(json(notation), origin);
}

export interface Bounds {
  readonly boundary?: string;
  readonly session?: string;
  readonly scp?: string;
}

/** A principal: identity policies in the notation, and what bounds them. */
export function principal(notation: string | readonly string[], { boundary, session, scp }: Bounds = {}): Policies {
  const identity = typeof notation === 'string' ? [notation] : notation;
  return {
    identityPolicies: identity.map((n) => document(n, 'identity')),
    ...(boundary === undefined ? {} : { permissionsBoundary: document(boundary, 'boundary') }),
    ...(session === undefined ? {} : { sessionPolicies: [document(session, 'session')] }),
    ...(scp === undefined ? {} : { serviceControlPolicies: [document(scp, 'scp')] }),
  };
}
