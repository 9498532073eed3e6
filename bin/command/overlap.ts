/** `bulkhead overlap`: is there a request that both sets of policies allow? Status 0 iff proved that there is none. */
import type { Command } from 'commander';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { CompiledPolicies } from '../../lib/policy/compile';
import type { Context } from '../../lib/policy/document';
import { evaluate } from '../../lib/policy/evaluate';
import { explain } from '../../lib/policy/explain';
import { overlap } from '../../lib/policy/overlap';
import { PROVED, VIOLATED } from './input-error';
import { definePair, type PairAnswer } from './pair';

const EXAMPLES = `
Examples:
  bulkhead overlap deploy-role.json approve-role.json
  bulkhead overlap --batch pairs.jsonl > verdicts.jsonl
  echo '{"id":1,"a":{"identityPolicies":[…]},"b":{"identityPolicies":[…]}}' | bulkhead overlap --batch -

Prints {"verdict":"disjoint"|"overlap"|"undecided","witness":{"action","resource","contextA","contextB"},"reason"}.
The witness is a request that both may make, with the context of each; it has been replayed on both sides.`;

export function define(command: Command): void {
  definePair(command, decide, EXAMPLES);
}

function decide(a: CompiledPolicies, b: CompiledPolicies): PairAnswer {
  const verdict = overlap(a, b, awsCatalogue());
  switch (verdict.verdict) {
    case 'disjoint': {
      const reason = 'no request is allowed by both';
      return { output: { verdict: 'disjoint', reason }, status: PROVED, explanation: [`Proved: ${reason}.`] };
    }
    case 'overlap': {
      const { action, resource, contextA, contextB } = verdict.witness;
      const side = (policies: CompiledPolicies, name: string, context: Context) => {
        const request = { action, resource, context };
        const why = evaluate({ policies: policies.source, request }).reason;
        return { why: `${name} is ${why}`, sentences: explain(policies.source, request, name) };
      };
      const [ofA, ofB] = [side(a, 'A', contextA), side(b, 'B', contextB)];
      return {
        output: {
          verdict: 'overlap',
          witness: { action, resource, contextA, contextB },
          reason: `${ofA.why}; ${ofB.why}`,
        },
        status: VIOLATED,
        explanation: [...ofA.sentences, ...ofB.sentences],
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
