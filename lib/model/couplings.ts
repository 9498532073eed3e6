/**
 * Which stacks cannot be deployed, changed or removed without one another: through an export that is imported, an output of
 * one nested stack that is a parameter of another, and the order that a cloud assembly asks for. References by fixed names, and
 * CDK's weak ones by themselves, bind nothing; the weak ones are told because an order may be for their sake.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
import { literal } from '../policy/text';
import type { Element } from './elements';
import { isList, isObject, objectAt } from './json';
import { outputProducer, type Producer, producerOf } from './lookups';
import { originOf } from './mark';
import type { Coupling } from './model';
import { namedIn } from './references';
import { toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';

export function readCouplings(r: Resolver, elements: readonly Element[]): readonly Coupling[] {
  return [
    ...elements.flatMap(({ stack, declared, origin }) => imports(r, stack, declared.properties, origin.path)),
    ...r.app.stacks.flatMap((stack) => {
      const { outputs: shown, rendered } = stack.template;
      const values = [...shown.values()].map(({ value }) => value);
      return [...imports(r, stack, values, rendered.path ?? stack.id), ...outputs(stack)];
    }),
    ...orders(r),
  ];
}

function imports(r: Resolver, stack: Stack, value: unknown, at: string): readonly Coupling[] {
  const found: Coupling[] = [];
  const add = (producer: Producer | undefined, what: (output: string) => string, weak?: true): void => {
    if (producer === undefined || producer.stack === stack) return;
    const names = namedIn(producer.stack, producer.stack.template.outputs.get(producer.output)?.value);
    const known = { from: [stack.id], to: [producer.stack.id], at, what: what(producer.output), names };
    found.push(weak === undefined ? known : { ...known, weak });
  };
  eachIntrinsic(value, (name, argument) => {
    if (name === 'Fn::ImportValue') {
      const text = toText(r.resolve(stack, argument));
      add(producerOf(r, stack, argument), (output) => `imports \`${(text && literal(text)) ?? output}\``);
    }
    if (name === 'Fn::GetStackOutput' && isObject(argument))
      add(outputProducer(r, stack, argument), (output) => `reads \`${output}\``, true);
  });
  return found;
}

/** Of the parent of nested stacks: outputs of one that are parameters of another. */
function outputs(stack: Stack): readonly Coupling[] {
  return [...stack.nested].flatMap(([logicalId, consumer]): Coupling[] => {
    const declared = stack.template.resources.get(logicalId);
    if (declared === undefined) return [];
    const found: Coupling[] = [];
    eachIntrinsic(objectAt(declared.properties, 'Parameters'), (name, argument) => {
      if (name !== 'Fn::GetAtt') return;
      const [id, ...attribute] = isList(argument) ? argument.map(String) : String(argument).split('.');
      const producer = id === undefined ? undefined : stack.nested.get(id);
      if (producer === undefined) return;
      const what = `takes \`${attribute.join('.')}\` of \`${id}\``;
      const names = namedIn(producer, producer.template.outputs.get(attribute.at(-1) ?? '')?.value);
      found.push({ from: family(consumer), to: family(producer), at: originOf(stack, declared).path, what, names });
    });
    return found;
  });
}

function orders({ app }: Resolver): readonly Coupling[] {
  const byPath = new Map<string, Stack>();
  for (const stack of app.stacks) {
    const { path, nestedIn } = stack.template.rendered;
    if (path !== undefined && nestedIn === undefined) byPath.set(path, stack);
  }
  return app.stacks.flatMap((stack): Coupling[] => {
    const { path, dependsOn = [], nestedIn } = stack.template.rendered;
    if (path === undefined || nestedIn !== undefined) return [];
    return dependsOn.flatMap((other): Coupling[] => {
      const producer = byPath.get(other);
      if (producer === undefined) return [];
      return [{ from: family(stack), to: family(producer), at: path, what: `is deployed after \`${other}\`` }];
    });
  });
}

/** The stack, and all that is nested in it. */
function family(stack: Stack): readonly string[] {
  return [stack.id, ...[...stack.nested.values()].flatMap(family)];
}

/** Calls `found` with the name and the argument of each intrinsic function in the value. */
function eachIntrinsic(value: unknown, found: (name: string, argument: unknown) => void): void {
  if (isList(value)) for (const item of value) eachIntrinsic(item, found);
  else if (isObject(value))
    for (const key in value) {
      const inner = value[key];
      if (key.startsWith('Fn::')) found(key, inner);
      if (typeof inner === 'object') eachIntrinsic(inner, found);
    }
}
