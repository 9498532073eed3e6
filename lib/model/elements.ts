/**
 * The resources of all templates as the later steps see them: where each stands, its mark, and the
 * texts by which others may name it. Two texts that are equal in every deployment name the same
 * resource; that is how a reference is found, whether it was written with an intrinsic, comes
 * through an export, or is a fixed name.
 */
import { literal, type Text } from '../policy/text';
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
  readonly arn?: Text;
  readonly name?: Text;
}

export function readElements(r: Resolver): readonly Element[] {
  return r.app.stacks.flatMap((stack) =>
    [...stack.template.resources.values()].map((declared): Element => {
      const arn = arnOf(r, stack, declared.logicalId);
      const name = physicalName(r, stack, declared.logicalId);
      return {
        stack,
        declared,
        origin: originOf(stack, declared),
        mark: readMark(declared),
        arn,
        name,
      };
    }),
  );
}

export class ElementIndex {
  /** By what `Ref`, the ARN and the name are. Names are not unique across types, nor accounts. */
  private readonly byText = new Map<string, Element[]>();
  private readonly byArn = new Map<string, Element>();
  private readonly byHole = new Map<string, Element>();
  private readonly byId = new Map<string, Element>();

  constructor(r: Resolver, elements: readonly Element[]) {
    for (const element of elements) {
      const { stack, declared, arn, name } = element;
      this.byId.set(element.origin.id, element);
      const ref = toText(referenceTo(r, stack, declared.logicalId));
      const guessed =
        shapeOf(declared.type) === undefined ? toText(attributeOf(r, stack, declared.logicalId, 'Arn')) : undefined;
      for (const called of [arn, ref, name, guessed]) {
        if (called === undefined) continue;
        const key = arnKey(called);
        if (called === arn) this.byArn.set(key, element);
        push(this.byText, key, element);
        for (const part of called.parts) {
          // A hole in an identifier may be another resource's name: a version's ARN holds its function's.
          if (typeof part !== 'string' && isOwn(part.hole, element)) this.byHole.set(part.hole, element);
        }
      }
    }
  }

  /** Resources of these types with that name, ARN or `Ref`. */
  find(named: Text, types: readonly string[], account: Text): readonly Element[] | undefined {
    const found = (this.byText.get(arnKey(named)) ?? []).filter((e) => types.includes(e.declared.type));
    const here = found.filter((e) => textKey(e.stack.account) === textKey(account));
    return found.length === 0 ? undefined : here.length > 0 ? here : found;
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
        part === undefined ? this.ownerOf(t) : typeof part === 'string' ? undefined : this.byHole.get(part.hole);
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
      const element = this.byArn.get(key.slice(0, end));
      if (element !== undefined) return element;
      if (end < 'arn::'.length) break;
    }
    return undefined;
  }
}

const NOTHING: readonly Element[] = [];

/** As `identifiers.ts` writes them: `Stack/Id#name`, or the expression itself for a type without a shape. */
function isOwn(hole: string, { stack, declared, origin }: Element): boolean {
  if (hole.startsWith(origin.id) && hole[origin.id.length] === '#') return true;
  if (!hole.startsWith(stack.id)) return false;
  return (
    hole === `${stack.id}:{"Ref":"${declared.logicalId}"}` ||
    hole === `${stack.id}:{"Fn::GetAtt":["${declared.logicalId}","Arn"]}`
  );
}

function push(map: Map<string, Element[]>, key: string, element: Element): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [element]);
  // By its name and by what `Ref` is, which is mostly the name.
  else if (known.at(-1) !== element) known.push(element);
}

/** The literal name, where the template or the deployment fixes it. */
export function fixedName(element: Element): string | undefined {
  return element.name === undefined ? undefined : literal(element.name);
}
