/**
 * z3, asked for an answer to a whole question. The WASM build works in threads of its own, which keep
 * the process alive until `close` ends them.
 */
import { init } from 'z3-solver';
import { Cells } from './cells';
import type { Formula, Question } from './encode';

export type Answer = 'sat' | 'unsat';

/** The two things that z3 is asked. */
export interface Smt {
  /** A string in the regular expression, if there is one. */
  member(regex: string): Promise<string | undefined>;
  satisfiable(script: string): Promise<Answer>;
}

/** z3 did not answer within the time of the question. */
export class GaveUp extends Error {}

export interface Solver {
  /**
   * @param within milliseconds; without, z3 may take as long as it likes
   * @throws GaveUp when they are over
   */
  check(question: Question, within?: number): Promise<Answer>;
  /**
   * A script with all that z3 is to know.
   * @throws GaveUp as `check`
   */
  satisfiable(script: string, within?: number): Promise<Answer>;
  /** How often z3 was asked. */
  readonly asked: () => number;
  close(): void;
}

interface Z3 {
  mk_config(): object;
  mk_context(config: object): object;
  mk_solver(context: object): object;
  del_context(context: object): void;
  solver_inc_ref(context: object, solver: object): void;
  solver_dec_ref(context: object, solver: object): void;
  mk_params(context: object): object;
  params_inc_ref(context: object, params: object): void;
  params_dec_ref(context: object, params: object): void;
  params_set_uint(context: object, params: object, name: object, value: number): void;
  mk_string_symbol(context: object, name: string): object;
  solver_set_params(context: object, solver: object, params: object): void;
  solver_from_string(context: object, solver: object, script: string): void;
  solver_check(context: object, solver: object): Promise<number>;
  solver_get_model(context: object, solver: object): object;
  model_to_string(context: object, model: object): string;
}

/** A context keeps what it has read; WASM has 4 GiB at most, and ends without a word when it needs more. */
const SCRIPTS_A_CONTEXT = 100;

/** `Z3_lbool`. */
const ANSWERS: Readonly<Record<number, Answer>> = { 1: 'sat', [-1]: 'unsat' };

export async function openSolver(): Promise<Solver> {
  const { Z3, em } = (await init()) as unknown as { Z3: Z3; em: { PThread: { terminateAllThreads(): void } } };
  let context = Z3.mk_context(Z3.mk_config());
  let asked = 0;
  let deadline: number | undefined;
  /** Gives the solver what is left of the question's time. */
  const limit = (solver: object): void => {
    if (deadline === undefined) return;
    const left = Math.ceil(deadline - performance.now());
    if (left <= 0) throw new GaveUp('z3 gave up');
    const params = Z3.mk_params(context);
    Z3.params_inc_ref(context, params);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'timeout'), left);
    Z3.solver_set_params(context, solver, params);
    Z3.params_dec_ref(context, params);
  };
  // The script goes in by a synchronous call: `eval_smtlib2_string` hands its argument to a thread
  // and frees it before the thread has read it.
  const run = async (script: string): Promise<{ readonly answer: Answer; readonly model: string }> => {
    asked++;
    if (asked % SCRIPTS_A_CONTEXT === 0) {
      Z3.del_context(context);
      context = Z3.mk_context(Z3.mk_config());
    }
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    try {
      Z3.solver_from_string(context, solver, script);
      limit(solver);
      const answer = ANSWERS[await Z3.solver_check(context, solver)];
      if (answer === undefined && deadline !== undefined) throw new GaveUp('z3 gave up');
      if (answer === undefined) throw new Error(`z3 gave up on\n${script}`);
      return {
        answer,
        model: answer === 'sat' ? Z3.model_to_string(context, Z3.solver_get_model(context, solver)) : '',
      };
    } finally {
      Z3.solver_dec_ref(context, solver);
    }
  };
  const smt: Smt = {
    async member(regex) {
      const { answer, model } = await run(`(declare-const s String)(assert (str.in_re s ${regex}))`);
      if (answer === 'unsat') return undefined;
      const [, found] = /^s -> "((?:[^"]|"")*)"$/m.exec(model) ?? [];
      if (found === undefined) throw new Error(`z3 found \`${model}\` in ${regex}`);
      const unescaped = (_: string, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16));
      return found.replaceAll('""', '"').replace(/\\u\{([0-9a-f]+)\}/gi, unescaped);
    },
    async satisfiable(script) {
      return (await run(script)).answer;
    },
  };
  const cells = new Cells(smt);
  return {
    async check(question, within) {
      deadline = within === undefined ? undefined : performance.now() + within;
      for (const formula of question)
        if ((await smt.satisfiable(await scriptOf(formula, cells))) === 'sat') return 'sat';
      return 'unsat';
    },
    async satisfiable(script, within) {
      deadline = within === undefined ? undefined : performance.now() + within;
      return smt.satisfiable(script);
    },
    asked: () => asked,
    close: () => em.PThread.terminateAllThreads(),
  };
}

async function scriptOf({ declarations, strings, assertion }: Formula, cells: Cells): Promise<string> {
  const lines = [...declarations];
  for (const { within, patterns } of strings) {
    const found = await cells.of(
      within,
      patterns.map((p) => p.language),
    );
    const terms = found.map(
      (signs) =>
        `(and true ${signs.map((s, i) => (s ? patterns[i]?.constant : `(not ${patterns[i]?.constant})`)).join(' ')})`,
    );
    lines.push(`(assert (or false ${terms.join(' ')}))`);
  }
  return [...lines, `(assert ${assertion})`].join('\n');
}
