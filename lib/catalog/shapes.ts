/**
 * What CloudFormation's resource types are called in policies, as `npm run catalogue` derives it from AWS's own schemas: for
 * each type the property with its name, its ARN, what `Ref` returns, and which attributes are its ARN, id or name.
 * `lib/model/arn-shapes.ts` explains the notation, and has the types about which more is known.
 */
import { readSnapshotText } from './snapshot';

export interface TypeShape {
  readonly name?: string;
  readonly arn: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

let lines: ReadonlyMap<string, string> | undefined;
const parsed = new Map<string, TypeShape>();

/** Undefined for a type that policies do not name, or that the snapshot does not hold. Read with the first question. */
export function typeShape(type: string): TypeShape | undefined {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  lines ??= read();
  const line = lines.get(type);
  if (line === undefined) return undefined;
  const [name = '-', arn = '', ref = '', attributes = '-'] = line.split('\t');
  const shape: TypeShape = {
    ...(name === '-' ? {} : { name }),
    arn,
    ref,
    attributes:
      attributes === '-'
        ? {}
        : Object.fromEntries(attributes.split(' ').map((pair) => pair.split('=') as [string, string])),
  };
  parsed.set(type, shape);
  return shape;
}

/** The types of the snapshot; for tests. */
export function shapedTypes(): readonly string[] {
  lines ??= read();
  return [...lines.keys()];
}

function read(): ReadonlyMap<string, string> {
  const rows = readSnapshotText('shapes.txt')
    .split('\n')
    .filter((line) => line !== '');
  return new Map(rows.map((row) => [row.slice(0, row.indexOf('\t')), row.slice(row.indexOf('\t') + 1)]));
}
