/**
 * Laws of the model over random templates: it never crashes on what it may be given, and it depends
 * on the structure of a template, not on the names in it or the order of its resources.
 */
import fc from 'fast-check';
import { buildModel } from '../../lib/model/build-model';
import { InputError } from '../../lib/model/input-error';
import type { Model } from '../../lib/model/model';
import { att, doc, join, ref, sub, when } from './notation';

const IDS = ['A', 'B', 'C', 'D', 'E'] as const;
const id = fc.constantFrom(...IDS);

/** Values as templates have them, well formed or not. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      'x',
      '*',
      's3:GetObject',
      'arn:aws:s3:::b/*',
      'arn:aws:iam::111122223333:role/a',
      5,
      true,
      null,
      '{{resolve:ssm:a}}',
      '${aws:username}',
    ),
    id.map(ref),
    fc.constantFrom('AWS::Region', 'AWS::AccountId', 'AWS::Partition', 'AWS::NoValue', 'P', 'Nothing').map(ref),
    fc.tuple(id, fc.constantFrom('Arn', 'Name', 'Outputs.X')).map(([i, a]) => att(i, a)),
    id.map((i) => sub(`x\${${i}}y\${${i}.Arn}\${AWS::Region}`)),
    fc.array(tie('value'), { maxLength: 3 }).map((parts) => join(...parts)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.tuple(fc.constantFrom('Cond', 'Other', 'Missing'), tie('value'), tie('value')).map(([c, a, b]) => when(c, a, b)),
    fc
      .tuple(
        fc.constantFrom(
          'Fn::Select',
          'Fn::Split',
          'Fn::FindInMap',
          'Fn::Join',
          'Fn::Sub',
          'Fn::If',
          'Fn::Base64',
          'Fn::Cidr',
          'Fn::ImportValue',
          'Fn::GetStackOutput',
          'Fn::Transform',
          'Fn::GetAtt',
        ),
        tie('value'),
      )
      .map(([k, v]) => ({ [k]: v })),
    fc.dictionary(
      fc.constantFrom(
        'Effect',
        'Action',
        'Resource',
        'Statement',
        'Principal',
        'AWS',
        'Role',
        'parts',
        '__proto__',
        'constructor',
      ),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
}));

const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.oneof(fc.constant('s3:GetObject'), value),
  Resource: fc.oneof(fc.constant('*'), value),
});
const document = fc.oneof(
  fc.array(statement, { maxLength: 3 }).map((s) => doc(...s)),
  value,
);

const resource = fc.oneof(
  fc.record({
    Type: fc.constant('AWS::IAM::Role'),
    Condition: fc.constantFrom(undefined, 'Cond', 'Missing'),
    Properties: fc.record(
      {
        RoleName: value,
        Path: value,
        AssumeRolePolicyDocument: document,
        ManagedPolicyArns: value,
        PermissionsBoundary: value,
        Tags: value,
        Policies: fc.array(fc.record({ PolicyName: value, PolicyDocument: document }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    Type: fc.constantFrom(
      'AWS::IAM::Policy',
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::RolePolicy',
      'AWS::IAM::UserToGroupAddition',
      'AWS::S3::BucketPolicy',
      'AWS::Lambda::Permission',
      'AWS::Events::EventBusPolicy',
    ),
    Properties: fc.record(
      {
        Roles: value,
        RoleName: value,
        Users: value,
        GroupName: value,
        PolicyDocument: document,
        Bucket: value,
        FunctionName: value,
        Principal: value,
        Action: value,
        Condition: value,
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    Type: fc.constantFrom(
      'AWS::IAM::User',
      'AWS::IAM::Group',
      'AWS::IAM::InstanceProfile',
      'AWS::Lambda::Function',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::Lambda::Alias',
      'AWS::Events::Rule',
      'AWS::WAFv2::WebACL',
      'AWS::ApiGateway::RestApi',
      'AWS::ApiGateway::Method',
      'AWS::CloudFormation::Stack',
      'Custom::X',
      'My::Own::MODULE',
    ),
    Properties: fc.record(
      {
        Role: value,
        Roles: value,
        Groups: value,
        KeyPolicy: document,
        Name: value,
        FunctionName: value,
        RestApiId: value,
        ResourceId: value,
        Scope: value,
        Body: value,
        Policies: value,
        ServiceToken: value,
        Targets: value,
      },
      { requiredKeys: [] },
    ),
    Metadata: fc.option(fc.record({ bulkhead: value }), { nil: undefined }),
  }),
);

const sections = fc.record(
  {
    Parameters: fc.constant({ P: { Type: 'String' } }),
    Conditions: fc.record({ Cond: value, Other: fc.constant({ 'Fn::Equals': [ref('P'), 'x'] }) }),
    Mappings: fc.dictionary(fc.constant('M'), fc.dictionary(fc.constant('k'), value)),
    Outputs: fc.record({
      X: fc.record({ Value: value, Export: fc.option(fc.record({ Name: value }), { nil: undefined }) }),
    }),
  },
  { requiredKeys: ['Parameters'] },
);

const template = fc
  .tuple(fc.uniqueArray(fc.tuple(id, resource), { selector: ([i]) => i, maxLength: 5 }), sections)
  .map(([entries, rest]) => ({
    ...rest,
    Resources: Object.fromEntries(entries),
  }));

function build(t: unknown): Model | string {
  try {
    return buildModel([{ stackName: 'S', template: t, account: '111122223333', region: 'eu-west-1' }]);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

test('random templates give a model or one clear line, never a crash', () => {
  let models = 0;
  fc.assert(
    fc.property(template, (t) => {
      const result = build(t);
      if (typeof result === 'string') expect(result).toMatch(/^stack `S`: [^\n]+$/);
      else {
        models++;
        expect(result.principals.every((p) => p.policies.identityPolicies.length === p.attached.length)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
  // About 270 on average.
  expect(models).toBeGreaterThan(150);
});

test('random apps of several stacks, nested and not, likewise', () => {
  fc.assert(
    fc.property(template, template, template, fc.boolean(), (a, b, c, open) => {
      const environment = open ? {} : { account: '111122223333', region: 'eu-west-1' };
      const nestedIn = { stackName: 'S', logicalId: 'A' };
      const templates = [
        { stackName: 'S', template: a, ...environment },
        { stackName: 'S-A', template: b, nestedIn, ...environment },
        { stackName: 'T', template: c, account: '111122223333', region: 'eu-west-1' },
      ];
      let outcome: unknown;
      try {
        outcome = buildModel(templates).principals;
      } catch (error) {
        outcome = error;
      }
      if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(InputError);
    }),
    { numRuns: 1_000 },
  );
});

test('whatever JSON there is: a model or one clear line', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue({ maxDepth: 4 }), (whole, resources) => {
      for (const t of [
        whole,
        { Resources: resources },
        { Resources: { A: resources } },
        { Resources: { A: { Type: 'AWS::IAM::Role', Properties: resources } } },
      ]) {
        const result = build(t);
        expect(typeof result === 'string' ? result : 'model').toMatch(/^(model|stack `S`: .+)$/);
      }
    }),
    { numRuns: 300 },
  );
});

/** Every whole-word occurrence of a logical id; no other text of these templates is one. */
function rename(json: string): string {
  return json.replace(/\b([ABCDE])\b/g, (_, i: string) => `Renamed${i}`);
}

