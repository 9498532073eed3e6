/**
 * The strings of a template as they will be deployed, as far as the template tells: each with the property that it
 * stands in and the name that it goes by. `Fn::Join`, `Fn::Sub` and `Fn::Base64` are put together, with `${…}` for what
 * only the deployment knows, because a credential may stand in pieces.
 */

export interface Leaf {
  /** From the part of the template inwards: `Environment.Variables.TOKEN`. */
  readonly at: string;
  /** What says what the value is: the last key, or the `Name` beside a `Value`. */
  readonly name: string;
  readonly text: string;
  /** Whether the template writes out all of it. */
  readonly whole: boolean;
}

/** A value in a template that hands over the secret of an access key: `{"Fn::GetAtt": ["Key", "SecretAccessKey"]}`. */
export interface HandedKey {
  readonly at: string;
  readonly logicalId: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Names in lists of pairs, as ECS, CodeBuild, App Runner and Elastic Beanstalk have them. */
const PAIR_NAMES = ['Name', 'Key', 'OptionName', 'ParameterKey', 'name'];
const PAIR_VALUES: ReadonlySet<string> = new Set(['Value', 'ParameterValue', 'value']);

export function leavesOf(
  value: unknown,
  at: string,
): { readonly leaves: readonly Leaf[]; readonly keys: readonly HandedKey[] } {
  const leaves: Leaf[] = [];
  const keys: HandedKey[] = [];
  const visit = (inner: unknown, place: string, name: string): void => {
    if (typeof inner === 'string') {
      leaves.push({ at: place, name, text: inner, whole: true });
    } else if (Array.isArray(inner)) {
      for (let i = 0; i < inner.length; i++) visit(inner[i], `${place}[${i}]`, name);
    } else if (isObject(inner)) {
      const handed = handedKey(inner);
      if (handed !== undefined) keys.push({ at: place, logicalId: handed });
      const text = written(inner);
      if (text !== undefined) {
        leaves.push({ at: place, name, text, whole: !text.includes('${') });
        return;
      }
      // CodeBuild says beside the value that it is only the name of a secret.
      const reference = typeof inner.Type === 'string' && /^(SECRETS_MANAGER|PARAMETER_STORE)$/.test(inner.Type);
      const pair = pairName(inner);
      for (const key in inner) {
        const next = inner[key];
        const within = place === '' ? key : `${place}.${key}`;
        const called = pair !== undefined && PAIR_VALUES.has(key) ? (reference ? '' : pair) : key;
        if (key === 'Ref' || key.startsWith('Fn::')) {
          for (const { value: one, isValue } of choices(key, next)) visit(one, within, isValue ? name : '');
        } else visit(next, within, called);
      }
    }
  };
  visit(value, at, '');
  return { leaves, keys };
}

function pairName(value: Json): string | undefined {
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
function written(value: Json): string | undefined {
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
      return typeof argument === 'string' ? argument : isObject(argument) ? written(argument) : undefined;
    default:
      return undefined;
  }
}

function hole(part: unknown): string {
  return (isObject(part) ? written(part) : undefined) ?? '${…}';
}

function handedKey({ 'Fn::GetAtt': target }: Json): string | undefined {
  const [logicalId, attribute] =
    typeof target === 'string' ? target.split('.') : Array.isArray(target) ? (target as unknown[]) : [];
  return attribute === 'SecretAccessKey' && typeof logicalId === 'string' ? logicalId : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
