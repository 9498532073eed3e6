/** What a domain with bound tokens and client certificates promises, on the rendered template; and what is refused. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { type DpopAuthenticationProps, Exposure, type MutualTlsAuthenticationProps } from '../../lib';
import { ACCOUNT, ENV, endpoint, inStack, REGION } from './a-domain';
import {
  aDomain,
  CERTIFICATE,
  configurationOf,
  dpop,
  given,
  jwt,
  makeAuthority,
  mtls,
  TOKEN,
  templateOf,
} from './with-authorizer';

beforeAll(makeAuthority);

describe('dpop', () => {
  test('remembers proofs in a table of its own, under the domain’s key, for as long as they live', () => {
    const template = templateOf(aDomain(dpop()));
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'bulkhead-orders-proofs',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
      TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: `bulkhead-orders-auth-${REGION}`,
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['dynamodb:GetItem', 'dynamodb:PutItem'] }),
          Match.objectLike({ Condition: { StringEquals: { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` } } }),
        ]),
      },
    });
  });

  test('the key serves the authorizer and the deployer through the table alone', () => {
    const via = { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` };
    templateOf(aDomain(dpop())).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Sid: 'UseThroughTable', Condition: Match.objectLike({ StringEquals: via }) }),
          Match.objectLike({
            Sid: 'GrantToTable',
            Action: 'kms:CreateGrant',
            Condition: Match.objectLike({ StringEquals: via, Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
          }),
        ]),
      },
    });
  });

  test('hands out nonces in the answer to a denial, and says which algorithms it takes', () => {
    const template = templateOf(aDomain(dpop()));
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'ACCESS_DENIED',
      StatusCode: '401',
      ResponseParameters: {
        'gatewayresponse.header.DPoP-Nonce': 'context.authorizer.nonce',
        'gatewayresponse.header.WWW-Authenticate': 'context.authorizer.challenge',
      },
    });
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': `'DPoP algs="ES256 EdDSA"'` },
    });
    expect(configurationOf(template).dpop).toEqual({
      hosts: [`?.execute-api.${REGION}.?`],
      algorithms: ['ES256', 'EdDSA'],
      maxAge: 60,
      nonce: true,
      table: '?',
    });
  });

  test('without nonces a denial answers 403 as always, and hosts are those that are named', () => {
    const template = templateOf(
      aDomain(dpop({ nonce: false, hosts: ['api.example.com'], proofMaxAge: Duration.seconds(10) })),
    );
    template.resourcePropertiesCountIs('AWS::ApiGateway::GatewayResponse', { ResponseType: 'ACCESS_DENIED' }, 0);
    expect(configurationOf(template).dpop).toMatchObject({ hosts: ['api.example.com'], nonce: false, maxAge: 10 });
  });

  test('lets scripts of other origins send a proof', () => {
    const domain = aDomain(dpop(), { corsOrigins: ['https://shop.example.com'] });
    templateOf(domain).hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'OPTIONS',
      Integration: {
        IntegrationResponses: [
          Match.objectLike({
            ResponseParameters: Match.objectLike({
              'method.response.header.Access-Control-Allow-Headers': Match.stringLikeRegexp('Authorization.*,DPoP'),
            }),
          }),
        ],
      },
    });
  });

  test.each<[string, Partial<DpopAuthenticationProps>, RegExp]>([
    [
      'a proof that lives long',
      { proofMaxAge: Duration.minutes(6) },
      /`proofMaxAge` is `360` seconds; give 10 seconds to 5 minutes/,
    ],
    ['a proof that does not live', { proofMaxAge: Duration.seconds(9) }, /`proofMaxAge` is `9` seconds/],
    ['no algorithm', { proofAlgorithms: [] }, /`proofAlgorithms` is empty/],
    [
      'a host with a scheme',
      { hosts: ['https://api.example.com'] },
      /the host `https:\/\/api\.example\.com` must be a name/,
    ],
    ['no host', { hosts: [] }, /`hosts` is empty/],
  ])('%s is refused', (_, bad, message) => {
    expect(() => dpop(bad)).toThrow(message);
    expect(() => dpop({ hosts: ['api.example.com'], proofMaxAge: Duration.minutes(5) })).not.toThrow();
  });
});

describe('mtls', () => {
  test('is reached by its own name alone, which demands a certificate of the version of the trust store that was written', () => {
    const template = templateOf(aDomain(mtls()));
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'api.example.com',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      SecurityPolicy: 'TLS_1_2',
      RegionalCertificateArn: CERTIFICATE,
      MutualTlsAuthentication: {
        TruststoreUri: Match.anyValue(),
        TruststoreVersion: { 'Fn::GetAtt': [Match.anyValue(), 'Version'] },
      },
    });
    template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      Stage: Match.anyValue(),
      DomainName: Match.anyValue(),
    });
    template.hasResourceProperties('Custom::BulkheadTrustStore', {
      Certificates: given.authorities,
      Key: Match.stringLikeRegexp('^authorities/[0-9a-f]{64}\\.pem$'),
    });
  });

  test('other ways keep the default endpoint', () => {
    templateOf(aDomain(jwt())).hasResourceProperties('AWS::ApiGateway::RestApi', {
      DisableExecuteApiEndpoint: Match.absent(),
    });
  });

  test('keeps every version of its trust store, in a bucket that nobody reads without encryption', () => {
    const template = templateOf(aDomain(mtls()));
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: Match.objectLike({
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicPolicy: true, RestrictPublicBuckets: true }),
      }),
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: `bulkhead-orders-trust-${REGION}`,
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 's3:PutObject', Condition: { Null: { 's3:if-none-match': 'false' } } }),
        ]),
      },
    });
  });

  test('the publisher of revocation lists may put those, and nothing else', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/certificate-authority`;
    const revocationPublisher = Role.fromRoleArn(new Stack(new App(), 'S'), 'Publisher', arn);
    const template = templateOf(aDomain(mtls({ revocationPublisher })));
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'PublishRevocationLists',
            Principal: { AWS: arn },
            Action: 's3:PutObject',
            Resource: { 'Fn::Join': ['', [Match.anyValue(), '/revocation/1.crl']] },
          }),
        ]),
      },
    });
    expect(JSON.stringify(templateOf(aDomain(mtls())).findResources('AWS::S3::BucketPolicy'))).not.toContain(
      'PublishRevocationLists',
    );
  });

  test('the authorizer knows authorities, lists and clients', () => {
    const template = templateOf(aDomain(mtls()));
    expect(configurationOf(template)).toMatchObject({
      mtls: {
        bucket: '?',
        trustStore: expect.stringMatching(/^authorities\/[0-9a-f]{64}\.pem$/),
        trustStoreVersion: '?',
        revocationLists: ['revocation/1.crl'],
        refresh: 300,
        clients: [{ name: 'shop', subject: 'CN=shop,O=Partner,C=DE', scopes: ['orders.read'] }],
        boundTokens: false,
      },
    });
    template.hasResource('AWS::ApiGateway::Authorizer', {
      Metadata: {
        bulkhead: Match.objectLike({
          trusts: { authorities: [Match.stringLikeRegexp('^([0-9A-F]{2}:){31}[0-9A-F]{2}$')] },
        }),
      },
    });
  });

  test('with a token it is bound to the certificate, unless asked otherwise', () => {
    const template = templateOf(aDomain(mtls({ token: TOKEN })));
    expect(configurationOf(template)).toMatchObject({ token: { issuer: TOKEN.issuer }, mtls: { boundTokens: true } });
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      IdentitySource: 'method.request.header.Authorization',
    });
    const free = configurationOf(templateOf(aDomain(mtls({ token: TOKEN, boundTokens: false }))));
    expect(free.mtls?.boundTokens).toBe(false);
    expect(mtls({ token: TOKEN }).kind).toBe('mtls+jwt');
  });

  test.each<[string, () => Partial<MutualTlsAuthenticationProps>, RegExp]>([
    [
      'no authority',
      () => ({ authorities: 'none' }),
      /`authorities` holds no certificate; give the text of a PEM file/,
    ],
    [
      'a client as an authority',
      () => ({ authorities: given.client }),
      /certificate 1, of `C=DE, O=Partner, CN=shop`, is no authority's/,
    ],
    [
      'an authority that cannot be read',
      () => ({ authorities: given.authorities.replace(/\n[^\n]{20}/, '\n!!!!') }),
      /certificate 1, cannot be read/,
    ],
    ['no client', () => ({ clients: [] }), /`clients` is empty, and a client that is not listed is denied/],
    [
      'everybody',
      () => ({ clients: [{ name: 'all' }] }),
      /client `all`: neither `subject` nor `alternativeName`, which would be every certificate/,
    ],
    [
      'two of one name',
      () => ({
        clients: [
          { name: 'a', subject: 'CN=a' },
          { name: 'a', subject: 'CN=b' },
        ],
      }),
      /there are two of this name/,
    ],
    [
      'a subject that is none',
      () => ({ clients: [{ name: 'a', subject: 'shop' }] }),
      /`subject` is `shop`; give a name as RFC 4514 writes it/,
    ],
    [
      'an alternative name of no kind',
      () => ({ clients: [{ name: 'a', alternativeName: 'a.example.com' }] }),
      /it begins with `DNS:`/,
    ],
    [
      'a scope that is not declared',
      () => ({ clients: [{ name: 'a', subject: 'CN=a', scopes: ['x'] }] }),
      /scope `x` is not declared/,
    ],
    ['no list', () => ({ revocationLists: [] }), /`revocationLists` is empty, and no client is let in without one/],
    [
      'lists that are seldom asked for',
      () => ({ revocationRefresh: Duration.hours(2) }),
      /for as long a revoked client is let in: 10 seconds to 1 hour/,
    ],
    ['a name with a scheme', () => ({ domainName: 'https://api.example.com' }), /must be a name in lower case/],
  ])('%s is refused', (_, bad, message) => {
    expect(() => mtls(bad())).toThrow(message);
    expect(() => mtls()).not.toThrow();
  });

  test('not at a private endpoint, where API Gateway asks for no certificate', () => {
    const stack = new Stack(new App(), 'S', { env: ENV });
    const internal = { exposure: Exposure.INTERNAL, vpcEndpoints: [endpoint(stack)] };
    expect(() => inStack(stack, 'orders', { ...internal, authentication: mtls() })).toThrow(
      /API Gateway asks for no client certificates at a private endpoint/,
    );
    const other = new Stack(new App(), 'S', { env: ENV });
    const good = { exposure: Exposure.INTERNAL, vpcEndpoints: [endpoint(other)], authentication: dpop() };
    expect(() => inStack(other, 'orders', good)).not.toThrow();
  });
});
