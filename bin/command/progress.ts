/**
 * A bar on standard error while work lasts longer than a second, on a terminal only: a log, a pipe and a fast answer
 * stay quiet. The work does not yield, so the bar moves from step to step.
 */
const PATIENCE = 1000;
const WIDTH = 24;

export interface Progress {
  readonly step: (what: string, done: number, of: number) => void;
  /** Leaves the line as if nothing had been there. */
  readonly end: () => void;
}

const silent = (): undefined => undefined;
const QUIET: Progress = { step: silent, end: silent };

export function progressOn(stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress {
  if (!stream.isTTY || process.env.CI !== undefined) return QUIET;
  const begun = now();
  let shown = false;
  return {
    step: (what, done, of) => {
      if (now() - begun < PATIENCE) return;
      shown = true;
      const filled = Math.round((WIDTH * done) / of);
      stream.write(`\r\u001b[K[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${what}`);
    },
    end: () => {
      if (shown) stream.write('\r\u001b[K');
    },
  };
}
