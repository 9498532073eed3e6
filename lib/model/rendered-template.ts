/**
 * What the model is built from: one rendered CloudFormation template, and where it will be
 * deployed. A live synthesis (lib/enforce), a `cdk.out` and a plain template file all come down
 * to a list of these, so that one analysis serves them all.
 */

export interface RenderedTemplate {
  /** The stack's physical name; for a plain template file, the file's name without its ending. */
  readonly stackName: string;
  /** True when `stackName` is only a file's name, so that `AWS::StackName` is unknown. */
  readonly unnamed?: boolean;
  /** The template as parsed JSON, raw overrides included. Not validated: the model builder does that. */
  readonly template: unknown;
  /** 12 digits; absent when the stack is environment-agnostic. */
  readonly account?: string;
  /** Absent when the stack is environment-agnostic. */
  readonly region?: string;
  /** Absent: derived from the region, unknown without one. */
  readonly partition?: string;
  /** The template's file, for messages. */
  readonly file?: string;
  /** Construct path of the stack (`Stage/Stack`). */
  readonly path?: string;
  /** Of a stack in a CDK Stage, or in one of several assemblies: the place that is deployed together. */
  readonly stage?: string;
  /** Construct paths of the stacks that are deployed before this one. */
  readonly dependsOn?: readonly string[];
  /**
   * Construct paths of resources by logical id, where the caller knows them; otherwise
   * `Metadata.aws:cdk:path` serves, and the logical id after that.
   */
  readonly paths?: Readonly<Record<string, string>>;
  /** 1-based lines of resources by logical id, where the reader knows them. */
  readonly lines?: Readonly<Record<string, number>>;
  /**
   * Set for a nested stack: the `AWS::CloudFormation::Stack` resource that deploys this template.
   * Parameters then have the values which that resource passes, and its outputs can be read.
   */
  readonly nestedIn?: {
    /** `stackName` of the template that holds the resource, which has the same account and region. */
    readonly stackName: string;
    readonly logicalId: string;
  };
  /** Roles that the CDK CLI uses to deploy the stack; from the manifest or the synthesizer. */
  readonly deployment?: Deployment;
}

/** ARNs as the cloud assembly has them: `${AWS::Partition}` and the like may stand in them. */
export interface Deployment {
  readonly deployRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly lookupRoleArn?: string;
  readonly filePublishingRoleArn?: string;
  readonly imagePublishingRoleArn?: string;
}
