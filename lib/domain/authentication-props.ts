/** What an author says about each way to authenticate. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { aws_certificatemanager, aws_iam } from 'aws-cdk-lib/interfaces';

/** How the callers of a Cognito domain are known. */
export interface CognitoAuthenticationProps {
  /**
   * The scopes that routes may require: name and what it permits, for the reader.
   *
   * On the wire a scope is `<domain>/<name>`.
   */
  readonly scopes: { readonly [name: string]: string };

  /**
   * What happens to the pool, and so to every user in it, when it leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Algorithms with which an issuer signs access tokens. All of them are asymmetric. */
export enum TokenAlgorithm {
  /** ECDSA over P-256. */
  ES256 = 'ES256',
  /** ECDSA over P-384. */
  ES384 = 'ES384',
  /** ECDSA over P-521. */
  ES512 = 'ES512',
  /** RSA with SHA-256. */
  RS256 = 'RS256',
  /** RSA with SHA-384. */
  RS384 = 'RS384',
  /** RSA with SHA-512. */
  RS512 = 'RS512',
  /** Ed25519 or Ed448. */
  EDDSA = 'EdDSA',
}

/** Algorithms with which a caller signs its proofs. */
export enum ProofAlgorithm {
  /** ECDSA over P-256. */
  ES256 = 'ES256',
  /** ECDSA over P-384. */
  ES384 = 'ES384',
  /** RSA-PSS with SHA-256. */
  PS256 = 'PS256',
  /** RSA with SHA-256. */
  RS256 = 'RS256',
  /** Ed25519. */
  EDDSA = 'EdDSA',
}

/** What tells the issuer's access tokens from its other tokens. */
export enum TokenType {
  /** RFC 9068: the header says `at+jwt`, and the claims name subject, client and token. */
  RFC_9068 = 'rfc9068',
  /** Amazon Cognito: the claim `token_use` is `access`. Cognito access tokens have no audience, so this is for pools with resource binding. */
  COGNITO = 'cognito',
  /** Nothing but the audience, which must then be of access tokens alone. */
  BY_AUDIENCE = 'audience',
}

/** Whose access tokens are accepted. */
export interface TokenProps {
  /** The issuer, exactly as in the claim `iss`: an https URL. Of this domain alone. */
  readonly issuer: string;

  /** What the claim `aud` holds for this domain's API. Of this domain alone. */
  readonly audience: string[];

  /**
   * Where the issuer publishes its keys: an https URL. It is the only place where keys are looked for.
   * @default - `.well-known/jwks.json` below the issuer
   */
  readonly jwksUri?: string;

  /**
   * How tokens may be signed.
   * @default - ES256 and RS256
   */
  readonly algorithms?: TokenAlgorithm[];

  /**
   * What tells an access token from the issuer's other tokens.
   * @default TokenType.RFC_9068
   */
  readonly tokenType?: TokenType;
}

/** What domains with an authorizer of their own have in common. */
export interface AuthorizerProps {
  /**
   * The scopes that routes may require, as tokens carry them, and what each permits, for the reader.
   */
  readonly scopes: { readonly [name: string]: string };

  /**
   * How many requests the authorizer may check at once. Reserved for it, so that no other function starves it, nor it others.
   * @default 25
   */
  readonly reservedConcurrency?: number;
}

/** How the callers of a domain with bearer tokens are known. */
export interface JwtAuthenticationProps extends TokenProps, AuthorizerProps {
  /**
   * How long API Gateway keeps an answer for a token, at most 5 minutes: for as long a token outlives its expiry.
   * @default Duration.seconds(0)
   */
  readonly resultsCacheTtl?: Duration;
}

/** How the callers of a domain with bound tokens are known. Answers are never cached: a proof is of one request. */
export interface DpopAuthenticationProps extends TokenProps, AuthorizerProps {
  /**
   * How proofs may be signed.
   * @default - ES256 and EdDSA
   */
  readonly proofAlgorithms?: ProofAlgorithm[];

  /**
   * How long after it was made a proof is accepted, 10 seconds to 5 minutes.
   * @default Duration.minutes(1)
   */
  readonly proofMaxAge?: Duration;

  /**
   * Whether a proof must hold a nonce that the API handed out minutes ago, so that none is made in advance.
   * @default true
   */
  readonly nonce?: boolean;

  /**
   * The names under which callers reach the API, as in the URL of a proof.
   * @default - the domain's private name, or else the name of the API's default endpoint
   */
  readonly hosts?: string[];
}

/** A client that may call. A certificate is its iff it has everything that is said here. */
export interface TlsClient {
  /** As logs and backends see it. */
  readonly name: string;

  /**
   * The certificate's subject, as RFC 4514 writes it: `CN=shop,O=Partner,C=DE`.
   * @default - any; then `alternativeName` is required
   */
  readonly subject?: string;

  /**
   * The certificate's issuer, likewise.
   * @default - any authority of the trust store
   */
  readonly issuer?: string;

  /**
   * One of the certificate's alternative names: `DNS:shop.example.com`, `URI:spiffe://partner/shop` or `email:…`.
   * @default - any; then `subject` is required
   */
  readonly alternativeName?: string;

  /**
   * The scopes that the client has. With a token the token's count instead.
   * @default - none
   */
  readonly scopes?: string[];
}

/** How the callers of a domain with client certificates are known. Answers are never cached. */
export interface MutualTlsAuthenticationProps extends AuthorizerProps {
  /** The name under which the API is reached. The default endpoint, which asks for no certificate, is off. */
  readonly domainName: string;

  /** The server's certificate for that name, in AWS Certificate Manager, in the region of the domain. */
  readonly certificate: aws_certificatemanager.ICertificateRef;

  /** The certificates of the authorities whose clients may call, as PEM. Of this domain alone. */
  readonly authorities: string;

  /** The clients that may call; certificates of others are denied, whoever issued them. */
  readonly clients: TlsClient[];

  /**
   * Where in the domain's bucket the authorities' revocation lists lie, one for each authority. A client whose
   * authority has no list that holds now is denied.
   * @default - `revocation/1.crl` and so on, one for each authority
   */
  readonly revocationLists?: string[];

  /**
   * How often the authorizer asks for newer revocation lists, 10 seconds to 1 hour.
   * @default Duration.minutes(5)
   */
  readonly revocationRefresh?: Duration;

  /**
   * Who puts the revocation lists into the domain's bucket, and nothing else.
   * @default - nobody whom this stack lets
   */
  readonly revocationPublisher?: aws_iam.IRoleRef;

  /**
   * Callers also carry an access token of this issuer.
   * @default - the certificate is enough
   */
  readonly token?: TokenProps;

  /**
   * Whether the token must be bound to the certificate (RFC 8705). A bound token is held to its certificate in any case.
   * @default true
   */
  readonly boundTokens?: boolean;
}
