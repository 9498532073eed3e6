/**
 * Which principals could share a request, as far as the names of actions and the beginnings of resources
 * tell: a superset of the pairs that do, found without asking about every pair.
 *
 * Two patterns that differ in a character before their first wildcard match no common string. So the
 * beginnings of all patterns go into one trie, and only patterns on one path of it can meet. An unknown
 * value is one symbol of the trie: it equals itself; two of them differ for certain when they name two
 * resources of one deployment and fill a whole segment on both sides; otherwise both branches may meet.
 */
import type { PolicyDocument, Statement } from '../policy/document';
import type { Hole, Text } from '../policy/text';

/** Actions of a statement; `meets` is true unless two statements select no action in common. */
export interface Actions {
  meets(other: Actions): boolean;
}

export interface Candidate {
  /** Documents whose Allow statements cover all that the principal may do; `undefined` when that is everything. */
  readonly documents: readonly PolicyDocument[] | undefined;
}

interface Entry {
  readonly candidate: number;
  /** `undefined`: any action. */
  readonly actions: Actions | undefined;
}

/** END stands after the last character of a pattern without wildcards. */
const END = '';
type PatternSymbol = string | Hole;

class Node {
  readonly entries: Entry[] = [];
  readonly children = new Map<string, Node>();

  constructor(readonly hole?: Hole) {}

  /** Every value of the hole at this node is a whole segment, whichever pattern goes through. */
  get endsSegment(): boolean {
    return this.entries.length === 0 && [...this.children.keys()].every(isDelimiter);
  }

  *all(): Generator<Entry> {
    yield* this.entries;
    for (const child of this.children.values()) yield* child.all();
  }
}

/**
 * @param excepted statements whose requests do not count; a statement that is written the same is left out
 * @param actionsOf the actions that a statement selects, known and future ones
 * @returns pairs of positions in `candidates`, the smaller first, in order
 */
export function pairsThatMayMeet(
  candidates: readonly Candidate[],
  excepted: readonly Statement[],
  actionsOf: (statement: Statement) => Actions,
): (readonly [number, number])[] {
  const left = new Set(excepted.filter((s) => s.effect === 'Allow' && s.conditions.length === 0).map(requestsOf));
  const root = new Node();
  candidates.forEach(({ documents }, candidate) => {
    if (documents === undefined) root.entries.push({ candidate, actions: undefined });
    for (const statement of (documents ?? []).flatMap(({ statements }) => statements)) {
      if (statement.opaque !== undefined) root.entries.push({ candidate, actions: undefined });
      else if (statement.effect === 'Allow' && !left.has(requestsOf(statement))) {
        const entry = { candidate, actions: actionsOf(statement) };
        for (const beginning of beginningsOf(statement)) insert(root, beginning, entry);
      }
    }
  });
  const met = new Set<number>();
  const meet = (a: Entry, b: Entry): void => {
    if (a.candidate === b.candidate) return;
    const pair = Math.min(a.candidate, b.candidate) * candidates.length + Math.max(a.candidate, b.candidate);
    if (met.has(pair)) return;
    if (a.actions === undefined || b.actions === undefined || a.actions.meets(b.actions)) met.add(pair);
  };
  visit(root, [], meet);
  return [...met]
    .sort((a, b) => a - b)
    .map((pair) => [Math.floor(pair / candidates.length), pair % candidates.length] as const);
}

/** Statements by the beginnings of their resources, to find those that can meet another one. */
export class StatementIndex {
  private readonly root = new Node();

  constructor(
    private readonly statements: readonly Statement[],
    private readonly actionsOf: (statement: Statement) => Actions,
  ) {
    statements.forEach((statement, candidate) => {
      const entry = { candidate, actions: actionsOf(statement) };
      for (const beginning of beginningsOf(statement)) insert(this.root, beginning, entry);
    });
  }

  /** In order: the statements that may match a request which one of the others matches. */
  public meeting(others: readonly Statement[]): readonly Statement[] {
    const met = new Set<number>();
    for (const other of others) {
      const actions = this.actionsOf(other);
      for (const beginning of beginningsOf(other)) {
        for (const entry of along(this.root, beginning)) if (entry.actions?.meets(actions)) met.add(entry.candidate);
      }
    }
    return this.statements.filter((_, index) => met.has(index));
  }
}

