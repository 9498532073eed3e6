/**
 * Policies as SMT-LIB. Written from AWS's documentation and the parsed policy, without a line of the
 * engine, so that the two err apart.
 *
 * Every action is a question of its own. What the policies ask of a string (the resource, a value of
 * a key) becomes Boolean constants, one a pattern; `cells.ts` finds which of their combinations some
 * string has. Numbers, dates, addresses and Booleans are constants of their own sorts. A key is a few constants: whether each of its
 * slots holds a value, and the value; a key with several values gets as many slots as the policies
 * have conditions on it, which suffices, because each condition needs at most one value to be true
 * or to be false. Keys of the request are shared by both callers, the others named by the side.
 */
import type { Catalogue, KeyType } from '../../../lib/policy/catalogue';
import type { Condition, Policies, PolicyDocument, Selection, Statement } from '../../../lib/policy/document';
import { literal, type Text } from '../../../lib/policy/text';
import { arnLike, EVERYTHING, exact, globbing, ignoringCase, type Language, resourcesOf } from './languages';

export type Side = 'A' | 'B';

export function and(terms: readonly string[]): string {
  const left = terms.filter((t) => t !== 'true');
  if (left.includes('false')) return 'false';
  return left.length === 0 ? 'true' : left.length === 1 ? (left[0] as string) : `(and ${left.join(' ')})`;
}

export function or(terms: readonly string[]): string {
  const left = terms.filter((t) => t !== 'false');
  if (left.includes('true')) return 'true';
  return left.length === 0 ? 'false' : left.length === 1 ? (left[0] as string) : `(or ${left.join(' ')})`;
}

function not(term: string): string {
  return term === 'true' ? 'false' : term === 'false' ? 'true' : `(not ${term})`;
}

export function plain(t: Text): string {
  const value = literal(t);
  if (value === undefined) throw new Error('the encoding knows no holes');
  if (value.includes('${')) throw new Error(`the encoding knows no policy variables: \`${value}\``);
  return value;
}

const actionRegexes = new Map<string, RegExp>();

function actionRegex(pattern: string): RegExp {
  let regex = actionRegexes.get(pattern);
  if (regex === undefined) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    regex = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
    actionRegexes.set(pattern, regex);
  }
  return regex;
}

const RESOURCE = '|resource|';

function patternConstant(variable: string, pattern: number): string {
  return `|${variable.slice(1, -1)} matches ${pattern}|`;
}

interface Key {
  readonly name: string;
  readonly type: KeyType;
  readonly slots: number;
}

function symbol(key: Key, part: 'used' | 'value', slot: number): string {
  return `|${key.name} ${part} ${slot}|`;
}

/** Types without a sort are text. */
const SORTS: Readonly<Partial<Record<KeyType, string>>> = {
  numeric: 'Real',
  date: 'Real',
  bool: 'Bool',
  ip: '(_ BitVec 128)',
};

function real(value: number): string {
  const text = Number.isInteger(value) ? `${Math.abs(value)}.0` : String(Math.abs(value));
  return value < 0 ? `(- ${text})` : text;
}

/** IPv4 addresses stand in the block `::ffff:0:0/96`, which no IPv6 block of our vocabularies contains. */
function blockTerm(cidr: string, value: string): string {
  const [address = '', length] = cidr.split('/');
  const v6 = address.includes(':');
  const bits = v6
    ? groups(address)
    : 0xffff00000000n + address.split('.').reduce((n, octet) => n * 256n + BigInt(octet), 0n);
  const prefix = v6 ? Number(length ?? 128) : 96 + Number(length ?? 32);
  if (prefix === 0) return v6 ? 'true' : 'false';
  const top = (bits >> BigInt(128 - prefix)).toString(2).padStart(prefix, '0');
  return `(= ((_ extract 127 ${128 - prefix}) ${value}) #b${top})`;
}

function groups(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const read = (s: string) => (s === '' ? [] : s.split(':').map((g) => BigInt(`0x${g}`)));
  const [before, after] = [read(head), tail === undefined ? [] : read(tail)];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0n), ...after];
  return all.reduce((n, g) => n * 65536n + g, 0n);
}

const COMPARISONS: Readonly<Record<string, string>> = {
  Equals: '=',
  LessThan: '<',
  LessThanEquals: '<=',
  GreaterThan: '>',
  GreaterThanEquals: '>=',
};

