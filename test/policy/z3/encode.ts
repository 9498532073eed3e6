/**
 * Policies as SMT-LIB: strings and regular expressions, numbers, bit vectors. Written from AWS's
 * documentation and the parsed policy, without a line of the engine, so that the two err apart.
 *
 * The action is an integer, the resource a string. A key is a few constants: whether each of its
 * slots holds a value, and the value; a key with several values gets as many slots as the policies
 * have conditions on it, which suffices, because each condition needs at most one value to be true
 * or to be false. Keys of the request are shared by both callers, the others named by the side.
 */
import type { Catalogue, KeyType, ResourceFormat, Slot } from '../../../lib/policy/catalogue';
import type { Condition, Policies, PolicyDocument, Selection, Statement } from '../../../lib/policy/document';
import { literal, type Text } from '../../../lib/policy/text';

export type Side = 'A' | 'B';

const and = (terms: readonly string[]): string =>
  terms.length === 0 ? 'true' : terms.length === 1 ? (terms[0] ?? '') : `(and ${terms.join(' ')})`;
const or = (terms: readonly string[]): string =>
  terms.length === 0 ? 'false' : terms.length === 1 ? (terms[0] ?? '') : `(or ${terms.join(' ')})`;
const not = (term: string): string => `(not ${term})`;

const ANY = '(re.* re.allchar)';
const ONE = 're.allchar';
// Printable ASCII is alphabet enough: the policies name no other character, and many of it stand for all.
const NO_COLON = '(re.union (re.range " " "9") (re.range ";" "~"))';
const NAME = '(re.union (re.range " " ".") (re.range "0" "9") (re.range ";" "~"))';

/** A string literal; SMT-LIB doubles quotes and escapes what is not printable ASCII. */
function quote(value: string): string {
  const escaped = [...value].map((c) => {
    const code = c.codePointAt(0) ?? 0;
    return c === '"' ? '""' : code < 0x20 || code > 0x7e || c === '\\' ? `\\u{${code.toString(16)}}` : c;
  });
  return `"${escaped.join('')}"`;
}

function sequence(parts: readonly string[]): string {
  return parts.length === 0 ? '(str.to_re "")' : parts.length === 1 ? (parts[0] ?? '') : `(re.++ ${parts.join(' ')})`;
}

/** `*` and `?` over the given classes, everything else as it is. */
function globRegex(glob: string, many = ANY, one = ONE): string {
  return sequence(
    glob
      .split(/([*?])/)
      .flatMap((p) => (p === '' ? [] : [p === '*' ? many : p === '?' ? one : `(str.to_re ${quote(p)})`])),
  );
}

/** Each of the six components on its own. */
function arnRegex(pattern: string): string | undefined {
  const pieces = pattern.split(':');
  if (pieces.length < 6) return undefined;
  const first = pieces.slice(0, 5).map((p) => globRegex(p, `(re.* ${NO_COLON})`, NO_COLON));
  return sequence([...first.flatMap((p) => [p, '(str.to_re ":")']), globRegex(pieces.slice(5).join(':'))]);
}

function ignoringCase(value: string): string {
  return sequence(
    [...value].map((c) =>
      c.toLowerCase() === c.toUpperCase()
        ? `(str.to_re ${quote(c)})`
        : `(re.union (str.to_re ${quote(c.toLowerCase())}) (str.to_re ${quote(c.toUpperCase())}))`,
    ),
  );
}

const DIGIT = '(re.range "0" "9")';
const SLOTS: Readonly<Record<Slot, string>> = {
  partition: '(re.+ (re.union (re.range "a" "z") (str.to_re "-")))',
  // Some global resources leave the region empty.
  region: `(re.* (re.union (re.range "a" "z") ${DIGIT} (str.to_re "-")))`,
  account: `(re.union ((_ re.^ 12) ${DIGIT}) (str.to_re "aws") (str.to_re ""))`,
  name: `(re.+ ${NAME})`,
  path: `(re.+ ${NO_COLON})`,
  any: '(re.+ re.allchar)',
};

export function formatRegex(format: ResourceFormat): string {
  return sequence(format.parts.map((p) => (typeof p === 'string' ? `(str.to_re ${quote(p)})` : SLOTS[p.slot])));
}

function plain(t: Text): string {
  const value = literal(t);
  if (value === undefined) throw new Error('the encoding knows no holes');
  if (value.includes('${')) throw new Error(`the encoding knows no policy variables: \`${value}\``);
  return value;
}

interface Key {
  readonly name: string;
  readonly type: KeyType;
  readonly slots: number;
}

function symbol(key: Key, part: 'used' | 'value', slot: number): string {
  return `|${key.name} ${part} ${slot}|`;
}

