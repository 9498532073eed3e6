/**
 * Writes the snapshot of AWS facts in lib/catalog/data: `npm run catalogue`. Deterministic in the
 * versions of its development dependencies and in the curated tables of lib/catalog/curated, so
 * that a diff of the snapshot shows what AWS or we changed. See docs/catalogue.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SnapshotFile } from '../lib/catalog/snapshot';
import { readAddedTypes, renderActions, staleAdditions } from './catalogue/actions';
import { renderBootstrap } from './catalogue/bootstrap';
import { readKeyRules, renderKeys, staleKeys } from './catalogue/condition-keys';
import { readFormatRules, renderFormats, staleRules } from './catalogue/formats';
import { renderManagedPolicies } from './catalogue/managed-policies';
import { readAliases, renderShapes, staleAliases } from './catalogue/shapes';
import { readManagedPolicies, readServices } from './catalogue/sources';

const FOLDER = join(__dirname, '../lib/catalog/data');
/** File name → content. */
export function generate(): ReadonlyMap<SnapshotFile, Buffer> {
  const services = readServices();
  const formatRules = readFormatRules();
  const added = readAddedTypes();
  const keyRules = readKeyRules();
  const aliases = readAliases();
  const stale = [
    ...staleRules(formatRules, services),
    ...staleAdditions(added, services),
    ...staleKeys(keyRules, services),
    ...staleAliases(aliases, services),
  ];
  if (stale.length > 0) {
    throw new Error(
      `lib/catalog/curated has rows that match nothing any more; remove or correct them: ${stale.join(', ').replaceAll('\t', ' ')}`,
    );
  }
  const managed = renderManagedPolicies(readManagedPolicies());
  return new Map<SnapshotFile, Buffer>([
    ['actions.txt', ascii(renderActions(services, added, formatRules))],
    ['formats.txt', ascii(renderFormats(services, formatRules))],
    ['condition-keys.txt', ascii(renderKeys(services, keyRules))],
    ['shapes.txt', ascii(renderShapes(services, aliases))],
    ['managed-policies.txt', ascii(managed.index)],
    ['managed-policies.br', managed.documents],
    ['bootstrap.json', ascii(renderBootstrap())],
  ]);
}

/** The reader takes one byte a character. */
function ascii(text: string): Buffer {
  const foreign = /[^\n\t -~]/.exec(text);
  if (foreign !== null)
    throw new Error(`the snapshot must be ASCII, but holds \`${text.slice(foreign.index - 40, foreign.index + 1)}\``);
  return Buffer.from(text, 'latin1');
}

if (require.main === module) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, content] of generate()) {
    writeFileSync(join(FOLDER, name), content);
    process.stdout.write(`lib/catalog/data/${name}  ${content.length} bytes\n`);
  }
}
