/** DOM-8 on domains as the constructs build them, and with one limit lifted. */
import { App, Aws, CfnCondition, Fn, Stack } from 'aws-cdk-lib';
import { CfnDeployment, type CfnStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnApi, CfnStage as CfnHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnLoggingConfiguration, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Exposure } from '../../lib';
import { ratesAreLimited } from '../../lib/checks/rates-are-limited';
import { endpoint } from './a-domain';
import { type Built, built, findingsOf, judged } from './a-judged-domain';

const found = (lift: (built: Built) => void): readonly string[] => {
  const made = built();
  lift(made);
  return judged(ratesAreLimited, made.stack);
};
const stageOf = ({ domain }: Built) => domain.api.deploymentStage.node.defaultChild as CfnStage;
const association = ({ domain }: Built) =>
  domain.node.findAll().find((node) => node instanceof CfnWebACLAssociation) as CfnWebACLAssociation;
const logging = ({ domain }: Built) =>
  domain.node.findAll().find((node) => node instanceof CfnLoggingConfiguration) as CfnLoggingConfiguration;
const STAGE = 'the stage `Orders/orders/Api/Resource/DeploymentStage.v1/Resource` of the domain `orders`';
const ACL = 'the web ACL `Orders/orders/WebAcl/Resource`';
// CDK drops an override that is an empty object.
const HANDLED = { CustomRequestHandling: { InsertHeaders: [{ Name: 'seen', Value: 'yes' }] } };
const FOREIGN = 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/all/1';

function askedFirst({ webAcl }: Built['domain'], statement: object): void {
  webAcl.addPropertyOverride('Rules', [
    { Name: 'first', Priority: 0, OverrideAction: { None: SEEN }, Statement: statement },
    {
      Name: 'rate-limit',
      Priority: 1,
      Action: { Block: HANDLED },
      Statement: { RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP' } },
    },
  ]);
}
const SEEN = { Seen: 'yes' };

test.each(Object.values(Exposure))('the constructs limit rates: %s', (exposure) => {
  const vpcEndpoints = (stack: Stack) => (exposure === Exposure.INTERNAL ? [endpoint(stack)] : undefined);
  expect(judged(ratesAreLimited, built((stack) => ({ exposure, vpcEndpoints: vpcEndpoints(stack) })).stack)).toEqual(
    [],
  );
  expect(
    judged(
      ratesAreLimited,
      built((stack) => ({ exposure, vpcEndpoints: vpcEndpoints(stack), managedRuleGroups: [] })).stack,
    ),
  ).toEqual([]);
});

test('a rule group of AWS may be asked before', () => {
  const made = built();
  askedFirst(made.domain, { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } });
  expect(judged(ratesAreLimited, made.stack)).toEqual([]);
});

