/**
 * What a trust domain is to others, whether this app provisions it or another one did: a name, its
 * duty roles by fixed ARN, and grants to call it.
 */
import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { type Duty, requireDuty } from './duty';
import { READ_WITH_KEY, WRITE_WITH_KEY } from './key-actions';
import { DomainNames, requireDomainName } from './names';
import { READING_METHODS, WRITING_METHODS } from './route';

/** A trust domain, of this app or another. */
export interface ITrustDomain extends IConstruct {
  /** Unique in the domain's account and region. */
  readonly domainName: string;

  /** Id of the domain's REST API. */
  readonly restApiId: string;

  /** Name of the API's one stage. */
  readonly stageName: string;

  /** ARN of the domain's key. */
  readonly keyArn: string;

  /** ARN of the role of a duty, by its fixed name: no reference to the domain's stack. */
  dutyRoleArn(duty: Duty): string;

  /** Lets an IAM principal call the methods that read, and decrypt under the domain's key. */
  grantRead(grantee: IGrantable): Grant;

  /** Lets an IAM principal call the methods that change, and encrypt under the domain's key. */
  grantWrite(grantee: IGrantable): Grant;
}

/** Where a trust domain is, and the ids that AWS gave it. */
export interface TrustDomainAttributes {
  /** Its name. */
  readonly domainName: string;

  /** Id of its REST API. */
  readonly restApiId: string;

  /** ARN of its key. */
  readonly keyArn: string;

  /**
   * Name of the API's one stage.
   * @default 'v1'
   */
  readonly stageName?: string;

  /**
   * The account it is in.
   * @default - the account of the stack that refers to it
   */
  readonly account?: string;

  /**
   * The region it is in.
   * @default - the region of the stack that refers to it
   */
  readonly region?: string;
}

export class ImportedTrustDomain extends Construct implements ITrustDomain {
  public readonly domainName: string;
  public readonly restApiId: string;
  public readonly stageName: string;
  public readonly keyArn: string;
  private readonly names: DomainNames;

  constructor(scope: Construct, id: string, attributes: TrustDomainAttributes) {
    super(scope, id);
    const stack = Stack.of(this);
    requireDomainName(attributes.domainName, attributes.region ?? stack.region);
    this.domainName = attributes.domainName;
    this.restApiId = attributes.restApiId;
    this.stageName = attributes.stageName ?? DEFAULT_STAGE;
    this.keyArn = attributes.keyArn;
    this.names = new DomainNames(stack, attributes.domainName, attributes.account, attributes.region);
  }

  public dutyRoleArn(duty: Duty): string {
    return this.names.roleArn(requireDuty(duty));
  }

  public grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, READING_METHODS, READ_WITH_KEY);
  }

  public grantWrite(grantee: IGrantable): Grant {
    return this.grant(grantee, WRITING_METHODS, WRITE_WITH_KEY);
  }

  // The other app's resource policies are its own: what is granted here is the caller's half.
  private grant(grantee: IGrantable, methods: readonly string[], keyActions: readonly string[]): Grant {
    const call = Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: methods.map((method) =>
        this.names.arn('execute-api', `${this.restApiId}/${this.stageName}/${method}/*`),
      ),
    });
    return call.combine(Grant.addToPrincipal({ grantee, actions: [...keyActions], resourceArns: [this.keyArn] }));
  }
}

export const DEFAULT_STAGE = 'v1';
