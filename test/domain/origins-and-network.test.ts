/** DOM-9 on domains as the constructs build them, and with origins opened or networks shared. */
import { App, Stack } from 'aws-cdk-lib';
import { type CfnMethod, CfnRestApi, Cors, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnSecurityGroup, CfnSubnet, Peer } from 'aws-cdk-lib/aws-ec2';
import { CfnFunction, CfnUrl } from 'aws-cdk-lib/aws-lambda';
import { Exposure } from '../../lib';
import { answersIn } from '../../lib/checks/answered-origins';
import { originsAndNetwork } from '../../lib/checks/origins-and-network';
import { endpoint, network } from './a-domain';
import { type Built, built, findingsOf, judged } from './a-judged-domain';

const found = (open?: (built: Built) => void, corsOrigins: string[] = []): readonly string[] => {
  const made = built(() => ({ corsOrigins }));
  open?.(made);
  return judged(originsAndNetwork, made.stack);
};
const OF = 'the API `Orders/orders/Api/Resource/Resource` of the domain `orders`';
const EVERYBODY = `violated: ${OF} answers scripts of every origin`;
const preflight = ({ domain }: Built) =>
  domain.api.methods.find(({ httpMethod }) => httpMethod === 'OPTIONS')!.node.defaultChild as CfnMethod;
const RESPONSE = 'Integration.IntegrationResponses.0';
const ORIGIN = 'ResponseParameters.method\\.response\\.header\\.Access-Control-Allow-Origin';
const CREDENTIALS = 'ResponseParameters.method\\.response\\.header\\.Access-Control-Allow-Credentials';

