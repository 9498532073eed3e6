/**
 * Stands for `node:child_process` in the bundled command line: commander loads it, and with it Node's network code,
 * to start subcommands that are programs of their own. Ours are not, and the loading costs every command 6 ms.
 */
export function spawn(): never {
  throw new Error('no subcommand of `bulkhead` is a program of its own');
}
