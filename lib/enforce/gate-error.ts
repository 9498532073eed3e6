/**
 * How the gate fails. A judged app fails with its findings and without Node's stack, which would show
 * nothing but CDK's insides; a Bulkhead that breaks fails closed with its name and the whole stack.
 */
import { InputError } from '../model/input-error';
import type { Report } from '../report/report';
import { type TextOptions, toErrorText } from '../report/text';

/** The verdict is not `proved`. */
export class SeparationError extends Error {
  constructor(
    public readonly report: Report,
    options: TextOptions,
  ) {
    super(toErrorText(report, options));
    this.name = 'SeparationError';
    this.stack = this.message;
  }
}

/** Nothing was judged, so nothing passes. */
export class GateError extends Error {
  constructor(cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    // What the user can mend (a configuration, an unreadable file) needs no stack; our own defect does.
    const mendable = cause instanceof InputError;
    super(
      mendable
        ? `bulkhead cannot judge this app, so synthesis fails: ${detail}`
        : `bulkhead itself failed while it judged this app, so synthesis fails and nothing is proved: ${detail}`,
      { cause },
    );
    this.name = 'BulkheadError';
    this.stack = `${this.name}: ${this.message}${mendable || !(cause instanceof Error) ? '' : `\n${cause.stack}`}`;
  }
}