test('renaming logical ids gives the same model under the new names', () => {
  let models = 0;
  fc.assert(
    fc.property(template, (t) => {
      const before = build(t);
      const after = build(JSON.parse(rename(JSON.stringify(t))));
      expect(typeof after).toBe(typeof before);
      if (typeof before === 'string' || typeof after === 'string') return;
      models++;
      expect(JSON.parse(rename(JSON.stringify(unordered(before))))).toEqual(
        JSON.parse(JSON.stringify(unordered(after))),
      );
    }),
    { numRuns: 1_000 },
  );
  expect(models).toBeGreaterThan(60);
});

test('the order of resources does not matter', () => {
  fc.assert(
    fc.property(template, (t) => {
      const before = build(t);
      const after = build({ ...t, Resources: Object.fromEntries(Object.entries(t.Resources).reverse()) });
      if (typeof before === 'string' || typeof after === 'string') {
        // Which of several faults is named first may differ, that there is one may not.
        expect(typeof after).toBe(typeof before);
        return;
      }
      expect(ids(after)).toEqual(ids(before));
    }),
    { numRuns: 1_000 },
  );
});

function ids(m: Model): unknown {
  const principals = m.principals.map((p) => [p.id, p.attached.length, p.unknown.length, p.boundary === undefined]);
  const resources = m.resources.map((r) => [
    r.id,
    r.policy?.statements.length,
    r.references.map((x) => `${x.at} ${x.to}`).sort(),
  ]);
  return { principals: principals.sort(), resources: resources.sort() };
}

/** Keys of the deployment hold hashes of long names, and messages cut long values off; the rest depends on nothing. */
function unordered(m: Model): unknown {
  const hashed = (_: string, v: unknown) =>
    typeof v === 'string' ? v.replace(/^bulkhead:.*$/, 'a key of the deployment') : v;
  const { resources, apis, domains } = m;
  const principals = m.principals.map((p) => ({
    ...p,
    unknown: p.unknown.length,
    boundaryUnknown: p.boundaryUnknown !== undefined,
  }));
  return JSON.parse(JSON.stringify({ principals, resources, apis, domains }, hashed));
}
