/**
 * A trie of the beginnings of patterns, with what stands at each: which candidates, with which actions. It is the ground of
 * may-meet.ts, whose head has the argument.
 *
 * The characters between two branches are one edge, and candidates that stand at one place with the same actions are one
 * group, because in an app of many domains the patterns differ in few places and the actions are the same few.
 */
import type { Statement } from '../policy/document';
import type { Hole, Text } from '../policy/text';

/** Actions of a statement; `meets` is true unless two statements select no action in common. */
export interface Actions {
  meets(other: Actions): boolean;
}

/** Candidates with the same actions. */
export interface Group {
  /** `undefined`: any action. */
  readonly actions: Actions | undefined;
  /** In order; what stands below a node is gathered from all its branches, and sorted. */
  readonly candidates: readonly number[];
}

/** No two of the same actions. */
export type Groups = readonly Group[];

/** Runs of characters and unknown parts, in turn; a last run that is empty stands after the end of a pattern without wildcards. */
export type Beginning = readonly (string | Hole)[];

const END = '';

export class Beginnings {
  private readonly root = new Node(END);

  /** In the order of the candidates. Nothing may be added any more once a question was asked. */
  add(beginning: Beginning, candidate: number, actions: Actions | undefined): void {
    let node = this.root;
    for (const part of beginning) node = typeof part === 'string' ? node.descend(part) : node.through(part);
    node.put(candidate, actions);
  }

  /** Calls `meet` for every two groups whose beginnings can be those of one string. */
  pairs(meet: (a: Groups, b: Groups) => void): void {
    this.root.pairs([], meet);
  }

  /** Calls `found` for the groups whose beginnings can be those of a string that begins as given. */
  along(beginning: Beginning, found: (groups: Groups) => void): void {
    let node = this.root;
    for (let index = 0; index < beginning.length; index++) {
      const part = beginning[index]!;
      if (typeof part !== 'string') {
        found(node.groups);
        node.besides(found, part, beginsSegmentEnd(beginning[index + 1]));
        const next = node.children.get(keyOf(part));
        if (next === undefined) return;
        node = next;
        continue;
      }
      for (let at = 0; at < part.length || part === END; ) {
        found(node.groups);
        node.besides(found);
        const next = node.children.get(part.charAt(at));
        if (next === undefined) return;
        const { label } = next;
        const same = commonLength(label, part, at);
        if (same < label.length) {
          // The run ends within the edge: whatever is below goes on from it, unless the pattern is at its end.
          if (at + same === part.length && beginning[index + 1] !== END) found(next.below);
          return;
        }
        node = next;
        at += same;
        if (part === END) break;
      }
    }
    found(node.below);
  }
}

interface Growing extends Group {
  readonly candidates: number[];
}

const NONE: readonly never[] = [];
const NO_CHILDREN: ReadonlyMap<string, Node> = new Map();

class Node {
  /** Nodes branch, or something stands at them; few do both. */
  private further: Map<string, Node> | undefined;
  private own: Growing[] | undefined;
  private all: Groups | undefined;
  private ends: boolean | undefined;
  private holes = 0;

  /** @param label the characters of the edge that leads here; empty for the end of a pattern and for a hole */
  constructor(
    public label: string,
    readonly hole?: Hole,
  ) {}

  get children(): ReadonlyMap<string, Node> {
    return this.further ?? NO_CHILDREN;
  }

  get groups(): Groups {
    return this.own ?? NONE;
  }

  put(candidate: number, actions: Actions | undefined): void {
    this.own ??= [];
    // In an app the actions are the same few.
    const group = this.own.find((one) => one.actions === actions);
    if (group === undefined) this.own.push({ actions, candidates: [candidate] });
    else if (group.candidates.at(-1) !== candidate) group.candidates.push(candidate);
  }

  /** The node after these characters, made where it is missing. */
  descend(run: string): Node {
    let node: Node = this;
    for (let at = 0; ; ) {
      const key = run.charAt(at);
      let child = node.children.get(key);
      if (child === undefined) return node.adopt(key, new Node(at === 0 ? run : run.slice(at)));
      if (run === END) return child;
      const same = commonLength(child.label, run, at);
      if (same < child.label.length) child = node.split(child, same);
      at += same;
      if (at === run.length) return child;
      node = child;
    }
  }

  through(hole: Hole): Node {
    const key = keyOf(hole);
    const child = this.children.get(key);
    if (child !== undefined) return child;
    this.holes++;
    return this.adopt(key, new Node(END, hole));
  }

