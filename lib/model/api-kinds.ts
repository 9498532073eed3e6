/**
 * What an API is: whatever answers requests at an address of its own, of any caller or of a network's. Methods of AWS's own
 * APIs (a queue, a state machine) are not; what stands before an API (a custom domain, an accelerator, an endpoint
 * service) is a way to it and no API of its own. A CloudFront distribution is one where it passes requests on to a server, and
 * none where it shows the files of a bucket. docs/inventory.md has the list for readers.
 */
import type { Element } from './elements';
import type { Api, ApiKind } from './model';
import { isResolvedList, literalString, property, type Resolved } from './resolved';
import type { Resolver } from './resolver';

export function kindOf(r: Resolver, { stack, declared }: Element): ApiKind | undefined {
  const written = (key: string): string | undefined => literalString(r.resolve(stack, declared.properties[key]));
  switch (declared.type) {
    case 'AWS::ApiGateway::RestApi':
    case 'AWS::Serverless::Api':
      return 'rest';
    case 'AWS::Serverless::HttpApi':
      return 'http';
    case 'AWS::ApiGatewayV2::Api':
      return written('ProtocolType') === 'WEBSOCKET' ? 'websocket' : 'http';
    case 'AWS::AppSync::GraphQLApi':
    case 'AWS::AppSync::Api':
      return 'appsync';
    case 'AWS::Lambda::Url':
      return 'function-url';
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
      return written('Type') === 'gateway' ? undefined : 'load-balancer';
    case 'AWS::ElasticLoadBalancing::LoadBalancer':
      return 'load-balancer';
    case 'AWS::AppRunner::Service':
      return 'app-runner';
    case 'AWS::VpcLattice::Service':
      return 'lattice';
    case 'AWS::CloudFront::Distribution':
      return passesRequestsOn(r.resolve(stack, declared.properties.DistributionConfig)) ? 'distribution' : undefined;
    default:
      return undefined;
  }
}

/** An origin without `S3OriginConfig` that is no website of a bucket; unknown ones count. */
function passesRequestsOn(configuration: Resolved): boolean {
  const origins = property(configuration, 'Origins');
  if (origins === undefined || !isResolvedList(origins)) return property(configuration, 'CustomOrigin') !== undefined;
  return origins.some((origin) => {
    if (property(origin, 'S3OriginConfig') !== undefined) return false;
    const name = literalString(property(origin, 'DomainName'));
    return name === undefined
      ? property(origin, 'CustomOriginConfig') !== undefined
      : !/\.s3[.-].*amazonaws\.com/.test(name);
  });
}

type Reachable = NonNullable<Api['reachableFrom']>;

/**
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html,
 * https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#load-balancer-scheme,
 * https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html
 */
export function reachableFrom(r: Resolver, { stack, declared }: Element, kind: ApiKind): Reachable {
  const properties = r.resolve(stack, declared.properties);
  const on = (isNetwork: (value: string) => boolean, ...path: string[]): Reachable => {
    const value = property(properties, ...path);
    if (value === undefined) return 'internet';
    const written = literalString(value);
    return written === undefined ? 'unknown' : isNetwork(written) ? 'network' : 'internet';
  };
  switch (kind) {
    case 'rest': {
      const types = property(properties, 'EndpointConfiguration', 'Types');
      if (types === undefined || !isResolvedList(types)) {
        // AWS::Serverless::Api writes it as `Type`.
        return on((value) => value === 'PRIVATE', 'EndpointConfiguration', 'Type');
      }
      const type = literalString(types[0]);
      return type === undefined ? 'unknown' : type === 'PRIVATE' ? 'network' : 'internet';
    }
    case 'appsync':
      return on((value) => value === 'PRIVATE', 'Visibility');
    case 'load-balancer':
      return on((value) => value === 'internal', 'Scheme');
    case 'app-runner':
      return on((value) => value === 'false', 'NetworkConfiguration', 'IngressConfiguration', 'IsPubliclyAccessible');
    case 'lattice':
      return 'network';
    case 'http':
    case 'websocket':
    case 'function-url':
    case 'distribution':
      return 'internet';
  }
}
