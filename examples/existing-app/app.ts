/**
 * An app that uses none of the constructs of this library, under the gate with one line.
 *
 * Which role has which duty, and what belongs to which trust domain, stands in the context key
 * `bulkhead` of the cdk.json beside this file. Nothing else had to change.
 */
import { type App, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ArnPrincipal, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bulkhead } from '../../lib';

export function existingApp(app: App): Stack {
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-central-1' } });

  const key = new Key(stack, 'Key', { enableKeyRotation: true });
  key.grantEncryptDecrypt(new ServicePrincipal('logs.eu-central-1.amazonaws.com'));
  const log = new LogGroup(stack, 'AccessLog', { encryptionKey: key, retention: RetentionDays.ONE_YEAR });

  const httpApi = new HttpApi(stack, 'Api', { createDefaultStage: false, defaultAuthorizer: new HttpIamAuthorizer() });
  new HttpStage(stack, 'Stage', {
    httpApi,
    stageName: 'v1',
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(log) },
  });
  httpApi.addRoutes({
    path: '/orders',
    methods: [HttpMethod.GET],
    integration: new HttpUrlIntegration('Orders', 'https://orders.example.com/orders'),
  });

  grant(stack, 'Pipeline', ['cloudformation:CreateChangeSet', 'cloudformation:DescribeChangeSet'], stack.stackId);
  grant(stack, 'Release', ['cloudformation:ExecuteChangeSet', 'cloudformation:DescribeChangeSet'], stack.stackId);
  grant(
    stack,
    'Support',
    ['execute-api:Invoke'],
    stack.formatArn({ service: 'execute-api', resource: httpApi.apiId, resourceName: 'v1/GET/orders' }),
  );

  Bulkhead.enforce(app);
  return stack;
}

function grant(stack: Stack, team: string, actions: string[], resource: string): void {
  const assumedBy = new ArnPrincipal(`arn:aws:iam::111122223333:role/${team.toLowerCase()}`);
  const statements = [new PolicyStatement({ actions, resources: [resource] })];
  new ManagedPolicy(stack, `${team}Policy`, { statements, roles: [new Role(stack, team, { assumedBy })] });
}
