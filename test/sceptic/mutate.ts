/** Templates with one part replaced by another kind of JSON, or taken away. */
import type { Random } from '../fuzz/random';

type Path = readonly (string | number)[];

/** What stands in for a part: every kind of JSON, and what looks like CloudFormation and is not. */
export const GARBAGE: readonly (readonly [name: string, value: unknown])[] = [
  ['a number', 42],
  ['true', true],
  ['null', null],
  ['an empty object', {}],
  ['an empty list', []],
  ['lists in lists', [[['x']]]],
  ['a text', 'garbage'],
  ['an empty text', ''],
  ['an object', { Nonsense: { Deep: [1, 'x'] } }],
  ['a Ref to nothing', { Ref: 'Nowhere' }],
  ['a Ref to a list', { Ref: ['x'] }],
  ['a GetAtt of nothing', { 'Fn::GetAtt': ['Nowhere', 'Arn'] }],
  ['a GetAtt without an attribute', { 'Fn::GetAtt': 'Nowhere' }],
  ['an If without branches', { 'Fn::If': ['C'] }],
  ['an If of no condition', { 'Fn::If': [{}, 1, 2] }],
  ['a Sub of a number', { 'Fn::Sub': 7 }],
  ['a Sub with half a variable', { 'Fn::Sub': '${' }],
  ['a Join of nothing', { 'Fn::Join': [] }],
  ['a Select out of range', { 'Fn::Select': [9, ['x']] }],
  ['a Split of an object', { 'Fn::Split': [',', {}] }],
  ['a FindInMap of nothing', { 'Fn::FindInMap': ['M', 'a', 'b'] }],
  ['an unknown function', { 'Fn::New': [] }],
  ['two functions', { Ref: 'A', 'Fn::Sub': 'x' }],
  ['a prototype', JSON.parse('{"__proto__":{"Type":"x"},"constructor":1,"toString":"x"}')],
];

/** Every place within the value, the value itself first. */
export function places(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))];
}

/** `remove`: takes the part away. */
export function replaced(value: unknown, path: Path, by: { readonly value: unknown } | 'remove'): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by === 'remove' ? undefined : by.value;
  if (Array.isArray(value)) {
    return value.flatMap((v, i) => {
      if (String(i) !== String(key)) return [v];
      return rest.length === 0 && by === 'remove' ? [] : [replaced(v, rest, by)];
    });
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([k, v]) => {
      if (k !== String(key)) return [[k, v]];
      return rest.length === 0 && by === 'remove' ? [] : [[k, replaced(v, rest, by)]];
    }),
  );
}

/** One part of the template, chosen at random and not the whole, replaced or taken away; and what was done. */
export function mutated(template: unknown, all: readonly Path[], random: Random): readonly [unknown, string] {
  const path = all[1 + random.int(all.length - 1)]!;
  const choice = random.int(GARBAGE.length + 3);
  const [name, value] = GARBAGE[choice] ?? ['nothing', undefined];
  return [
    replaced(template, path, value === undefined && name === 'nothing' ? 'remove' : { value }),
    `${path.join('/')} is ${name}`,
  ];
}
