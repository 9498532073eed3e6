/** Every example that is meant to synthesize: proved by the gate, clean under every other judge, and what it promises. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { acknowledge, REASONS, referenceApp } from '../../bin/app';
import { asByTheCli, type Example, reportOf, templateOf } from './an-example';
import { AUTHORIZER_REASONS, answerForAuthorizers } from './answers';
import { asEveryExample } from './as-every-example';

const EXAMPLES: Readonly<Record<string, Example>> = {
  minimal: asByTheCli(() => require('../../examples/minimal/app') as Example),
  'three-domains': asByTheCli(() => require('../../examples/three-domains/app') as Example),
  'partner-mtls': asByTheCli(() => require('../../examples/partner-mtls/app') as Example),
  'public-dpop': asByTheCli(() => require('../../examples/public-dpop/app') as Example),
  'internal-private': asByTheCli(() => require('../../examples/internal-private/app') as Example),
  'the reference app': asByTheCli(() => ({ app: referenceApp(new App()) })),
};

describe.each(Object.entries(EXAMPLES))('%s', (name, { app, logging }) => {
  test('is proved separate', () => {
    expect(reportOf(app)).toMatchObject({ verdict: 'proved', findings: [] });
  });

  const answer = () => {
    acknowledge(app, logging);
    answerForAuthorizers(app);
  };
  asEveryExample(app, name === 'the reference app' ? undefined : answer);
});

test('cdk-nag is answered with five reasons, and four more for authorizers, none of them short', () => {
  expect(Object.values(REASONS)).toHaveLength(5);
  expect(Object.values(AUTHORIZER_REASONS)).toHaveLength(4);
  for (const reason of [...Object.values(REASONS), ...Object.values(AUTHORIZER_REASONS)]) {
    expect(reason.length).toBeGreaterThan(80);
  }
});

describe('minimal', () => {
  const { app } = EXAMPLES.minimal!;

  test('is 20 lines', () => {
    const source = readFileSync(join(__dirname, '../../examples/minimal/app.ts'), 'utf8');
    expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(20);
  });

  test('opens one route, to callers with a scope', () => {
    const template = templateOf(app, 'Orders');
    template.resourceCountIs('AWS::ApiGateway::Method', 1);
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'GET',
      AuthorizationType: 'COGNITO_USER_POOLS',
      AuthorizationScopes: ['orders/read'],
    });
  });
});

describe('three-domains', () => {
  const { app } = EXAMPLES['three-domains']!;

  test('stand in a stack each, which depend on the logging role and not on one another', () => {
    const stacks = app.synth().stacks.filter((stack) => stack.stackName !== 'Account');
    expect(stacks.map((stack) => stack.stackName)).toEqual(['Ledger', 'Partners', 'Shop']);
    for (const stack of stacks) {
      const others = stack.dependencies.map((dependency) => dependency.id).filter((id) => !id.endsWith('.assets'));
      expect(others).toEqual(['Account']);
    }
  });

  test('the ledger is private, and an application of another team may read it', () => {
    const template = templateOf(app, 'Ledger');
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'] },
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'NobodyElse',
            Condition: {
              ArnNotEquals: { 'aws:PrincipalArn': Match.arrayWith(['arn:aws:iam::111122223333:role/reporting']) },
            },
          }),
        ]),
      },
    });
    template.hasResource('AWS::ApiGateway::Method', {
      Properties: { HttpMethod: 'POST', RequestModels: { 'application/json': Match.anyValue() } },
      Metadata: { bulkhead: Match.objectLike({ sensitivity: 'HIGH' }) },
    });
  });

  test('the shop answers scripts of one origin', () => {
    templateOf(app, 'Shop').hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'OPTIONS',
      Integration: {
        IntegrationResponses: [
          Match.objectLike({
            ResponseParameters: Match.objectLike({
              'method.response.header.Access-Control-Allow-Origin': "'https://shop.example.com'",
            }),
          }),
        ],
      },
    });
  });

  test('are listed in the report with owner, exposure and authentication', () => {
    expect(reportOf(app).inventory).toMatchObject([
      { domain: 'ledger', exposure: 'internal', owner: 'finance-team' },
      { domain: 'partners', exposure: 'partner', owner: 'partner-team' },
      { domain: 'shop', exposure: 'public', owner: 'shop-team' },
    ]);
  });
});

describe('partner-mtls', () => {
  const { app } = EXAMPLES['partner-mtls']!;

  test('is reached by a name that asks for a certificate, and not without it', () => {
    const template = templateOf(app, 'Settlement');
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'settlement.example.com',
      MutualTlsAuthentication: { TruststoreVersion: Match.anyValue() },
    });
    expect(reportOf(app).inventory).toMatchObject([{ domain: 'settlement', authentication: ['mtls+jwt'] }]);
  });
});

describe('public-dpop', () => {
  const { app } = EXAMPLES['public-dpop']!;

  test('opens each route to tokens with its scope, each with a fresh proof', () => {
    const template = templateOf(app, 'Wallet');
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', { AuthorizerResultTtlInSeconds: 0 });
    template.resourcePropertiesCountIs('AWS::ApiGateway::Method', { AuthorizationType: 'CUSTOM' }, 2);
    template.hasResource('AWS::ApiGateway::Method', {
      Properties: { HttpMethod: 'POST', RequestModels: Match.anyValue() },
      Metadata: { bulkhead: Match.objectLike({ sensitivity: 'HIGH', scopes: ['transfer'] }) },
    });
  });
});

describe('internal-private', () => {
  const { app } = EXAMPLES['internal-private']!;

  test('is reached by its own name, through its own endpoint, and both say who may call', () => {
    const template = templateOf(app, 'Payroll');
    const callers = Match.arrayWith(['arn:aws:iam::111122223333:role/reporting']);
    const via = 'arn:aws:execute-api:eu-central-1:111122223333:/domainnames/payroll.internal.example.com+*';
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Condition: {
              ArnEquals: { 'aws:PrincipalArn': callers },
              ArnLike: { 'execute-api:viaDomainArn': via },
            },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: {
        Types: ['PRIVATE'],
        VpcEndpointIds: [{ Ref: Match.stringLikeRegexp('^payrollEndpoint') }],
      },
      DisableExecuteApiEndpoint: true,
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { ArnNotEquals: { 'aws:PrincipalArn': callers } } }),
        ]),
      },
    });
    template.resourceCountIs('AWS::ApiGateway::DomainNameAccessAssociation', 1);
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'payroll.internal.example.com.', Type: 'A' });
  });
});
