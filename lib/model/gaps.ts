/**
 * Parts of the app that the templates do not show. Nothing can be proved about an app with one.
 */
import type { Element } from './elements';
import { isList, isObject, type JsonObject } from './json';
import type { App, Stack } from './stack';

export interface Gap {
  readonly path: string;
  readonly reason: string;
}

/** Macros that add no resources: `Fn::ForEach` is unrolled here, and an unreadable loop is a gap of its own. */
const HARMLESS_MACROS: ReadonlySet<string> = new Set(['AWS::LanguageExtensions']);

/** Types that deploy another template. */
const DEPLOYING: Readonly<Record<string, string>> = {
  'AWS::CloudFormation::StackSet': 'it deploys a template into other accounts and regions',
  'AWS::ServiceCatalog::CloudFormationProvisionedProduct': 'it deploys the template of a product',
};

export function gapsOf(app: App, elements: readonly Element[]): readonly Gap[] {
  return [...app.stacks.flatMap(ofTemplate), ...elements.flatMap(ofElement)];
}

function ofTemplate(stack: Stack): readonly Gap[] {
  const path = stack.template.rendered.path ?? stack.id;
  const macros = stack.template.transforms.filter((t) => !HARMLESS_MACROS.has(t));
  return [
    ...macros.map((macro) => ({
      path,
      reason: `the macro \`${macro}\` may add and change resources when the stack is deployed`,
    })),
    ...(stack.template.including ? included(stack.template.rendered.template) : []).map((place) => ({
      path: `${path}/${place}`,
      reason: 'a macro includes parts there that are not in the template',
    })),
    ...stack.template.unexpanded.map(({ logicalId, reason }) => ({ path: `${path}/${logicalId}`, reason })),
  ];
}

/**
 * Where `Fn::Transform` adds to what is written: beside other keys, and where an object is read by its keys. As the whole
 * value of a property it is a value that nobody knows. Among resources, `loops.ts` has found it already.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html
 */
function included(template: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown, place: readonly string[]): void => {
    if (isObject(value) && Object.hasOwn(value, 'Fn::Transform') && place.join() !== 'Resources') {
      const structure =
        place.length < 3 || place[0] === 'Mappings' || (place.length === 3 && place[2] === 'Properties');
      if (structure || Object.keys(value).length > 1) found.push([...place, 'Fn::Transform'].join('/'));
    }
    const inner = isObject(value) ? Object.entries(value) : isList(value) ? value.map((v, i) => [i, v] as const) : [];
    for (const [key, v] of inner) if (typeof v === 'object') visit(v, [...place, String(key)]);
  };
  visit(template, []);
  return found;
}

function ofElement({ stack, declared, origin, mark }: Element): readonly Gap[] {
  const { path } = origin;
  const malformed = mark.malformed.length === 0 ? NONE : mark.malformed.map((reason) => ({ path, reason }));
  if (declared.type === 'AWS::CloudFormation::Stack' && !stack.nested.has(declared.logicalId)) {
    return [...malformed, { path, reason: 'the template of the nested stack is not among the templates' }];
  }
  if (declared.type.endsWith('::MODULE'))
    return [
      ...malformed,
      { path, reason: `the module \`${declared.type}\` stands for resources that are not in the template` },
    ];
  const whole = wholeIntrinsic(declared.properties);
  if (whole !== undefined)
    return [...malformed, { path, reason: `its properties are \`${whole}\` as a whole, which no resource has` }];
  const deploying = DEPLOYING[declared.type];
  return deploying === undefined ? malformed : [...malformed, { path, reason: deploying }];
}

const NONE: readonly Gap[] = [];

function wholeIntrinsic(properties: JsonObject): string | undefined {
  for (const key in properties)
    if (key === 'Ref' || (key.startsWith('Fn::') && /^Fn::(?!Transform$|ForEach::)/.test(key))) return key;
  return undefined;
}
