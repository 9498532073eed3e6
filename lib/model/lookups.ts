/**
 * Values that come from elsewhere: mappings, outputs of nested stacks, exports and outputs of other
 * stacks. Where the producer is among the templates, the value is the producer's own; otherwise it
 * may be anything.
 */
import { literal, type Text, text } from '../policy/text';
import { isList, isObject, type JsonObject, objectAt } from './json';
import { type Resolved, resolvedText, toText, unknownHole } from './resolved';
import { once, type Resolver } from './resolver';
import { type Stack, sameEnvironment } from './stack';
import { onlyHole, splitText, textKey } from './text-key';

const MAX_VALUES = 64;

/** A value of a mapping; with an unknown key, any value that the mapping has there. */
export function findInMap(r: Resolver, stack: Stack, argument: unknown, unknown: () => Resolved): Resolved {
  const [map, first, second, options] = isList(argument) ? argument : [];
  const mapName = literalOf(r, stack, map);
  const [k1, k2] = [toText(r.resolve(stack, first)), toText(r.resolve(stack, second))];
  if (mapName === undefined || k1 === undefined || k2 === undefined) return unknown();
  const rows = entriesAt(objectAt(stack.template.mappings, mapName), k1);
  const found = rows.flatMap((row) => (isObject(row) ? entriesAt(row, k2) : []));
  const exact = literal(k1) !== undefined && literal(k2) !== undefined;
  if (exact && found.length === 1) return r.resolve(stack, found[0]);
  const fallback = isObject(options) && 'DefaultValue' in options ? [options.DefaultValue] : [];
  if (exact) return fallback.length === 1 ? r.resolve(stack, fallback[0]) : unknown();
  const values = [...found, ...fallback].map((v) =>
    typeof v === 'string' || typeof v === 'number' ? String(v) : undefined,
  );
  const known = values.filter((v) => v !== undefined);
  if (known.length === 0 || known.length < values.length || known.length > MAX_VALUES) return unknown();
  return text({
    ...unknownHole(stack.id, { 'Fn::FindInMap': argument }, `Fn::FindInMap ${mapName}`),
    values: [...new Set(known)],
  });
}

function entriesAt(object: JsonObject, key: Text): readonly unknown[] {
  const plain = literal(key);
  if (plain !== undefined) return Object.hasOwn(object, plain) ? [object[plain]] : [];
  const allowed = onlyHole(key)?.values;
  return Object.entries(object).flatMap(([k, v]) => (allowed === undefined || allowed.includes(k) ? [v] : []));
}

function literalOf(r: Resolver, stack: Stack, value: unknown): string | undefined {
  const t = toText(r.resolve(stack, value));
  return t === undefined ? undefined : literal(t);
}

/** `Fn::ImportValue`: exports are unique in an account and region. */
export function importedValue(r: Resolver, stack: Stack, argument: unknown, whole: JsonObject): Resolved {
  const name = toText(r.resolve(stack, argument));
  const producer = producerOf(r, stack, argument);
  if (producer !== undefined) return outputOf(r, producer.stack, producer.output);
  return text(
    unknownHole(stack.id, whole, `Fn::ImportValue ${name === undefined ? '' : (literal(name) ?? '')}`.trim()),
  );
}

/** The stack of the app that exports what the argument of `Fn::ImportValue` names. */
export function producerOf(r: Resolver, importer: Stack, argument: unknown): Producer | undefined {
  const name = toText(r.resolve(importer, argument));
  return name === undefined ? undefined : exportsOf(r, importer).get(textKey(name));
}

export interface Producer {
  readonly stack: Stack;
  readonly output: string;
}

