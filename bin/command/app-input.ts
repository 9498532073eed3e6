/** What the commands about apps read: paths of templates and assemblies, and the configuration. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCloudAssembly, type Sources } from '../../lib/model/cloud-assembly';
import { InputError as ModelInputError } from '../../lib/model/input-error';
import { isObject } from '../../lib/model/json';
import { readTemplates } from '../../lib/model/read-templates';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import type { AnalysisInput } from '../../lib/report/analyse';
import { InputError } from './input-error';

/** Construct path to the place in the user's code that created it. */
export const CONFIGURATION_HELP = `PATH is a cdk.out, a CloudFormation template (JSON or YAML) or a folder of them.
Without --config, bulkhead.json of the current folder is used, or the context key \`bulkhead\` of its cdk.json.`;

export interface App {
  readonly input: AnalysisInput;
  readonly sources: Sources;
  /** Every file that was read. */
  readonly files: readonly string[];
}

/** Several paths are one app. */
export function readApp(paths: readonly string[]): App {
  const sources: Sources[] = [];
  const files: string[] = [];
  const assemblies = paths.filter(isAssembly).length;
  const parts = paths.map((path): AnalysisInput => {
    if (!isAssembly(path)) {
      const templates = readTemplates(path);
      files.push(...templates.flatMap(({ file }) => file ?? []));
      return { templates };
    }
    const contents = readCloudAssembly(path);
    sources.push(contents.sources);
    files.push(...contents.digests.keys());
    // Several assemblies are several places, each with the stages that it has.
    const { templates, gaps, assets } = contents;
    return { templates: assemblies < 2 ? templates : templates.map((t) => inPlace(path, t)), gaps, assets };
  });
  const input = {
    templates: parts.flatMap((p) => p.templates),
    gaps: parts.flatMap((p) => p.gaps ?? []),
    assets: parts.flatMap((p) => p.assets ?? []),
  };
  if (input.templates.length === 0)
    throw new InputError(`no stack in \`${paths.join('`, `')}\`: expected a cdk.out with at least one`);
  const sourceOf = (path: string) => sources.map((some) => some.get(path)).find((place) => place !== undefined);
  return { input, sources: { get: sourceOf }, files: [...new Set(files)] };
}

function inPlace(path: string, template: RenderedTemplate): RenderedTemplate {
  return { ...template, stage: template.stage === undefined ? path : `${path}/${template.stage}` };
}

function isAssembly(path: string): boolean {
  return existsSync(join(path, 'manifest.json')) && statSync(path).isDirectory();
}

export interface GivenConfiguration {
  readonly value: unknown;
  /** For messages. */
  readonly source: string;
  /** Absent without one. */
  readonly file?: string;
}

/** A file that is named must exist; those of the current folder need not. */
export function configurationOf(file: string | undefined): GivenConfiguration {
  if (file !== undefined) return { value: parse(file), source: file, file };
  if (existsSync('bulkhead.json'))
    return { value: parse('bulkhead.json'), source: 'bulkhead.json', file: 'bulkhead.json' };
  const app = existsSync('cdk.json') ? parse('cdk.json') : undefined;
  const context = isObject(app) && isObject(app.context) ? app.context.bulkhead : undefined;
  const source = 'cdk.json: `context.bulkhead`';
  return context === undefined ? { value: context, source } : { value: context, source, file: 'cdk.json' };
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

/** Into the file, or to standard output. */
export function put(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`cannot write \`${file}\` (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The model's word for unusable input, in the command line's. */
export function usable<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ModelInputError) throw new InputError(error.message);
    throw error;
  }
}
