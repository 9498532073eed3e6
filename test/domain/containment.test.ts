/** Containment: one parameter blocks a domain and revokes its sessions, and DOM-14 says when it would not. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnCondition, CfnParameter, type CfnResource, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnStage } from 'aws-cdk-lib/aws-apigateway';
import type { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Duty, type TrustDomain } from '../../lib';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { buildModel } from '../../lib/model/build-model';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import type { Model, Principal } from '../../lib/model/model';
import { compile } from '../../lib/policy/compile';
import { evaluate } from '../../lib/policy/evaluate';
import { overlap } from '../../lib/policy/overlap';
import { substitutePolicies } from '../../lib/policy/substitute';
import { BACKEND, ENV, inStack } from './a-domain';
import { judged } from './a-four-eyes-app';

interface Made {
  readonly app: App;
  readonly outdir: string;
  readonly stack: Stack;
  readonly orders: TrustDomain;
  readonly ledger: TrustDomain;
}

function made(nested = false): Made {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-containment-'));
  const app = new App({ outdir });
  const place = (id: string) => {
    const stack = new Stack(app, id, { env: ENV });
    return nested ? (new NestedStack(stack, 'Nested') as Stack) : stack;
  };
  const [a, b] = [place('Orders'), place('Ledger')];
  const [orders, ledger] = [inStack(a, 'orders'), inStack(b, 'ledger')];
  for (const domain of [orders, ledger]) domain.addRoute('GET', '/all', BACKEND);
  return { app, outdir, stack: a, orders, ledger };
}

const messages = (of: Made) =>
  judged(of)
    .findings.filter(({ id }) => id === 'DOM-14')
    .map(({ severity, message }) => `${severity}: ${message}`);

const remit = ({ orders }: Made, duty: Duty) => orders.dutyRemit(duty).node.defaultChild as CfnManagedPolicy;
const STAGE = 'Orders/orders/Api/Resource/DeploymentStage.v1/Resource';

describe('the template', () => {
  const of = made();
  const template = Template.fromStack(of.stack);

  test('has one parameter, under its own name, that isolates nothing by default', () => {
    template.hasParameter('IsolatedSince', { Type: 'String', Default: '1970-01-01T00:00:00Z' });
    const { IsolatedSince } = template.findParameters('IsolatedSince');
    const pattern = new RegExp(`^${IsolatedSince!.AllowedPattern}$`);
    expect(['2027-01-31T04:05:06Z', '1970-01-01T00:00:00Z'].every((value) => pattern.test(value))).toBe(true);
    expect(
      ['', 'true', '2027-01-31', '2027-13-01T00:00:00Z', '2027-01-31T24:00:00Z'].some((v) => pattern.test(v)),
    ).toBe(false);
    expect(of.stack.resolve(of.orders.isolatedSince.logicalId)).toBe('IsolatedSince');
  });

  test('blocks every request before any other rule, while the parameter has another value', () => {
    const [[condition] = []] = Object.entries(template.findConditions('*'));
    template.hasCondition(condition!, {
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'IsolatedSince' }, '1970-01-01T00:00:00Z'] }],
    });
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const rules: { Priority?: number; 'Fn::If'?: unknown[] }[] = acl!.Properties.Rules;
    expect(rules.at(-1)).toEqual({
      'Fn::If': [
        condition,
        {
          Name: 'isolation',
          Priority: 0,
          Action: { Block: { CustomResponse: { ResponseCode: 503 } } },
          Statement: {
            SizeConstraintStatement: {
              FieldToMatch: { UriPath: {} },
              ComparisonOperator: 'GE',
              Size: 0,
              TextTransformations: [{ Priority: 0, Type: 'NONE' }],
            },
          },
          VisibilityConfig: expect.anything(),
        },
        { Ref: 'AWS::NoValue' },
      ],
    });
    expect(rules.slice(0, -1).map(({ Priority }) => Priority)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('denies everything to sessions of every duty that began before', () => {
    for (const duty of Object.values(Duty)) {
      template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
        ManagedPolicyName: `bulkhead-orders-${duty}-eu-central-1`,
        PolicyDocument: {
          Statement: Match.arrayWith([
            {
              Sid: 'RevokedSessions',
              Effect: 'Deny',
              Action: '*',
              Resource: '*',
              Condition: { DateLessThan: { 'aws:TokenIssueTime': { Ref: 'IsolatedSince' } } },
            },
          ]),
        },
      });
    }
  });
});

describe('isolated', () => {
  const SINCE = '2027-01-31T04:05:06Z';
  const model: Model = (() => {
    const of = made();
    of.app.synth();
    return buildModel(readCloudAssembly(of.outdir).templates);
  })();
  const isolated = ({ policies }: Principal) =>
    substitutePolicies(policies, new Map([['Orders/IsolatedSince', SINCE]]));
  const rolesOf = (domain: string) => model.principals.filter((p) => p.domain === domain && p.duty !== undefined);

  /** Something that the role may do, as the engine finds it. */
  function request(role: Principal) {
    const compiled = compile(role.policies, awsCatalogue());
    const verdict = overlap(compiled, compiled, awsCatalogue());
    if (verdict.verdict !== 'overlap') throw new Error(`${role.id} may do nothing`);
    const { action, resource, contextA, holes } = verdict.witness;
    return { action, resource, context: contextA, holes: new Map(Object.entries(holes ?? {})) };
  }
  const decide = (role: Principal, began: string) => {
    const { holes, action, resource, context } = request(role);
    const others = new Map([...holes].filter(([hole]) => hole !== 'Orders/IsolatedSince'));
    const policies = substitutePolicies(isolated(role), others);
    return evaluate({ policies, request: { action, resource, context: { ...context, 'aws:TokenIssueTime': began } } })
      .decision;
  };

  test('a session that began before may do nothing, whatever the duty; one that begins after may', () => {
    expect(rolesOf('orders')).toHaveLength(7);
    for (const role of rolesOf('orders')) {
      expect([role.duty, decide(role, '2027-01-31T04:05:05Z')]).toEqual([role.duty, 'explicitlyDenied']);
      expect([role.duty, decide(role, '2027-01-31T04:05:07Z')]).toEqual([role.duty, 'allowed']);
    }
  });

  test('no role of another domain is changed', () => {
    expect(rolesOf('ledger')).toHaveLength(7);
    for (const role of rolesOf('ledger')) {
      expect(isolated(role)).toEqual(role.policies);
      expect(decide(role, '2027-01-31T04:05:05Z')).toBe('allowed');
    }
  });
});

