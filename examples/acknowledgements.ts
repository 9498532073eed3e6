/**
 * What cdk-nag reports about the examples and is right to ask about, with the answer a reviewer gets:
 * five answers, for AwsSolutions and NIST 800-53 R5 together. Granular ids are built from the
 * domain's own names, so an answer covers exactly the wildcard that it explains.
 */
import { type App, DefaultStackSynthesizer, Stack, Token, Validations } from 'aws-cdk-lib';
import type { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IConstruct } from 'constructs';
import { type ApiGatewayAccount, Duty, TrustDomain } from '../lib';

export const REASONS = {
  metrics:
    'CloudWatch takes no resource for GetMetricData and ListMetrics. They are declared as common requests, which every report prints: counts and durations, no data.',
  ownPathsAndAssets:
    'The wildcard stands for the paths of one method, or the assets of one prefix, of this domain alone. The gate proves at every synthesis that no other duty and no other domain reaches them.',
  signedCalls:
    'Callers of this domain sign with IAM: the resource policy names the roles that may call, and a user pool would be a second way in.',
  noCache:
    'Responses are not cached: a cached response is served without asking the backend who may see it, and API Gateway does not encrypt its cache with the key of the domain.',
  logsOfTheAccount:
    'The account has one role with which API Gateway writes the logs of every API, and API Gateway checks it for these rights. No principal but the service assumes it.',
} as const;

/** For a whole app: its trust domains and, where it has one, the account-wide logging role. */
export function acknowledge(app: App, account?: ApiGatewayAccount): void {
  for (const domain of app.node.findAll().filter((node) => node instanceof TrustDomain)) acknowledgeDomain(domain);
  if (account === undefined) return;
  const stack = Stack.of(account);
  const logGroups = `arn:${partition(stack)}:logs:${region(stack)}:${accountId(stack)}:log-group:*`;
  answer(account, [wildcard(logGroups)], REASONS.logsOfTheAccount);
}

function acknowledgeDomain(domain: TrustDomain): void {
  const stack = Stack.of(domain);
  for (const duty of Object.values(Duty)) answer(domain.dutyRemit(duty), [wildcard('*')], REASONS.metrics);
  const bucket = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${accountId(stack)}-${region(stack)}`;
  const assets = `arn:${partition(stack)}:s3:::${bucket}/bulkhead/${domain.domainName}/*`;
  const api = `<${stack.getLogicalId(domain.api.node.defaultChild as CfnRestApi)}>`;
  const stage = `arn:${partition(stack)}:execute-api:${region(stack)}:${accountId(stack)}:${api}/${domain.stageName}`;
  const paths = ['GET', 'DELETE', 'PATCH', 'POST', 'PUT'].map((method) => `${stage}/${method}/*`);
  answer(domain, [assets, ...paths].map(wildcard), REASONS.ownPathsAndAssets);
  if (domain.userPool === undefined) answer(domain, ['AwsSolutions-COG4'], REASONS.signedCalls);
  answer(domain, ['NIST.800.53.R5-APIGWCacheEnabledAndEncrypted'], REASONS.noCache);
}

function answer(scope: IConstruct, ids: readonly string[], reason: string): void {
  Validations.of(scope).acknowledge(...ids.map((id) => ({ id, reason })));
}

function wildcard(resource: string): string {
  return `AwsSolutions-IAM5[Resource::${resource}]`;
}

// As cdk-nag writes a reference that only deployment resolves.
function partition(stack: Stack): string {
  return Token.isUnresolved(stack.partition) ? '<AWS::Partition>' : stack.partition;
}

function region(stack: Stack): string {
  return Token.isUnresolved(stack.region) ? '<AWS::Region>' : stack.region;
}

function accountId(stack: Stack): string {
  return Token.isUnresolved(stack.account) ? '<AWS::AccountId>' : stack.account;
}
