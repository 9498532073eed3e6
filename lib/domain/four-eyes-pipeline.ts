/**
 * Four eyes with CodePipeline: one pipeline prepares each change, another waits for an approval and runs it.
 *
 * There are two because a pipeline's role starts everything in it: one pipeline that prepares and executes is one
 * principal that does both, and the pause for the approval is then CodePipeline's word and no longer IAM's. Here the
 * first comes to `deploy` and the second to `approve`, and neither to both. Nothing passes between them: whoever
 * approves starts the second with the ARN of the change set that was looked at. A change set has its ARN for ever;
 * its name may be given to another.
 */
import { type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage, Project } from 'aws-cdk-lib/aws-codebuild';
import { Artifact, type IAction, Pipeline, PipelineType, Variable } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction, ManualApprovalAction, S3SourceAction, S3Trigger } from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import { Assumer } from './assumer';
import { Attestation } from './attestation';
import { TrustDomainError } from './domain-error';
import { Duty } from './duty';
import { DomainNames, requireBucketNames } from './names';

/** What is released, and from where. */
export interface FourEyesPipelineProps {
  /** Name of the trust domain. */
  readonly domainName: string;

  /** Name of the stack that holds the domain, as `cdk deploy` knows it: in a Stage, `Production/Orders`. Stacks that it depends on are deployed before, by others. */
  readonly stackName: string;

  /** Fetches the app: any source action of CodePipeline. */
  readonly source: IAction;

  /** What the source action puts out. */
  readonly sourceOutput: Artifact;

  /**
   * Commands that install what the app needs and synthesize it into `cdk.out`. The gate runs with them.
   * @default - `npm ci`, `npx cdk synth --quiet`
   */
  readonly synthCommands?: string[];

  /**
   * Is told that a change waits for approval.
   * @default - nobody; the pipeline shows it
   */
  readonly approvalTopic?: ITopic;
}

/** A pipeline must begin with a source, and this one takes nothing from it: the administrator uploads any archive, once. */
const SOURCE_KEY = 'empty.zip';
const CHANGE_SET = 'changeSet';

/** Two pipelines: the one prepares changes, the other runs those that were approved. */
export class FourEyesPipeline extends Construct {
  /** Prepares: an assumer of `deploy`. */
  public readonly preparer: Assumer;

  /** Executes what was approved: an assumer of `approve`, beside the people who approve. */
  public readonly executor: Assumer;

  /** Source, Prepare. */
  public readonly preparation: Pipeline;

  /** Source, Approve, Execute. Its name is the one in which `approve` may approve. */
  public readonly release: Pipeline;

  private readonly names: DomainNames;

