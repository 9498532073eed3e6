/** Emergency access: what the template says of it, when it holds, and that as many rights undeclared are a finding. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Assumer, Attestation, BreakGlassRole, type BreakGlassRoleProps, type TrustDomain } from '../../lib';
import { ACCOUNT, BACKEND, ENV, inStack } from './a-domain';
import { judged } from './a-four-eyes-app';

const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, 10);
const EXPIRES = inDays(30);

interface Made {
  readonly app: App;
  readonly outdir: string;
  readonly stack: Stack;
  readonly orders: TrustDomain;
  readonly glass: BreakGlassRole;
}

/** A role that prepares and executes: what otherwise takes two. */
function made(props: Partial<BreakGlassRoleProps> = {}): Made {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-glass-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Orders', { env: ENV });
  const orders = inStack(stack, 'orders');
  orders.addRoute('GET', '/orders', BACKEND);
  const glass = new BreakGlassRole(stack, 'BreakGlass', {
    domain: orders,
    assumers: [Assumer.user(`arn:aws:iam::${ACCOUNT}:user/ann`)],
    statements: [
      new PolicyStatement({
        sid: 'RunAlone',
        actions: ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
        resources: [stack.stackId],
      }),
    ],
    alarmTopic: Topic.fromTopicArn(stack, 'OnCall', `arn:aws:sns:eu-central-1:${ACCOUNT}:on-call`),
    reason: 'the pipeline is down and the API must be mended at night',
    approvedBy: 'head of security',
    expires: EXPIRES,
    ...props,
  });
  return { app, outdir, stack, orders, glass };
}

const roleOf = ({ glass }: Made) => glass.role.node.defaultChild as CfnRole;

describe('the template', () => {
  const template = Template.fromStack(made().stack);
  const name = 'bulkhead-orders-emergency-eu-central-1';

  test('admits exactly its assumers, with a second factor, until the last day, for an hour', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: name,
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ann` },
            Condition: {
              Bool: { 'aws:MultiFactorAuthPresent': 'true' },
              NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
              DateLessThan: { 'aws:CurrentTime': `${EXPIRES}T23:59:59Z` },
            },
          },
        ],
      },
    });
  });

  test('stops running sessions after the last day, and bounds the role by what it grants', () => {
    const [id, remit] = Object.entries(
      template.findResources('AWS::IAM::ManagedPolicy', { Properties: { ManagedPolicyName: name } }),
    )[0]!;
    expect(remit.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Sid: 'RunAlone', Effect: 'Allow' }),
      {
        Sid: 'NotAfterTheLastDay',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateGreaterThan: { 'aws:CurrentTime': `${EXPIRES}T23:59:59Z` } },
      },
    ]);
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: name,
      ManagedPolicyArns: [{ Ref: id }],
      PermissionsBoundary: { Ref: id },
    });
  });

  test('tells the topic of every use', () => {
    const [role] = Object.keys(template.findResources('AWS::IAM::Role', { Properties: { RoleName: name } }));
    template.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.sts'],
        detail: {
          eventName: Match.arrayWith(['AssumeRole']),
          requestParameters: { roleArn: [{ 'Fn::GetAtt': [role, 'Arn'] }] },
        },
      },
      Targets: [Match.objectLike({ Arn: `arn:aws:sns:eu-central-1:${ACCOUNT}:on-call` })],
    });
  });

  test('declares it, for every report', () => {
    template.hasResource('AWS::IAM::Role', {
      Properties: { RoleName: name },
      Metadata: {
        bulkhead: Match.objectLike({
          part: 'break-glass',
          breakGlass: {
            domain: 'orders',
            reason: 'the pipeline is down and the API must be mended at night',
            approvedBy: 'head of security',
            expires: EXPIRES,
          },
        }),
      },
    });
  });
});

describe('the gate', () => {
  test('lets a declared one pass, and prints it among what the verdict rests on', () => {
    const { verdict, assumptions } = judged(made());
    expect(verdict).toBe('proved');
    expect(assumptions.find(({ id }) => id === 'break-glass')?.text).toBe(
      `\`Orders/BreakGlass/Role/Resource\` may be used by one person alone in \`orders\`, and each use is reported: the pipeline is down and the API must be mended at night (approved by head of security, until ${EXPIRES})`,
    );
  });

  const undone: Readonly<Record<string, readonly [(m: Made) => void, RegExp]>> = {
    'is not declared': [(m) => roleOf(m).addDeletionOverride('Metadata.bulkhead.breakGlass'), /^SOD-6/],
    'admits somebody for ever': [
      (m) => roleOf(m).addPropertyDeletionOverride('AssumeRolePolicyDocument.Statement.0.Condition.DateLessThan'),
      /its trust policy admits somebody after/,
    ],
    'admits somebody longer than it declares': [
      (m) => roleOf(m).addOverride('Metadata.bulkhead.breakGlass.expires', inDays(20)),
      /its trust policy admits somebody after/,
    ],
    'is over': [
      (m) => roleOf(m).addOverride('Metadata.bulkhead.breakGlass.expires', '2026-01-31'),
      /it expired on 2026-01-31/,
    ],
    'is not reported': [
      (m) => (m.glass.alarm.node.defaultChild as CfnRole).addPropertyOverride('State', 'DISABLED'),
      /no enabled rule of the app reports who assumes it/,
    ],
    'cannot be read': [
      (m) => roleOf(m).addDeletionOverride('Metadata.bulkhead.breakGlass.reason'),
      /`Metadata.bulkhead.breakGlass` cannot be read/,
    ],
  };

  test.each(Object.entries(undone))('refuses one that %s', (_, [change, expected]) => {
    const m = made();
    change(m);
    const { verdict, findings } = judged(m);
    expect(verdict).toBe('violated');
    expect(findings.map(({ id, message }) => `${id} ${message}`).filter((line) => expected.test(line))).toHaveLength(1);
    const glass = findings.find(({ id }) => id === 'SOD-6');
    expect(glass?.constructPaths).toContain('Orders/BreakGlass/Role/Resource');
  });
});

