/**
 * z3 as a function from SMT-LIB to an answer. The WASM build runs each check in a thread of its own
 * pool; those threads keep the process alive until `close` ends them.
 */
import { init } from 'z3-solver';

export type Answer = 'sat' | 'unsat' | 'unknown';

export interface Solver {
  /** Answers in the order of the scripts, each of which ends in `(check-sat)`. */
  check(scripts: readonly string[]): Promise<readonly Answer[]>;
  close(): void;
}

/** @param limit of z3's own work units a script, so that a run repeats on any machine */
export async function openSolver(limit = 20_000_000): Promise<Solver> {
  const { Z3, em } = (await init()) as unknown as {
    Z3: {
      mk_config(): object;
      mk_context(config: object): object;
      eval_smtlib2_string(context: object, script: string): Promise<string>;
    };
    em: { PThread: { terminateAllThreads(): void } };
  };
  const context = Z3.mk_context(Z3.mk_config());
  return {
    async check(scripts) {
      const batch = scripts.map((s) => `(reset)\n(set-option :rlimit ${limit})\n${s}`).join('\n');
      const printed = (await Z3.eval_smtlib2_string(context, batch)).trim().split('\n');
      const wrong = printed.find((line) => !/^(sat|unsat|unknown)$/.test(line));
      if (wrong !== undefined) throw new Error(`z3 answered \`${wrong}\``);
      return printed as Answer[];
    },
    close: () => em.PThread.terminateAllThreads(),
  };
}
