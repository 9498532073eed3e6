/**
 * What `overlap` and `subset` share: two sets of policies from two files, or from every line of a
 * batch, and one answer a pair.
 */
import type { Command } from 'commander';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { type CompiledPolicies, compile } from '../../lib/policy/compile';
import { type Answer, runBatch } from './batch';
import { type ExitStatus, InputError } from './input-error';
import { writeLine } from './lines';
import type { JsonObject } from './members';
import { readPolicies, readPoliciesFile } from './policies-input';

export interface PairAnswer extends Answer {
  /** Sentences for a reader, a line each. */
  readonly explanation: readonly string[];
}

export type Decide = (a: CompiledPolicies, b: CompiledPolicies) => PairAnswer;

/** @param decide is loaded with the engine, so only when there is something to decide */
export function definePair(command: Command, decide: Decide, examples: string): void {
  command
    .argument(
      '[A.json]',
      'a policy document, or {"identityPolicies":[…],"permissionsBoundary":…,"serviceControlPolicies":[…]}',
    )
    .argument('[B.json]', 'likewise')
    .option('--batch <file>', 'answer every line {"id":…,"a":POLICIES,"b":POLICIES} of the file; - for standard input')
    .addHelpText('after', examples)
    .action(async (a: string | undefined, b: string | undefined, options: { readonly batch?: string }) => {
      process.exitCode = await run(a, b, options.batch, decide);
    });
}

async function run(
  a: string | undefined,
  b: string | undefined,
  batch: string | undefined,
  decide: Decide,
): Promise<ExitStatus> {
  if (batch !== undefined) {
    if (a !== undefined)
      throw new InputError(`got \`${a}\` beside --batch, expected the one or the other; leave one out`);
    const read = remembering();
    return runBatch(batch, (question) => {
      const { output, status } = decide(read(question, 'a'), read(question, 'b'));
      return { output, status };
    });
  }
  if (a === undefined || b === undefined) throw new InputError('expected two files, or --batch FILE; see --help');
  const compiled = [a, b].map((path) => compile(readPoliciesFile(path), awsCatalogue())) as [
    CompiledPolicies,
    CompiledPolicies,
  ];
  const { output, status, explanation } = decide(...compiled);
  await writeLine({ ...output, explanation });
  return status;
}

/** Batches compare the same policies again and again; this many are kept prepared. */
const KEPT = 256;

function remembering(): (question: JsonObject, member: 'a' | 'b') => CompiledPolicies {
  const kept = new Map<string, CompiledPolicies>();
  return (question, member) => {
    const key = `${member}${JSON.stringify(question[member])}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const compiled = compile(readPolicies(question[member], member, '.'), awsCatalogue());
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(key, compiled);
    return compiled;
  };
}