  /** Everything here and below, whatever stands between. */
  get below(): Groups {
    if (this.all === undefined) {
      const all = new Map<Actions | undefined, number[]>();
      const waiting: Node[] = [this];
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
        for (const { actions, candidates } of node.groups) {
          const group = all.get(actions);
          if (group === undefined) all.set(actions, [...candidates]);
          else for (const candidate of candidates) group.push(candidate);
        }
        for (const child of node.children.values()) waiting.push(child);
      }
      this.all = Array.from(all, ([actions, candidates]) => ({
        actions,
        candidates: candidates.sort((a, b) => a - b),
      }));
    }
    return this.all;
  }

  /** Calls `found` for what is below the children that may stand for the same characters as another part: an unknown one, or any character where that is absent. */
  besides(found: (groups: Groups) => void, part?: Hole, endsSegment = false): void {
    if (this.holes === 0 && part === undefined) return;
    const own = part === undefined ? undefined : keyOf(part);
    for (const [key, child] of this.children) {
      if (key === own || (part === undefined && child.hole === undefined)) continue;
      if (part === undefined || !differ(child, part, endsSegment)) found(child.below);
    }
  }

  /** @param above the groups on the way to this node, which it leaves as they are */
  pairs(above: Groups[], meet: (a: Groups, b: Groups) => void): void {
    const { own } = this;
    if (own !== undefined) {
      for (const groups of above) meet(own, groups);
      meet(own, own);
      above.push(own);
    }
    for (const child of this.children.values()) child.pairs(above, meet);
    if (own !== undefined) above.pop();
    if (this.holes === 0) return;
    // Two characters differ. Only an unknown value may be the same as what its siblings stand for.
    const known: Node[] = [];
    const unknown: Node[][] = [];
    const byIdentity = new Map<string, Node[]>();
    for (const child of this.children.values()) {
      const identity = child.endsSegment ? child.hole?.identity : undefined;
      if (child.hole === undefined) known.push(child);
      else if (identity === undefined) unknown.push([child]);
      else {
        const same = byIdentity.get(identity);
        if (same === undefined) byIdentity.set(identity, [child]);
        else same.push(child);
      }
    }
    // Within one of these lists every two differ (see `differ`), however many there are.
    const lists = [...unknown, ...byIdentity.values()];
    lists.forEach((list, i) => {
      const others = [known, ...lists.slice(i + 1)].flat();
      for (const child of list) for (const other of others) meet(child.below, other.below);
    });
  }

  /** Every value of the hole at this node is a whole segment, whichever pattern goes through. */
  get endsSegment(): boolean {
    this.ends ??= this.own === undefined && [...this.children.keys()].every(isDelimiter);
    return this.ends;
  }

  private adopt(key: string, child: Node): Node {
    this.further ??= new Map();
    this.further.set(key, child);
    return child;
  }

  private split(child: Node, at: number): Node {
    const middle = new Node(child.label.slice(0, at));
    child.label = child.label.slice(at);
    middle.further = new Map([[child.label.charAt(0), child]]);
    this.further?.set(middle.label.charAt(0), middle);
    return middle;
  }
}

/** False only if a value of the child's hole may be a value of the other one. */
function differ(child: Node, other: Hole | undefined, otherEndsSegment: boolean): boolean {
  if (child.hole?.identity === undefined || child.hole.identity !== other?.identity) return false;
  return child.endsSegment && otherEndsSegment;
}

/** How many characters of the label are those of the run from the position on. */
function commonLength(label: string, run: string, from: number): number {
  const most = Math.min(label.length, run.length - from);
  let same = 0;
  while (same < most && label.charCodeAt(same) === run.charCodeAt(from + same)) same++;
  return same;
}

function beginsSegmentEnd(part: string | Hole | undefined): boolean {
  return typeof part === 'string' && isDelimiter(part.charAt(0));
}

function isDelimiter(character: string): boolean {
  return character === END || character === ':' || character === '/';
}

/** Longer than any character, so never one. */
function keyOf({ hole }: Hole): string {
  return hole.length > 1 ? hole : `hole ${hole}`;
}

const known = new WeakMap<Statement, readonly Beginning[]>();

/** Of every resource pattern of the statement, what it begins with before anything that may stand for several strings. */
export function beginningsOf(statement: Statement): readonly Beginning[] {
  let found = known.get(statement);
  if (found === undefined) {
    const { resource, version } = statement;
    found =
      resource === undefined || resource.not
        ? [[]]
        : resource.patterns.map((pattern) => beginningOf(pattern, version === '2012-10-17'));
    known.set(statement, found);
  }
  return found;
}

/** The pattern up to its first wildcard, policy variable or unknown part that may hold one. */
function beginningOf({ parts }: Text, variables: boolean): Beginning {
  const beginning: (string | Hole)[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (!isOneValue(part)) return beginning;
      beginning.push(part);
      continue;
    }
    const stop = part.search(variables ? /[*?$]/ : /[*?]/);
    if (stop !== 0) beginning.push(stop < 0 ? part : part.slice(0, stop));
    if (stop >= 0) return beginning;
  }
  return [...beginning, END];
}

/** Account, region and partition hold no wildcard, and neither does the name of a resource that the deployment makes. */
function isOneValue({ type, identity, values }: Hole): boolean {
  if (values !== undefined) return false;
  return (
    type === 'account' || type === 'region' || type === 'partition' || (type === 'segment' && identity !== undefined)
  );
}
