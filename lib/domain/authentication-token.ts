/** Access tokens of an OpenID Connect issuer: as whoever has them presents them, or bound to a key of the caller's. */
import { Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { AuthorizationType, ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type {
  AuthenticationContext,
  AuthenticationMethod,
  BoundAuthentication,
  KeyNeeds,
} from './authentication-method';
import {
  type DpopAuthenticationProps,
  type JwtAuthenticationProps,
  ProofAlgorithm,
  TokenAlgorithm,
  type TokenProps,
  TokenType,
} from './authentication-props';
import { AuthorizerFunction, requireScopes } from './authorizer-function';
import { AuthorizerRoutes } from './authorizer-routes';
import { TrustDomainError } from './domain-error';
import { byRoles } from './domain-key';
import type { DomainNames } from './names';

/** https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html allows an hour; a token that was withdrawn should not live that long. */
const LONGEST_CACHE_SECONDS = 300;

export class JwtAuthentication implements AuthenticationMethod {
  public readonly kind = 'jwt';

  constructor(private readonly props: JwtAuthenticationProps) {
    requireScopes(this.kind, props.scopes);
    requireToken(this.kind, props);
    const seconds = props.resultsCacheTtl?.toSeconds({ integral: false }) ?? 0;
    if (seconds < 0 || seconds > LONGEST_CACHE_SECONDS) {
      throw new TrustDomainError(
        `jwt authentication: \`resultsCacheTtl\` is \`${seconds}\` seconds; for as long a token outlives its expiry: at most ${LONGEST_CACHE_SECONDS}`,
      );
    }
  }

  public keyNeeds(names: DomainNames): KeyNeeds {
    return { logGroups: [names.authorizerLogGroup], statements: () => [] };
  }

  public create(context: AuthenticationContext): BoundAuthentication {
    const { names } = context;
    const cached = (this.props.resultsCacheTtl?.toSeconds() ?? 0) > 0;
    const routes = new AuthorizerRoutes(names.domain, Object.keys(this.props.scopes), cached);
    const made = new AuthorizerFunction(context.scope, 'Authentication', {
      ...context,
      bundle: 'jwt',
      identityHeader: 'Authorization',
      reservedConcurrency: this.props.reservedConcurrency,
      resultsCacheTtl: this.props.resultsCacheTtl,
      trusts: trustsOf(this.props),
      configuration: () => ({
        domain: names.domain,
        cached,
        token: renderToken(this.props),
        routes: routes.render(),
      }),
    });
    return boundTo(this.kind, made, routes, (api) => answerWith(api, "'Bearer'"));
  }
}

export class DpopAuthentication implements AuthenticationMethod {
  public readonly kind = 'dpop';
  public readonly needsOwnGateway =
    'nonces are handed out by gateway responses, of which an API has one set for all its routes';

  constructor(private readonly props: DpopAuthenticationProps) {
    requireScopes(this.kind, props.scopes);
    requireToken(this.kind, props);
    requireSome(this.kind, 'proofAlgorithms', props.proofAlgorithms);
    requireSome(this.kind, 'hosts', props.hosts);
    const seconds = this.maxAge;
    if (seconds < 10 || seconds > 300) {
      throw new TrustDomainError(
        `dpop authentication: \`proofMaxAge\` is \`${seconds}\` seconds; give 10 seconds to 5 minutes, because a proof that is stolen lives as long`,
      );
    }
    for (const host of props.hosts ?? []) {
      if (!Token.isUnresolved(host) && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) {
        throw new TrustDomainError(
          `dpop authentication: the host \`${host}\` must be a name in lower case, like \`api.example.com\`, without scheme, port and path`,
        );
      }
    }
  }

  public keyNeeds(names: DomainNames): KeyNeeds {
    return {
      logGroups: [names.authorizerLogGroup],
      statements: (deployedBy, region) => tableUse(names, deployedBy, region),
    };
  }

  public create(context: AuthenticationContext): BoundAuthentication {
    const { scope, names, key, restApiId } = context;
    const stack = Stack.of(scope);
    const routes = new AuthorizerRoutes(names.domain, Object.keys(this.props.scopes), false);
    const table = new Table(scope, 'Proofs', {
      tableName: names.proofTable,
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      timeToLiveAttribute: 'until',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // It remembers minutes; a table made anew remembers as much after those.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const nonce = this.props.nonce ?? true;
    const made = new AuthorizerFunction(scope, 'Authentication', {
      ...context,
      bundle: 'dpop',
      identityHeader: 'Authorization',
      reservedConcurrency: this.props.reservedConcurrency,
      trusts: trustsOf(this.props),
      statements: [
        new PolicyStatement({
          sid: 'RememberProofs',
          actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
          resources: [table.tableArn],
        }),
        new PolicyStatement({
          sid: 'UseKeyThroughTable',
          actions: TABLE_KEY_USE,
          resources: [key.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${stack.region}.amazonaws.com` } },
        }),
      ],
      configuration: () => ({
        domain: names.domain,
        cached: false,
        token: renderToken(this.props),
        dpop: {
          hosts: this.props.hosts ?? [
            context.host ?? Fn.join('', [restApiId, `.execute-api.${stack.region}.`, stack.urlSuffix]),
          ],
          algorithms: this.proofAlgorithms,
          maxAge: this.maxAge,
          nonce,
          table: table.tableName,
        },
        routes: routes.render(),
      }),
    });
    const challenge = `'DPoP algs="${this.proofAlgorithms.join(' ')}"'`;
    const bound = boundTo(this.kind, made, routes, (api) => {
      answerWith(api, challenge);
      if (nonce) answerWithNonce(api);
    });
    return { ...bound, headers: ['DPoP'] };
  }

  private get proofAlgorithms(): readonly string[] {
    return this.props.proofAlgorithms ?? [ProofAlgorithm.ES256, ProofAlgorithm.EDDSA];
  }

  private get maxAge(): number {
    return this.props.proofMaxAge?.toSeconds({ integral: false }) ?? Duration.minutes(1).toSeconds();
  }
}

/** RFC 9110, 11.6.1: an answer 401 says how to authenticate. */
export function answerWith(api: RestApi, challenge: string): void {
  api.addGatewayResponse('Unauthorized', {
    type: ResponseType.UNAUTHORIZED,
    responseHeaders: { 'WWW-Authenticate': challenge },
  });
}

/**
 * RFC 9449, 9: whoever has no nonce is told one, with 401. API Gateway lets an authorizer choose
 * headers only of a denial, so every denial answers 401 here, also that of a caller without a scope.
 */
function answerWithNonce(api: RestApi): void {
  api.addGatewayResponse('AccessDenied', {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '401',
    responseHeaders: { 'WWW-Authenticate': 'context.authorizer.challenge', 'DPoP-Nonce': 'context.authorizer.nonce' },
  });
}

export function boundTo(
  kind: string,
  made: AuthorizerFunction,
  routes: AuthorizerRoutes,
  attach: (api: RestApi) => void,
): BoundAuthentication {
  return {
    kind,
    byIam: false,
    authorizationType: AuthorizationType.CUSTOM,
    authorizer: made.authorizer,
    authorizerFunction: made.handler,
    scopes: (route, names) => {
      routes.add(route, names);
      return undefined;
    },
    attach,
    problems: () => made.problems(),
  };
}

/** As lib/authorizer/configuration.ts reads it. */
export function renderToken(props: TokenProps): unknown {
  return {
    issuer: props.issuer,
    jwksUri: props.jwksUri ?? `${props.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    audiences: props.audience,
    algorithms: props.algorithms ?? [TokenAlgorithm.ES256, TokenAlgorithm.RS256],
    type: props.tokenType ?? TokenType.RFC_9068,
  };
}

export function trustsOf({ issuer, audience }: TokenProps): { issuers: string[]; audiences: string[] } {
  return { issuers: [issuer], audiences: [...audience] };
}

export function requireToken(kind: string, props: TokenProps): void {
  for (const name of ['issuer', 'jwksUri'] as const) {
    const value = props[name];
    if (name === 'jwksUri' && value === undefined) continue;
    if (typeof value !== 'string' || Token.isUnresolved(value) || !isAddress(value)) {
      throw new TrustDomainError(
        `${kind} authentication: \`${name}\` is \`${Token.isUnresolved(value) ? 'a token' : value}\`; give an https address without query and fragment, like \`https://login.example.com\``,
      );
    }
  }
  requireSome(kind, 'audience', props.audience ?? []);
  requireSome(kind, 'algorithms', props.algorithms);
  for (const audience of props.audience) {
    if (audience.trim() === '') {
      throw new TrustDomainError(
        `${kind} authentication: an \`audience\` is empty; name this domain's API as the issuer's tokens do`,
      );
    }
  }
}

function requireSome(kind: string, name: string, values: readonly string[] | undefined): void {
  if (values === undefined || values.length > 0) return;
  throw new TrustDomainError(
    `${kind} authentication: \`${name}\` is empty, which would accept nothing; name at least one`,
  );
}

function isAddress(value: string): boolean {
  return /^https:\/\/[^\s?#@]+$/.test(value) && URL.canParse(value);
}

// What DynamoDB asks of whoever uses a table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
const TABLE_KEY_USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** Through DynamoDB, and for whoever creates the table also the grant by which the table keeps using the key. */
function tableUse(names: DomainNames, deployedBy: string, region: string): PolicyStatement[] {
  const via = { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } };
  return [
    byRoles('UseThroughTable', TABLE_KEY_USE, [names.serviceRoleArn('auth'), deployedBy], via),
    byRoles('GrantToTable', ['kms:CreateGrant'], [deployedBy], {
      ...via,
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
  ];
}
