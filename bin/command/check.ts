/**
 * `bulkhead check`: are the duties of an app separate, and its trust domains isolated? For a
 * `cdk.out`, templates and folders of them, by the analysis that the gate runs.
 */
import { type Command, Option } from 'commander';
import type { Sources } from '../../lib/model/cloud-assembly';
import { analyse } from '../../lib/report/analyse';
import { type Evidence, evidenceOf } from '../../lib/report/evidence';
import { toHtml } from '../../lib/report/html/to-html';
import { toJson } from '../../lib/report/json';
import type { Report } from '../../lib/report/report';
import { toMarkdown } from '../../lib/report/report-markdown';
import { toSarif } from '../../lib/report/sarif';
import { toText } from '../../lib/report/text';
import { CONFIGURATION_HELP, configurationOf, put, readApp, usable } from './app-input';
import { PROVED, VIOLATED } from './input-error';
import { progressOn } from './progress';
import { styleFor } from './terminal';

const EXAMPLES = `
Examples:
  bulkhead check cdk.out
  bulkhead check template.yaml --config bulkhead.json
  bulkhead check templates/ --format html --output report.html
  bulkhead check cdk.out --format sarif --output bulkhead.sarif

${CONFIGURATION_HELP}
Several paths are one app.`;

interface Printing {
  readonly sources: Sources;
  readonly evidence: Evidence;
  readonly output: string | undefined;
}

const FORMATS: Readonly<Record<string, (report: Report, printing: Printing) => string>> = {
  text: (report, { sources, output }) => toText(report, { sources, style: styleFor(output) }),
  json: (report, { evidence }) => toJson(report, evidence),
  sarif: toSarif,
  markdown: toMarkdown,
  html: toHtml,
};

interface Options {
  readonly config?: string;
  readonly format: string;
  readonly output?: string;
}

export function define(command: Command): void {
  command
    .argument('<path...>', 'a cdk.out, a template or a folder of templates')
    .option('--config <file>', 'the configuration')
    .addOption(new Option('--format <format>', 'of the report').choices(Object.keys(FORMATS)).default('text'))
    .option('--output <file>', 'write the report into a file')
    .addHelpText('after', EXAMPLES)
    .action((paths: readonly string[], options: Options) => {
      process.exitCode = usable(() => run(paths, options));
    });
}

function run(paths: readonly string[], { config, format, output }: Options): number {
  const { input, sources, files } = readApp(paths);
  const { value, source } = configurationOf(config);
  const progress = progressOn();
  const report = analyse(input, { configuration: value, source, progress: progress.step });
  progress.end();
  const evidence = evidenceOf({ files, configuration: { source, value } });
  put(FORMATS[format]?.(report, { sources, evidence, output }) ?? '', output);
  return report.verdict === 'proved' ? PROVED : VIOLATED;
}
