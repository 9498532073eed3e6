/** The key of a trust domain: who may use it, who may administer it, and how it is never orphaned. */
import { App, CliCredentialsStackSynthesizer, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ACCOUNT, aDomain, BACKEND, ENV, inStack, templateOf } from './a-domain';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal: { readonly AWS?: unknown; readonly Service?: unknown };
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

function keyStatements(template: Template): readonly Statement[] {
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  return key!.Properties.KeyPolicy.Statement;
}

const actions = (statement: Statement): readonly string[] => [statement.Action].flat();
const principals = (statement: Statement): string =>
  JSON.stringify(statement.Condition?.ArnEquals?.['aws:PrincipalArn'] ?? []);
const named = (statements: readonly Statement[], action: string): string =>
  statements
    .filter((s) => s.Effect === 'Allow' && actions(s).includes(action))
    .map(principals)
    .join();

describe('the key policy', () => {
  const statements = keyStatements(templateOf(aDomain()));

  test('hands nobody a wildcard action', () => {
    expect(statements.flatMap(actions).filter((action) => /[*?]/.test(action))).toEqual([]);
    expect(statements.flatMap(actions)).toContain('kms:Decrypt');
  });

  test('narrows the account to exact roles wherever it allows', () => {
    for (const statement of statements.filter((s) => s.Effect === 'Allow' && s.Principal.AWS !== undefined)) {
      expect(principals(statement)).toMatch(/:role\/(bulkhead-orders|cdk-hnb659fds-cfn-exec-role)-/);
      expect(principals(statement)).not.toMatch(/[*?]/);
    }
  });

  test('lets `read` decrypt and `write` encrypt, neither both', () => {
    expect(named(statements, 'kms:Decrypt')).toContain('bulkhead-orders-read');
    expect(named(statements, 'kms:Decrypt')).not.toContain('bulkhead-orders-write');
    expect(named(statements, 'kms:Encrypt')).toContain('bulkhead-orders-write');
    expect(named(statements, 'kms:Encrypt')).not.toContain('bulkhead-orders-read');
  });

  test('has two independent administrators, who cannot use the key', () => {
    const administrators = named(statements, 'kms:PutKeyPolicy');
    expect(administrators).toContain('bulkhead-orders-provision');
    expect(administrators).toContain(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}`);
    for (const use of ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:CreateGrant']) {
      expect(named(statements, use)).not.toMatch(/provision|cfn-exec/);
    }
  });

  test('keeps the lockout check of KMS on', () => {
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'kms:PutKeyPolicy',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } },
      }),
    );
  });

  test('lets CloudWatch Logs encrypt the logs of this domain alone', () => {
    const [logs] = statements.filter((s) => s.Principal.Service !== undefined);
    expect(logs!.Principal.Service).toBe('logs.eu-central-1.amazonaws.com');
    const arns = JSON.stringify(logs!.Condition?.ArnEquals?.['kms:EncryptionContext:aws:logs:arn']);
    expect(arns).toContain(':log-group:/bulkhead/orders/access"');
    expect(arns).toContain(':log-group:aws-waf-logs-bulkhead-orders"');
    expect(arns).toContain(':log-group:API-Gateway-Execution-Logs_');
    expect(arns).not.toContain('*');
  });

  test('names roles, so that the key depends on none', () => {
    expect(JSON.stringify(statements)).not.toMatch(/Fn::GetAtt|"Ref":"orders(?!Api)/);
    expect(JSON.stringify(statements)).toMatch(/"Ref":"ordersApi/);
  });
});

test('rotates, has a fixed alias, and outlives its stack', () => {
  const template = templateOf(aDomain());
  template.hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { EnableKeyRotation: true },
  });
  template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/bulkhead-orders' });
  templateOf(aDomain({ removalPolicy: RemovalPolicy.DESTROY })).hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'Delete',
  });
});

test('is administered by the role that CloudFormation acts as, which somebody must name', () => {
  const stack = () => new Stack(new App(), 'Orders', { env: ENV, synthesizer: new CliCredentialsStackSynthesizer() });
  expect(() => inStack(stack(), 'orders')).toThrow(
    /^trust domain `orders`: the synthesizer of stack `Orders` names no role for CloudFormation to act as; pass `executionRole`$/,
  );
  const own = stack();
  const executionRole = Role.fromRoleArn(own, 'Execution', `arn:aws:iam::${ACCOUNT}:role/orders-execution`);
  const administrators = named(
    keyStatements(templateOf(inStack(own, 'orders', { executionRole }))),
    'kms:PutKeyPolicy',
  );
  expect(administrators).toContain('role/orders-execution');
  expect(administrators).not.toContain('cfn-exec');
});

test("grants on it by CDK's own methods reach the key policy, because the key trusts no identity policy alone", () => {
  const domain = aDomain();
  domain.key.grantDecrypt(
    new Role(Stack.of(domain), 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
  );
  const statements = keyStatements(templateOf(domain));
  expect(statements).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Reader/), 'Arn'] } },
    }),
  );
});

describe('a key made elsewhere for the domain', () => {
  test('takes the place of its own and gets what the domain needs', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const key = new Key(stack, 'Mine');
    const domain = inStack(stack, 'orders', { encryptionKey: key });
    const template = templateOf(domain);
    template.resourceCountIs('AWS::KMS::Key', 1);
    expect(domain.key).toBe(key);
    expect(keyStatements(template).map((s) => s.Sid)).toEqual(
      expect.arrayContaining(['DecryptByRead', 'EncryptByWrite', 'EncryptLogs']),
    );
    template.hasResource('AWS::KMS::Key', { Metadata: { bulkhead: { domain: 'orders', part: 'resource' } } });
  });

  test('may be one outside the app, whose policy is its author’s', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const arn = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
    const domain = inStack(stack, 'orders', { encryptionKey: Key.fromKeyArn(stack, 'Theirs', arn) });
    const template = templateOf(domain);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: arn });
  });
});

test('in a nested stack, the stack that is deployed is the one that `deploy` changes', () => {
  const parent = new Stack(new App(), 'Parent', { env: ENV });
  const nested = new NestedStack(parent, 'Nested');
  const domain = inStack(nested as Stack, 'orders');
  domain.addRoute('GET', '/orders', BACKEND);
  const remits = JSON.stringify(Template.fromStack(nested).findResources('AWS::IAM::ManagedPolicy'));
  expect(remits).toContain('referencetoParent');
  expect(remits).not.toContain('"Resource":{"Ref":"AWS::StackId"}');
});