describe('what is refused at once', () => {
  test.each<[string, Partial<BreakGlassRoleProps>, RegExp]>([
    ['nobody to use it', { assumers: [] }, /no assumer; name in `assumers`/],
    [
      'a role for which nobody vouches',
      { assumers: [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/ops`)] },
      /pass an `Attestation`/,
    ],
    ['nothing to do', { statements: [] }, /no statement; say in `statements`/],
    [
      'everything',
      { statements: [new PolicyStatement({ actions: ['*'], resources: ['*'] })] },
      /`\*` allows what nobody named/,
    ],
    [
      'everything but something',
      { statements: [new PolicyStatement({ notActions: ['iam:*'], resources: ['*'] })] },
      /`NotAction` allows what nobody named/,
    ],
    ['no reason', { reason: 'why not' }, /`reason` is `why not`; say in a sentence/],
    ['nobody who agreed', { approvedBy: '' }, /`approvedBy` is empty/],
    ['no day', { expires: 'never' }, /`expires` is `never`; give the last day/],
    [
      'a day too far',
      { expires: inDays(400) },
      /more than a year ahead; an access that nobody has to renew is a backdoor/,
    ],
  ])('%s', (_, props, message) => {
    expect(() => made(props)).toThrow(message);
  });

  test('and a role for which somebody vouches is taken', () => {
    const vouched = Assumer.role(`arn:aws:iam::${ACCOUNT}:role/ops`, Attestation.sessionTag('mfa', 'true'));
    expect(() => made({ assumers: [vouched] })).not.toThrow();
  });

  test('a day that is over fails synthesis', () => {
    expect(() => made({ expires: '2026-01-31' }).app.synth()).toThrow(/expired on 2026-01-31; remove it/);
  });
});