describe('DOM-14', () => {
  test.each([false, true])('has nothing to object to in a domain as it is made, nested: %s', (nested) => {
    expect(judged(made(nested))).toMatchObject({ verdict: 'proved', findings: [] });
  });

  const open = `violated: isolating the domain \`orders\` does not block all requests at \`${STAGE}\``;

  test.each<[string, (of: Made) => unknown]>([
    ['the rule is removed', (of) => rules(of, (all) => all.slice(0, -1))],
    ['another rule comes first', (of) => isolation(of, (rule) => ({ ...rule, Priority: 99 }))],
    ['it counts and does not block', (of) => isolation(of, (rule) => ({ ...rule, Action: { Count: {} } }))],
    [
      'it blocks long paths alone',
      (of) =>
        isolation(of, (rule) => ({
          ...rule,
          Statement: { SizeConstraintStatement: { ...rule.Statement.SizeConstraintStatement, Size: 20 } },
        })),
    ],
    ['it is switched on by something else', (of) => switched(of, ([, rule, none]) => [otherCondition(of), rule, none])],
    ['it is switched off by the parameter', (of) => switched(of, ([condition, rule, none]) => [condition, none, rule])],
    [
      'the web ACL does not stand before the stage',
      ({ orders }) => orders.node.findChild('WebAcl').node.tryRemoveChild('Association'),
    ],
  ])('says that the domain stays open: %s', (_, sabotage) => {
    const of = made();
    sabotage(of);
    expect(messages(of)).toEqual([open]);
  });

  test('cannot decide over a priority that only the deployment knows', () => {
    const of = made();
    const priority = new CfnParameter(of.stack, 'Priority', { type: 'Number' }).valueAsNumber;
    rules(of, ([first, ...others]) => [{ ...first, Priority: priority }, ...others]);
    expect(messages(of)).toEqual([
      `undecided: isolating the domain \`orders\` only perhaps blocks all requests at \`${STAGE}\``,
    ]);
  });

  test.each<[string, (of: Made) => unknown]>([
    ['its Deny is gone', (of) => deny(of, (at) => remit(of, Duty.READ).addPropertyDeletionOverride(at))],
    [
      'its Deny is about something else',
      (of) => deny(of, (at) => remit(of, Duty.READ).addPropertyOverride(`${at}.Action`, 's3:*')),
    ],
    [
      'its moment is another parameter',
      (of) =>
        deny(of, (at) =>
          remit(of, Duty.READ).addPropertyOverride(
            `${at}.Condition.DateLessThan.aws:TokenIssueTime`,
            new CfnParameter(of.stack, 'Other').valueAsString,
          ),
        ),
    ],
  ])('names the role whose sessions go on: %s', (_, sabotage) => {
    const of = made();
    sabotage(of);
    expect(messages(of)).toEqual([
      'violated: isolating the domain `orders` leaves the sessions of `Orders/orders/Roles/read/Role` (read of `orders`) as they are',
    ]);
  });

  test('says of a stage that somebody adds, and that nothing marks, whether it stays open', () => {
    const added = (association: (of: Made, stage: CfnStage) => unknown): readonly string[] => {
      const of = made();
      const { stack, orders } = of;
      const stage = new CfnStage(stack, 'Second', {
        restApiId: orders.api.restApiId,
        deploymentId: orders.api.latestDeployment!.deploymentId,
        stageName: 'second',
      });
      association(of, stage);
      return messages(of);
    };
    const guarded = ({ stack, orders }: Made, { ref }: CfnStage, webAclArn: string) =>
      new CfnWebACLAssociation(stack, 'SecondGuard', {
        webAclArn,
        resourceArn: `arn:aws:apigateway:${ENV.region}::/restapis/${orders.api.restApiId}/stages/${ref}`,
      });
    const stays = [open.replace(STAGE, 'Orders/Second')];
    expect(added(() => undefined)).toEqual(stays);
    const visibilityConfig = { sampledRequestsEnabled: true, cloudWatchMetricsEnabled: true, metricName: 'second' };
    const acl = ({ stack }: Made) =>
      new CfnWebACL(stack, 'SecondAcl', { scope: 'REGIONAL', defaultAction: { allow: {} }, visibilityConfig });
    expect(added((of, stage) => guarded(of, stage, acl(of).attrArn))).toEqual(stays);
    expect(added((of, stage) => guarded(of, stage, of.orders.webAcl.attrArn))).toEqual([]);
  });

  test('names the domain in which no session is revoked', () => {
    const of = made();
    for (const duty of Object.values(Duty)) deny(of, (at) => remit(of, duty).addPropertyDeletionOverride(at), duty);
    expect(messages(of)).toEqual(['violated: no parameter revokes the sessions of the domain `orders`']);
  });

  test('names what another domain has to do with the switch', () => {
    const of = made();
    const description = Fn.join('', ['isolated since ', of.orders.isolatedSince.valueAsString]);
    (of.ledger.api.node.defaultChild as CfnResource).addPropertyOverride('Description', description);
    expect(messages(of)).toEqual([
      'violated: isolating the domain `orders` changes what belongs to `ledger`: `Ledger/ledger/Api/Resource/Resource` depends on its parameter',
    ]);
  });
});

