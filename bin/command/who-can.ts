/** `bulkhead who-can`: every principal that can make a request, by itself or by a chain. Status 0 when it is answered. */
import { type Command, Option } from 'commander';
import { type WhoCanReport, whoCan } from '../../lib/report/who-can';
import { whoCanToText } from '../../lib/report/who-can-text';
import { CONFIGURATION_HELP, configurationOf, put, readApp, usable } from './app-input';
import { PROVED } from './input-error';
import { styleFor } from './terminal';

const EXAMPLES = `
Examples:
  bulkhead who-can kms:Decrypt Orders/Key cdk.out
  bulkhead who-can 's3:*' 'arn:aws:s3:::orders-audit/*' template.yaml --format json

RESOURCE is an ARN, a pattern of ARNs, *, or a resource of the templates by construct path, STACK/LogicalId or name.
${CONFIGURATION_HELP}`;

interface Options {
  readonly config?: string;
  readonly format: string;
  readonly output?: string;
}

const FORMATS: Readonly<Record<string, (report: WhoCanReport, output: string | undefined) => string>> = {
  text: (report, output) => whoCanToText(report, styleFor(output)),
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
};

export function define(command: Command): void {
  command
    .argument('<action>', 'such as kms:Decrypt; may hold wildcards')
    .argument('<resource>', 'what the request is made on')
    .argument('<path...>', 'a cdk.out, a template or a folder of templates')
    .option('--config <file>', 'the configuration')
    .addOption(new Option('--format <format>', 'of the answer').choices(Object.keys(FORMATS)).default('text'))
    .option('--output <file>', 'write the answer into a file')
    .addHelpText('after', EXAMPLES)
    .action((action: string, resource: string, paths: readonly string[], options: Options) => {
      process.exitCode = usable(() => run(action, resource, paths, options));
    });
}

function run(action: string, resource: string, paths: readonly string[], { config, format, output }: Options): number {
  const { value, source } = configurationOf(config);
  const report = whoCan(action, resource, readApp(paths).input, { configuration: value, source });
  put(FORMATS[format]?.(report, output) ?? '', output);
  return PROVED;
}
