/** What a trust domain promises about its API, key, web ACL and logs, on the rendered template. */
import { Duration, Size } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Exposure, RateAggregation, Sensitivity } from '../../lib';
import { ACCOUNT, aDomain, BACKEND, cognito, REGION, templateOf } from './a-domain';

let rendered: Template | undefined;
/** The plainest domain, rendered once. */
function byIam(): Template {
  rendered ??= templateOf(aDomain());
  return rendered;
}

const roleArn = (duty: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ACCOUNT}:role/bulkhead-orders-${duty}-${REGION}`]],
});

describe('the API', () => {
  test.each([Exposure.PARTNER, Exposure.PUBLIC])('of %s is regional, with TLS 1.2 at least', (exposure) => {
    templateOf(aDomain({ exposure })).hasResourceProperties('AWS::ApiGateway::RestApi', {
      Name: 'bulkhead-orders',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      SecurityPolicy: 'TLS_1_2',
      MinimumCompressionSize: Match.absent(),
    });
  });

  test('of internal is private, reached through its own endpoints alone', () => {
    templateOf(aDomain({ exposure: Exposure.INTERNAL })).hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0a1b2c3d4e5f60718'] },
      SecurityPolicy: 'TLS_1_2',
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'OnlyThroughOwnEndpoints',
            Effect: 'Deny',
            Resource: 'execute-api:/*',
            Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d4e5f60718'] } },
          }),
        ]),
      },
    });
  });

  test('with IAM callers denies all but the roles that read and write, and lets each call its own methods', () => {
    byIam().hasResourceProperties('AWS::ApiGateway::RestApi', {
      Policy: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Resource: 'execute-api:/*',
            Condition: { ArnNotEquals: { 'aws:PrincipalArn': [roleArn('read'), roleArn('write')] } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Resource: 'execute-api:/v1/GET/*',
            Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn('read') } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Resource: ['DELETE', 'PATCH', 'POST', 'PUT'].map((method) => `execute-api:/v1/${method}/*`),
            Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn('write') } },
          }),
        ],
      },
    });
  });

  test('with IAM callers and browsers lets preflight requests past, and nothing else without an identity', () => {
    templateOf(aDomain({ corsOrigins: ['https://app.example.com'] })).hasResourceProperties(
      'AWS::ApiGateway::RestApi',
      {
        Policy: {
          Statement: Match.arrayWith([
            Match.objectLike({ Sid: 'NobodyElse', NotResource: 'execute-api:/v1/OPTIONS/*', Resource: Match.absent() }),
            Match.objectLike({
              Sid: 'Preflight',
              Effect: 'Allow',
              Principal: { AWS: '*' },
              Resource: 'execute-api:/v1/OPTIONS/*',
            }),
          ]),
        },
      },
    );
  });

  test('with tokens and a regional endpoint has no resource policy', () => {
    templateOf(aDomain({ authentication: cognito() })).hasResourceProperties('AWS::ApiGateway::RestApi', {
      Policy: Match.absent(),
    });
  });

  test('with tokens and a private endpoint admits anyone with a token, through the endpoint', () => {
    templateOf(aDomain({ exposure: Exposure.INTERNAL, authentication: cognito() })).hasResourceProperties(
      'AWS::ApiGateway::RestApi',
      {
        Policy: {
          Statement: [
            Match.objectLike({ Effect: 'Deny' }),
            Match.objectLike({
              Effect: 'Allow',
              Condition: { StringEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d4e5f60718'] } },
            }),
          ],
        },
      },
    );
  });

  test('has one stage with a throttle, an access log that names callers, and no request data in any log', () => {
    const template = templateOf(aDomain({ throttleRate: 7, throttleBurst: 9 }));
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'v1',
      ClientCertificateId: Match.anyValue(),
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          DataTraceEnabled: false,
          LoggingLevel: 'ERROR',
          MetricsEnabled: true,
          ThrottlingRateLimit: 7,
          ThrottlingBurstLimit: 9,
        },
      ],
    });
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const format = JSON.parse(stage!.Properties.AccessLogSetting.Format);
    expect(format).toMatchObject({
      callerArn: '$context.identity.userArn',
      callerSubject: '$context.authorizer.claims.sub',
      sourceIp: '$context.identity.sourceIp',
      webAclDecision: '$context.waf.status',
    });
    expect(Object.values(format)).not.toContain('$context.authorizer.claims');
  });

  test('answers preflight requests and compresses only when asked', () => {
    byIam().resourcePropertiesCountIs('AWS::ApiGateway::Method', { HttpMethod: 'OPTIONS' }, 0);
    const asked = templateOf(
      aDomain({ corsOrigins: ['https://app.example.com'], minCompressionSize: Size.kibibytes(1) }),
    );
    asked.hasResourceProperties('AWS::ApiGateway::RestApi', { MinimumCompressionSize: 1024 });
    asked.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'OPTIONS',
      Integration: Match.objectLike({
        IntegrationResponses: [
          Match.objectLike({
            ResponseParameters: Match.objectLike({
              'method.response.header.Access-Control-Allow-Origin': "'https://app.example.com'",
            }),
          }),
        ],
      }),
    });
  });

  test('authenticates every method, its own and those added by CDK itself', () => {
    const signing = aDomain();
    signing.api.root.addMethod('GET', BACKEND, { requestValidator: signing.requestValidator });
    const iam = templateOf(signing);
    iam.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'AWS_IAM' });

    const byToken = aDomain({ authentication: cognito() });
    const { requestValidator } = byToken;
    byToken.api.root.addMethod('GET', BACKEND, { requestValidator, authorizationScopes: ['orders/read'] });
    const token = templateOf(byToken);
    token.allResourcesProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'COGNITO_USER_POOLS',
      AuthorizerId: Match.anyValue(),
    });
  });

  test('never touches the account-wide setting', () => {
    byIam().resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

describe('a route', () => {
  test('is validated, body and parameters', () => {
    const domain = aDomain();
    domain.addRoute('POST', '/orders', BACKEND, {
      requestModel: { type: JsonSchemaType.OBJECT, required: ['item'] },
      requestParameters: { 'method.request.querystring.dry': false },
      sensitivity: Sensitivity.HIGH,
    });
    const template = templateOf(domain, false);
    template.hasResourceProperties('AWS::ApiGateway::RequestValidator', {
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
    template.hasResourceProperties('AWS::ApiGateway::Model', {
      Schema: { type: 'object', required: ['item'], $schema: Match.anyValue() },
    });
    template.hasResource('AWS::ApiGateway::Method', {
      Properties: {
        RequestValidatorId: Match.anyValue(),
        RequestModels: { 'application/json': Match.anyValue() },
        RequestParameters: { 'method.request.querystring.dry': false },
      },
      Metadata: { bulkhead: { domain: 'orders', part: 'method', authentication: 'iam', sensitivity: 'HIGH' } },
    });
  });

  test('carries its scopes as the pool names them', () => {
    const domain = aDomain({ authentication: cognito() });
    domain.addRoute('GET', '/orders', BACKEND, { scopes: ['read'] });
    const template = templateOf(domain, false);
    template.hasResourceProperties('AWS::ApiGateway::Method', { AuthorizationScopes: ['orders/read'] });
    template.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'orders',
      Scopes: Match.arrayWith([{ ScopeName: 'read', ScopeDescription: 'See orders' }]),
    });
  });
});

test('a user pool demands several factors, and nobody signs up to it', () => {
  templateOf(aDomain({ authentication: cognito() })).hasResource('AWS::Cognito::UserPool', {
    DeletionPolicy: 'Retain',
    Properties: {
      UserPoolName: 'bulkhead-orders',
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
      DeletionProtection: 'ACTIVE',
    },
  });
});

describe('the web ACL', () => {
  test.each([
    [Exposure.INTERNAL, 20_000, 2],
    [Exposure.PARTNER, 5_000, 3],
    [Exposure.PUBLIC, 1_000, 5],
  ])('of %s limits each caller to %d per 5 minutes, then applies %d managed groups', (exposure, limit, groups) => {
    const template = templateOf(aDomain({ exposure }));
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const [rate, ...managed] = acl!.Properties.Rules.slice(0, -1);
    expect(rate).toMatchObject({
      Priority: 1,
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { Limit: limit, EvaluationWindowSec: 300, AggregateKeyType: 'IP' } },
    });
    expect(managed).toHaveLength(groups);
    expect(managed.map((rule: { Name: string }) => rule.Name)).toContain('AWSManagedRulesCommonRuleSet');
  });

  test('takes the rate limit that it is given', () => {
    const limits = (aggregation: RateAggregation) => {
      const template = templateOf(
        aDomain({
          rateLimit: 10,
          rateWindow: Duration.minutes(1),
          rateAggregation: aggregation,
          managedRuleGroups: [],
        }),
      );
      const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
      // The other is the switch of isolation.
      expect(acl!.Properties.Rules).toHaveLength(2);
      return acl!.Properties.Rules[0].Statement.RateBasedStatement;
    };
    expect(limits(RateAggregation.forwardedIp())).toEqual({
      Limit: 10,
      EvaluationWindowSec: 60,
      AggregateKeyType: 'FORWARDED_IP',
      ForwardedIPConfig: { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'MATCH' },
    });
    expect(limits(RateAggregation.header('X-Client-Id'))).toMatchObject({
      AggregateKeyType: 'CUSTOM_KEYS',
      CustomKeys: [{ Header: { Name: 'X-Client-Id', TextTransformations: [{ Priority: 0, Type: 'NONE' }] } }],
    });
  });

  test('stands before the stage and logs without credentials', () => {
    const template = byIam();
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: Match.anyValue(),
      WebACLArn: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LogDestinationConfigs: [
        { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('log-group:aws-waf-logs-bulkhead-orders$')])] },
      ],
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
    });
  });
});

describe('the logs', () => {
  test.each(['/bulkhead/orders/access', 'aws-waf-logs-bulkhead-orders'])(
    '%s is encrypted, kept a year, and retained',
    (name) => {
      byIam().hasResource('AWS::Logs::LogGroup', {
        DeletionPolicy: 'RetainExceptOnCreate',
        Properties: { LogGroupName: name, KmsKeyId: Match.anyValue(), RetentionInDays: 365 },
      });
    },
  );

  test('of execution has the name that API Gateway writes to, and exists before the stage', () => {
    const template = byIam();
    const [api] = Object.keys(template.findResources('AWS::ApiGateway::RestApi'));
    const [log] = Object.keys(
      template.findResources('AWS::Logs::LogGroup', {
        Properties: {
          LogGroupName: { 'Fn::Join': ['', ['API-Gateway-Execution-Logs_', { Ref: api }, '/v1']] },
          KmsKeyId: Match.anyValue(),
        },
      }),
    );
    template.hasResource('AWS::ApiGateway::Stage', { DependsOn: Match.arrayWith([log]) });
  });
});
