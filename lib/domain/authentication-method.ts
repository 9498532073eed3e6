/** What a way to authenticate is to the domain that binds it. Not part of the public API. */
import type { RemovalPolicy } from 'aws-cdk-lib';
import type { AuthorizationType, DomainName, IAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Exposure } from './exposure';
import type { DomainNames } from './names';

export interface AuthenticationMethod {
  /** As reports print it. */
  readonly kind: string;
  /** Why it needs a gateway of the domain's own; absent where it does not. */
  readonly needsOwnGateway?: string;
  /** What the domain's key must allow before there is anything to authenticate with. */
  keyNeeds?(names: DomainNames): KeyNeeds;
  create(context: AuthenticationContext): BoundAuthentication;
}

export interface KeyNeeds {
  /** Names of log groups. */
  readonly logGroups: readonly string[];
  /** Statements of the key's policy. */
  statements(deployedBy: string, region: string): readonly PolicyStatement[];
}

/** Where the method creates what it needs. */
export interface AuthenticationContext {
  readonly scope: Construct;
  readonly names: DomainNames;
  readonly key: IKey;
  readonly exposure: Exposure;
  /** Id of the API, which is created later. */
  readonly restApiId: string;
  /** The name under which alone the API is reached, where the domain has one. */
  readonly host?: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** Where the authorizer stands, if not beside what it asks: in the stack of a gateway that the domain shares. */
  readonly authorizerScope?: Construct;
}

/** What a domain's methods carry, and what was created for it. */
export interface BoundAuthentication {
  readonly kind: string;
  /** Callers are IAM principals: policies can name them. */
  readonly byIam: boolean;
  readonly authorizationType: AuthorizationType;
  readonly authorizer?: IAuthorizer;
  readonly userPool?: UserPool;
  readonly authorizerFunction?: LambdaFunction;
  readonly customDomain?: DomainName;
  /** The API is reached by its custom domain alone. */
  readonly defaultEndpointOff?: boolean;
  /** Headers that a script of another origin must be able to send. */
  readonly headers?: readonly string[];
  /** The scope as it stands in a token; throws for scopes that the domain does not have. */
  readonly scopes: (route: string, names: readonly string[]) => string[] | undefined;
  /** After the API was created. */
  readonly attach?: (api: RestApi) => void;
  readonly problems?: () => string[];
}
