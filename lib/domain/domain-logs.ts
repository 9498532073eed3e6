/**
 * The logs of a trust domain, each encrypted with the domain's key: who called (access), what the
 * web ACL decided, and how the gateway executed (no request data).
 *
 * API Gateway would create the execution log itself, unencrypted and kept for ever, so it is
 * created here first under the one name that API Gateway uses
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html).
 */
import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { DomainNames } from './names';

export interface DomainLogsProps {
  readonly names: DomainNames;
  readonly key: IKey;
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly executionLogGroupName: string;
}

export class DomainLogs extends Construct {
  public readonly access: LogGroup;
  public readonly webAcl: LogGroup;
  public readonly execution: LogGroup;

  constructor(scope: Construct, id: string, props: DomainLogsProps) {
    super(scope, id);
    const logGroup = (groupId: string, logGroupName: string): LogGroup =>
      new LogGroup(this, groupId, {
        logGroupName,
        encryptionKey: props.key,
        retention: props.retention,
        removalPolicy: props.removalPolicy,
      });
    this.access = logGroup('Access', props.names.accessLogGroup);
    this.webAcl = logGroup('WebAcl', props.names.webAclLogGroup);
    this.execution = logGroup('Execution', props.executionLogGroupName);
  }
}