describe('origins', () => {
  test('the constructs name each', () => {
    expect(found()).toEqual([]);
    expect(found(undefined, ['https://app.example.com'])).toEqual([]);
    expect(found(undefined, ['https://app.example.com', 'https://shop.example.com', 'http://localhost:3000'])).toEqual(
      [],
    );
  });

  const one = ['https://app.example.com'];
  const two = [...one, 'https://shop.example.com'];
  test.each<[string, (built: Built) => void, string[], string]>([
    ['every origin', (made) => preflight(made).addPropertyOverride(`${RESPONSE}.${ORIGIN}`, "'*'"), one, EVERYBODY],
    [
      'every origin, with credentials',
      (made) => {
        preflight(made).addPropertyOverride(`${RESPONSE}.${ORIGIN}`, "'*'");
        preflight(made).addPropertyOverride(`${RESPONSE}.${CREDENTIALS}`, "'true'");
      },
      one,
      `violated: ${OF} answers scripts of every origin, with the credentials of whoever visits it`,
    ],
    [
      'whoever asks, repeated',
      (made) => preflight(made).addPropertyOverride(`${RESPONSE}.${ORIGIN}`, 'method.request.header.Origin'),
      one,
      EVERYBODY,
    ],
    [
      'an origin that only the deployment knows',
      (made) => preflight(made).addPropertyOverride(`${RESPONSE}.${ORIGIN}`, { Ref: 'Origin' }),
      one,
      `undecided: ${OF} answers scripts of origins that cannot be read off its template`,
    ],
    [
      'a template that repeats the origin',
      (made) =>
        preflight(made).addPropertyOverride(`${RESPONSE}.ResponseTemplates`, {
          'application/json':
            '#set($context.responseOverride.header.Access-Control-Allow-Origin = $input.params("Origin"))',
        }),
      two,
      EVERYBODY,
    ],
    [
      'a template that compares with a pattern',
      (made) =>
        preflight(made).addPropertyOverride(`${RESPONSE}.ResponseTemplates`, {
          'application/json':
            '#if($origin.matches("https://.*"))\n#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n#end',
        }),
      two,
      `undecided: ${OF} answers scripts of origins that cannot be read off its template`,
    ],
    [
      'CDK’s own preflight for everybody',
      ({ domain }) => domain.api.root.addResource('open').addCorsPreflight({ allowOrigins: Cors.ALL_ORIGINS }),
      [],
      EVERYBODY,
    ],
    [
      'a gateway answer',
      ({ domain }) =>
        domain.api.addGatewayResponse('Default4XX', {
          type: ResponseType.DEFAULT_4XX,
          responseHeaders: { 'Access-Control-Allow-Origin': "'*'" },
        }),
      [],
      EVERYBODY,
    ],
    [
      'an OpenAPI document',
      ({ domain, stack }) => {
        const response = { responseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" } };
        const operation = { 'x-amazon-apigateway-integration': { type: 'mock', responses: { default: response } } };
        domain.own(new CfnRestApi(stack, 'Described', { body: { paths: { '/a': { options: operation } } } }));
      },
      [],
      'violated: the API `Orders/Described` of the domain `orders` answers scripts of every origin',
    ],
    [
      'an HTTP API, any host by TLS',
      ({ domain, stack }) =>
        domain.own(
          new CfnApi(stack, 'Http', {
            protocolType: 'HTTP',
            corsConfiguration: { allowOrigins: ['https://*'], allowCredentials: true },
          }),
        ),
      [],
      'violated: the API `Orders/Http` of the domain `orders` answers scripts of every origin, with the credentials of whoever visits it',
    ],
  ])('%s', (_, open, corsOrigins, message) => {
    expect(found(open, corsOrigins)).toContain(message);
  });

  test('of a domain that a configuration declares, credentials make the difference', () => {
    const url = (allowCredentials: boolean) => {
      const stack = new Stack(new App(), 'Shop');
      const fn = new CfnFunction(stack, 'Fn', { code: { zipFile: 'x' }, role: 'arn:aws:iam::111122223333:role/x' });
      const cors = { allowOrigins: ['*'], allowCredentials };
      new CfnUrl(stack, 'Url', { authType: 'AWS_IAM', targetFunctionArn: fn.attrArn, cors });
      const declared = { domains: { shop: { exposure: 'public', owner: 'shop-team', resources: ['Shop/*'] } } };
      return findingsOf(originsAndNetwork, stack, declared).map(({ message }) => message);
    };
    expect(url(false)).toEqual([]);
    expect(url(true)).toEqual([
      'the API `Shop/Url` of the domain `shop` answers scripts of every origin, with the credentials of whoever visits it',
    ]);
  });

  test('a template that lists origins is exact', () => {
    const template = (condition: string) =>
      answersIn({
        t: `#if(${condition})\n  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n#end`,
      });
    expect(template('$origin == "https://a.example" || $origin == "https://b.example"')).toEqual([]);
    expect(template('$origin != ""')).toEqual([{ origin: '?', credentials: false }]);
  });
});

describe('networks', () => {
  const callers = [Peer.ipv4('10.20.4.0/24')];
  const pair = (change?: (a: Built, b: Built) => void, shareSubnet = false): readonly string[] => {
    const app = new App();
    const make = (name: string, own: boolean) =>
      built(
        (stack) => ({
          exposure: Exposure.INTERNAL,
          ...(own
            ? { privateEndpoint: { vpc: network(stack), callers } }
            : { vpcEndpoints: [endpoint(stack, `vpce-${name}`)] }),
        }),
        app,
        name,
      );
    const [a, b] = [make('orders', true), make('ledger', shareSubnet)];
    change?.(a, b);
    return judged(originsAndNetwork, a.stack, b.stack);
  };

  test('the constructs share none, and one subnet in two domains is one network', () => {
    expect(pair()).toEqual([]);
    expect(pair(undefined, true)).toEqual([
      'violated: the subnet `subnet-0a1b2c3d4e5f60718` serves `ledger` and `orders`, which are then one network',
    ]);
  });

  const inNetwork = ({ stack, domain }: Built, subnetIds: string[], securityGroupIds: string[]) =>
    domain.own(
      new CfnFunction(stack, `Fn${stack.node.children.length}`, {
        code: { zipFile: 'x' },
        role: 'arn:aws:iam::111122223333:role/x',
        vpcConfig: { subnetIds, securityGroupIds },
      }),
    );

  test('security groups and subnets that functions of two domains name, together', () => {
    const [one, two] = ['subnet-0000000000000000a', 'subnet-0000000000000000b'];
    expect(
      pair((a, b) => {
        inNetwork(a, [one!, two!], ['sg-0a1b2c3d']);
        inNetwork(b, [one!, two!], ['sg-0a1b2c3d']);
      }),
    ).toEqual([
      'violated: the security group `sg-0a1b2c3d` serves `ledger` and `orders`, which are then one network',
      `violated: the subnets \`${one}\`, \`${two}\` serve \`ledger\` and \`orders\`, which are then one network`,
    ]);
    expect(
      pair((a, b) => {
        inNetwork(a, [one!], ['sg-a']);
        inNetwork(b, [two!], ['sg-b']);
      }),
    ).toEqual([]);
  });

  test('an endpoint that two domains name', () => {
    expect(
      pair((a) =>
        (a.domain.api.node.defaultChild as CfnRestApi).addPropertyOverride('EndpointConfiguration.VpcEndpointIds', [
          'vpce-ledger',
        ]),
      ),
    ).toEqual(['violated: the endpoint `vpce-ledger` serves `ledger` and `orders`, which are then one network']);
  });

  test('subnets that the app makes and nobody owns; security groups that it makes are DOM-2’s', () => {
    const app = new App();
    const stack = new Stack(app, 'All');
    const subnet = new CfnSubnet(stack, 'Subnet', { vpcId: 'vpc-1', cidrBlock: '10.0.0.0/24' });
    const group = new CfnSecurityGroup(stack, 'Group', { groupDescription: 'g' });
    const vpcConfig = { subnetIds: [subnet.ref], securityGroupIds: [group.attrGroupId] };
    for (const id of ['A', 'B']) {
      new CfnFunction(stack, id, { code: { zipFile: 'x' }, role: 'arn:aws:iam::111122223333:role/x', vpcConfig });
    }
    const domain = (resources: string[]) => ({ exposure: 'public', owner: 'team', resources });
    const of = (a: string[]) =>
      findingsOf(originsAndNetwork, stack, { domains: { a: domain(['All/A', ...a]), b: domain(['All/B']) } });
    expect(of([])).toMatchObject([{ message: expect.stringMatching(/^the subnet .* serves `a` and `b`/) }]);
    expect(of(['All/Subnet'])).toEqual([]);
  });
});
