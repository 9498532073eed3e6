/** Client certificates of the domain's own authorities; with or without an access token, bound to the certificate or not. */
import { Token } from 'aws-cdk-lib';
import { DomainName, EndpointType, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type {
  AuthenticationContext,
  AuthenticationMethod,
  BoundAuthentication,
  KeyNeeds,
} from './authentication-method';
import type { MutualTlsAuthenticationProps, TlsClient } from './authentication-props';
import { answerWith, boundTo, renderToken, requireToken, trustsOf } from './authentication-token';
import { AuthorizerFunction, requireScopes } from './authorizer-function';
import { AuthorizerRoutes } from './authorizer-routes';
import { TrustDomainError } from './domain-error';
import { Exposure } from './exposure';
import type { DomainNames } from './names';
import { requireAuthorities, TrustStore } from './trust-store';

const WHO = 'mutual TLS authentication';

export class MutualTlsAuthentication implements AuthenticationMethod {
  public readonly kind: string;
  public readonly needsOwnGateway =
    'certificates are asked for by a custom domain, which leads to all routes of its API';
  private readonly authorities: readonly string[];

  constructor(private readonly props: MutualTlsAuthenticationProps) {
    this.kind = props.token === undefined ? 'mtls' : 'mtls+jwt';
    const scopes = requireScopes('mutual TLS', props.scopes);
    this.authorities = requireAuthorities(props.authorities);
    requireClients(props.clients, scopes);
    if (props.token !== undefined) requireToken('mutual TLS', props.token);
    const seconds = this.refresh;
    if (seconds < 10 || seconds > 3600) {
      throw new TrustDomainError(
        `${WHO}: \`revocationRefresh\` is \`${seconds}\` seconds; for as long a revoked client is let in: 10 seconds to 1 hour`,
      );
    }
    if (props.revocationLists?.length === 0) {
      throw new TrustDomainError(
        `${WHO}: \`revocationLists\` is empty, and no client is let in without one; name one for each authority, or leave it out`,
      );
    }
    if (!Token.isUnresolved(props.domainName) && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(props.domainName)) {
      throw new TrustDomainError(
        `${WHO}: the \`domainName\` \`${props.domainName}\` must be a name in lower case, like \`api.example.com\``,
      );
    }
  }

  public keyNeeds(names: DomainNames): KeyNeeds {
    return { logGroups: [names.authorizerLogGroup, names.trustStoreLogGroup], statements: () => [] };
  }

  public create(context: AuthenticationContext): BoundAuthentication {
    const { scope, names, exposure } = context;
    if (exposure === Exposure.INTERNAL) {
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html
      throw new TrustDomainError(
        `trust domain \`${names.domain}\`: API Gateway asks for no client certificates at a private endpoint; use \`Authentication.iam()\` or tokens, or another \`exposure\``,
      );
    }
    const { props, revocationLists } = this;
    const store = new TrustStore(scope, 'TrustStore', {
      ...context,
      authorities: props.authorities,
      publisherArn: props.revocationPublisher?.roleRef.roleArn,
      revocationLists,
    });
    const routes = new AuthorizerRoutes(names.domain, Object.keys(props.scopes), false);
    const made = new AuthorizerFunction(scope, 'Authentication', {
      ...context,
      bundle: 'mtls',
      identityHeader: props.token === undefined ? undefined : 'Authorization',
      reservedConcurrency: props.reservedConcurrency,
      trusts: {
        ...(props.token === undefined ? { clients: scopesOf(props.clients) } : trustsOf(props.token)),
        authorities: [...this.authorities],
      },
      statements: [
        new PolicyStatement({
          sid: 'ReadTrustStore',
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: [store.file, ...revocationLists].map((key) => store.bucket.arnForObjects(key)),
        }),
        // Without it S3 answers for a list that is not there as for one that may not be read.
        new PolicyStatement({
          sid: 'SeeWhatIsMissing',
          actions: ['s3:ListBucket'],
          resources: [store.bucket.bucketArn],
        }),
      ],
      configuration: () => ({
        domain: names.domain,
        cached: false,
        ...(props.token === undefined ? {} : { token: renderToken(props.token) }),
        mtls: {
          bucket: store.bucket.bucketName,
          trustStore: store.file,
          trustStoreVersion: store.version,
          revocationLists,
          refresh: this.refresh,
          clients: props.clients.map((client) => ({ ...client, scopes: client.scopes ?? [] })),
          boundTokens: props.token !== undefined && (props.boundTokens ?? true),
        },
        routes: routes.render(),
      }),
    });
    const customDomain = new DomainName(scope, 'CustomDomain', {
      domainName: props.domainName,
      certificate: props.certificate,
      endpointType: EndpointType.REGIONAL,
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html: no enhanced policy with client certificates.
      securityPolicy: SecurityPolicy.TLS_1_2,
      mtls: { bucket: store.bucket, key: store.file, version: store.version },
    });
    const bound = boundTo(this.kind, made, routes, (api) => {
      if (props.token !== undefined) answerWith(api, "'Bearer'");
      customDomain.addBasePathMapping(api, { stage: api.deploymentStage });
    });
    return { ...bound, customDomain, defaultEndpointOff: true };
  }

  private get revocationLists(): readonly string[] {
    return this.props.revocationLists ?? this.authorities.map((_, i) => `revocation/${i + 1}.crl`);
  }

  private get refresh(): number {
    return this.props.revocationRefresh?.toSeconds({ integral: false }) ?? 300;
  }
}

/** With a token its scopes count instead. */
function scopesOf(clients: readonly TlsClient[]): { name: string; scopes: string[] }[] {
  return clients.map(({ name, scopes }) => ({ name, scopes: [...(scopes ?? [])].sort() }));
}

function requireClients(clients: readonly TlsClient[], scopes: readonly string[]): void {
  if (clients === undefined || clients.length === 0) {
    throw new TrustDomainError(
      `${WHO}: \`clients\` is empty, and a client that is not listed is denied; name at least one`,
    );
  }
  const names = new Set<string>();
  for (const client of clients) {
    const who = `${WHO}, client \`${client.name}\``;
    if (names.has(client.name)) throw new TrustDomainError(`${who}: there are two of this name; rename one`);
    names.add(client.name);
    if (client.name.trim() === '') throw new TrustDomainError(`${who}: \`name\` is empty; say who it is`);
    if (client.subject === undefined && client.alternativeName === undefined) {
      throw new TrustDomainError(
        `${who}: neither \`subject\` nor \`alternativeName\`, which would be every certificate; give one`,
      );
    }
    for (const name of ['subject', 'issuer'] as const) {
      const value = client[name];
      if (value !== undefined && !/^[A-Za-z0-9.]+=.+/.test(value)) {
        throw new TrustDomainError(
          `${who}: \`${name}\` is \`${value}\`; give a name as RFC 4514 writes it, like \`CN=shop,O=Partner,C=DE\``,
        );
      }
    }
    if (client.alternativeName !== undefined && !/^(DNS|URI|email):.+/.test(client.alternativeName)) {
      throw new TrustDomainError(
        `${who}: \`alternativeName\` is \`${client.alternativeName}\`; it begins with \`DNS:\`, \`URI:\` or \`email:\``,
      );
    }
    const unknown = client.scopes?.find((scope) => !scopes.includes(scope));
    if (unknown !== undefined) {
      throw new TrustDomainError(
        `${who}: scope \`${unknown}\` is not declared; use one or more of \`${scopes.join('`, `')}\``,
      );
    }
  }
}
