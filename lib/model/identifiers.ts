/**
 * What `Ref` and `Fn::GetAtt` of a parameter, a pseudo-parameter or a resource stand for, from the
 * table of ARN shapes. The generated name of a resource is one hole however it is reached, so
 * `GetAtt Role.Arn` and an ARN joined around `Ref Role` are equal texts.
 *
 * Names that one deployment generates for two resources of one type never coincide (CloudFormation
 * appends random characters): such holes carry an identity class. A name that the template gives is
 * that name. Everything that the table does not know may be any string and equal anything.
 */
import { type HoleType, literal, type Part, type Text, text } from '../policy/text';
import { shapeOf } from './arn-shapes';
import { isObject } from './json';
import { crossRegionExport, nestedOutput } from './lookups';
import { fromText, NO_VALUE, type Resolved, toText, unknownHole } from './resolved';
import { once, type Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';
import { joinTexts, splitText } from './text-key';

export function pseudoParameter(stack: Stack, name: string): Resolved {
  switch (name) {
    case 'AWS::AccountId':
      return fromText(stack.account);
    case 'AWS::Region':
      return fromText(stack.region);
    case 'AWS::Partition':
      return fromText(stack.partition);
    case 'AWS::URLSuffix':
      return fromText(urlSuffix(stack));
    case 'AWS::StackName':
      return fromText(stackName(stack));
    case 'AWS::StackId':
      return fromText(
        text(
          'arn:',
          stack.partition,
          ':cloudformation:',
          stack.region,
          ':',
          stack.account,
          ':stack/',
          stackName(stack),
          '/',
          {
            hole: stack.parent === undefined ? `${stack.id}/AWS::StackId` : `${idOfNested(stack.parent)}#uuid`,
            type: 'segment',
            label: `the id of stack ${stack.id}`,
          },
        ),
      );
    case 'AWS::NoValue':
      return NO_VALUE;
    default:
      return text({ hole: `${stack.id}/${name}`, type: 'any', label: `${name} in stack ${stack.id}` });
  }
}

/** Known for stacks of an assembly; a file does not say how its stack will be called. */
function stackName(stack: Stack): Text {
  if (stack.parent !== undefined) return nestedName(stack.parent);
  const { rendered } = stack.template;
  if (!rendered.unnamed) return text(rendered.stackName);
  return text({ hole: `${stack.id}/AWS::StackName`, type: 'segment', label: `the name of stack ${stack.id}` });
}

type Nesting = NonNullable<Stack['parent']>;

function idOfNested({ stack, logicalId }: Nesting): string {
  return `${stack.id}/${logicalId}`;
}

/** Characters of a stack's name, and those that CloudFormation appends to a nested one's, at most. */
const [LONGEST, APPENDED] = [128, 14] as const;

/**
 * `PARENT-LOGICALID-RANDOM`, as CloudFormation names a nested stack; where that may be too long for a name, only that it is
 * generated. Source (example of what `Ref` returns):
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stack.html
 */
function nestedName(nesting: Nesting): Text {
  const id = idOfNested(nesting);
  const generated = (what: string): Part => ({
    hole: `${id}#${what}`,
    type: 'segment',
    identity: `AWS::CloudFormation::Stack#${what}`,
    label: `the ${what} of nested stack ${id}`,
  });
  const before = text(stackName(nesting.stack), '-', nesting.logicalId, '-');
  // Nobody knows how long the name of an unnamed stack is.
  const named = before.parts.every((p) => typeof p === 'string' || p.identity === 'AWS::CloudFormation::Stack#suffix');
  const length = before.parts.reduce<number>((n, p) => n + (typeof p === 'string' ? p.length : APPENDED), APPENDED);
  return named && length <= LONGEST ? text(before, generated('suffix')) : text(generated('name'));
}

/** Source: https://docs.aws.amazon.com/general/latest/gr/rande.html (domain of each partition). */
const SUFFIXES: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
  'aws-eusc': 'amazonaws.eu',
};

function urlSuffix(stack: Stack): Text {
  const suffix = SUFFIXES[literal(stack.partition) ?? ''];
  const values = [...new Set(Object.values(SUFFIXES))];
  return text(suffix ?? { hole: 'AWS::URLSuffix', type: 'any', values, label: 'AWS::URLSuffix' });
}

