/** `diff` on pairs of templates with a known change: exactly that change; none on a refactor that renames or reorders. */
import { differenceToMarkdown } from '../../lib/report/difference-markdown';
import { differenceToText } from '../../lib/report/difference-text';
import { allow, difference, document, type Json, lines, policy, role, roleArn } from './two-versions';

const READ = allow('s3:GetObject', 'arn:aws:s3:::orders/*');
const WRITE = allow('s3:PutObject', 'arn:aws:s3:::orders/*');
const RUN = allow('cloudformation:ExecuteChangeSet');

describe('new requests', () => {
  test('a statement more is that statement', () => {
    const report = difference({ A: role({ can: [READ] }) }, { A: role({ can: [READ, WRITE] }) });
    expect(report.verdict).toBe('new-access');
    expect(lines(report)).toEqual(['medium A: s3:PutObject on arn:aws:s3:::orders/*']);
    expect(report.changes[0]?.access[0]).toMatchObject({
      witness: { action: 's3:PutObject', resource: expect.stringMatching(/^arn:aws:s3:::orders\//) },
      by: expect.stringContaining('statement 2 of'),
      before: 'no identity policy allows it',
    });
  });

  test('an action more in a statement is that action only', () => {
    const after = { A: role({ can: [allow(['s3:GetObject', 's3:DeleteObject'], 'arn:aws:s3:::orders/*')] }) };
    expect(lines(difference({ A: role({ can: [READ] }) }, after))).toEqual([
      'medium A: s3:DeleteObject on arn:aws:s3:::orders/*',
    ]);
  });

  test('a wider resource', () => {
    const after = { A: role({ can: [allow('s3:GetObject', 'arn:aws:s3:::*')] }) };
    const report = difference({ A: role({ can: [READ] }) }, after);
    expect(lines(report)).toEqual(['medium A: s3:GetObject on arn:aws:s3:::*']);
    expect(report.changes[0]?.access[0]?.witness?.resource).not.toMatch(/^arn:aws:s3:::orders\//);
  });

  test('a condition less', () => {
    const tied = { ...READ, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
    const report = difference({ A: role({ can: [tied] }) }, { A: role({ can: [READ] }) });
    expect(lines(report)).toEqual(['medium A: s3:GetObject on arn:aws:s3:::orders/*']);
    expect(lines(difference({ A: role({ can: [READ] }) }, { A: role({ can: [tied] }) }))).toEqual([]);
  });

  test('a Deny less', () => {
    const deny = { Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::orders/secret/*' };
    const report = difference({ A: role({ can: [READ, deny] }) }, { A: role({ can: [READ] }) });
    expect(lines(report)).toEqual(['medium A: s3:GetObject on arn:aws:s3:::orders/*']);
    expect(report.changes[0]?.access[0]).toMatchObject({
      witness: { resource: expect.stringMatching(/^arn:aws:s3:::orders\/secret\//) },
      before: expect.stringMatching(/^explicit deny by/),
    });
  });

  test('a boundary less', () => {
    const boundary = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
    const report = difference({ A: role({ can: [READ, WRITE], boundary }) }, { A: role({ can: [READ, WRITE] }) });
    expect(lines(report)).toEqual(['medium A: s3:PutObject on arn:aws:s3:::orders/*']);
    expect(report.changes[0]?.access[0]?.before).toBe('the permissions boundary does not allow it');
  });

  test('everything is critical, and comes first', () => {
    const before = { A: role({ can: [READ] }), B: role({ trusts: [roleArn('other')] }) };
    const after = { A: role({ can: [READ, WRITE] }), B: role({ can: [allow('*')], trusts: [roleArn('other')] }) };
    const [first] = lines(difference(before, after));
    expect(first).toBe('critical B: * on *');
  });

  test('a grant by the policy of a resource', () => {
    const key = (...grants: readonly Json[]): Json => ({
      Type: 'AWS::KMS::Key',
      Properties: { KeyPolicy: document(...grants) },
    });
    const account = { ...allow('kms:*'), Principal: { AWS: 'arn:aws:iam::111122223333:root' } };
    const grant = { ...allow('kms:Decrypt'), Principal: { AWS: { 'Fn::GetAtt': ['A', 'Arn'] } } };
    const report = difference({ A: role(), K: key(account) }, { A: role(), K: key(account, grant) });
    expect(report.changes.map(({ path, access }) => [path, access.map((a) => a.actions)])).toEqual([
      ['after/A', [['kms:Decrypt']]],
    ]);
  });

  test('a bucket that is opened to everybody', () => {
    const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'orders' } };
    const open = {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: 'orders',
        PolicyDocument: document({ ...allow('s3:GetObject', 'arn:aws:s3:::orders/*'), Principal: '*' }),
      },
    };
    const report = difference({ B: bucket }, { B: bucket, P: open });
    expect(lines(report)).toEqual(['critical anybody: s3:GetObject on arn:aws:s3:::orders/*']);
  });

  describe('the policy of a resource, for others', () => {
    const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'orders' } };
    const opened = (Principal: unknown, ...more: readonly Json[]): Json => ({
      B: bucket,
      P: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: 'orders',
          PolicyDocument: document({ ...allow('s3:GetObject', 'arn:aws:s3:::orders/*'), Principal }, ...more),
        },
      },
    });

    test.each([
      ['another account', 'high', { AWS: 'arn:aws:iam::999999999999:root' }, 'arn:aws:iam::999999999999:root'],
      [
        'a role of another account',
        'high',
        { AWS: 'arn:aws:iam::999999999999:role/x' },
        'arn:aws:iam::999999999999:role/x',
      ],
      ['a service', 'medium', { Service: 'cloudtrail.amazonaws.com' }, 'cloudtrail.amazonaws.com'],
    ])('%s', (_, danger, who, name) => {
      const report = difference({ B: bucket }, opened(who));
      expect(lines(report)).toEqual([`${danger} ${name}: s3:GetObject on arn:aws:s3:::orders/*`]);
      expect(difference(opened(who), opened(who)).verdict).toBe('no-new-access');
      expect(difference(opened(who), { B: bucket }).verdict).toBe('no-new-access');
    });

    test('its own account only delegates', () => {
      expect(lines(difference({ B: bucket }, opened({ AWS: 'arn:aws:iam::111122223333:root' })))).toEqual([]);
    });

    test('a Deny less: undecided, because nobody can say who may do it now', () => {
      const deny = {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: 'arn:aws:s3:::orders/*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      };
      const who = { AWS: 'arn:aws:iam::999999999999:root' };
      expect(lines(difference(opened(who, deny), opened(who)))).toEqual([
        expect.stringMatching(/^high B: undecided, the policy of `after\/B` no longer denies s3:\* on/),
      ]);
      expect(lines(difference(opened(who), opened(who, deny)))).toEqual([]);
    });
  });

  test('a new principal, with all that it may do', () => {
    const report = difference({ A: role() }, { A: role(), B: role({ can: [WRITE], trusts: [roleArn('other')] }) });
    expect(report.changes.filter((c) => c.isNew).map(({ path }) => path)).toContain('after/B');
    expect(lines(report)).toContain('medium after/B: s3:PutObject on arn:aws:s3:::orders/*'.replace('after/', ''));
  });
});

describe('new identities', () => {
  const app = (trust: readonly unknown[], can: readonly Json[] = []): Json => ({
    A: role({ name: 'a', can }),
    B: role({ name: 'b', can: [WRITE], trusts: trust }),
  });

  test('a trust policy that admits one role more', () => {
    const report = difference(app([roleArn('other')]), app([roleArn('other'), roleArn('a')]));
    expect(lines(report)).toEqual(['high A: acts as B']);
    const [change] = report.changes;
    expect(change?.access[0]).toMatchObject({
      chain: [{ from: 'after/A', to: 'after/B', requests: [`sts:AssumeRole on ${roleArn('b')}`] }],
      witness: { action: 's3:PutObject' },
    });
    // Whoever acts as A has it too.
    expect(change?.inheritedBy).toEqual([roleArn('someone')]);
  });

  test('the caller is allowed to assume what it could not', () => {
    const root = ['arn:aws:iam::111122223333:root'];
    const report = difference(app(root), app(root, [allow('sts:AssumeRole', roleArn('b'))]));
    expect(lines(report)).toContain('high A: acts as B');
  });

  test('a path of two requests that meet', () => {
    const target = {
      ...role({ name: 'target', can: [WRITE] }),
    };
    const lambda = (target as { Properties: { AssumeRolePolicyDocument: unknown } }).Properties;
    lambda.AssumeRolePolicyDocument = document({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    const code = allow(['lambda:CreateFunction', 'lambda:InvokeFunction']);
    const pass = allow('iam:PassRole', roleArn('target'));
    const before = { T: target, A: role({ can: [code] }) };
    const report = difference(before, { T: target, A: role({ can: [code, pass] }) });
    expect(lines(report)).toContain('high A: acts as T');
    // The other half alone is no path.
    expect(lines(difference({ T: target, A: role() }, { T: target, A: role({ can: [pass] }) }))).not.toContain(
      'high A: acts as T',
    );
  });

  test('joining two duties is critical', () => {
    const configuration = {
      domains: { orders: { resources: ['after/*'] } },
      duties: { deploy: ['after/A'], approve: ['after/B'] },
    };
    const report = difference(app([roleArn('other')]), app([roleArn('other'), roleArn('a')]), configuration);
    expect(lines(report)).toEqual(['critical A: acts as B']);
    expect(report.changes[0]).toMatchObject({ domain: 'orders', duty: 'deploy' });
  });

  test('what the principal could do anyway is not new', () => {
    const both = [allow('sts:AssumeRole', roleArn('b')), WRITE];
    const root = ['arn:aws:iam::111122223333:root'];
    expect(lines(difference(app(root, both.slice(1)), app(root, both)))).toEqual([
      // The request itself; B gives nothing that A does not have.
      'medium A: sts:AssumeRole on arn:aws:iam::111122223333:role/b',
    ]);
  });

  test('what a principal can give itself, when the boundary that holds it grows', () => {
    const boundary = (action: string): Json => ({
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { ManagedPolicyName: 'limit', PolicyDocument: document(allow(['iam:PutRolePolicy', action])) },
    });
    const self = {
      ...role({ name: 'self', can: [allow('iam:PutRolePolicy', roleArn('self'))] }),
    } as { Properties: Record<string, unknown> };
    const bounded = {
      ...self,
      Properties: { ...self.Properties, PermissionsBoundary: { Ref: 'L' } },
    } as unknown as Json;
    const before = { L: boundary('s3:GetObject'), A: bounded };
    expect(lines(difference(before, { L: boundary('s3:*'), A: bounded }))).toEqual([
      expect.stringMatching(/^critical A: acts as A with any policy$/),
    ]);
    expect(lines(difference({ L: boundary('s3:*'), A: bounded }, before))).toEqual([]);
  });

  test('an outsider who is admitted', () => {
    const report = difference(app([roleArn('other')]), app([roleArn('other'), 'arn:aws:iam::999999999999:root']));
    expect(lines(report)).toEqual([
      'high 999999999999: acts as B'.replace('999999999999', 'arn:aws:iam::999999999999:root'),
    ]);
  });
});

describe('what a template leaves open', () => {
  const app: Json = {
    A: role({ name: 'a', can: [allow('s3:GetObject', { 'Fn::Sub': 'arn:aws:s3:::${Bucket}/*' })] }),
  };
  const parameter = (more: Json): Json => ({ Parameters: { Bucket: { Type: 'String', ...more } } });
  const found = ['medium A: s3:GetObject on arn:aws:s3:::${parameter Bucket of stack after}/*'];

  test.each([
    ['one value more', { AllowedValues: ['a'] }, { AllowedValues: ['a', 'b'] }],
    ['another default', { Default: 'a' }, { Default: 'b' }],
  ])('a parameter with %s may have another value', (_, before, after) => {
    expect(lines(difference(app, app, undefined, parameter(before), parameter(after)))).toEqual(found);
    const described = { ...after, Description: 'the same' };
    expect(lines(difference(app, app, undefined, parameter(after), parameter(described)))).toEqual([]);
  });

  test('a mapping with other entries', () => {
    const mapped: Json = {
      A: role({ name: 'a', can: [allow('s3:GetObject', { 'Fn::FindInMap': ['Buckets', { Ref: 'Stage' }, 'Arn'] })] }),
    };
    const sections = (test: string, prod: string): Json => ({
      Parameters: { Stage: { Type: 'String' } },
      Mappings: { Buckets: { test: { Arn: `arn:aws:s3:::${test}/*` }, prod: { Arn: `arn:aws:s3:::${prod}/*` } } },
    });
    expect(lines(difference(mapped, mapped, undefined, sections('x', 'y'), sections('y', 'x')))).toHaveLength(1);
    expect(lines(difference(mapped, mapped, undefined, sections('x', 'y'), sections('x', 'y')))).toEqual([]);
  });

  test('a condition with another meaning', () => {
    const conditional: Json = {
      A: role({
        name: 'a',
        can: [allow('s3:GetObject', { 'Fn::If': ['IsProd', 'arn:aws:s3:::x/*', 'arn:aws:s3:::y/*'] })],
      }),
    };
    const sections = (stage: string): Json => ({
      Parameters: { Stage: { Type: 'String' } },
      Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, stage] } },
    });
    expect(lines(difference(conditional, conditional, undefined, sections('prod'), sections('test')))).toHaveLength(2);
    expect(lines(difference(conditional, conditional, undefined, sections('prod'), sections('prod')))).toEqual([]);
  });
});

describe('refactors give nothing', () => {
  const none = (before: Json, after: Json, sections: Json = {}, later: Json = sections): void => {
    const report = difference(before, after, undefined, sections, later);
    expect(lines(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'no-new-access', removed: [] });
  };
  const ref = (id: string): Json => ({ Ref: id });
  const arnOf = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const bucket = { Type: 'AWS::S3::Bucket' };

  test('the same', () => none({ A: role({ can: [READ] }) }, { A: role({ can: [READ] }) }));

  test('resources, statements and actions in another order', () => {
    const [a, b] = [allow(['s3:GetObject', 's3:PutObject']), allow('sqs:SendMessage')];
    none(
      { A: role({ can: [a, b] }), B: bucket },
      { B: bucket, A: role({ can: [b, allow(['s3:PutObject', 's3:GetObject'])] }) },
    );
  });

  test('a logical id, with the physical name kept', () => {
    none({ A: role({ name: 'reader', can: [READ] }) }, { Reader: role({ name: 'reader', can: [READ] }) });
  });

  test('a logical id, with the construct path kept', () => {
    none(
      { A: role({ path: 'after/Reader/Resource', can: [READ] }) },
      { ReaderF00: role({ path: 'after/Reader/Resource', can: [READ] }) },
    );
  });

  test('logical ids of a role, its policy and the bucket that it speaks of', () => {
    const app = (r: string, b: string, p: string): Json => ({
      [r]: role(),
      [b]: bucket,
      [p]: policy([ref(r)], allow('s3:GetObject', [arnOf(b), { 'Fn::Sub': `\${${b}.Arn}/*` }])),
    });
    none(app('A', 'B', 'P'), app('Reader', 'Data', 'ReaderPolicy'));
  });

  test('a parameter', () => {
    const app = (p: string): Json => ({
      A: role({ can: [allow('s3:GetObject', { 'Fn::Sub': `arn:aws:s3:::\${${p}}/*` })] }),
    });
    const declared = (p: string): Json => ({ Parameters: { [p]: { Type: 'String' } } });
    none(app('Bucket'), app('BucketName'), declared('Bucket'), declared('BucketName'));
  });

  test('two roles that change their logical ids with one another keep who they are by name', () => {
    none(
      { A: role({ name: 'a', can: [READ] }), B: role({ name: 'b', can: [WRITE] }) },
      { B: role({ name: 'a', can: [READ] }), A: role({ name: 'b', can: [WRITE] }) },
    );
  });

  test('an inline policy made a managed one', () => {
    const managed = {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Roles: [ref('A')], PolicyDocument: document(READ) },
    };
    none({ A: role({ can: [READ] }) }, { A: role(), M: managed });
  });

  test('a statement split into two', () => {
    none(
      { A: role({ can: [allow(['s3:GetObject', 's3:PutObject'])] }) },
      { A: role({ can: [allow('s3:GetObject'), allow('s3:PutObject')] }) },
    );
  });

  test('access taken away', () => {
    none({ A: role({ can: [READ, WRITE] }) }, { A: role({ can: [READ] }) });
  });

  test('and the twin: the same renaming with one permission more is that permission', () => {
    const before = { A: role({ name: 'reader', can: [READ] }) };
    expect(lines(difference(before, { Reader: role({ name: 'reader', can: [READ, RUN] }) }))).toEqual([
      'medium Reader: cloudformation:ExecuteChangeSet on *',
    ]);
  });
});

describe('undecided', () => {
  test('a policy that cannot be known', () => {
    const attached = (arn: unknown): Json => {
      const made = role() as { Properties: object };
      return { ...made, Properties: { ...made.Properties, ManagedPolicyArns: [arn] } };
    };
    const outside = 'arn:aws:iam::111122223333:policy/elsewhere';
    const report = difference({ A: role() }, { A: attached(outside) });
    expect(report.verdict).toBe('undecided');
    expect(lines(report)[0]).toMatch(/^high A: undecided, .*elsewhere/);
    expect(difference({ A: attached(outside) }, { A: attached(outside) }).verdict).toBe('no-new-access');
  });

  test('a macro, unless nothing at all has changed', () => {
    const sections = { Transform: 'Mine' };
    expect(
      difference({ A: role() }, { A: role({ can: [READ] }) }, undefined, sections).changes.map((c) => c.path),
    ).toContain('after');
    expect(difference({ A: role() }, { A: role() }, undefined, sections).verdict).toBe('no-new-access');
  });
});

describe('what is printed', () => {
  const report = difference(
    { A: role({ name: 'a', can: [READ] }) },
    { A: role({ name: 'a', can: [READ, WRITE] }), C: role({ name: '<script>|`x`', can: [RUN] }) },
  );

  test('text', () => {
    const text = differenceToText(report);
    expect(text).toContain('medium: `after/A`');
    expect(text).toContain('  may now    s3:PutObject on arn:aws:s3:::orders/*');
    expect(text).toMatch(/Bulkhead: new access \(.*2 medium\)\n$/);
    expect(differenceToText(difference({}, {}))).toBe('Bulkhead: no new access\n');
  });

  test('Markdown stays within a comment, and says what it left out', () => {
    const many = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`R${i}`, role({ name: `r${i}`, can: [allow(`s3:Put${i}`), WRITE, RUN] })]),
    );
    const markdown = differenceToMarkdown(difference({}, many));
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toContain('The rest is left out here');
    expect(differenceToMarkdown(report)).not.toContain('left out');
  });
});
