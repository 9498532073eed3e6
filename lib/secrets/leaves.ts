/**
 * The strings of a template as they will be deployed, as far as the template tells: each with the property that it
 * stands in and the name that it goes by. `Fn::Join`, `Fn::Sub` and `Fn::Base64` are put together, with `${…}` for what
 * only the deployment knows, because a credential may stand in pieces.
 */

/** Told of everything in the order in which it is written, each by a call: the calls can be counted, and asked for by {@link pathsOf}. */
export interface Reader {
  /**
   * @param name what says what the value is: the last key, or the `Name` beside a `Value`
   * @param whole whether the template writes out all of it
   */
  leaf(name: string, text: string, whole: boolean): void;
  /** A value that hands over the secret of an access key: `{"Fn::GetAtt": ["Key", "SecretAccessKey"]}`. */
  handedKey(logicalId: string): void;
}

type Json = Readonly<Record<string, unknown>>;

/** Names in lists of pairs, as ECS, CodeBuild, App Runner and Elastic Beanstalk have them. */
const PAIR_NAMES = ['Name', 'Key', 'OptionName', 'ParameterKey', 'name'];

export function readLeaves(value: unknown, reader: Reader): void {
  new Walk(reader).visit(value, '');
}

/**
 * Where the reader's calls of these numbers, from 0, are made, from the part of the template inwards:
 * `Environment.Variables.TOKEN`. Few are ever asked for, so that nothing keeps book of them on the way; and one walk finds all of
 * them, because somebody may write out a great many.
 */
export function pathsOf(value: unknown, within: string, calls: ReadonlySet<number>): ReadonlyMap<number, string> {
  const path: (string | number)[] = [within];
  const paths = new Map<number, string>();
  let next = 0;
  const count = (): void => {
    const call = next++;
    if (calls.has(call)) paths.set(call, written(path));
  };
  new Walk({ leaf: count, handedKey: count }, path).visit(value, '');
  return paths;
}

class Walk {
  /** @param path kept up to date where it is given */
  constructor(
    private readonly reader: Reader,
    private readonly path?: (string | number)[],
  ) {}

  visit(inner: unknown, name: string): void {
    if (typeof inner === 'string') this.reader.leaf(name, inner, true);
    else if (Array.isArray(inner)) {
      for (let i = 0; i < inner.length; i++) this.enter(i, inner[i], name);
    } else if (isObject(inner)) this.members(inner, name);
  }

  private enter(step: string | number, inner: unknown, name: string): void {
    if (typeof inner !== 'string' && typeof inner !== 'object') return;
    const { path } = this;
    if (path === undefined) {
      // Most of what is entered are strings, and nobody asks where they stand.
      if (typeof inner === 'string') this.reader.leaf(name, inner, true);
      else this.visit(inner, name);
      return;
    }
    path.push(step);
    this.visit(inner, name);
    path.pop();
  }

  private members(value: Json, name: string): void {
    const only = onlyKey(value);
    const text = only === undefined ? undefined : textOf(only, value[only]);
    if (text !== undefined) {
      this.reader.leaf(name, text, !text.includes('${'));
      return;
    }
    for (const key in value) {
      const inner = value[key];
      if (key === 'Ref' || key.startsWith('Fn::')) this.argument(key, inner, name);
      else if (key === 'Value' || key === 'value' || key === 'ParameterValue')
        this.enter(key, inner, pairName(value) ?? key);
      else this.enter(key, inner, key);
    }
  }

  /** What an intrinsic is given: values that it may choose, and what it chooses by. */
  private argument(intrinsic: string, argument: unknown, name: string): void {
    const handed = intrinsic === 'Fn::GetAtt' ? handedKey(argument) : undefined;
    if (handed !== undefined) this.reader.handedKey(handed);
    const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    const from = intrinsic === 'Fn::If' || intrinsic === 'Fn::Select' ? 1 : list.length;
    for (let i = 0; i < list.length; i++) this.enter(intrinsic, list[i], i >= from ? name : '');
  }
}

function written(path: readonly (string | number)[]): string {
  return path.reduce<string>((at, step) => {
    if (typeof step === 'number') return `${at}[${step}]`;
    return at === '' ? step : `${at}.${step}`;
  }, '');
}

/** Of a pair, its name; empty where CodeBuild says beside the value that it is only the name of a secret. */
function pairName(value: Json): string | undefined {
  for (const key of PAIR_NAMES) {
    const name = value[key];
    if (typeof name !== 'string') continue;
    return value.Type === 'SECRETS_MANAGER' || value.Type === 'PARAMETER_STORE' ? '' : name;
  }
  return undefined;
}

function onlyKey(value: Json): string | undefined {
  let only: string | undefined;
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}

/** The text that an intrinsic makes, as far as it is known; undefined where it makes none by itself. */
function textOf(intrinsic: string, argument: unknown): string | undefined {
  switch (intrinsic) {
    case 'Fn::Sub': {
      const format = Array.isArray(argument) ? argument[0] : argument;
      return typeof format === 'string' ? format : undefined;
    }
    case 'Fn::Join': {
      const [delimiter, parts] = Array.isArray(argument) ? (argument as unknown[]) : [];
      if (typeof delimiter !== 'string' || !Array.isArray(parts)) return undefined;
      return parts.map((part) => (typeof part === 'string' ? part : (textWithin(part) ?? '${…}'))).join(delimiter);
    }
    case 'Fn::Base64':
      return typeof argument === 'string' ? argument : textWithin(argument);
    default:
      return undefined;
  }
}

function textWithin(value: unknown): string | undefined {
  const only = isObject(value) ? onlyKey(value) : undefined;
  return only === undefined ? undefined : textOf(only, (value as Json)[only]);
}

function handedKey(target: unknown): string | undefined {
  const [logicalId, attribute] =
    typeof target === 'string' ? target.split('.') : Array.isArray(target) ? (target as unknown[]) : [];
  return attribute === 'SecretAccessKey' && typeof logicalId === 'string' ? logicalId : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