/** Entries whose beginnings can be those of a string that begins as given. */
function* along(root: Node, beginning: readonly PatternSymbol[]): Generator<Entry> {
  let node = root;
  for (const [index, symbol] of beginning.entries()) {
    yield* node.entries;
    const key = keyOf(symbol);
    for (const [other, child] of node.children) {
      const unknown = child.hole !== undefined || typeof symbol !== 'string';
      if (other === key || !unknown) continue;
      if (typeof symbol === 'string' || !differ(child, symbol, isDelimiter(beginning[index + 1]))) yield* child.all();
    }
    const next = node.children.get(key);
    if (next === undefined) return;
    node = next;
  }
  yield* node.all();
}

const writtenRequests = new WeakMap<Statement, string>();

/** Equal for two statements that allow the same requests because they are written the same. */
function requestsOf(statement: Statement): string {
  const known = writtenRequests.get(statement);
  if (known !== undefined) return known;
  const { version, action, resource } = statement;
  const written = JSON.stringify([version, action, resource]);
  writtenRequests.set(statement, written);
  return written;
}

function insert(root: Node, beginning: readonly PatternSymbol[], entry: Entry): void {
  let node = root;
  for (const symbol of beginning) {
    const key = keyOf(symbol);
    let child = node.children.get(key);
    if (child === undefined) {
      child = new Node(typeof symbol === 'string' ? undefined : symbol);
      node.children.set(key, child);
    }
    node = child;
  }
  node.entries.push(entry);
}

const beginnings = new WeakMap<Statement, readonly (readonly PatternSymbol[])[]>();

function beginningsOf(statement: Statement): readonly (readonly PatternSymbol[])[] {
  const known = beginnings.get(statement);
  if (known !== undefined) return known;
  const { resource, version } = statement;
  const found =
    resource === undefined || resource.not
      ? [[]]
      : resource.patterns.map((pattern) => beginningOf(pattern, version === '2012-10-17'));
  beginnings.set(statement, found);
  return found;
}

/** The symbols of a pattern up to its first wildcard, policy variable or unknown part that may hold one. */
function beginningOf({ parts }: Text, variables: boolean): readonly PatternSymbol[] {
  const symbols: PatternSymbol[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (!isOneValue(part)) return symbols;
      symbols.push(part);
      continue;
    }
    for (const character of part) {
      if (character === '*' || character === '?' || (variables && character === '$')) return symbols;
      symbols.push(character);
    }
  }
  return [...symbols, END];
}

/** Account, region and partition hold no wildcard, and neither does the name of a resource that the deployment makes. */
function isOneValue({ type, identity, values }: Hole): boolean {
  if (values !== undefined) return false;
  return (
    type === 'account' || type === 'region' || type === 'partition' || (type === 'segment' && identity !== undefined)
  );
}

function visit(node: Node, above: readonly Entry[], meet: (a: Entry, b: Entry) => void): void {
  node.entries.forEach((entry, index) => {
    for (const other of above) meet(entry, other);
    for (const other of node.entries.slice(index + 1)) meet(entry, other);
  });
  const children = [...node.children.values()];
  children.forEach((child, index) => {
    // Two characters differ. Only an unknown value may be the same as what its siblings stand for.
    for (const other of children.slice(index + 1)) {
      if ((child.hole === undefined && other.hole === undefined) || differ(child, other.hole, other.endsSegment))
        continue;
      for (const entry of child.all()) for (const another of other.all()) meet(entry, another);
    }
    visit(child, node.entries.length === 0 ? above : [...above, ...node.entries], meet);
  });
}

/** False only if a value of the child's hole may be a value of the other one. */
function differ(child: Node, other: Hole | undefined, otherEndsSegment: boolean): boolean {
  if (child.hole?.identity === undefined || child.hole.identity !== other?.identity) return false;
  return child.endsSegment && otherEndsSegment;
}

function isDelimiter(symbol: PatternSymbol | undefined): boolean {
  return symbol === END || symbol === ':' || symbol === '/';
}

function keyOf(symbol: PatternSymbol): string {
  return typeof symbol === 'string' ? symbol : `hole ${symbol.hole}`;
}
