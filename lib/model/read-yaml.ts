/**
 * YAML templates as JSON, with CloudFormation's short forms (`!Ref X`, `!GetAtt A.B`) written out.
 *
 * Scalars are read narrowly: only `true`, `false`, `null` and plain decimal integers are anything
 * but strings, so that `2012-10-17` stays a version and `012345678901` an account. Anchors are
 * followed within a budget, because a few lines of them can stand for billions of values.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';

export interface ParsedText {
  readonly value: unknown;
  /** 1-based lines of the resources by logical id. */
  readonly lines: Readonly<Record<string, number>>;
}

/** What is wrong with the text, and where in it. */
export class SyntaxProblem extends Error {}

// biome-ignore format: a list to be read at a glance
const SHORT_FORMS: ReadonlySet<string> = new Set([
  'And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAZs', 'GetAtt', 'GetStackOutput', 'If', 'ImportValue', 'Join', 'Length',
  'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform',
  // Of the Rules section.
  'Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll',
]);

const MAX_VALUES = 500_000;

export function parseYaml(text: string): ParsedText {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: counter,
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = counter.linePos(error.pos[0]);
    throw new SyntaxProblem(`line ${line}, column ${col}: ${error.message.split('\n')[0]}`);
  }
  const reader: Reader = { counter, left: MAX_VALUES, open: new Set(), anchors: anchorsOf(document) };
  const value = document.contents === null ? null : convert(document.contents, reader);
  return { value, lines: resourceLines(document, counter) };
}

interface Reader {
  /** What each alias stands for. */
  readonly anchors: ReadonlyMap<Alias, Node>;
  readonly counter: LineCounter;
  left: number;
  /** Anchored nodes that are being followed: meeting one again is a cycle. */
  readonly open: Set<Node>;
}

function convert(node: unknown, reader: Reader): unknown {
  if (reader.left-- <= 0) throw new SyntaxProblem(`its anchors stand for more than ${MAX_VALUES} values`);
  if (isAlias(node)) {
    const target = reader.anchors.get(node);
    if (target === undefined) return fail(node, reader, `the alias \`*${node.source}\` has no anchor`);
    if (reader.open.has(target))
      return fail(node, reader, `the alias \`*${node.source}\` stands inside its own anchor`);
    reader.open.add(target);
    try {
      return convert(target, reader);
    } finally {
      reader.open.delete(target);
    }
  }
  if (isScalar(node)) return tagged(node, scalar(node), reader);
  if (isSeq(node))
    return tagged(
      node,
      node.items.map((item) => convert(item, reader)),
      reader,
    );
  if (isMap(node)) {
    const entries: [string, unknown][] = [];
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : fail(isNode(key) ? key : node, reader, 'a key is not a string');
      const inner = convert(value, reader);
      if (name === '<<' && typeof inner === 'object' && inner !== null) entries.unshift(...Object.entries(inner));
      else entries.push([name, inner]);
    }
    return tagged(node, Object.fromEntries(entries), reader);
  }
  return null;
}

/** An alias stands for the node that last had its name; found in one pass, where `Alias.resolve` takes one for each. */
function anchorsOf(document: Document): ReadonlyMap<Alias, Node> {
  const named = new Map<string, Node>();
  const anchors = new Map<Alias, Node>();
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) named.set(node.anchor, node);
        return;
      }
      const target = named.get(node.source);
      if (target !== undefined) anchors.set(node, target);
    },
  });
  return anchors;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isSeq(value) || isMap(value) || isAlias(value);
}

/** `!Ref x` is `{Ref: x}`, `!Condition c` `{Condition: c}`, `!Sub …` `{Fn::Sub: …}`. */
function tagged(node: Node, value: unknown, reader: Reader): unknown {
  const { tag } = node;
  if (tag === undefined || tag === '!' || tag.startsWith('tag:yaml.org,2002:')) return value;
  const name = tag.replace(/^!/, '');
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (SHORT_FORMS.has(name)) return { [`Fn::${name}`]: value };
  return fail(node, reader, `unknown tag \`${tag}\`, expected an intrinsic function such as \`!Ref\` or \`!Sub\``);
}

function scalar(node: Scalar): unknown {
  const text = typeof node.value === 'string' ? node.value : String(node.value ?? '');
  if (node.type !== 'PLAIN') return text;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^(null|Null|NULL|~|)$/.test(text)) return null;
  return /^-?(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : text;
}

function fail(node: Node, reader: Reader, problem: string): never {
  const at = reader.counter.linePos(node.range?.[0] ?? 0);
  throw new SyntaxProblem(`line ${at.line}, column ${at.col}: ${problem}`);
}

function resourceLines(document: Document, counter: LineCounter): Readonly<Record<string, number>> {
  const resources = isMap(document.contents) ? document.contents.get('Resources', true) : undefined;
  if (!isMap(resources)) return {};
  return Object.fromEntries(
    resources.items.flatMap(({ key }) =>
      isScalar(key) && key.range ? [[String(key.value), counter.linePos(key.range[0]).line] as const] : [],
    ),
  );
}
