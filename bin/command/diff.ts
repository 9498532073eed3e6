/** `bulkhead diff`: what may any principal do now that it could not before? Status 0 iff proved to be nothing. */
import { type Command, Option } from 'commander';
import { compare, type DifferenceReport, differenceToJson } from '../../lib/report/difference';
import { differenceToMarkdown } from '../../lib/report/difference-markdown';
import { differenceToText } from '../../lib/report/difference-text';
import { CONFIGURATION_HELP, configurationOf, put, readApp, usable } from './app-input';
import { PROVED, VIOLATED } from './input-error';
import { styleFor } from './terminal';

const EXAMPLES = `
Examples:
  bulkhead diff main/cdk.out cdk.out
  bulkhead diff before.yaml after.yaml --format markdown --output comment.md

BEFORE and AFTER are each one PATH. ${CONFIGURATION_HELP}
Resources are recognised by physical name, construct path, logical id, or by what they say: renaming and
reordering is no change.`;

interface Options {
  readonly config?: string;
  readonly format: string;
  readonly output?: string;
}

const FORMATS: Readonly<Record<string, (report: DifferenceReport, output: string | undefined) => string>> = {
  text: (report, output) => differenceToText(report, styleFor(output)),
  json: differenceToJson,
  markdown: differenceToMarkdown,
};

export function define(command: Command): void {
  command
    .argument('<before>', 'the app as it was')
    .argument('<after>', 'the app as it is to be')
    .option('--config <file>', 'the configuration')
    .addOption(new Option('--format <format>', 'of the report').choices(Object.keys(FORMATS)).default('text'))
    .option('--output <file>', 'write the report into a file')
    .addHelpText('after', EXAMPLES)
    .action((before: string, after: string, options: Options) => {
      process.exitCode = usable(() => run(before, after, options));
    });
}

function run(before: string, after: string, { config, format, output }: Options): number {
  const { value, source } = configurationOf(config);
  const [past, now] = [readApp([before]), readApp([after])];
  const report = compare(past.input, now.input, { configuration: value, source });
  put(FORMATS[format]?.(report, output) ?? '', output);
  return report.verdict === 'no-new-access' ? PROVED : VIOLATED;
}
