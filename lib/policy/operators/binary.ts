/**
 * `BinaryEquals`: the bytes behind two base-64 texts, byte for byte. A text that is not base-64
 * stands for no bytes and matches nothing.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals
 */
import type { LiteralOperator } from './operator';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE_64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes; undefined when the text is not base-64. */
export function readBytes(text: string): readonly number[] | undefined {
  if (!BASE_64.test(text)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text.replace(/=+$/, '')) {
    held = ((held << 6) | ALPHABET.indexOf(character)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes;
}

/** The one canonical base-64 text of the bytes. */
export function writeBytes(bytes: readonly number[]): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const given = Math.min(bytes.length - i, 3);
    const bits = (a << 16) | (b << 8) | c;
    for (let k = 0; k < 4; k++) out += k <= given ? ALPHABET[(bits >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

export const BINARY_OPERATORS = {
  BinaryEquals: {
    reads: 'literal',
    variables: false,
    negated: false,
    matches: (value, operand) => {
      const left = readBytes(value);
      const right = readBytes(operand);
      return (
        left !== undefined &&
        right !== undefined &&
        left.length === right.length &&
        left.every((byte, i) => byte === right[i])
      );
    },
  } satisfies LiteralOperator,
} as const;
