/** Grants written with intrinsics in odd places: each lets `a-role` of the domain `a` send to the queue of `b`; the twin says one thing else. */
import { allow, att, doc, type Json, join, ref, resource, sub, when } from '../model/notation';
import { arn, iam } from './world';

export interface Case {
  readonly name: string;
  readonly resources: Json;
  readonly sections?: Json;
  /** @default two domains, `a` and `b` */
  readonly configuration?: Json;
  /** The same with one precondition missing: proved. */
  readonly twin?: { readonly resources?: Json; readonly sections?: Json };
}

const QUEUE = arn('sqs', 'b-queue');
const OWN = arn('sqs', 'a-queue');
const SEND = 'sqs:SendMessage';

export const HOUSE: Json = {
  BQueue: resource('AWS::SQS::Queue', { QueueName: 'b-queue', SqsManagedSseEnabled: true }),
  AQueue: resource('AWS::SQS::Queue', { QueueName: 'a-queue', SqsManagedSseEnabled: true }),
};

const trust = doc({ Effect: 'Allow', Principal: { AWS: iam('role/somebody-of-a') }, Action: 'sts:AssumeRole' });

export function aRole(policies: unknown, more: Json = {}): Json {
  return resource('AWS::IAM::Role', {
    RoleName: 'a-role',
    AssumeRolePolicyDocument: trust,
    ...(policies === undefined ? {} : { Policies: policies }),
    ...more,
  });
}

const inline = (document: unknown): unknown => [{ PolicyName: 'p', PolicyDocument: document }];
const statement = (resourceOf: unknown, action: unknown = SEND): Json => allow(action, resourceOf);
const house = (role: Json, more: Json = {}): Json => ({ ...HOUSE, ARole: role, ...more });
const on = (resourceOf: unknown, action: unknown = SEND): Json =>
  house(aRole(inline(doc(statement(resourceOf, action)))));

/** A case about the resource of one statement. */
function named(name: string, hostile: unknown, clean: unknown, sections?: Json): Case {
  return { name, resources: on(hostile), sections, twin: { resources: on(clean) } };
}

const parameter = (more: Json = {}): Json => ({ Type: 'String', ...more });
const P = (more: Json = {}): Json => ({ Parameters: { P: parameter(more) } });
const json = JSON.stringify;

