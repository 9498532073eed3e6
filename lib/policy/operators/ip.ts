/**
 * `IpAddress` and `NotIpAddress`: an address of the request inside a CIDR block of the policy,
 * IPv4 or IPv6; an address without prefix length is a block of itself.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
 *
 * Decided where AWS is silent: the two families never match one another; host bits of a block are
 * ignored; a text that is no block matches nothing.
 */
import type { LiteralOperator } from './operator';

interface Block {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

/** The block; undefined when the text is neither an address nor a CIDR block. */
export function readBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const bits = address.includes(':') ? 128 : 32;
  const number = bits === 32 ? readV4(address) : readV6(address);
  const length = slash === -1 ? String(bits) : text.slice(slash + 1);
  if (number === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  return { bits, address: number, prefix: Number(length) };
}

function readV4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet) || Number(octet) > 255)) return undefined;
  return octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
}

function readV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = readGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // `::` stands for one or more groups of zeros; without it all eight are written.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((sum, group) => (sum << 16n) | group, 0n);
}

/** The groups of one side of `::`, the last of which may be written as IPv4. */
function readGroups(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const pieces = text.split(':');
  for (const [index, piece] of pieces.entries()) {
    if (index === pieces.length - 1 && piece.includes('.')) {
      const v4 = readV4(piece);
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(piece)) groups.push(BigInt(`0x${piece}`));
    else return undefined;
  }
  return groups;
}

function contains(block: Block, address: Block): boolean {
  if (block.bits !== address.bits) return false;
  const hostBits = BigInt(block.bits - block.prefix);
  return block.address >> hostBits === address.address >> hostBits;
}

function inBlock(negated: boolean): LiteralOperator {
  return {
    reads: 'literal',
    variables: false,
    negated,
    matches: (value, operand) => {
      const address = value.includes('/') ? undefined : readBlock(value);
      const block = readBlock(operand);
      return address !== undefined && block !== undefined && contains(block, address);
    },
  };
}

export const IP_OPERATORS = { IpAddress: inBlock(false), NotIpAddress: inBlock(true) } as const;