const SORTS: Readonly<Record<KeyType, string>> = {
  string: 'String',
  arn: 'String',
  binary: 'String',
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

/** The operator without its negation: does this value of the key match this value of the policy? */
function matchTerm(operator: string, type: KeyType, value: string, wanted: string): string {
  const base = operator.replace('Not', '');
  const within = (regex: string | undefined) => (regex === undefined ? 'false' : `(str.in_re ${value} ${regex})`);
  const ordered = (wantedNumber: number, compare: string) => `(${compare} ${value} ${real(wantedNumber)})`;
  const compare: Readonly<Record<string, string>> = {
    Equals: '=',
    LessThan: '<',
    LessThanEquals: '<=',
    GreaterThan: '>',
    GreaterThanEquals: '>=',
  };
  if (base.startsWith('Numeric')) return ordered(Number(wanted), compare[base.slice('Numeric'.length)] ?? '');
  if (base.startsWith('Date')) return ordered(Date.parse(wanted), compare[base.slice('Date'.length)] ?? '');
  switch (base) {
    case 'Bool':
      return type === 'bool' ? `(= ${value} ${wanted})` : within(ignoringCase(wanted));
    case 'IpAddress':
      return blockTerm(wanted, value);
    case 'StringEquals':
      return `(= ${value} ${quote(wanted)})`;
    case 'StringEqualsIgnoreCase':
      return within(ignoringCase(wanted));
    case 'StringLike':
      return within(globRegex(wanted));
    case 'ArnEquals':
    case 'ArnLike':
      return within(arnRegex(wanted));
    default:
      throw new Error(`the encoding does not know \`${operator}\``);
  }
}

function conditionTerm(c: Condition, key: Key): string {
  const slots = Array.from({ length: key.slots }, (_, i) => i);
  const used = (i: number) => symbol(key, 'used', i);
  const absent = not(or(slots.map(used)));
  if (c.operator === 'Null') return or(c.values.map((v) => (plain(v).toLowerCase() === 'true' ? absent : not(absent))));
  const negated = c.operator.includes('Not');
  const holds = (i: number) => {
    const matched = or(c.values.map((v) => matchTerm(c.operator, key.type, symbol(key, 'value', i), plain(v))));
    return negated ? not(matched) : matched;
  };
  const every = and(slots.map((i) => `(=> ${used(i)} ${holds(i)})`));
  const some = or(slots.map((i) => and([used(i), holds(i)])));
  if (c.quantifier === 'ForAllValues') return every;
  if (c.quantifier === 'ForAnyValue') return some;
  const present = negated ? every : some;
  return c.ifExists || negated ? `(ite ${absent} true ${present})` : `(and ${not(absent)} ${present})`;
}

function documentsOf(p: Policies): readonly PolicyDocument[] {
  return [
    ...p.identityPolicies,
    ...(p.permissionsBoundary ? [p.permissionsBoundary] : []),
    ...(p.sessionPolicies ?? []),
    ...(p.serviceControlPolicies ?? []),
  ];
}

/** Collects declarations while it writes the formula. */
export class Encoding {
  private readonly keys = new Map<string, Key>();
  private readonly lines: string[] = [];

  constructor(
    private readonly catalogue: Catalogue,
    private readonly policies: readonly Policies[],
  ) {
    this.lines.push('(declare-const act Int)', '(declare-const res String)');
    const wellFormed = catalogue.actions.map((_, id) => {
      const formats = catalogue.resourceFormats(id);
      const regexes = formats.length === 0 ? ['(str.to_re "*")'] : formats.map(formatRegex);
      return `(and (= act ${id}) (str.in_re res ${regexes.length === 1 ? regexes[0] : `(re.union ${regexes.join(' ')})`}))`;
    });
    this.lines.push(`(assert ${or(wellFormed)})`);
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

  /** The whole question. */
  script(assertion: string): string {
    return [...this.lines, `(assert ${assertion})`, '(check-sat)'].join('\n');
  }

  private statement(s: Statement, side: Side): string {
    return and([this.action(s.action), this.resource(s.resource), ...s.conditions.map((c) => this.condition(c, side))]);
  }

  private action(selection: Selection): string {
    const regexes = selection.patterns.map((p) => {
      const escaped = plain(p).replace(/[.+^${}()|[\]\\]/g, '\\$&');
      return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
    });
    const ids = this.catalogue.actions.flatMap((name, id) =>
      regexes.some((r) => r.test(name)) ? [`(= act ${id})`] : [],
    );
    return selection.not ? not(or(ids)) : or(ids);
  }

  private resource(selection: Selection | undefined): string {
    if (selection === undefined) return 'true';
    const matched = or(selection.patterns.map((p) => `(str.in_re res ${globRegex(plain(p))})`));
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
        this.lines.push(`(declare-const ${symbol(key, 'used', i)} Bool)`);
        this.lines.push(`(declare-const ${symbol(key, 'value', i)} ${SORTS[key.type]})`);
      }
      if (facts.alwaysPresent) this.lines.push(`(assert ${symbol(key, 'used', 0)})`);
    }
    return conditionTerm(c, key);
  }

  private conditionsOn(key: string): number {
    const all = this.policies.flatMap((p) => documentsOf(p).flatMap((d) => d.statements.flatMap((s) => s.conditions)));
    return all.filter((c) => c.key.toLowerCase() === key).length;
  }
}

/** Satisfiable iff both may make one request, each in a context of its own. */
export function encodeOverlap(a: Policies, b: Policies, catalogue: Catalogue): string {
  const encoding = new Encoding(catalogue, [a, b]);
  return encoding.script(and([encoding.allowed(a, 'A'), encoding.allowed(b, 'B')]));
}

/** Satisfiable iff A allows a request that B does not, in the same context. */
export function encodeDifference(a: Policies, b: Policies, catalogue: Catalogue): string {
  const encoding = new Encoding(catalogue, [a, b]);
  return encoding.script(and([encoding.allowed(a, 'A'), not(encoding.allowed(b, 'A'))]));
}
