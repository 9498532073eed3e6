/**
 * An app that uses none of the constructs of this library, under the gate with one line.
 *
 * Which role has which duty, and which resources are which trust domain, stands in the context key
 * `bulkhead` of cdk.json beside this file. Nothing else had to change.
 */
import { App, Stack } from 'aws-cdk-lib';
import { AuthorizationType, HttpIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ArnPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Bulkhead } from '../../lib';

export function existingApp(app: App): Stack {
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-central-1' } });

  const api = new RestApi(stack, 'Api', { defaultMethodOptions: { authorizationType: AuthorizationType.IAM } });
  api.root.addResource('orders').addMethod('GET', new HttpIntegration('https://orders.example.com/orders'));

  const role = (name: string, actions: string[], resource: string) =>
    new Role(stack, name, {
      assumedBy: new ArnPrincipal(`arn:aws:iam::111122223333:role/shop-${name.toLowerCase()}`),
    }).addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  role('Pipeline', ['cloudformation:CreateChangeSet', 'cloudformation:DescribeChangeSet'], stack.stackId);
  role('Release', ['cloudformation:ExecuteChangeSet', 'cloudformation:DescribeChangeSet'], stack.stackId);
  role('Support', ['execute-api:Invoke'], api.arnForExecuteApi('GET', '/orders'));

  Bulkhead.enforce(app);
  return stack;
}

if (require.main === module) existingApp(new App());
