/** A cloud assembly on disk: synthesized, and edited afterwards as somebody with a text editor would. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Template {
  readonly Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  readonly Parameters?: Record<string, unknown>;
}

export const templateFile = (assembly: string, stack: string): string => join(assembly, `${stack}.template.json`);

export function stacksIn(assembly: string): readonly string[] {
  const suffix = '.template.json';
  return readdirSync(assembly)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length));
}

export function readTemplate(assembly: string, stack: string): Template {
  return JSON.parse(readFileSync(templateFile(assembly, stack), 'utf8')) as Template;
}

/**
 * Writes the template, and the hash of its content wherever the assembly names the template by it: the CLI does not
 * upload what it believes to be there already.
 */
export function editTemplate(assembly: string, stack: string, edit: (template: Template) => void): void {
  const file = templateFile(assembly, stack);
  const template = readTemplate(assembly, stack);
  const before = JSON.stringify(template);
  edit(template);
  if (JSON.stringify(template) === before) return;
  const content = JSON.stringify(template, undefined, 1);
  writeFileSync(file, content);
  const assets = join(assembly, `${stack}.assets.json`);
  if (!existsSync(assets)) return;
  const { files } = JSON.parse(readFileSync(assets, 'utf8')) as { files: Record<string, { source: { path: string } }> };
  const old = Object.entries(files).find(([, { source }]) => source.path === `${stack}.template.json`)?.[0];
  if (old === undefined) throw new Error(`\`${assets}\` does not name the template of \`${stack}\``);
  const hash = createHash('sha256').update(content).digest('hex');
  for (const named of [assets, join(assembly, 'manifest.json')]) {
    writeFileSync(named, readFileSync(named, 'utf8').replaceAll(old, hash));
  }
}
