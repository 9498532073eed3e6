/**
 * The gate: an app under it can be synthesized only if it is proved separate.
 *
 * It judges what was written, after everything that could change it has run (`synth-hook.ts`), and it
 * judges all of it, from the manifests (`model/cloud-assembly.ts`). A verdict other than `proved`, an error in
 * Bulkhead itself, a synthesis that does not come through the hook: each ends in an exception, and the
 * refused assembly loses its manifest, so that it cannot be deployed by `cdk deploy --app cdk.out`.
 * docs/gate.md lists the ways around a validation and the test that closes each.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Aspects, type IAspect, Stage } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { IConstruct } from 'constructs';
import { readCloudAssembly } from '../model/cloud-assembly';
import { analyse } from '../report/analyse';
import { evidenceOf } from '../report/evidence';
import { toHtml } from '../report/html/to-html';
import { toJson } from '../report/json';
import { toText } from '../report/text';
import { GateError, SeparationError } from './gate-error';
import { hookSynth, isSynthesizing } from './synth-hook';
import { isRunByCli, printWithoutStack, seal } from './under-cli';

/** In the directory of the app's cloud assembly; beside it lies the same report for people, `bulkhead-report.html`. */
export const REPORT_FILE = 'bulkhead-report.json';

/** The context key that holds the configuration. */
export const CONFIGURATION_KEY = 'bulkhead';

const guardedRoots = new WeakSet<IConstruct>();
const guardingAspects = new WeakSet<IAspect>();
/** The failure of each judged assembly: CDK hands out a finished assembly again, and the verdict stays. */
const outcomes = new WeakMap<CloudAssembly, { readonly failure: Error | undefined }>();

/** Puts the whole app that holds `scope` under the gate, once. */
export function guard(scope: IConstruct): void {
  const { root } = scope.node;
  if (guardedRoots.has(root)) return;
  guardedRoots.add(root);
  hookSynth(root, judge);
  root.node.addValidation({
    validate: () =>
      isSynthesizing(root)
        ? []
        : [
            'bulkhead: this synthesis does not pass through the gate; load one copy of aws-cdk-lib and leave Stage.synth as it is',
          ],
  });
}

/** An app that carries `aspect` is under the gate even where CDK does not visit it, as in a nested Stage. */
export function guardByAspect(aspect: IAspect): void {
  guardingAspects.add(aspect);
  hookSynth(Stage.prototype, judge);
}

function isGuarded(stage: IConstruct): boolean {
  return (
    guardedRoots.has(stage.node.root) ||
    stage.node.scopes.some((scope) => Aspects.of(scope).all.some((aspect) => guardingAspects.has(aspect)))
  );
}

function judge(stage: Stage, assembly: CloudAssembly): void {
  if (!isGuarded(stage)) return;
  const outcome = outcomes.get(assembly) ?? { failure: attempt(() => inspect(stage, assembly)) };
  outcomes.set(assembly, outcome);
  if (outcome.failure === undefined) return;
  refuse(stage, assembly);
  if (isRunByCli()) printWithoutStack(outcome.failure);
  throw outcome.failure;
}

function attempt(run: () => Error | undefined): Error | undefined {
  try {
    return run();
  } catch (error) {
    return new GateError(error);
  }
}

/** Judges the assembly and writes the report; the error with which synthesis must fail, if any. */
function inspect(stage: Stage, assembly: CloudAssembly): Error | undefined {
  const contents = readCloudAssembly(assembly.directory);
  const report = analyse(contents, {
    // The app's: no Stage has a configuration of its own.
    configuration: stage.node.root.node.tryGetContext(CONFIGURATION_KEY),
    source: `the context key \`${CONFIGURATION_KEY}\``,
    // A Stage alone does not have all that the configuration of the app speaks of.
    partial: stage.node.scope !== undefined,
  });
  const file = join(outermostDirectory(stage, assembly), REPORT_FILE);
  const evidence = evidenceOf({ files: [...contents.digests.keys()], digests: contents.digests });
  writeFileSync(file, toJson(report, evidence));
  writeFileSync(file.replace(/\.json$/, '.html'), toHtml(report, { sources: contents.sources, evidence }));
  const options = { sources: contents.sources, reportFile: relative(process.cwd(), file) };
  if (report.verdict !== 'proved') return new SeparationError(report, options);
  if (stage.node.scope === undefined && isRunByCli()) {
    process.stderr.write(toText(report, options));
    seal(assembly.directory, contents.digests);
  }
  return undefined;
}

/**
 * Without its manifest a directory is no cloud assembly, not even with one left over from an earlier run; the assembly of
 * a Stage can be deployed by itself (`cdk deploy --app cdk.out/assembly-Prod`). That of a Stage which is refused before its app
 * stays until the process ends, because CDK reads it again when the app is synthesized.
 */
function refuse(stage: Stage, assembly: CloudAssembly): void {
  rmSync(join(outermostDirectory(stage, assembly), 'manifest.json'), { force: true });
  if (stage.node.scope === undefined) removeManifests(assembly.directory);
  else if (isRunByCli()) process.once('exit', () => removeManifests(assembly.directory));
}

/** CDK names the directories of nested assemblies `assembly-…`; a `manifest.json` of an asset stays. */
function removeManifests(directory: string): void {
  rmSync(join(directory, 'manifest.json'), { force: true });
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name.startsWith('assembly-')) removeManifests(join(directory, entry.name));
  }
}

/** `cdk.out`, also for a Stage that is synthesized by itself. */
function outermostDirectory({ node: { root } }: Stage, assembly: CloudAssembly): string {
  return Stage.isStage(root) ? root.outdir : assembly.directory;
}