/** The strings that an operator matches, its negation left out; `undefined` where it matches none. */
function languageOf(base: string, wanted: string): Language | undefined {
  switch (base) {
    case 'StringEquals':
      return exact(wanted);
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return ignoringCase(wanted);
    case 'StringLike':
      return globbing(wanted);
    case 'ArnEquals':
    case 'ArnLike':
      return arnLike(wanted);
    default:
      throw new Error(`the encoding does not know \`${base}\``);
  }
}

function documentsOf(p: Policies): readonly PolicyDocument[] {
  return [
    ...p.identityPolicies,
    ...(p.permissionsBoundary ? [p.permissionsBoundary] : []),
    ...(p.sessionPolicies ?? []),
    ...(p.serviceControlPolicies ?? []),
  ];
}

/** A string of the question, with the patterns asked of it: each a Boolean constant. */
export interface StringVariable {
  readonly within: Language;
  readonly patterns: readonly { readonly constant: string; readonly language: Language }[];
}

/** One action's question. */
export interface Formula {
  readonly declarations: readonly string[];
  readonly strings: readonly StringVariable[];
  readonly assertion: string;
}

export class Encoding {
  private readonly keys = new Map<string, Key>();
  private readonly strings = new Map<string, { within: Language; patterns: Map<string, Language> }>();
  protected readonly declarations: string[] = [];

  constructor(
    private readonly catalogue: Catalogue,
    private readonly policies: readonly Policies[],
    /** The action asked about. */
    private readonly name: string,
    resources: Language,
  ) {
    this.strings.set(RESOURCE, { within: resources, patterns: new Map() });
  }

  formula(assertion: string): Formula {
    const strings = [...this.strings].map(([variable, { within, patterns }]) => ({
      within,
      patterns: [...patterns.values()].map((language, i) => ({ constant: patternConstant(variable, i), language })),
    }));
    const constants = strings.flatMap((s) => s.patterns.map((p) => `(declare-const ${p.constant} Bool)`));
    return { declarations: [...this.declarations, ...constants], strings, assertion };
  }

  /** True iff the caller of the side may make the request. */
  allowed(p: Policies, side: Side): string {
    const statements = (documents: readonly PolicyDocument[], effect: Statement['effect']) =>
      documents.flatMap((d) => d.statements.filter((s) => s.effect === effect));
    const layer = (documents: readonly PolicyDocument[] | undefined): string[] =>
      documents === undefined || documents.length === 0
        ? []
        : [or(statements(documents, 'Allow').map((s) => this.statement(s, side)))];
    const denied = or(statements(documentsOf(p), 'Deny').map((s) => this.statement(s, side)));
    return and([
      or(statements(p.identityPolicies, 'Allow').map((s) => this.statement(s, side))),
      ...layer(p.permissionsBoundary === undefined ? undefined : [p.permissionsBoundary]),
      ...layer(p.sessionPolicies),
      ...layer(p.serviceControlPolicies),
      not(denied),
    ]);
  }

  private statement(s: Statement, side: Side): string {
    const action = this.action(s.action);
    return action === 'false'
      ? action
      : and([action, this.resource(s.resource), ...s.conditions.map((c) => this.condition(c, side))]);
  }

  protected action(selection: Selection): string {
    const named = selection.patterns.some((p) => actionRegex(plain(p)).test(this.name));
    return named === selection.not ? 'false' : 'true';
  }

  private resource(selection: Selection | undefined): string {
    if (selection === undefined) return 'true';
    const matched = or(
      selection.patterns.map((p) => (plain(p) === '*' ? 'true' : this.inLanguage(RESOURCE, globbing(plain(p))))),
    );
    return selection.not ? not(matched) : matched;
  }

  private condition(c: Condition, side: Side): string {
    const lower = c.key.toLowerCase();
    const facts = this.catalogue.keyFacts(lower);
    const name = facts.scope === 'request' ? lower : `${side} ${lower}`;
    let key = this.keys.get(name);
    if (key === undefined) {
      key = { name, type: facts.type, slots: facts.multivalued ? this.conditionsOn(lower) + 1 : 1 };
      this.keys.set(name, key);
      for (let i = 0; i < key.slots; i++) {
        const sort = SORTS[key.type];
        this.declarations.push(`(declare-const ${symbol(key, 'used', i)} Bool)`);
        if (sort !== undefined) this.declarations.push(`(declare-const ${symbol(key, 'value', i)} ${sort})`);
      }
      if (facts.alwaysPresent) this.declarations.push(`(assert ${symbol(key, 'used', 0)})`);
    }
    return this.conditionTerm(c, key);
  }