/** A parameter: what the parent stack passes; else any value of its type, whatever its default. */
export function parameterOf(r: Resolver, stack: Stack, name: string): Resolved {
  return once(r, stack, 'parameter', name, () => {
    const declared = stack.template.parameters.get(name);
    const type = declared?.type ?? 'String';
    const listed = type === 'CommaDelimitedList' || type.startsWith('List<');
    const passed =
      passedValue(r, stack, name) ?? (stack.parent === undefined ? undefined : toPassed(declared?.default));
    if (passed !== undefined) {
      const whole = listed ? toText(passed) : undefined;
      return whole === undefined ? passed : (splitText(whole, ',')?.map(fromText) ?? passed);
    }
    return text({
      hole: `${stack.id}/${name}`,
      type: listed ? 'any' : parameterType(type),
      values: listed ? undefined : declared?.allowedValues,
      label: `parameter ${name} of stack ${stack.id}`,
    });
  });
}

function passedValue(r: Resolver, stack: Stack, name: string): Resolved | undefined {
  const parent = stack.parent;
  const parameters = parent?.stack.template.resources.get(parent.logicalId)?.properties.Parameters;
  if (parent === undefined || !isObject(parameters) || !Object.hasOwn(parameters, name)) return undefined;
  return r.resolve(parent.stack, parameters[name]);
}

function toPassed(value: unknown): Resolved | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/**
 * CloudFormation validates values of the AWS-specific types against what exists, so they are ids or
 * names; a String, and an SSM value, may be anything, wildcards included.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
 */
function parameterType(type: string): HoleType {
  return type === 'Number' || type.startsWith('AWS::EC2::') ? 'segment' : 'any';
}

/** `Ref` of a resource. */
export function referenceTo(r: Resolver, stack: Stack, logicalId: string): Resolved {
  const declared = stack.template.resources.get(logicalId);
  const shape = declared === undefined ? undefined : shapeOf(declared.type);
  if (declared === undefined || shape === undefined)
    return unknown(stack, { Ref: logicalId }, `Ref ${logicalId}`, declared);
  return once(r, stack, 'reference', logicalId, () => fromText(fill(r, stack, declared, shape.ref)));
}

/** `Fn::GetAtt` of a resource. */
export function attributeOf(r: Resolver, stack: Stack, logicalId: string, attribute: string): Resolved {
  const declared = stack.template.resources.get(logicalId);
  const key = `${logicalId}.${attribute}`;
  if (declared?.type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) {
    const output = once(r, stack, 'attribute', key, () =>
      nestedOutput(r, stack, logicalId, attribute.slice('Outputs.'.length)),
    );
    return output;
  }
  if (declared?.type === 'Custom::CrossRegionExportReader') {
    const exported = crossRegionExport(r, stack, attribute);
    if (exported !== undefined) return exported;
  }
  const format = declared === undefined ? undefined : shapeOf(declared.type)?.attributes[attribute];
  if (declared === undefined || format === undefined) {
    return unknown(stack, { 'Fn::GetAtt': [logicalId, attribute] }, key, undefined);
  }
  return once(r, stack, 'attribute', key, () => fromText(fill(r, stack, declared, format)));
}

/** The ARN of a resource; undefined when its type has none or the table does not hold it. */
export function arnOf(r: Resolver, stack: Stack, logicalId: string): Text | undefined {
  const declared = stack.template.resources.get(logicalId);
  const arn = declared === undefined ? undefined : shapeOf(declared.type)?.arn;
  if (declared === undefined || arn === undefined) return undefined;
  return toText(once(r, stack, 'ARN', logicalId, () => fromText(fill(r, stack, declared, arn))));
}

/** The physical name, given or generated; undefined for types that are not named. */
export function physicalName(r: Resolver, stack: Stack, logicalId: string): Text | undefined {
  const declared = stack.template.resources.get(logicalId);
  const shape = declared === undefined ? undefined : shapeOf(declared.type);
  if (declared === undefined || shape?.name === undefined) return undefined;
  return toText(once(r, stack, 'name', logicalId, () => fromText(fill(r, stack, declared, '{name}'))));
}

/** An identifier that the table does not know: nobody says that it is unique, so it has no identity. */
function unknown(
  stack: Stack,
  expression: unknown,
  label: string,
  declared: ResourceDeclaration | undefined,
): Resolved {
  return text(unknownHole(stack.id, expression, declared === undefined ? label : `${label} (${declared.type})`));
}

/** Formats of the table, split at their slots: odd pieces are names. */
const pieces = new Map<string, readonly string[]>();

function fill(r: Resolver, stack: Stack, declared: ResourceDeclaration, format: string): Text {
  let split = pieces.get(format);
  if (split === undefined) {
    split = format.split(/\{([^{}]+)\}/);
    pieces.set(format, split);
  }
  return text(...split.map((piece, i) => (i % 2 === 0 ? piece : slot(r, stack, declared, piece))));
}

