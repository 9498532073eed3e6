/**
 * Template files, JSON or YAML, one or a folder of them, as rendered templates. Whatever cannot be
 * used is one `InputError` that names the file, the place and what was expected; nothing is skipped
 * but files of a folder that are plainly something else.
 *
 * A nested stack whose `TemplateURL` is a path, as `aws cloudformation package` expects it, is read
 * along with its parent.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { InputError } from './input-error';
import { isObject, objectAt } from './json';
import { parseJson } from './read-json';
import { type ParsedText, parseYaml, SyntaxProblem } from './read-yaml';
import type { RenderedTemplate } from './rendered-template';

/** CloudFormation takes templates of up to 1 MB; this leaves room for white space. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 5_000;
const TEMPLATE_NAME = /\.(json|ya?ml|template)$/i;
/** Files with these names are templates, whatever is in them. */
const CERTAIN_NAME = /\.template(\.(json|ya?ml))?$/i;
const MAX_NESTING = 20;

/** @param path a template file, or a folder that holds some, at any depth */
export function readTemplates(path: string): readonly RenderedTemplate[] {
  const reader = new TemplateReader();
  const info = statOf(path);
  if (info.isDirectory()) reader.folder(path);
  else if (info.isFile()) reader.file(path, stem(basename(path)), 'certain');
  else throw new InputError(`cannot read \`${path}\`: it is neither a file nor a folder`, path);
  return reader.top();
}

class TemplateReader {
  private readonly found = new Map<string, RenderedTemplate>();
  /** Files that are nested in others: they are not deployed on their own. */
  private readonly nested = new Set<string>();
  private readonly instances: RenderedTemplate[] = [];

  top(): readonly RenderedTemplate[] {
    const own = [...this.found].filter(([file]) => !this.nested.has(file)).map(([, template]) => template);
    return [...own, ...this.instances];
  }

  folder(path: string): void {
    const files = filesIn(path);
    for (const file of files)
      this.file(file, stem(relative(path, file)), CERTAIN_NAME.test(file) ? 'certain' : 'perhaps');
    if (this.found.size === 0) {
      throw new InputError(
        `no template in the folder \`${path}\`: expected files ending in .json, .yaml, .yml or .template with \`Resources\``,
        path,
      );
    }
  }

  file(file: string, stackName: string, certainty: 'certain' | 'perhaps'): void {
    const key = resolve(file);
    if (this.found.has(key)) return;
    const { value, lines } = parseFile(file);
    if (certainty === 'perhaps' && !looksLikeTemplate(value)) return;
    const template = { stackName, unnamed: true, template: value, file, lines };
    this.found.set(key, template);
    this.nestedOf(template, [key]);
  }

  private nestedOf(parent: RenderedTemplate, chain: readonly string[]): void {
    for (const [logicalId, declared] of Object.entries(objectAt(parent.template, 'Resources'))) {
      if (!isObject(declared) || declared.Type !== 'AWS::CloudFormation::Stack') continue;
      const url = objectAt(declared, 'Properties').TemplateURL;
      const file =
        typeof url === 'string' && !/^[a-z0-9]+:\/\//i.test(url) ? join(dirname(parent.file ?? '.'), url) : undefined;
      const key = file === undefined ? undefined : resolve(file);
      if (file === undefined || key === undefined || !isFile(file)) continue;
      if (chain.includes(key))
        throw new InputError(
          `template \`${parent.file}\`: the nested stack \`${logicalId}\` contains itself through \`${url}\``,
          parent.file,
        );
      if (chain.length > MAX_NESTING)
        throw new InputError(
          `template \`${parent.file}\`: stacks are nested more than ${MAX_NESTING} deep`,
          parent.file,
        );
      this.nested.add(key);
      const { value, lines } =
        this.found.get(key) === undefined
          ? parseFile(file)
          : { value: this.found.get(key)?.template, lines: this.found.get(key)?.lines };
      const instance: RenderedTemplate = {
        stackName: `${parent.stackName}-${logicalId}`,
        template: value,
        file,
        lines,
        nestedIn: { stackName: parent.stackName, logicalId },
      };
      this.instances.push(instance);
      if (this.instances.length > MAX_FILES)
        throw new InputError(`template \`${chain[0]}\`: more than ${MAX_FILES} nested stacks`, chain[0]);
      this.nestedOf(instance, [...chain, key]);
    }
  }
}

function looksLikeTemplate(value: unknown): boolean {
  return (
    isObject(value) &&
    ('AWSTemplateFormatVersion' in value || (isObject(value.Resources) && hasTypedResource(value.Resources)))
  );
}

function hasTypedResource(resources: Readonly<Record<string, unknown>>): boolean {
  return Object.values(resources).some((r) => isObject(r) && typeof r.Type === 'string' && r.Type.includes('::'));
}

function filesIn(folder: string): readonly string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    const entries = attempt(path, () => readdirSync(path, { withFileTypes: true }));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(path, entry.name);
      // Links are not followed: a folder that links to itself has no end.
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) visit(inner);
      else if (entry.isFile() && TEMPLATE_NAME.test(entry.name)) files.push(inner);
      if (files.length > MAX_FILES)
        throw new InputError(
          `more than ${MAX_FILES} files in the folder \`${folder}\`: name the templates instead`,
          folder,
        );
    }
  };
  visit(folder);
  return files;
}

function parseFile(file: string): ParsedText {
  const text = readText(file);
  const first = /\S/.exec(text)?.[0];
  if (first === undefined)
    throw new InputError(`template \`${file}\` is empty, expected a CloudFormation template`, file);
  try {
    // YAML includes JSON, but flow style with short forms is YAML only.
    return first === '{' || first === '[' ? jsonOrYaml(text, file) : parseYaml(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) throw new InputError(`template \`${file}\`: ${error.message}`, file);
    // Deeper than the parser's stack: no template is.
    if (error instanceof RangeError)
      throw new InputError(
        `template \`${file}\`: values are nested too deeply, expected a CloudFormation template`,
        file,
      );
    throw error;
  }
}

function jsonOrYaml(text: string, file: string): ParsedText {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem) || !/\.ya?ml$/i.test(file)) throw error;
    return parseYaml(text);
  }
}

function readText(file: string): string {
  const { size } = statOf(file);
  if (size > MAX_BYTES) {
    throw new InputError(
      `template \`${file}\` has ${size.toLocaleString('en')} bytes, expected at most ${MAX_BYTES.toLocaleString('en')} (CloudFormation takes 1 MB)`,
      file,
    );
  }
  const bytes = attempt(file, () => contentsOf(file));
  if (bytes.includes(0)) throw new InputError(`template \`${file}\` is a binary file, expected JSON or YAML`, file);
  try {
    // Removes a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`template \`${file}\` is not UTF-8, expected JSON or YAML`, file);
  }
}

/** Never more than the limit, even if the file grows, or is a device that never ends. */
function contentsOf(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(MAX_BYTES);
    let length = 0;
    for (let n = -1; n !== 0 && length < buffer.length; length += n)
      n = readSync(descriptor, buffer, length, buffer.length - length, null);
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  return attempt(path, () => statSync(path));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its links form a loop',
};

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new InputError(`cannot read \`${path}\`: ${REASONS[code] ?? code}`, path);
  }
}

/** The name without its ending: `app/api.template.json` → `app/api`. */
function stem(name: string): string {
  return name.replace(TEMPLATE_NAME, '').replace(/\.template$/i, '');
}
