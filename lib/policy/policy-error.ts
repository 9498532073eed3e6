/**
 * A policy that cannot be used, said in one line: where it stands, what is wrong, what was
 * expected, how to mend it. Users see the message only, never a stack.
 */
export interface PolicyProblem {
  /** File, managed policy ARN or construct path. */
  readonly origin: string;
  /** `statement 2` or `statement "ReadOrders"`; absent when the document itself is at fault. */
  readonly statement?: string;
  /** The element at fault, as a path: `Condition.StringEquals.aws:username`. */
  readonly field?: string;
  /** What is wrong, the bad value in backticks, what was expected, and the fix. */
  readonly problem: string;
}

export class PolicyError extends Error {
  readonly origin: string;
  readonly statement?: string;
  readonly field?: string;
  readonly problem: string;

  constructor(at: PolicyProblem) {
    super([at.origin, at.statement, at.field, at.problem].filter((part) => part !== undefined).join(': '));
    this.name = 'PolicyError';
    this.origin = at.origin;
    this.statement = at.statement;
    this.field = at.field;
    this.problem = at.problem;
  }
}