  constructor(scope: Construct, id: string, props: FourEyesPipelineProps) {
    super(scope, id);
    const { domainName, stackName } = props;
    const stack = Stack.of(this);
    requireBucketNames(domainName, stack.region);
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}(\/[A-Za-z][A-Za-z0-9-]{0,127})*$/.test(stackName)) {
      throw new TrustDomainError(
        `pipeline of trust domain \`${domainName}\`: \`stackName\` is \`${stackName}\`; give the name of one stack, because it becomes part of a command`,
      );
    }
    this.names = new DomainNames(stack, domainName);
    this.preparation = this.prepares(props);
    this.release = this.releases(props);
    this.preparer = this.assumer('preparer', `CodePipeline \`bulkhead-${domainName}-prepare\` runs it, and no person`);
    this.executor = this.assumer('executor', `CodePipeline \`bulkhead-${domainName}\` runs it after a manual approval`);
    registerGate(this);
  }

  private prepares({ source, sourceOutput, synthCommands, stackName }: FourEyesPipelineProps): Pipeline {
    const { domain } = this.names;
    const project = this.project('Prepare', 'preparer', Duty.DEPLOY, [
      ...(synthCommands ?? ['npm ci', 'npx cdk synth --quiet']),
      `npx cdk deploy ${stackName} --exclusively --app cdk.out --method=prepare-change-set --change-set-name release-$CODEBUILD_BUILD_NUMBER --require-approval never 2>&1 | tee prepare.log`,
      // The last line of the log: what whoever approves looks at, and starts the release with.
      "grep -o 'arn:[^ ]*:changeSet/[^ ]*' prepare.log | tail -n 1",
    ]);
    return new Pipeline(this, 'Preparation', {
      pipelineName: `bulkhead-${domain}-prepare`,
      pipelineType: PipelineType.V2,
      artifactBucket: this.bucket('PreparationArtifacts', 'prepare', false),
      stages: [
        { stageName: 'Source', actions: [source] },
        {
          stageName: 'Prepare',
          actions: [new CodeBuildAction({ actionName: 'Prepare', project, input: sourceOutput })],
        },
      ],
    });
  }

  private releases({ approvalTopic }: FourEyesPipelineProps): Pipeline {
    const nothing = new Artifact('Nothing');
    const project = this.project('Execute', 'executor', Duty.APPROVE, [
      // By ARN, and nothing but an ARN.
      '[[ "$CHANGE_SET" == arn:*:changeSet/* ]]',
      // Credentials of the duty, for these commands alone.
      `eval $(aws sts assume-role --role-arn ${this.names.roleArn(Duty.APPROVE)} --role-session-name release --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text | awk '{print "export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3}')`,
      'STACK=$(aws cloudformation describe-change-set --change-set-name "$CHANGE_SET" --query StackId --output text)',
      'aws cloudformation execute-change-set --change-set-name "$CHANGE_SET"',
      'aws cloudformation wait stack-update-complete --stack-name "$STACK"',
    ]);
    return new Pipeline(this, 'Release', {
      pipelineName: `bulkhead-${this.names.domain}`,
      pipelineType: PipelineType.V2,
      variables: [new Variable({ variableName: CHANGE_SET, description: 'ARN of the change set that was looked at' })],
      artifactBucket: this.bucket('ReleaseArtifacts', 'release', false),
      stages: [
        {
          stageName: 'Source',
          actions: [
            new S3SourceAction({
              actionName: 'Nothing',
              bucket: this.bucket('ReleaseSource', 'nothing', true),
              bucketKey: SOURCE_KEY,
              output: nothing,
              trigger: S3Trigger.NONE,
            }),
          ],
        },
        {
          stageName: 'Approve',
          actions: [
            new ManualApprovalAction({
              actionName: 'Approve',
              notificationTopic: approvalTopic,
              additionalInformation: `Review this change set, and its assets: #{variables.${CHANGE_SET}}`,
            }),
          ],
        },
        {
          stageName: 'Execute',
          actions: [
            new CodeBuildAction({
              actionName: 'Execute',
              project,
              input: nothing,
              environmentVariables: { CHANGE_SET: { value: `#{variables.${CHANGE_SET}}` } },
            }),
          ],
        },
      ],
    });
  }

  private project(id: string, who: string, duty: Duty, commands: string[]): Project {
    const { domain } = this.names;
    const role = new Role(this, `${id}Role`, {
      roleName: this.roleName(who),
      description: `Bulkhead: ${who} of trust domain ${domain}`,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({ sid: 'TakeOnDuty', actions: ['sts:AssumeRole'], resources: [this.names.roleArn(duty)] }),
    );
    const project = new Project(this, id, {
      projectName: `bulkhead-${domain}-${id.toLowerCase()}`,
      description: `Bulkhead: ${duty} of trust domain ${domain}`,
      role,
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        env: { shell: 'bash' },
        phases: { build: { commands: ['set -o pipefail', ...commands] } },
      }),
      environment: { buildImage: LinuxBuildImage.STANDARD_7_0 },
      grantReportGroupPermissions: false,
      timeout: Duration.hours(1),
      logging: {
        cloudWatch: {
          logGroup: new LogGroup(this, `${id}Log`, {
            logGroupName: `/bulkhead/${domain}/${id.toLowerCase()}`,
            retention: RetentionDays.ONE_YEAR,
            removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
          }),
        },
      },
    });
    mark(role.node.defaultChild as CfnResource, { domain, part: who });
    return project;
  }

  /** Under a name, so that no policy can be about this bucket and one of the domain's at once; none longer than `uploads`. */
  private bucket(id: string, name: string, versioned: boolean): Bucket {
    const { account, region } = Stack.of(this);
    return new Bucket(this, id, {
      bucketName: `bulkhead-${this.names.domain}-${name}-${account}-${region}`,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private roleName(who: string): string {
    return `bulkhead-${this.names.domain}-${who}-${Stack.of(this).region}`;
  }

  private assumer(who: string, statement: string): Assumer {
    return Assumer.role(this.names.arn('iam', `role/${this.roleName(who)}`, ''), Attestation.byProvider(statement));
  }
}
