/**
 * Which stacks cannot be deployed, changed or removed without one another: through an export that is imported, an output of
 * one nested stack that is a parameter of another, and the order that a cloud assembly asks for. References by fixed names, and
 * CDK's weak ones by themselves, bind nothing; the weak ones are told because an order may be for their sake.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
import { literal } from '../policy/text';
import type { Element } from './elements';
import { isList, isObject, objectAt } from './json';
import { outputProducer, producerOf } from './lookups';
import { originOf } from './mark';
import type { Coupling } from './model';
import { namedIn } from './references';
import { toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import { type Uses, usesOf } from './uses';

export function readCouplings(r: Resolver, elements: readonly Element[]): readonly Coupling[] {
  return [
    ...elements.flatMap(({ stack, declared, origin }) => imports(r, stack, declared.uses, origin.path)),
    ...r.app.stacks.flatMap((stack) => {
      const { outputs: shown, rendered } = stack.template;
      const values = [...shown.values()].map(({ value }) => value);
      return [...imports(r, stack, usesOf(values), rendered.path ?? stack.id), ...outputs(stack)];
    }),
    ...orders(r),
  ];
}

function imports(r: Resolver, stack: Stack, uses: Uses, at: string): readonly Coupling[] {
  return uses.imports.flatMap(({ intrinsic, argument }): readonly Coupling[] => {
    const weak = intrinsic === 'Fn::GetStackOutput';
    const producer = weak ? isObject(argument) && outputProducer(r, stack, argument) : producerOf(r, stack, argument);
    if (!producer || producer.stack === stack) return [];
    const text = weak ? undefined : toText(r.resolve(stack, argument));
    const what = `${weak ? 'reads' : 'imports'} \`${(text && literal(text)) ?? producer.output}\``;
    const names = namedIn(producer.stack, producer.stack.template.outputs.get(producer.output)?.value);
    const known = { from: [stack.id], to: [producer.stack.id], at, what, names };
    return [weak ? { ...known, weak } : known];
  });
}

/** Of the parent of nested stacks: outputs of one that are parameters of another. */
function outputs(stack: Stack): readonly Coupling[] {
  return [...stack.nested].flatMap(([logicalId, consumer]): Coupling[] => {
    const declared = stack.template.resources.get(logicalId);
    if (declared === undefined) return [];
    const gotten = getAttsIn(objectAt(declared.properties, 'Parameters'));
    return gotten.flatMap((argument): Coupling[] => {
      const [id, ...attribute] = isList(argument) ? argument.map(String) : String(argument).split('.');
      const producer = id === undefined ? undefined : stack.nested.get(id);
      if (producer === undefined) return [];
      const what = `takes \`${attribute.join('.')}\` of \`${id}\``;
      const names = namedIn(producer, producer.template.outputs.get(attribute.at(-1) ?? '')?.value);
      return [{ from: family(consumer), to: family(producer), at: originOf(stack, declared).path, what, names }];
    });
  });
}

/** The arguments of every `Fn::GetAtt` in the value. */
function getAttsIn(value: unknown): readonly unknown[] {
  if (isList(value)) return value.flatMap(getAttsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'Fn::GetAtt' ? [inner] : getAttsIn(inner)));
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
