/** DOM-7 on domains as the constructs build them, and with one thing undone in each. */
import { type CfnResource, Stack } from 'aws-cdk-lib';
import { BasePathMapping, type CfnRestApi, DomainName, CfnRestApi as RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnApi, CfnRoutingRule } from 'aws-cdk-lib/aws-apigatewayv2';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { RestApiOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import {
  type CfnVPCEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  Peer,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, CfnUrl } from 'aws-cdk-lib/aws-lambda';
import { Exposure, type TrustDomain, type TrustDomainProps } from '../../lib';
import { internalIsInvisible } from '../../lib/checks/internal-is-invisible';
import { certificate, cognito, endpoint, network } from './a-domain';
import { type Built, built, findingsOf, judged } from './a-judged-domain';

const callers = [Peer.ipv4('10.20.4.0/24')];

function internal(props: (stack: Stack, vpc: IVpc) => Partial<TrustDomainProps> = () => ({})): Built {
  return built((stack) => {
    const vpc = network(stack);
    return {
      exposure: Exposure.INTERNAL,
      privateEndpoint: { vpc, callers },
      privateDomain: { domainName: 'orders.internal', certificate: certificate(stack) },
      ...props(stack, vpc),
    };
  });
}

const found = (undo: (built: Built) => void, of = internal()): readonly string[] => {
  undo(of);
  return judged(internalIsInvisible, of.stack);
};
const api = (domain: TrustDomain) => domain.api.node.defaultChild as CfnRestApi;
const API = 'Orders/orders/Api/Resource/Resource';

describe('as the constructs build it', () => {
  test.each<[string, () => Built]>([
    ['with its own endpoint and name', () => internal()],
    [
      'with an endpoint made elsewhere',
      () => internal((s) => ({ privateEndpoint: undefined, vpcEndpoints: [endpoint(s)] })),
    ],
    ['with both', () => internal((s) => ({ vpcEndpoints: [endpoint(s)] }))],
    ['without a name', () => internal(() => ({ privateDomain: undefined }))],
    ['with tokens', () => internal(() => ({ authentication: cognito() }))],
    ['with preflight requests', () => internal(() => ({ corsOrigins: ['https://app.example.com'] }))],
    ['and other domains are not asked', () => built(() => ({ exposure: Exposure.PUBLIC }))],
  ])('it is invisible: %s', (_, make) => {
    expect(judged(internalIsInvisible, make().stack)).toEqual([]);
  });
});

describe('with one thing undone', () => {
  test.each<[string, (built: Built) => void, string]>([
    [
      'a public endpoint',
      ({ domain }) => api(domain).addPropertyOverride('EndpointConfiguration.Types', ['REGIONAL']),
      `violated: the internal API \`${API}\` has the endpoint type \`REGIONAL\``,
    ],
    [
      'an endpoint type that only the deployment knows',
      ({ domain }) => api(domain).addPropertyOverride('EndpointConfiguration.Types', [{ Ref: 'Type' }]),
      `undecided: the endpoint type of \`${API}\` cannot be decided: only the deployment knows it`,
    ],
    [
      'no endpoint type',
      ({ domain }) => api(domain).addPropertyDeletionOverride('EndpointConfiguration'),
      `violated: the internal API \`${API}\` has the endpoint type that API Gateway takes by default, which is public`,
    ],
    [
      'no policy',
      ({ domain }) => api(domain).addPropertyDeletionOverride('Policy'),
      `violated: the internal API \`${API}\` has no policy that says through which endpoints it is called`,
    ],
    [
      'the default endpoint beside the private name',
      ({ domain }) => api(domain).addPropertyOverride('DisableExecuteApiEndpoint', false),
      `violated: the internal API \`${API}\` has the private name \`Orders/orders/PrivateDomain/Resource\`, and its default endpoint goes around the policy of that name`,
    ],
    [
      'a default endpoint of which only the deployment knows',
      ({ domain }) => api(domain).addPropertyOverride('DisableExecuteApiEndpoint', { Ref: 'Off' }),
      `undecided: whether the default endpoint of \`${API}\` is off cannot be decided: only the deployment knows it`,
    ],
    [
      'an endpoint without a policy',
      ({ domain }) =>
        (domain.endpoint!.node.defaultChild as CfnVPCEndpoint).addPropertyDeletionOverride('PolicyDocument'),
      'violated: the endpoint `Orders/orders/Endpoint/Resource/Resource` of the internal domain `orders` has no policy, so it leads to every API of everybody',
    ],
    [
      'a public name',
      ({ domain, stack }) => {
        const name = new DomainName(stack, 'Name', {
          domainName: 'orders.example.com',
          certificate: certificate(new Stack()),
        });
        new BasePathMapping(stack, 'Mapping', { domainName: name, restApi: domain.api, attachToStage: false });
      },
      `violated: the internal API \`${API}\` is led to by the public custom domain mapping \`Orders/Mapping/Resource\``,
    ],
    [
      'a routing rule of a public name',
      ({ domain, stack }) => {
        new CfnRoutingRule(stack, 'Rule', {
          priority: 1,
          domainNameArn: 'arn:aws:apigateway:eu-central-1::/domainnames/orders.example.com',
          conditions: [],
          actions: [{ invokeApi: { apiId: domain.restApiId, stage: 'v1' } }],
        });
      },
      `violated: the internal API \`${API}\` is led to by the routing rule of a public custom domain \`Orders/Rule\``,
    ],
    [
      'a distribution',
      ({ domain, stack }) => {
        new Distribution(stack, 'Cdn', { defaultBehavior: { origin: new RestApiOrigin(domain.api) } });
      },
      `violated: the internal API \`${API}\` is led to by the CloudFront distribution \`Orders/Cdn/Resource\``,
    ],
    [
      'an HTTP API',
      ({ domain, stack }) => domain.own(new CfnApi(stack, 'Http', { name: 'http', protocolType: 'HTTP' })),
      'violated: the internal API `Orders/Http` has a public endpoint, as every API of its kind',
    ],
    [
      'a function URL',
      ({ domain, stack }) => {
        const fn = new CfnFunction(stack, 'Fn', { code: { zipFile: 'x' }, role: 'arn:aws:iam::111122223333:role/x' });
        domain.own(fn);
        domain.own(new CfnUrl(stack, 'Url', { authType: 'AWS_IAM', targetFunctionArn: fn.attrArn }));
      },
      'violated: the internal API `Orders/Url` is a public address',
    ],
    [
      'a second API that is public',
      ({ domain, stack }) => domain.own(new RestApi(stack, 'Second', { name: 'second' })),
      'violated: the internal API `Orders/Second` has the endpoint type that API Gateway takes by default, which is public',
    ],
  ])('%s', (_, undo, message) => {
    expect(found(undo)).toContain(message);
  });
});

describe('which calls policies admit', () => {
  const statement = (effect: Effect, conditions?: object) =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
      conditions: conditions as never,
    }).toStatementJson();
  const withPolicy = (statements: unknown[], on: 'api' | 'name' = 'api') =>
    found(({ domain }) => {
      const carrier: CfnResource = on === 'api' ? api(domain) : domain.privateDomain!;
      carrier.addPropertyOverride('Policy', { Version: '2012-10-17', Statement: statements });
    });
  const own = { Ref: 'ordersEndpoint1234' };

  test.each(['api', 'name'] as const)('of the %s: everybody', (on) => {
    expect(withPolicy([statement(Effect.ALLOW)], on)).toEqual([
      expect.stringMatching(
        /^violated: .* is called from elsewhere .* admits a call (that comes through none|through `)/,
      ),
    ]);
  });

  test('an endpoint that is not the domain’s', () => {
    expect(withPolicy([statement(Effect.ALLOW, { StringEquals: { 'aws:SourceVpce': 'vpce-foreign' } })])).toEqual([
      expect.stringContaining('admits a call through `vpce-foreign`'),
    ]);
  });

  test('a network in place of its endpoint', () => {
    expect(withPolicy([statement(Effect.ALLOW, { StringEquals: { 'aws:SourceVpc': 'vpc-1' } })])).toHaveLength(1);
  });

  test('a Deny for some does not keep others out', () => {
    const forOne = {
      ...statement(Effect.DENY, { StringNotEquals: { 'aws:SourceVpce': own } }),
      Principal: { AWS: 'arn:aws:iam::111122223333:role/x' },
    };
    expect(withPolicy([statement(Effect.ALLOW), forOne])).toHaveLength(1);
  });

  test('only through its own endpoint', () => {
    const { stack, domain } = internal();
    const id = stack.resolve(domain.endpoint!.vpcEndpointId);
    api(domain).addPropertyOverride('Policy', {
      Version: '2012-10-17',
      Statement: [statement(Effect.ALLOW, { StringEquals: { 'aws:SourceVpce': id } })],
    });
    expect(judged(internalIsInvisible, stack)).toEqual([]);
  });

  test('the witness is a call that the policy allows', () => {
    const { stack, domain } = internal();
    api(domain).addPropertyOverride('Policy', { Version: '2012-10-17', Statement: [statement(Effect.ALLOW)] });
    const [finding] = findingsOf(internalIsInvisible, stack);
    expect(finding?.witness?.action).toBe('execute-api:Invoke');
    expect(finding?.constructPaths).toEqual([API]);
  });
});

describe('an endpoint that the domain owns and did not make', () => {
  const owned = (policy: boolean, stage = 'v1') => {
    const made = internal((stack, vpc) => {
      const securityGroups = [new SecurityGroup(stack, 'Callers', { vpc })];
      return {
        privateEndpoint: undefined,
        vpcEndpoints: [
          new InterfaceVpcEndpoint(stack, 'Own', {
            vpc,
            service: InterfaceVpcEndpointAwsService.APIGATEWAY,
            securityGroups,
          }),
        ],
      };
    });
    const own = made.stack.node.findChild('Own') as InterfaceVpcEndpoint;
    made.domain.own(own);
    if (policy) {
      own.addToPolicy(
        new PolicyStatement({
          principals: [new AnyPrincipal()],
          actions: ['execute-api:Invoke'],
          resources: [`arn:aws:execute-api:eu-central-1:111122223333:*/${stage}/*`],
        }),
      );
    }
    return judged(internalIsInvisible, made.stack);
  };

  test('has a policy for the domain’s stage', () => {
    expect(owned(true)).toEqual([]);
    expect(owned(false)).toEqual([expect.stringContaining('has no policy')]);
    expect(owned(true, '*')).toEqual([expect.stringContaining('which is not the domain’s'.replace('’', "'"))]);
  });
});
