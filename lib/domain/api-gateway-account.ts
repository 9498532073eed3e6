/**
 * The one `AWS::ApiGateway::Account` of an account and region: the role with which API Gateway
 * writes its logs.
 *
 * It is a setting, not a resource: a second one overwrites the first, so no trust domain creates it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { claimAccountSetting } from './registry';

/** Lets API Gateway write logs in this account and region. Create one per account and region, in a stack of its own. */
export class ApiGatewayAccount extends Construct {
  /** The role that API Gateway assumes. */
  public readonly role: Role;

  /** The account's setting. */
  public readonly account: CfnAccount;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    claimAccountSetting(this);
    const stack = Stack.of(this);
    const logGroups = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      description: 'Bulkhead: API Gateway writes access and execution logs',
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        new ManagedPolicy(this, 'WriteLogs', {
          description: 'Bulkhead: what API Gateway needs to write logs of every API of the account and region',
          // The actions of AmazonAPIGatewayPushToCloudWatchLogs, which API Gateway checks for, within one account and region.
          statements: [
            new PolicyStatement({
              actions: [
                'logs:CreateLogGroup',
                'logs:CreateLogStream',
                'logs:DescribeLogGroups',
                'logs:DescribeLogStreams',
                'logs:FilterLogEvents',
                'logs:GetLogEvents',
                'logs:PutLogEvents',
              ],
              resources: [logGroups],
            }),
          ],
        }),
      ],
    });
    this.account = new CfnAccount(this, 'Resource', { cloudWatchRoleArn: this.role.roleArn });
  }
}