describe('with one limit lifted', () => {
  test.each<[string, (built: Built) => void, string]>([
    [
      'no web ACL',
      (made) => made.domain.node.findChild('WebAcl').node.tryRemoveChild('Association'),
      `violated: ${STAGE} has no web ACL, so nothing limits what one caller asks`,
    ],
    [
      'a second web ACL',
      ({ stack, domain }) => {
        new CfnWebACLAssociation(stack, 'Second', {
          webAclArn: FOREIGN,
          resourceArn: domain.api.deploymentStage.stageArn,
        });
      },
      `violated: ${STAGE} has 2 web ACLs, and AWS WAF keeps whichever is associated last`,
    ],
    [
      'a web ACL that is not in the app',
      (made) => association(made).addPropertyOverride('WebACLArn', FOREIGN),
      `undecided: it cannot be decided whether the web ACL of ${STAGE} limits rates: it is not in the app`,
    ],
    [
      'a rate rule that only counts',
      ({ domain }) => {
        domain.webAcl.addPropertyDeletionOverride('Rules.0.Action.Block');
        domain.webAcl.addPropertyOverride('Rules.0.Action.Count', HANDLED);
      },
      `violated: ${ACL} counts floods by its rule \`rate-limit\` and lets them past`,
    ],
    [
      'no rate rule',
      ({ domain }) =>
        domain.webAcl.addPropertyOverride('Rules', [
          {
            Name: 'all',
            Priority: 0,
            OverrideAction: { None: {} },
            Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } },
          },
        ]),
      `violated: ${ACL} has no rate-based rule`,
    ],
    [
      'a rate rule for some requests',
      ({ domain }) =>
        domain.webAcl.addPropertyOverride('Rules.0.Statement.RateBasedStatement.ScopeDownStatement', {
          GeoMatchStatement: { CountryCodes: ['DE'] },
        }),
      `violated: ${ACL} limits the rate of some requests only, by its rule \`rate-limit\``,
    ],
    [
      'a rule that lets past before it',
      ({ domain }) =>
        domain.webAcl.addPropertyOverride('Rules.1', { Name: 'friends', Priority: 0, Action: { Allow: HANDLED } }),
      `violated: the rule \`friends\` of ${ACL} lets requests past its rate limit`,
    ],
    [
      'a rule group of somebody else before it',
      ({ domain }) => askedFirst(domain, { ManagedRuleGroupStatement: { VendorName: 'F5', Name: 'Rules' } }),
      `undecided: the rule \`first\` of ${ACL} may let requests past its rate limit`,
    ],
    [
      'a rule group of AWS before it that is made to let past',
      ({ domain }) =>
        askedFirst(domain, {
          ManagedRuleGroupStatement: {
            VendorName: 'AWS',
            Name: 'AWSManagedRulesCommonRuleSet',
            RuleActionOverrides: [{ Name: 'NoUserAgent_HEADER', ActionToUse: { Allow: HANDLED } }],
          },
        }),
      `violated: the rule \`first\` of ${ACL} lets requests past its rate limit`,
    ],
    [
      'a rate rule that counts by the query',
      ({ domain }) => {
        const rate = 'Rules.0.Statement.RateBasedStatement';
        domain.webAcl.addPropertyOverride(`${rate}.AggregateKeyType`, 'CUSTOM_KEYS');
        domain.webAcl.addPropertyOverride(`${rate}.CustomKeys`, [
          { QueryString: { TextTransformations: [{ Priority: 0, Type: 'NONE' }] } },
        ]);
      },
      `violated: ${ACL} limits no rate: its rule counts by \`QueryString\`, of which a caller may write another each time`,
    ],
    [
      'a stage that a deployment makes',
      ({ stack, domain }) => new CfnDeployment(stack, 'Second', { restApiId: domain.api.restApiId, stageName: 'v2' }),
      'violated: the stage `Orders/Second` of the domain `orders` has no web ACL, so nothing limits what one caller asks',
    ],
    [
      'no log',
      (made) => made.domain.node.findChild('WebAcl').node.tryRemoveChild('Logging'),
      'violated: what the web ACL `Orders/orders/WebAcl/Resource` decides is logged nowhere',
    ],
    [
      'a log that AWS WAF refuses',
      (made) =>
        logging(made).addPropertyOverride('LogDestinationConfigs', [
          'arn:aws:logs:eu-central-1:111122223333:log-group:waf',
        ]),
      'violated: AWS WAF refuses `waf` as the log of the domain `orders`, whose name has to begin with `aws-waf-logs-`',
    ],
    [
      'no throttle',
      (made) => stageOf(made).addPropertyDeletionOverride('MethodSettings.0.ThrottlingRateLimit'),
      `violated: ${STAGE} has no throttle of its own, so it takes from what the account lets through in all domains`,
    ],
    [
      'a throttle that is switched off',
      (made) => stageOf(made).addPropertyOverride('MethodSettings.0.ThrottlingBurstLimit', -1),
      `violated: ${STAGE} has no throttle of its own, so it takes from what the account lets through in all domains`,
    ],
    [
      'a throttle that only the deployment knows',
      (made) => stageOf(made).addPropertyOverride('MethodSettings.0.ThrottlingRateLimit', { Ref: 'Rate' }),
      `undecided: it cannot be decided whether ${STAGE} is throttled: only the deployment knows its limits`,
    ],
    [
      'an HTTP API without a throttle',
      ({ domain, stack }) => {
        const http = new CfnApi(stack, 'Http', { name: 'http', protocolType: 'HTTP' });
        domain.own(http);
        new CfnHttpStage(stack, 'Stage', { apiId: http.ref, stageName: 'v1' });
      },
      'violated: the stage `Orders/Stage` of the domain `orders` has no throttle of its own, so it takes from what the account lets through in all domains',
    ],
  ])('%s', (_, lift, message) => {
    expect(found(lift)).toContain(message);
  });
});

