#!/usr/bin/env node
/**
 * The command line. Only the command that is asked for is loaded: a question about two policies
 * must not wait for the code that reads templates.
 *
 * Exit status: 0 proved, disjoint, subset, no new access; 1 violated, overlapping, undecided;
 * 2 unusable input or arguments, or a failure of our own, each with one line on stderr.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { InputError, oneLine, UNUSABLE } from './command/input-error';
import { COMMANDS } from './command/registry';

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('bulkhead')
    .description('Proves separation of duties and isolation of trust domains in AWS policies and templates.')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (message, write) => write(`bulkhead: ${oneLine(message.replace(/^error: /, ''))}\n`),
    })
    .addHelpText('after', '\nExit status: 0 proved, 1 violated or undecided, 2 unusable input or arguments.');
  const wanted = argv.find((argument) => !argument.startsWith('-'));
  if (argv.length === 0)
    throw new InputError(`expected a command (${COMMANDS.map(({ name }) => name).join(', ')}); see --help`);
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(summary).copyInheritedSettings(program);
    if (name === wanted) load().define(command);
  }
  await program.parseAsync(argv, { from: 'user' });
}

/** The package's own version: its package.json stands above the source tree and the compiled tree alike. */
function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const found = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string })
      : {};
    if (found.name === 'cdk-bulkhead' && found.version !== undefined) return found.version;
    if (dirname(folder) === folder) throw new Error(`the package's package.json is missing above ${__dirname}`);
  }
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong; help and version are no error.
    process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
    return;
  }
  process.exitCode = UNUSABLE;
  const message = error instanceof Error ? error.message : String(error);
  // By name: a command that is bundled by itself has classes of its own.
  const mendable = error instanceof Error && ['InputError', 'PolicyError'].includes(error.name);
  const blame = mendable ? '' : 'internal error: ';
  process.stderr.write(`bulkhead: ${blame}${oneLine(message)}\n`);
}

// A reader that has seen enough (`| head`) closes the pipe: no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

main(process.argv.slice(2)).catch(fail);
