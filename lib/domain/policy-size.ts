/**
 * Whether a policy stays within the limit of IAM or API Gateway once CloudFormation has put values in place of
 * its references. Every reference counts as the longest value that AWS gives it, so a policy that
 * passes is accepted and a refused one is refused here, not half-way through a deployment.
 */
import type { Stack } from 'aws-cdk-lib';
import type { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { TrustDomainError } from './domain-error';

// Characters without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MANAGED_POLICY_MAX = 6144;

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const RESOURCE_POLICY_MAX = 8192;

// Longest values: a partition, a region, an account; a REST API's id has 10 characters; ARNs of keys,
// user pools, web ACLs, log groups and stacks stay below 300 (a stack's name alone may have 128).
const LONGEST: { readonly [pseudo: string]: number } = {
  'AWS::Partition': 'aws-iso-b'.length,
  'AWS::Region': 'ap-southeast-1'.length,
  'AWS::AccountId': 12,
  'AWS::StackId': 260,
  'AWS::URLSuffix': 'amazonaws.com.cn'.length,
};
const LONGEST_ARN = 180;
const LONGEST_ID = 36;

/** @param who Whose policy, for the message. */
export function requirePolicySize(who: string, stack: Stack, statements: readonly PolicyStatement[]): void {
  const size = policySize(stack, statements);
  if (size > MANAGED_POLICY_MAX) {
    throw new TrustDomainError(
      `${who}: the remit may have ${size} characters and IAM allows ${MANAGED_POLICY_MAX} in a managed policy; shorten the names of the stack and the domain`,
    );
  }
}

/** Characters of the document at most, once deployed. */
export function policySize(stack: Stack, statements: readonly PolicyStatement[]): number {
  return sizeOf({ Version: '2012-10-17', Statement: statements.map((s) => stack.resolve(s.toStatementJson())) });
}

/** What is wrong with the resource policy of an API; callers come and go until synthesis, so nothing is thrown. */
export function resourcePolicyProblems(who: string, stack: Stack, document: PolicyDocument): string[] {
  const size = sizeOf(stack.resolve(document));
  if (size <= RESOURCE_POLICY_MAX) return [];
  return [
    `${who}: the API's resource policy may have ${size} characters and API Gateway allows ${RESOURCE_POLICY_MAX}; grant to fewer principals, one role for several callers`,
  ];
}

/** Length of the JSON text without white space, references at their longest. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return 2 + Math.max(value.length - 1, 0) + sum(value.map(sizeOf));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null).length;
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [key, argument] = entries[0];
    if (key === 'Ref') return 2 + (LONGEST[String(argument)] ?? LONGEST_ID);
    if (key === 'Fn::GetAtt') return 2 + LONGEST_ARN;
    if (key === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return 2 + separator.length * Math.max(parts.length - 1, 0) + sum(parts.map((part) => sizeOf(part) - 2));
    }
    if (key.startsWith('Fn::')) return 2 + LONGEST_ARN;
  }
  return (
    2 + Math.max(entries.length - 1, 0) + sum(entries.map(([key, v]) => JSON.stringify(key).length + 1 + sizeOf(v)))
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