function otherCondition({ stack }: Made): string {
  const expression = Fn.conditionEquals(new CfnParameter(stack, 'Other').valueAsString, 'yes');
  return new CfnCondition(stack, 'IsOther', { expression }).logicalId;
}

interface Rule {
  readonly Statement: { readonly SizeConstraintStatement: object };
}
type Choice = readonly [condition: unknown, yes: unknown, no: unknown];

/** Writes other rules in place of those of the web ACL, as CloudFormation spells them. */
function rules({ orders, stack }: Made, change: (all: readonly object[]) => readonly object[]): void {
  const { Resources } = stack.resolve((orders.webAcl as never as { _toCloudFormation(): unknown })._toCloudFormation());
  const [{ Properties }] = Object.values<{ Properties: { Rules: object[] } }>(Resources) as [
    { Properties: { Rules: object[] } },
  ];
  orders.webAcl.addPropertyOverride('Rules', change(Properties.Rules));
}

function switched(of: Made, change: (choice: Choice) => Choice): void {
  rules(of, (all) => [...all.slice(0, -1), { 'Fn::If': change((all.at(-1) as { 'Fn::If': Choice })['Fn::If']) }]);
}

function isolation(of: Made, change: (rule: Rule) => object): void {
  switched(of, ([condition, rule, none]) => [condition, change(rule as Rule), none]);
}

/** With the place of the Deny in the remit's document. */
function deny(of: Made, then: (at: string) => void, duty: Duty = Duty.READ): void {
  const { Statement } = of.stack.resolve(remit(of, duty).policyDocument);
  const at = Statement.findIndex(({ Sid }: { Sid?: string }) => Sid === 'RevokedSessions');
  then(`PolicyDocument.Statement.${at}`);
}
