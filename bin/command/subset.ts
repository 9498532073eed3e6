/** `bulkhead subset`: is everything that A allows allowed by B? Status 0 iff proved that it is. */
import type { Command } from 'commander';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { CompiledPolicies } from '../../lib/policy/compile';
import { evaluate } from '../../lib/policy/evaluate';
import { explain } from '../../lib/policy/explain';
import { subset } from '../../lib/policy/subset';
import { PROVED, VIOLATED } from './input-error';
import { definePair, type PairAnswer } from './pair';

const EXAMPLES = `
Examples:
  bulkhead subset new-role.json remit.json
  bulkhead subset --batch pairs.jsonl > verdicts.jsonl

Prints {"verdict":"subset"|"not-subset"|"undecided","witness":{"action","resource","context"},"reason"}.
The witness is a request that A allows and B does not; it has been replayed on both sides.`;

export function define(command: Command): void {
  definePair(command, decide, EXAMPLES);
}

function decide(a: CompiledPolicies, b: CompiledPolicies): PairAnswer {
  const verdict = subset(a, b, awsCatalogue());
  switch (verdict.verdict) {
    case 'subset': {
      const reason = 'everything that A allows B allows';
      return { output: { verdict: 'subset', reason }, status: PROVED, explanation: [`Proved: ${reason}.`] };
    }
    case 'not-subset': {
      const { action, resource, context } = verdict.witness;
      const request = { action, resource, context };
      const [ofA, ofB] = [a, b].map((policies) => evaluate({ policies: policies.source, request }).reason);
      return {
        output: { verdict: 'not-subset', witness: request, reason: `A is ${ofA}; B: ${ofB}` },
        status: VIOLATED,
        explanation: [...explain(a.source, request, 'A'), ...explain(b.source, request, 'B')],
      };
    }
    case 'undecided':
      return {
        output: { verdict: 'undecided', reason: verdict.reason },
        status: VIOLATED,
        explanation: [`Undecided: ${verdict.reason}.`],
      };
  }
}