function slot(r: Resolver, stack: Stack, declared: ResourceDeclaration, name: string): Text {
  // First what most formats hold, and what needs nothing else.
  if (name === 'partition') return stack.partition;
  if (name === 'region') return stack.region;
  if (name === 'account') return stack.account;
  const { logicalId, type, properties } = declared;
  const shape = shapeOf(type);
  const generated = (what: string, holeType: HoleType, identifies: boolean): Part => ({
    hole: `${stack.id}/${logicalId}#${what}`,
    type: holeType,
    ...(identifies ? { identity: `${type}#${what}` } : {}),
    label: `the ${what} of ${logicalId} in stack ${stack.id}`,
  });
  const given = (property: string): Text | undefined =>
    properties[property] === undefined ? undefined : toText(r.resolve(stack, properties[property]));
  if (name.startsWith('~')) {
    const what = name.slice(1);
    return text(generated(what, what === 'pool' || what === 'stream' ? 'any' : 'segment', false));
  }
  if (name.startsWith('$')) {
    const parent = given(name.slice(1));
    return (parent && ownName(parent)) ?? text(generated(name.slice(1), 'any', false));
  }
  switch (name) {
    case 'suffix':
      return urlSuffix(stack);
    case 'id':
      return text(generated('id', 'segment', true));
    case 'name':
      if (type === 'AWS::CloudFormation::Stack') return nestedName({ stack, logicalId });
      return (shape?.name === undefined ? undefined : given(shape.name)) ?? text(generated('name', 'segment', true));
    case '/name':
      return withSlash(slot(r, stack, declared, 'name'));
    case 'path':
      return given('Path') ?? text('/');
    case 'arn':
      return fill(r, stack, declared, shape?.arn ?? '{~arn}');
    case 'queueUrl':
      return text(
        'https://sqs.',
        stack.region,
        '.',
        urlSuffix(stack),
        '/',
        stack.account,
        '/',
        slot(r, stack, declared, 'name'),
      );
    case 'functionArn':
      return (
        functionArn(stack, given('FunctionName') ?? given('TargetFunctionArn') ?? text()) ??
        text(generated('function', 'any', false))
      );
    case 'scope':
      return text(
        { REGIONAL: 'regional', CLOUDFRONT: 'global' }[literal(given('Scope') ?? text()) ?? ''] ??
          generated('scope', 'segment', false),
      );
    case 'kind':
      return text(loadBalancerKind(given('Type')) ?? generated('kind', 'segment', false));
    case 'cluster':
      return lastSegment(given('Cluster') ?? text('default')) ?? text(generated('cluster', 'segment', false));
    case 'group':
      return given('GroupName') ?? text('default');
    case 'bus/':
      return busPrefix(given('EventBusName')) ?? text(generated('bus', 'any', false));
    case 'issuer': {
      const url = given('Url');
      const plain = url === undefined ? undefined : literal(url);
      return plain === undefined ? text(generated('issuer', 'any', false)) : text(plain.replace(/^https:\/\//, ''));
    }
    default:
      return text(generated(name, 'any', false));
  }
}

/** A function is named by its name, its ARN or `account:function:name`; undefined when nobody can tell which. */
function functionArn(stack: Stack, named: Text): Text | undefined {
  const pieces = splitText(named, ':');
  if (pieces === undefined) return undefined;
  if (pieces.length >= 7) return joinTexts(pieces.slice(0, 7), ':');
  return text(
    'arn:',
    stack.partition,
    ':lambda:',
    stack.region,
    ':',
    stack.account,
    ':function:',
    pieces[pieces.length - 1] ?? '',
  );
}

function withSlash(name: Text): Text {
  const [first] = name.parts;
  return typeof first === 'string' && first.startsWith('/') ? name : text('/', name);
}

function loadBalancerKind(type: Text | undefined): string | undefined {
  if (type === undefined) return 'app';
  return { application: 'app', network: 'net', gateway: 'gwy' }[literal(type) ?? ''];
}

/** Of a parent that may be given by name, id or ARN, what stands in the ARNs of its parts; undefined where nobody can tell. */
function ownName(parent: Text): Text | undefined {
  const [first] = parent.parts;
  if (typeof first !== 'string' || !first.startsWith('arn:')) return parent;
  const pieces = splitText(parent, '/') ?? [];
  return pieces.length < 2 ? undefined : pieces.at(-1);
}

/** A cluster or bus may be given by name or by ARN. */
function lastSegment(t: Text): Text | undefined {
  const pieces = splitText(t, '/');
  return pieces?.[pieces.length - 1];
}

function busPrefix(bus: Text | undefined): Text | undefined {
  if (bus === undefined || literal(bus) === 'default') return text();
  const name = lastSegment(bus);
  return name === undefined ? undefined : text(name, '/');
}
