/**
 * The strings of a template as they will be deployed, as far as the template tells: each with the property that it
 * stands in and the name that it goes by. `Fn::Join`, `Fn::Sub` and `Fn::Base64` are put together, with `${…}` for what
 * only the deployment knows, because a credential may stand in pieces.
 */

/** Told of everything in the order in which it is written. */
export interface Reader {
  /**
   * @param name what says what the value is: the last key, or the `Name` beside a `Value`
   * @param whole whether the template writes out all of it
   * @param at where it stands, from the part of the template inwards: `Environment.Variables.TOKEN`; to be asked at once
   */
  leaf(name: string, text: string, whole: boolean, at: () => string): void;
  /** A value that hands over the secret of an access key: `{"Fn::GetAtt": ["Key", "SecretAccessKey"]}`. */
  handedKey(logicalId: string, at: string): void;
}

type Json = Readonly<Record<string, unknown>>;

/** Names in lists of pairs, as ECS, CodeBuild, App Runner and Elastic Beanstalk have them. */
const PAIR_NAMES = ['Name', 'Key', 'OptionName', 'ParameterKey', 'name'];
const PAIR_VALUES: ReadonlySet<string> = new Set(['Value', 'ParameterValue', 'value']);

export function readLeaves(value: unknown, within: string, reader: Reader): void {
  const path: (string | number)[] = [within];
  const at = (): string => written(path);
  const visit = (inner: unknown, name: string): void => {
    if (typeof inner === 'string') reader.leaf(name, inner, true, at);
    else if (Array.isArray(inner)) {
      for (let i = 0; i < inner.length; i++) enter(i, inner[i], name);
    } else if (isObject(inner)) {
      const handed = handedKey(inner);
      if (handed !== undefined) reader.handedKey(handed, at());
      const text = textOf(inner);
      if (text !== undefined) {
        reader.leaf(name, text, !text.includes('${'), at);
        return;
      }
      // CodeBuild says beside the value that it is only the name of a secret.
      const reference = typeof inner.Type === 'string' && /^(SECRETS_MANAGER|PARAMETER_STORE)$/.test(inner.Type);
      const pair = pairName(inner);
      for (const key in inner) {
        const next = inner[key];
        const called = pair !== undefined && PAIR_VALUES.has(key) ? (reference ? '' : pair) : key;
        if (key === 'Ref' || key.startsWith('Fn::')) {
          for (const { value: one, isValue } of choices(key, next)) enter(key, one, isValue ? name : '');
        } else enter(key, next, called);
      }
    }
  };
  const enter = (step: string | number, inner: unknown, name: string): void => {
    path.push(step);
    visit(inner, name);
    path.pop();
  };
  visit(value, '');
}

function written(path: readonly (string | number)[]): string {
  return path.reduce<string>((at, step) => {
    if (typeof step === 'number') return `${at}[${step}]`;
    return at === '' ? step : `${at}.${step}`;
  }, '');
}

function pairName(value: Json): string | undefined {
  if (value.Value === undefined && value.ParameterValue === undefined && value.value === undefined) return undefined;
  for (const key of PAIR_NAMES) {
    const name = value[key];
    if (typeof name === 'string') return name;
  }
  return undefined;
}

/** What an intrinsic is given: values that it may choose, and what it chooses by. */
function choices(
  intrinsic: string,
  argument: unknown,
): readonly { readonly value: unknown; readonly isValue: boolean }[] {
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  const from = intrinsic === 'Fn::If' || intrinsic === 'Fn::Select' ? 1 : list.length;
  return list.map((value, i) => ({ value, isValue: i >= from }));
}

/** The text that an intrinsic makes, as far as it is known; undefined where it makes none by itself. */
function textOf(value: Json): string | undefined {
  let key: string | undefined;
  for (const other in value) {
    if (key !== undefined) return undefined;
    key = other;
  }
  if (key === undefined) return undefined;
  const argument = value[key];
  switch (key) {
    case 'Fn::Sub': {
      const format = Array.isArray(argument) ? argument[0] : argument;
      return typeof format === 'string' ? format : undefined;
    }
    case 'Fn::Join': {
      const [delimiter, parts] = Array.isArray(argument) ? (argument as unknown[]) : [];
      if (typeof delimiter !== 'string' || !Array.isArray(parts)) return undefined;
      return parts.map((part) => (typeof part === 'string' ? part : hole(part))).join(delimiter);
    }
    case 'Fn::Base64':
      return typeof argument === 'string' ? argument : isObject(argument) ? textOf(argument) : undefined;
    default:
      return undefined;
  }
}

function hole(part: unknown): string {
  return (isObject(part) ? textOf(part) : undefined) ?? '${…}';
}

function handedKey({ 'Fn::GetAtt': target }: Json): string | undefined {
  const [logicalId, attribute] =
    typeof target === 'string' ? target.split('.') : Array.isArray(target) ? (target as unknown[]) : [];
  return attribute === 'SecretAccessKey' && typeof logicalId === 'string' ? logicalId : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