test('a limit may stand in rules that only the deployment knows', () => {
  const made = built();
  made.domain.webAcl.addPropertyOverride('Rules', { Ref: 'Rules' });
  expect(judged(ratesAreLimited, made.stack)).toEqual([
    `undecided: ${ACL} has no rate-based rule, unless one of those that only the deployment knows limits rates`,
  ]);
});

test('a limit that a condition takes away is none', () => {
  const made = built();
  const when = new CfnCondition(made.stack, 'Busy', { expression: Fn.conditionEquals({ Ref: 'Season' }, 'sale') });
  const [rule] = made.stack.resolve(made.domain.webAcl.rules) as object[];
  made.domain.webAcl.addPropertyOverride('Rules', [Fn.conditionIf(when.logicalId, upper(rule), Aws.NO_VALUE)]);
  expect(judged(ratesAreLimited, made.stack)).toEqual([`violated: ${ACL} has no rate-based rule`]);
  made.domain.webAcl.addPropertyOverride('Rules', [
    upper(rule),
    Fn.conditionIf(when.logicalId, { ...upper(rule), Name: 'other' }, Aws.NO_VALUE),
  ]);
  expect(judged(ratesAreLimited, made.stack)).toEqual([]);
});

/** As CloudFormation spells it. */
function upper(value: unknown): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).map(([key, v]) => [key[0]!.toUpperCase() + key.slice(1), v]))
        : inner,
    ),
  );
}

test('destinations of other kinds are read by their names', () => {
  const to = (arn: string) => found((made) => logging(made).addPropertyOverride('LogDestinationConfigs', [arn]));
  expect(to('arn:aws:firehose:eu-central-1:111122223333:deliverystream/aws-waf-logs-orders')).toEqual([]);
  expect(to('arn:aws:s3:::aws-waf-logs-orders')).toEqual([]);
  expect(to('arn:aws:s3:::orders')).toEqual([expect.stringContaining('refuses `orders`')]);
});

test('one web ACL from elsewhere serves one domain', () => {
  const app = new App();
  const [a, b] = ['orders', 'ledger'].map((name) => built(undefined, app, name)) as [Built, Built];
  expect(judged(ratesAreLimited, a.stack, b.stack)).toEqual([]);
  for (const made of [a, b]) association(made).addPropertyOverride('WebACLArn', FOREIGN);
  expect(judged(ratesAreLimited, a.stack, b.stack)).toContain(
    `violated: the web ACL \`${FOREIGN}\` counts for \`ledger\` and \`orders\` together, so a flood of one stops the other`,
  );
});

test('a domain that a configuration declares promises none, and has no two', () => {
  const stack = new Stack(new App(), 'Shop');
  const http = new CfnApi(stack, 'Http', { name: 'http', protocolType: 'HTTP' });
  new CfnHttpStage(stack, 'Stage', { apiId: http.ref, stageName: 'v1' });
  const declared = { domains: { shop: { exposure: 'public', owner: 'shop-team', resources: ['Shop/*'] } } };
  expect(findingsOf(ratesAreLimited, stack, declared)).toEqual([]);
});
