/** What answers a random app's routes, where a function does. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { TrustDomain, TrustZone } from '../../lib';

/** A function with a role that may write its own log, and nothing else. */
export function backendOf(domain: TrustDomain | TrustZone): LambdaFunction {
  const stack = Stack.of(domain);
  const logGroup = new LogGroup(stack, 'BackendLog', {
    encryptionKey: domain.key,
    retention: RetentionDays.ONE_YEAR,
  });
  const role = new Role(stack, 'BackendRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  const backend = new LambdaFunction(stack, 'Backend', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline("exports.handler = async () => ({ statusCode: 200, body: '[]' });"),
    reservedConcurrentExecutions: 10,
    role,
    logGroup,
  });
  for (const owned of [logGroup, role, backend]) domain.own(owned);
  return backend;
}
