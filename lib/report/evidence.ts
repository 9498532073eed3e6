/**
 * What a report was made from, for whoever has to rely on it later: the version of the tool, every file that was read
 * with its SHA-256, and the time, if the build names one. The same input gives the same evidence: no clock is asked.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export interface Evidence {
  readonly tool: { readonly name: 'cdk-bulkhead'; readonly version: string };
  /** Sorted by path, which is relative to the current folder. */
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
  /** Of the configuration as it was read; absent without one. */
  readonly configuration?: { readonly source: string; readonly sha256: string };
  /**
   * ISO 8601, from the environment variable SOURCE_DATE_EPOCH (seconds; https://reproducible-builds.org/specs/source-date-epoch/),
   * which a build sets to the time of its commit; absent without it.
   */
  readonly time?: string;
}

export interface EvidenceInput {
  readonly files: readonly string[];
  /** Of files that were read already, the SHA-256 of what was read; the others are read for it. */
  readonly digests?: ReadonlyMap<string, string>;
  readonly configuration?: { readonly source: string; readonly value: unknown };
}

export function evidenceOf({ files, digests, configuration }: EvidenceInput): Evidence {
  const inputs = files.map((file) => ({
    path: portable(file),
    sha256: digests?.get(file) ?? sha256(readFileSync(file)),
  }));
  const time = timeOfSource();
  return {
    tool: { name: 'cdk-bulkhead', version: toolVersion() },
    inputs: inputs.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    ...(configuration?.value !== undefined && {
      configuration: { source: configuration.source, sha256: sha256(JSON.stringify(configuration.value)) },
    }),
    ...(time === undefined ? {} : { time }),
  };
}

/** Relative to the current folder, with `/`: the same on every machine. */
export function portable(file: string): string {
  const near = relative(process.cwd(), file);
  return (near === '' ? file : near).split(sep).join('/');
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function timeOfSource(): string | undefined {
  const seconds = process.env.SOURCE_DATE_EPOCH;
  if (seconds === undefined || !/^\d{1,11}$/.test(seconds)) return undefined;
  return new Date(Number(seconds) * 1000).toISOString();
}

let version: string | undefined;

/** The package's own: its package.json stands above the source tree and the compiled tree alike. */
export function toolVersion(): string {
  version ??= findVersion();
  return version;
}

function findVersion(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const found = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string })
      : {};
    if (found.name === 'cdk-bulkhead' && found.version !== undefined) return found.version;
    if (dirname(folder) === folder) throw new Error(`bulkhead: internal error: no package.json above ${__dirname}`);
  }
}