/** The exports of the stack's account and region, by name. */
function exportsOf(r: Resolver, importer: Stack): ReadonlyMap<string, Producer> {
  const environment = `${textKey(importer.account)}/${textKey(importer.region)}`;
  const known = r.exports.get(environment);
  if (known !== undefined) return known;
  // CloudFormation lets no export's name depend on an import; one that does finds nothing to import.
  r.exports.set(environment, new Map());
  const found = new Map<string, Producer>();
  for (const stack of r.app.stacks) {
    if (!sameEnvironment(stack, importer)) continue;
    for (const [output, declared] of stack.template.outputs) {
      const name = declared.exportName === undefined ? undefined : toText(r.resolve(stack, declared.exportName));
      if (name !== undefined) found.set(textKey(name), { stack, output });
    }
  }
  r.exports.set(environment, found);
  return found;
}

/** The value of an output, in the terms of the stack that has it. */
function outputOf(r: Resolver, stack: Stack, name: string): Resolved {
  const declared = stack.template.outputs.get(name);
  const unknown = (): Resolved => text(unknownHole(stack.id, { Output: name }, `output ${name}`));
  if (declared === undefined) return unknown();
  return once(r, stack, 'output', name, () => resolvedText(r.resolve(stack, declared.value)) ?? unknown());
}

/**
 * `Fn::GetStackOutput`, the weak reference of CDK: {StackName, OutputName, Region?, RoleArn?}. The
 * role, when given, tells the producer's account.
 */
export function stackOutput(r: Resolver, stack: Stack, argument: unknown, whole: JsonObject): Resolved {
  const producer = isObject(argument) ? outputProducer(r, stack, argument) : undefined;
  if (producer !== undefined) return outputOf(r, producer.stack, producer.output);
  return text(unknownHole(stack.id, whole, 'Fn::GetStackOutput'));
}

/** The stack of the app whose output `Fn::GetStackOutput` takes. */
export function outputProducer(r: Resolver, stack: Stack, argument: JsonObject): Producer | undefined {
  const [name, output] = [literalOf(r, stack, argument.StackName), literalOf(r, stack, argument.OutputName)];
  if (name === undefined || output === undefined) return undefined;
  const region = argument.Region === undefined ? stack.region : r.text(stack, argument.Region);
  const role = argument.RoleArn === undefined ? undefined : splitText(r.text(stack, argument.RoleArn), ':');
  const account = argument.RoleArn === undefined ? stack.account : role?.[4];
  const candidates = (r.app.byName.get(name) ?? []).filter((s) => s.template.outputs.has(output));
  const exact = candidates.find(
    (s) => textKey(s.region) === textKey(region) && account !== undefined && textKey(s.account) === textKey(account),
  );
  // A stack's name is unique in account and region only; with one candidate in the app there is no doubt.
  const found = exact ?? (candidates.length === 1 ? candidates[0] : undefined);
  return found === undefined ? undefined : { stack: found, output };
}

/** `GetAtt Nested.Outputs.Name`; unknown when the nested template is not among the templates. */
export function nestedOutput(r: Resolver, stack: Stack, logicalId: string, output: string): Resolved {
  const nested = stack.nested.get(logicalId);
  if (nested !== undefined) return outputOf(r, nested, output);
  return text(
    unknownHole(
      stack.id,
      { 'Fn::GetAtt': [logicalId, `Outputs.${output}`] },
      `output ${output} of nested stack ${logicalId}`,
    ),
  );
}

/** CDK's references across regions: a reader resource in one stack, a writer that holds the values in another. */
export function crossRegionExport(r: Resolver, reader: Stack, name: string): Resolved | undefined {
  for (const stack of r.app.stacks) {
    for (const declared of stack.template.resources.values()) {
      if (declared.type !== 'Custom::CrossRegionExportWriter') continue;
      const writer = declared.properties.WriterProps;
      const exports = objectAt(writer, 'exports');
      if (!Object.hasOwn(exports, name) || !isObject(writer)) continue;
      if (textKey(r.text(stack, writer.region)) !== textKey(reader.region)) continue;
      return once(
        r,
        stack,
        'export',
        `${declared.logicalId} (export ${name})`,
        () => resolvedText(r.resolve(stack, exports[name])) ?? text(),
      );
    }
  }
  return undefined;
}