export const INTRINSICS: readonly Case[] = [
  named('GetAtt', att('BQueue'), att('AQueue')),
  named('GetAtt as one string', { 'Fn::GetAtt': 'BQueue.Arn' }, { 'Fn::GetAtt': 'AQueue.Arn' }),
  named('Sub with a dotted attribute', sub('${BQueue.Arn}'), sub('${AQueue.Arn}')),
  named(
    'Sub with a map',
    sub('arn:aws:sqs:${R}:${AWS::AccountId}:${Q}', { R: ref('AWS::Region'), Q: att('BQueue', 'QueueName') }),
    sub('arn:aws:sqs:${R}:${AWS::AccountId}:${Q}', { R: ref('AWS::Region'), Q: att('AQueue', 'QueueName') }),
  ),
  named(
    'Sub whose map hides a resource of the same name',
    sub('${AQueue}', { AQueue: QUEUE }),
    sub('${AQueue}', { AQueue: OWN }),
  ),
  { name: 'Sub with an escaped variable', resources: on(sub('arn:aws:sqs:*:*:${!Literal}*')) },
  named(
    'Join of an ARN',
    join('arn:', ref('AWS::Partition'), ':sqs:', ref('AWS::Region'), ':', ref('AWS::AccountId'), ':b-queue'),
    join('arn:', ref('AWS::Partition'), ':sqs:', ref('AWS::Region'), ':', ref('AWS::AccountId'), ':a-queue'),
  ),
  named(
    'Join by colons',
    { 'Fn::Join': [':', ['arn', 'aws', 'sqs', ref('AWS::Region'), ref('AWS::AccountId'), 'b-queue']] },
    { 'Fn::Join': [':', ['arn', 'aws', 'sqs', ref('AWS::Region'), ref('AWS::AccountId'), 'a-queue']] },
  ),
  named(
    'Select of Split',
    { 'Fn::Select': [1, { 'Fn::Split': ['|', `${OWN}|${QUEUE}`] }] },
    { 'Fn::Select': [0, { 'Fn::Split': ['|', `${OWN}|${QUEUE}`] }] },
  ),
  named('Select by text', { 'Fn::Select': ['1', [OWN, QUEUE]] }, { 'Fn::Select': ['0', [OWN, QUEUE]] }),
  named('Split as the list of resources', { 'Fn::Split': [',', `${OWN},${QUEUE}`] }, { 'Fn::Split': [',', OWN] }),
  {
    name: 'FindInMap',
    resources: on({ 'Fn::FindInMap': ['M', 'x', 'bad'] }),
    sections: { Mappings: { M: { x: { good: OWN, bad: QUEUE } } } },
    twin: { resources: on({ 'Fn::FindInMap': ['M', 'x', 'good'] }) },
  },
  {
    name: 'FindInMap of a default, where the key is missing',
    resources: on({ 'Fn::FindInMap': ['M', 'none', 'good', { DefaultValue: QUEUE }] }),
    sections: { Transform: 'AWS::LanguageExtensions', Mappings: { M: { x: { good: OWN } } } },
    twin: { resources: on({ 'Fn::FindInMap': ['M', 'x', 'good', { DefaultValue: QUEUE }] }) },
  },
  {
    name: 'FindInMap with a key that a parameter gives',
    resources: on({ 'Fn::FindInMap': ['M', ref('P'), 'q'] }),
    sections: { ...P(), Mappings: { M: { x: { q: OWN }, y: { q: QUEUE } } } },
    twin: { sections: { ...P(), Mappings: { M: { x: { q: OWN }, y: { q: OWN } } } } },
  },
  { name: 'a parameter', resources: on(ref('P')), sections: P() },
  { name: 'a parameter with a harmless default', resources: on(ref('P')), sections: P({ Default: OWN }) },
  {
    name: 'a parameter of several allowed values',
    resources: on(ref('P')),
    sections: P({ AllowedValues: [OWN, QUEUE] }),
    twin: { sections: P({ AllowedValues: [OWN, `${OWN}-2`] }) },
  },
  {
    name: 'a parameter that SSM gives',
    resources: on(ref('P')),
    sections: { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } } },
  },
  {
    name: 'a list of parameters',
    resources: on(ref('P')),
    sections: { Parameters: { P: { Type: 'CommaDelimitedList', Default: OWN } } },
  },
  {
    name: 'Rules that hold a parameter to harmless values do not bind here',
    resources: on(ref('P')),
    sections: { ...P(), Rules: { R: { Assertions: [{ Assert: { 'Fn::Contains': [[OWN], ref('P')] } }] } } },
  },
  { name: 'a dynamic reference', resources: on('{{resolve:ssm:/queue:1}}') },
  {
    name: 'a dynamic reference within the ARN',
    resources: on('arn:aws:sqs:eu-west-1:111122223333:{{resolve:ssm:/queue}}'),
  },
  { name: 'an import that nobody exports', resources: on({ 'Fn::ImportValue': 'elsewhere' }) },
  { name: 'Fn::Transform as the resource', resources: on({ 'Fn::Transform': { Name: 'X', Parameters: {} } }) },
  {
    name: 'If of the resource, both ways open',
    resources: on(when('C', QUEUE, OWN)),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
    twin: { sections: { Conditions: { C: { 'Fn::Equals': ['y', 'x'] } } } },
  },
  {
    name: 'If of the statement',
    resources: house(aRole(inline(doc(statement(OWN), when('C', statement(QUEUE)))))),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
    twin: { sections: { Conditions: { C: { 'Fn::Equals': ['y', 'x'] } } } },
  },
  {
    name: 'If of the list of statements',
    resources: house(
      aRole(inline({ Version: '2012-10-17', Statement: when('C', [statement(QUEUE)], [statement(OWN)]) })),
    ),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
  },
  {
    name: 'If of the document',
    resources: house(aRole(inline(when('C', doc(statement(QUEUE)), doc(statement(OWN)))))),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
  },
  {
    name: 'If of the list of policies',
    resources: house(aRole(when('C', inline(doc(statement(QUEUE)))))),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
    twin: { sections: { Conditions: { C: { 'Fn::Equals': ['y', 'x'] } } } },
  },
  {
    name: 'If within If',
    resources: on(when('C', OWN, when('D', OWN, QUEUE))),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] }, D: { 'Fn::Equals': [ref('P'), 'y'] } } },
  },
  {
    name: 'a Deny under a condition',
    resources: house(
      aRole(inline(doc(statement(QUEUE), when('C', { Effect: 'Deny', Action: 'sqs:*', Resource: '*' })))),
    ),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
    twin: { sections: { Conditions: { C: { 'Fn::Equals': ['x', 'x'] } } } },
  },
  {
    name: 'a condition of nothing but And of one',
    resources: house(aRole(inline(doc(when('C', statement(QUEUE)))))),
    sections: {
      ...P(),
      Conditions: {
        C: { 'Fn::And': [{ Condition: 'D' }, { 'Fn::Not': [{ 'Fn::Equals': [ref('P'), 'z'] }] }] },
        D: { 'Fn::Or': [{ 'Fn::Equals': [ref('P'), 'x'] }, { 'Fn::Equals': ['1', '1'] }] },
      },
    },
  },
  { name: 'the action by a parameter', resources: on(QUEUE, ref('P')), sections: P({ Default: 's3:GetObject' }) },
  {
    name: 'the action by Sub',
    resources: on(QUEUE, sub('${X}:SendMessage', { X: 'sqs' })),
    twin: { resources: on(QUEUE, sub('${X}:SendMessage', { X: 'sns' })) },
  },
  {
    name: 'the effect by If',
    resources: house(aRole(inline(doc({ Effect: when('C', 'Allow', 'Deny'), Action: SEND, Resource: QUEUE })))),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
  },
  {
    name: 'the effect by a parameter',
    resources: house(aRole(inline(doc({ Effect: ref('P'), Action: SEND, Resource: QUEUE })))),
    sections: P({ Default: 'Deny' }),
  },
  {
    name: 'a document as text',
    resources: house(aRole(inline(json(doc(statement(QUEUE)))))),
    twin: { resources: house(aRole(inline(json(doc(statement(OWN)))))) },
  },
  {
    name: 'a document as text by Sub',
    resources: house(aRole(inline(sub(json(doc(statement('${BQueue.Arn}'))))))),
    twin: { resources: house(aRole(inline(sub(json(doc(statement('${AQueue.Arn}'))))))) },
  },
  {
    name: 'a document as text by Join',
    resources: house(
      aRole(
        inline(
          join(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"',
            att('BQueue'),
            '"}]}',
          ),
        ),
      ),
    ),
  },
  {
    name: 'a document by ToJsonString',
    resources: house(aRole(inline({ 'Fn::ToJsonString': doc(statement(QUEUE)) }))),
    sections: { Transform: 'AWS::LanguageExtensions' },
  },
  {
    name: 'one statement without its list',
    resources: house(aRole(inline({ Version: '2012-10-17', Statement: statement(QUEUE) }))),
  },
  {
    name: 'one policy without its list',
    resources: house(aRole({ PolicyName: 'p', PolicyDocument: doc(statement(QUEUE)) })),
  },
  { name: 'no version, and so the old one', resources: house(aRole(inline({ Statement: [statement(QUEUE)] }))) },
  {
    name: 'members in other cases',
    resources: house(
      aRole(inline({ Version: '2012-10-17', Statement: [{ effect: 'Allow', action: SEND, resource: QUEUE }] })),
    ),
  },
  { name: 'the action in other cases', resources: on(QUEUE, 'SQS:sENDmessage') },
  { name: 'NotAction', resources: house(aRole(inline(doc({ Effect: 'Allow', NotAction: 'iam:*', Resource: QUEUE })))) },
  { name: 'NotResource', resources: house(aRole(inline(doc({ Effect: 'Allow', Action: SEND, NotResource: OWN })))) },
  { name: 'a resource that a question mark fits', resources: on('arn:aws:sqs:eu-west-1:111122223333:?-queue') },
  { name: 'a wildcard across colons', resources: on('arn:aws:sqs*queue') },
  {
    name: 'a variable of the caller in the name',
    resources: on('arn:aws:sqs:eu-west-1:111122223333:${aws:PrincipalTag/queue}'),
  },
  {
    name: 'a condition that always holds',
    resources: house(
      aRole(inline(doc({ ...statement(QUEUE), Condition: { StringLike: { 'aws:PrincipalAccount': '*' } } }))),
    ),
  },
  {
    name: 'a condition on a tag of the resource',
    resources: house(
      aRole(inline(doc({ ...statement('*'), Condition: { StringEquals: { 'aws:ResourceTag/domain': 'a' } } }))),
    ),
  },
  {
    name: 'a condition with an If',
    resources: house(
      aRole(
        inline(
          doc({
            ...statement(QUEUE),
            Condition: when('C', { StringEquals: { 'aws:PrincipalAccount': '999999999999' } }),
          }),
        ),
      ),
    ),
    sections: { ...P(), Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
  },
  {
    name: 'a Deny with a condition that need not hold',
    resources: house(
      aRole(
        inline(
          doc(statement(QUEUE), {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ),
      ),
    ),
  },
  {
    name: 'a Deny of NotResource that leaves the queue',
    resources: house(
      aRole(inline(doc(statement('*'), { Effect: 'Deny', Action: 'sqs:*', NotResource: [OWN, QUEUE] }))),
    ),
    twin: {
      resources: house(aRole(inline(doc(statement('*'), { Effect: 'Deny', Action: 'sqs:*', NotResource: [OWN] })))),
    },
  },
  {
    name: 'the resource loops over a list',
    resources: house(
      aRole(
        inline({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: SEND, Resource: { 'Fn::ForEach::X': [] } }],
        }),
      ),
    ),
    sections: { Transform: 'AWS::LanguageExtensions' },
  },
  {
    name: 'a role made by a loop',
    resources: { ...HOUSE, 'Fn::ForEach::Roles': ['N', ['ARole'], { '${N}': aRole(inline(doc(statement(QUEUE)))) }] },
    sections: { Transform: 'AWS::LanguageExtensions' },
    twin: {
      resources: { ...HOUSE, 'Fn::ForEach::Roles': ['N', ['ARole'], { '${N}': aRole(inline(doc(statement(OWN)))) }] },
    },
  },
  {
    name: 'a policy made by a loop over names',
    resources: {
      ...house(aRole(undefined)),
      'Fn::ForEach::P': [
        'N',
        ['b'],
        {
          'APolicy${N}': resource('AWS::IAM::Policy', {
            PolicyName: 'p',
            Roles: [ref('ARole')],
            PolicyDocument: doc(statement(sub('arn:aws:sqs:eu-west-1:111122223333:${N}-queue'))),
          }),
        },
      ],
    },
    sections: { Transform: 'AWS::LanguageExtensions' },
  },
  { name: 'a macro of the template', resources: on(OWN), sections: { Transform: 'Anything' } },
  {
    name: 'a macro in a role',
    resources: house({
      ...aRole(inline(doc(statement(OWN)))),
      Properties: {
        ...(aRole(inline(doc(statement(OWN)))).Properties as Json),
        'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://x/y' } },
      },
    }),
  },
  {
    name: 'NoValue in the place of a Deny',
    resources: house(aRole(inline(doc(statement(QUEUE), ref('AWS::NoValue'))))),
  },
  {
    name: 'NoValue in the place of the condition',
    resources: house(aRole(inline(doc({ ...statement(QUEUE), Condition: ref('AWS::NoValue') })))),
  },
  {
    name: 'the boundary is NoValue',
    resources: house(aRole(inline(doc(statement(QUEUE))), { PermissionsBoundary: ref('AWS::NoValue') })),
  },
  { name: 'Base64 of something', resources: on({ 'Fn::Base64': QUEUE }) },
  {
    name: 'the resource by the name of another stack’s output',
    resources: on({ 'Fn::GetStackOutput': { StackName: 'X', OutputName: 'Y' } }),
  },
];
