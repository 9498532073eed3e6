/**
 * The REST API of a trust domain: endpoint and resource policy by exposure, one stage with its own
 * throttle, a log of every caller, and routes that are authenticated and validated.
 *
 * The default authorization of every method is the domain's, so a method that an author adds with
 * CDK's own `api.root.addMethod` is not open either. AWS rules stand beside the lines they explain.
 */
import type { Size } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  CfnClientCertificate,
  type CfnRestApi,
  Cors,
  EndpointType,
  type Integration,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  type RequestValidator,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { BoundAuthentication } from './authentication-method';
import { Exposure } from './exposure';
import { type RouteOptions, requireRoute } from './route';

export interface DomainApiProps {
  readonly domain: string;
  readonly name: string;
  readonly owner: string;
  readonly exposure: Exposure;
  readonly authentication: BoundAuthentication;
  /** Absent: the API has no resource policy. */
  readonly policy?: PolicyDocument;
  readonly vpcEndpointIds: readonly string[];
  /** The API has another name, under which alone it is reached. */
  readonly defaultEndpointOff: boolean;
  readonly stageName: string;
  readonly throttleRate: number;
  readonly throttleBurst: number;
  readonly corsOrigins: readonly string[];
  readonly minCompressionSize?: Size;
  readonly accessLog: ILogGroup;
}

export class DomainApi extends Construct {
  public readonly restApi: RestApi;
  public readonly clientCertificate: CfnClientCertificate;
  public readonly validator: RequestValidator;
  public readonly authentication: BoundAuthentication;
  public readonly domain: string;

  constructor(scope: Construct, id: string, props: DomainApiProps) {
    super(scope, id);
    this.domain = props.domain;
    this.authentication = props.authentication;
    this.clientCertificate = new CfnClientCertificate(this, 'ClientCertificate', {
      description: `Bulkhead: shown to the backends of trust domain ${props.domain}`,
    });
    this.restApi = new RestApi(this, 'Resource', {
      restApiName: props.name,
      description: `Bulkhead: ${props.exposure} API of ${props.owner}`,
      endpointConfiguration: { types: [isPrivate(props.exposure) ? EndpointType.PRIVATE : EndpointType.REGIONAL] },
      policy: props.policy,
      // Whoever calls by the default endpoint is asked for no certificate, and passes no policy of another name.
      disableExecuteApiEndpoint:
        props.authentication.defaultEndpointOff === true || props.defaultEndpointOff || undefined,
      // The account-wide logging role is `ApiGatewayAccount`'s; one per API would overwrite another's.
      cloudWatchRole: false,
      minCompressionSize: props.minCompressionSize,
      defaultMethodOptions: {
        authorizationType: props.authentication.authorizationType,
        authorizer: props.authentication.authorizer,
      },
      defaultCorsPreflightOptions:
        props.corsOrigins.length === 0
          ? undefined
          : {
              allowOrigins: [...props.corsOrigins],
              allowHeaders: [...Cors.DEFAULT_HEADERS, ...(props.authentication.headers ?? [])],
            },
      deployOptions: {
        stageName: props.stageName,
        clientCertificateId: this.clientCertificate.attrClientCertificateId,
        // The quota of 10,000 requests a second is the account's, shared by every API in the region:
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
        throttlingRateLimit: props.throttleRate,
        throttlingBurstLimit: props.throttleBurst,
        accessLogDestination: new LogGroupLogDestination(props.accessLog),
        accessLogFormat: ACCESS_LOG,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        metricsEnabled: true,
      },
    });
    const cfnApi = this.restApi.node.defaultChild as CfnRestApi;
    // Regional endpoints still speak TLS 1.0 unless told otherwise:
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
    cfnApi.securityPolicy = 'TLS_1_2';
    if (isPrivate(props.exposure)) {
      cfnApi.endpointConfiguration = { types: [EndpointType.PRIVATE], vpcEndpointIds: [...props.vpcEndpointIds] };
    }
    this.validator = this.restApi.addRequestValidator('Validator', {
      requestValidatorName: 'body-and-parameters',
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  }

  /** @param by of whom the route is, where that is not the domain of the API */
  public addRoute(
    method: string,
    path: string,
    integration: Integration,
    options: RouteOptions,
    by: { readonly domain: string; readonly authentication: BoundAuthentication } = this,
  ): Method {
    requireRoute(by.domain, method, path, options);
    const scopes = by.authentication.scopes(`${method} ${path}`, options.scopes ?? []);
    return this.restApi.root.resourceForPath(path).addMethod(method, integration, {
      authorizationType: by.authentication.authorizationType,
      authorizer: by.authentication.authorizer,
      authorizationScopes: scopes,
      requestValidator: this.validator,
      requestParameters: options.requestParameters,
      requestModels:
        options.requestModel === undefined
          ? undefined
          : {
              'application/json': this.restApi.addModel(modelId(method, path), {
                contentType: 'application/json',
                schema: options.requestModel,
              }),
            },
      methodResponses: options.methodResponses,
    });
  }
}

export function isPrivate(exposure: Exposure): boolean {
  return exposure === Exposure.INTERNAL;
}

/** Alphanumeric, as API Gateway wants the names of models, and one for each route. */
function modelId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return ['Body', method, ...words].map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase()).join('');
}

/** Who called what, from where, and what was decided. No header, body or query string. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    extendedRequestId: AccessLogField.contextExtendedRequestId(),
    time: AccessLogField.contextRequestTime(),
    apiId: AccessLogField.contextApiId(),
    stage: AccessLogField.contextStage(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    responseLength: AccessLogField.contextResponseLength(),
    latency: AccessLogField.contextResponseLatency(),
    sourceIp: AccessLogField.contextIdentitySourceIp(),
    userAgent: AccessLogField.contextIdentityUserAgent(),
    callerArn: AccessLogField.contextIdentityUserArn(),
    callerAccount: AccessLogField.contextIdentityAccountId(),
    callerSubject: AccessLogField.contextAuthorizerClaims('sub'),
    callerClient: AccessLogField.contextAuthorizerClaims('client_id'),
    callerPrincipal: AccessLogField.contextAuthorizerPrincipalId(),
    tlsVersion: '$context.tlsVersion',
    cipherSuite: '$context.cipherSuite',
    vpcEndpoint: '$context.identity.vpceId',
    authorizeError: '$context.authorize.error',
    authenticateError: '$context.authenticate.error',
    webAclDecision: '$context.waf.status',
    error: AccessLogField.contextErrorMessage(),
  }),
);
