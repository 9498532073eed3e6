/**
 * `bulkhead check`: are the duties of an app separate, and its trust domains isolated? For a
 * `cdk.out`, templates and folders of them, by the analysis that the gate runs.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { InputError as ModelInputError } from '../../lib/model/input-error';
import { isObject } from '../../lib/model/json';
import { readTemplates } from '../../lib/model/read-templates';
import { type AnalysisInput, analyse } from '../../lib/report/analyse';
import { toJson } from '../../lib/report/json';
import type { Report } from '../../lib/report/report';
import { toText } from '../../lib/report/text';
import { InputError, PROVED, VIOLATED } from './input-error';

const EXAMPLES = `
Examples:
  bulkhead check cdk.out
  bulkhead check template.yaml --config bulkhead.json
  bulkhead check templates/ --format json --output report.json

PATH is a cdk.out, a CloudFormation template (JSON or YAML) or a folder of them; several are one app.
Without --config, bulkhead.json of the current folder is used, or the context key \`bulkhead\` of its cdk.json.`;

type Sources = ReadonlyMap<string, string>;

const FORMATS: Readonly<Record<string, (report: Report, sources: Sources) => string>> = {
  text: (report, sources) => toText(report, { sources }),
  json: toJson,
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
  const { input, sources } = read(paths);
  const { value, source } = configurationOf(config);
  const report = analyse(input, { configuration: value, source });
  const text = FORMATS[format]?.(report, sources) ?? '';
  if (output === undefined) process.stdout.write(text);
  else write(output, text);
  return report.verdict === 'proved' ? PROVED : VIOLATED;
}

function read(paths: readonly string[]): { readonly input: AnalysisInput; readonly sources: Sources } {
  const sources = new Map<string, string>();
  const parts = paths.map((path): AnalysisInput => {
    if (!isAssembly(path)) return { templates: readTemplates(path) };
    const contents = readCloudAssembly(path);
    for (const [key, value] of contents.sources) sources.set(key, value);
    return contents;
  });
  const input = { templates: parts.flatMap((p) => p.templates), gaps: parts.flatMap((p) => p.gaps ?? []) };
  if (input.templates.length === 0)
    throw new InputError(`no stack in \`${paths.join('`, `')}\`: expected a cdk.out with at least one`);
  return { input, sources };
}

function isAssembly(path: string): boolean {
  return existsSync(join(path, 'manifest.json')) && statSync(path).isDirectory();
}

/** A file that is named must exist; those of the current folder need not. */
function configurationOf(file: string | undefined): { readonly value: unknown; readonly source: string } {
  if (file !== undefined) return { value: parse(file), source: file };
  if (existsSync('bulkhead.json')) return { value: parse('bulkhead.json'), source: 'bulkhead.json' };
  const app = existsSync('cdk.json') ? parse('cdk.json') : undefined;
  const context = isObject(app) && isObject(app.context) ? app.context.bulkhead : undefined;
  return { value: context, source: 'cdk.json: `context.bulkhead`' };
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read the configuration \`${file}\` (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`the configuration \`${file}\` is not JSON: ${(error as Error).message}`);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`cannot write \`${file}\` (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The model's word for unusable input, in the command line's. */
function usable<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ModelInputError) throw new InputError(error.message);
    throw error;
  }
}
