/**
 * The commands, in the order of the help. A row here and a module beside it make a command; the
 * module is loaded only when its command is asked for.
 */
import type { Command } from 'commander';

/** What the module of a command exports. */
export interface CommandModule {
  /** Gives the command its arguments, options, examples and action. */
  define(command: Command): void;
}

export interface CommandRow {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => CommandModule;
}

export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'check',
    summary: 'are the duties of an app separate, and its trust domains isolated?',
    load: () => require('./check') as CommandModule,
  },
  {
    name: 'diff',
    summary: 'what may any principal do now that it could not before?',
    load: () => require('./diff') as CommandModule,
  },
  {
    name: 'who-can',
    summary: 'which principals can make a request, by themselves or by a chain?',
    load: () => require('./who-can') as CommandModule,
  },
  {
    name: 'overlap',
    summary: 'is there a request that two sets of policies both allow?',
    load: () => require('./overlap') as CommandModule,
  },
  {
    name: 'subset',
    summary: 'is every request that the first set of policies allows allowed by the second?',
    load: () => require('./subset') as CommandModule,
  },
  {
    name: 'simulate',
    summary: 'are single requests allowed, by which statement?',
    load: () => require('./simulate') as CommandModule,
  },
];
