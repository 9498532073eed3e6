/**
 * What a value of a template uses, found in one walk: the resources that it names, the values of other stacks that it imports,
 * and whether conditions choose parts of it. Several steps of the model ask for one or the other of every resource.
 */
import { intrinsicName, isList, isObject, type JsonObject } from './json';

export interface Uses {
  readonly named: readonly NamedResource[];
  readonly imports: readonly Import[];
  /** Whether `Fn::If` stands in it. */
  readonly branching: boolean;
}

/** A logical id after `Ref`, `Fn::GetAtt` or in `Fn::Sub`, however it resolves; a parameter may be meant. */
export interface NamedResource {
  readonly logicalId: string;
  /** The property with the outermost intrinsic, where the value will be: `Environment.Variables.TABLE`, `Rules[2].Name`. */
  readonly at: string;
  /** It stands in a branch of `Fn::If`, and so perhaps does not exist. */
  readonly inBranch: boolean;
}

export interface Import {
  readonly intrinsic: 'Fn::ImportValue' | 'Fn::GetStackOutput';
  readonly argument: unknown;
}

/** Property names and positions in lists, from the resource's properties inwards. */
export type Path = (string | number)[];

const NOTHING: Uses = { named: [], imports: [], branching: false };

/** @param value of bounded depth */
export function usesOf(value: unknown): Uses {
  if (typeof value !== 'object' || value === null) return NOTHING;
  const walk = new Walk();
  walk.visit(value);
  return walk;
}

/** As {@link usesOf}, of properties by their names: a lone property that is called as an intrinsic is none. */
export function usesOfProperties(properties: JsonObject): Uses {
  const walk = new Walk();
  for (const key in properties) walk.within(key, properties[key]);
  return walk;
}

class Walk implements Uses {
  readonly named: NamedResource[] = [];
  readonly imports: Import[] = [];
  branching = false;
  /** Up to the outermost intrinsic. */
  private readonly path: Path = [];
  private inBranch = false;

  visit(value: unknown): void {
    if (isList(value)) {
      for (let i = 0; i < value.length; i++) if (typeof value[i] === 'object') this.within(i, value[i]);
    } else if (isObject(value)) {
      const name = intrinsicName(value);
      if (name !== undefined) this.intrinsic(name, value[name], written(this.path));
      else for (const key in value) if (typeof value[key] === 'object') this.within(key, value[key]);
    }
  }

  within(step: string | number, inner: unknown): void {
    if (typeof inner !== 'object' || inner === null) return;
    this.path.push(step);
    this.visit(inner);
    this.path.pop();
  }

  private intrinsic(name: string, argument: unknown, at: string): void {
    const found = (logicalId: string): unknown => this.named.push({ logicalId, at, inBranch: this.inBranch });
    const outside = this.inBranch;
    switch (name) {
      case 'Ref':
        if (typeof argument === 'string') found(argument);
        break;
      case 'Fn::GetAtt': {
        const target = isList(argument)
          ? argument[0]
          : typeof argument === 'string'
            ? argument.split('.')[0]
            : undefined;
        if (typeof target === 'string') found(target);
        break;
      }
      case 'Fn::Sub':
        for (const logicalId of substituted(argument)) found(logicalId);
        break;
      case 'Fn::ImportValue':
      case 'Fn::GetStackOutput':
        this.imports.push({ intrinsic: name, argument });
        break;
      case 'Fn::If':
        this.branching = true;
        this.inBranch = true;
        break;
    }
    this.inside(argument, at);
    this.inBranch = outside;
  }

  /** What stands in the argument of an intrinsic is used where the intrinsic is. */
  private inside(value: unknown, at: string): void {
    if (isList(value)) {
      for (const item of value) if (typeof item === 'object') this.inside(item, at);
    } else if (isObject(value)) {
      const name = intrinsicName(value);
      if (name !== undefined) this.intrinsic(name, value[name], at);
      else for (const key in value) if (typeof value[key] === 'object') this.inside(value[key], at);
    }
  }
}

export function written(path: Readonly<Path>): string {
  let at = '';
  for (const step of path) at += typeof step === 'number' ? `[${step}]` : at === '' ? step : `.${step}`;
  return at;
}

/** Names in `${}` that the list beside the string does not define. */
function substituted(argument: unknown): readonly string[] {
  const format = isList(argument) ? argument[0] : argument;
  if (typeof format !== 'string') return [];
  const own = isList(argument) && isObject(argument[1]) ? argument[1] : {};
  return [...format.matchAll(/\$\{([^!{}][^{}]*)\}/g)]
    .map((match) => (match[1] ?? '').trim().split('.')[0] ?? '')
    .filter((logicalId) => !Object.hasOwn(own, logicalId));
}