  /** Does the slot's value match this value of the policy? */
  private match(base: string, key: Key, slot: number, wanted: string): string {
    const value = symbol(key, 'value', slot);
    const compared = (number: number, operator: string) => `(${COMPARISONS[operator]} ${value} ${real(number)})`;
    switch (key.type) {
      case 'numeric':
        return compared(Number(wanted), base.slice('Numeric'.length));
      case 'date':
        return compared(Date.parse(wanted), base.slice('Date'.length));
      case 'bool':
        return `(= ${value} ${wanted.toLowerCase()})`;
      case 'ip':
        return blockTerm(wanted, value);
      case 'string':
      case 'arn':
      case 'binary':
        return this.inLanguage(value, languageOf(base, wanted));
    }
  }

  protected inLanguage(variable: string, language: Language | undefined): string {
    if (language === undefined) return 'false';
    let string = this.strings.get(variable);
    if (string === undefined) {
      string = { within: EVERYTHING, patterns: new Map() };
      this.strings.set(variable, string);
    }
    if (!string.patterns.has(language.smt)) string.patterns.set(language.smt, language);
    return patternConstant(variable, [...string.patterns.keys()].indexOf(language.smt));
  }

  private conditionTerm(c: Condition, key: Key): string {
    const slots = Array.from({ length: key.slots }, (_, i) => i);
    const used = (i: number) => symbol(key, 'used', i);
    const absent = not(or(slots.map(used)));
    // "Null with qualifier": always true under ForAllValues, always false under ForAnyValue.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    if (c.operator === 'Null' && c.quantifier !== undefined) return c.quantifier === 'ForAllValues' ? 'true' : 'false';
    if (c.operator === 'Null')
      return or(c.values.map((v) => (plain(v).toLowerCase() === 'true' ? absent : not(absent))));
    const negated = c.operator.includes('Not');
    const holds = (i: number) => {
      const matched = or(c.values.map((v) => this.match(c.operator.replace('Not', ''), key, i, plain(v))));
      return negated ? not(matched) : matched;
    };
    const every = and(slots.map((i) => `(=> ${used(i)} ${holds(i)})`));
    const some = or(slots.map((i) => and([used(i), holds(i)])));
    if (c.quantifier === 'ForAllValues') return every;
    if (c.quantifier === 'ForAnyValue') return some;
    const present = negated ? every : some;
    return c.ifExists || negated ? `(ite ${absent} true ${present})` : `(and ${not(absent)} ${present})`;
  }

  private conditionsOn(key: string): number {
    const all = this.policies.flatMap((p) => documentsOf(p).flatMap((d) => d.statements.flatMap((s) => s.conditions)));
    return all.filter((c) => c.key.toLowerCase() === key).length;
  }
}

/** Satisfiable iff the formula of one action is; actions that constants decide are left out. */
export type Question = readonly Formula[];

function question(
  policies: readonly Policies[],
  catalogue: Catalogue,
  actions: Iterable<number>,
  assertion: (encoding: Encoding) => string,
): Question {
  // Actions that the same statements select, on the same resources, have the same formula.
  const formulas = new Map<string, Formula>();
  for (const action of actions) {
    const resources = resourcesOf(catalogue.resourceFormats(action));
    const encoding = new Encoding(catalogue, policies, catalogue.actions.at(action) as string, resources);
    const asserted = assertion(encoding);
    if (asserted === 'false') continue;
    const formula = encoding.formula(asserted);
    const key = [formula.strings[0]?.within.smt, asserted].join();
    if (!formulas.has(key)) formulas.set(key, formula);
  }
  return [...formulas.values()];
}

/** Satisfiable iff both may make one request, each in a context of its own. */
export function encodeOverlap(
  a: Policies,
  b: Policies,
  catalogue: Catalogue,
  actions: Iterable<number> = [...catalogue.actions].keys(),
): Question {
  return question([a, b], catalogue, actions, (e) => and([e.allowed(a, 'A'), e.allowed(b, 'B')]));
}

/** Satisfiable iff A allows a request that B does not, in the same context. */
export function encodeDifference(a: Policies, b: Policies, catalogue: Catalogue): Question {
  return question([a, b], catalogue, [...catalogue.actions].keys(), (e) =>
    and([e.allowed(a, 'A'), not(e.allowed(b, 'A'))]),
  );
}
