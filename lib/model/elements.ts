/**
 * The resources of all templates as the later steps see them: where each stands, its mark, and the
 * texts by which others may name it. Two texts that are equal in every deployment name the same
 * resource; that is how a reference is found, whether it was written with an intrinsic, comes
 * through an export, or is a fixed name.
 */
import type { Text } from '../policy/text';
import { shapeOf } from './arn-shapes';
import { arnKey } from './directory';
import { arnOf, attributeOf, physicalName, referenceTo } from './identifiers';
import { type Mark, originOf, readMark } from './mark';
import type { Origin } from './model';
import { toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';
import { textKey } from './text-key';

export interface Element {
  readonly stack: Stack;
  readonly declared: ResourceDeclaration;
  readonly origin: Origin;
  readonly mark: Mark;
  readonly arn: Text | undefined;
  /** Physical, given or generated. Few are ever asked for. */
  readonly name: Text | undefined;
}

export function readElements(r: Resolver): readonly Element[] {
  return r.app.stacks.flatMap((stack) =>
    [...stack.template.resources.values()].map((declared) => new ReadElement(r, stack, declared)),
  );
}

class ReadElement implements Element {
  readonly origin: Origin;
  readonly mark: Mark;
  readonly arn: Text | undefined;

  constructor(
    private readonly r: Resolver,
    readonly stack: Stack,
    readonly declared: ResourceDeclaration,
  ) {
    this.origin = originOf(stack, declared);
    this.mark = readMark(declared);
    this.arn = arnOf(r, stack, declared.logicalId);
  }

  get name(): Text | undefined {
    return physicalName(this.r, this.stack, this.declared.logicalId);
  }
}

export class ElementIndex {
  private readonly byArn = new Map<string, Element>();
  /** Of the keys of ARNs: what is as long as none of them is none of them. */
  private readonly lengths = new Set<number>();
  private readonly byId = new Map<string, Element>();
  private readonly byType = new Map<string, Element[]>();
  /** Of the types that were asked for, by what `Ref`, the ARN and the name are. Names are not unique across accounts. */
  private readonly byText = new Map<string, ReadonlyMap<string, readonly Element[]>>();
  /** Holes that were met, with the resource whose name or id they stand for. */
  private readonly owners = new Map<string, Element | undefined>();

  constructor(
    private readonly r: Resolver,
    elements: readonly Element[],
  ) {
    for (const element of elements) {
      this.byId.set(element.origin.id, element);
      const key = element.arn === undefined ? undefined : arnKey(element.arn);
      if (key !== undefined) {
        this.byArn.set(key, element);
        this.lengths.add(key.length);
      }
      push(this.byType, element.declared.type, element);
    }
  }

  /** Resources of these types with that name, ARN or `Ref`. */
  find(named: Text, types: readonly string[], account: Text): readonly Element[] | undefined {
    const key = arnKey(named);
    const found = types.flatMap((type) => this.textsOf(type).get(key) ?? []);
    const here = found.filter((e) => textKey(e.stack.account) === textKey(account));
    return found.length === 0 ? undefined : here.length > 0 ? here : found;
  }

  private textsOf(type: string): ReadonlyMap<string, readonly Element[]> {
    const known = this.byText.get(type);
    if (known !== undefined) return known;
    const texts = new Map<string, Element[]>();
    for (const element of this.byType.get(type) ?? []) {
      const { stack, declared, arn, name } = element;
      const ref = toText(referenceTo(this.r, stack, declared.logicalId));
      const guessed =
        shapeOf(type) === undefined ? toText(attributeOf(this.r, stack, declared.logicalId, 'Arn')) : undefined;
      for (const called of [arn, ref, name, guessed]) if (called !== undefined) push(texts, arnKey(called), element);
    }
    this.byText.set(type, texts);
    return texts;
  }

  element(id: string): Element | undefined {
    return this.byId.get(id);
  }

  /**
   * The resources that a text speaks of: whose generated name or id stands in it, or whose ARN it is or
   * begins with (`arn:…:table/Orders/index/*` speaks of the table).
   */
  mentioned(t: Text): readonly Element[] {
    // One, or none, in most texts.
    let found: readonly Element[] = NOTHING;
    for (let i = 0; i <= t.parts.length; i++) {
      const part = t.parts[i];
      const element =
        part === undefined ? this.ownerOf(t) : typeof part === 'string' ? undefined : this.ownerOfHole(part.hole);
      if (element !== undefined && !found.includes(element)) found = [...found, element];
    }
    return found;
  }

  /** The resource with the longest ARN that the ARN is, or continues after `:` or `/`. */
  private ownerOf(t: Text): Element | undefined {
    const first = t.parts[0];
    if (typeof first !== 'string' || !first.startsWith('arn:')) return undefined;
    const key = arnKey(t);
    for (let end = key.length; end > 0; end = Math.max(key.lastIndexOf('/', end - 1), key.lastIndexOf(':', end - 1))) {
      const element = this.lengths.has(end) ? this.byArn.get(key.slice(0, end)) : undefined;
      if (element !== undefined) return element;
      if (end < 'arn::'.length) break;
    }
    return undefined;
  }

  /** A hole in an identifier may be another resource's name: a version's ARN holds its function's. */
  private ownerOfHole(hole: string): Element | undefined {
    let owner = this.owners.get(hole);
    if (owner === undefined && !this.owners.has(hole)) {
      const id = idInHole(hole);
      owner = id === undefined ? undefined : this.byId.get(id);
      this.owners.set(hole, owner);
    }
    return owner;
  }
}

const NOTHING: readonly Element[] = [];

/** As `identifiers.ts` writes them: `Stack/Id#name`, or the expression itself for a type without a shape. */
function idInHole(hole: string): string | undefined {
  if (!hole.endsWith('}')) return hole.includes('#') ? hole.slice(0, hole.lastIndexOf('#')) : undefined;
  const expression = EXPRESSION.exec(hole);
  return expression === null ? undefined : `${expression[1]}/${expression[2] ?? expression[3]}`;
}

const EXPRESSION = /^(.*):\{(?:"Ref":"([^"]+)"|"Fn::GetAtt":\["([^"]+)","Arn"\])\}$/;

function push(map: Map<string, Element[]>, key: string, element: Element): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [element]);
  // By its name and by what `Ref` is, which is mostly the name.
  else if (known.at(-1) !== element) known.push(element);
}
