/**
 * The whole analysis: rendered templates in, report out. The gate and the command line both call this,
 * so that they cannot disagree.
 */
import { examine } from '../checks/run-checks';
import { buildModel } from '../model/build-model';
import { NO_CONFIGURATION, parseConfiguration } from '../model/configuration';
import type { RenderedTemplate } from '../model/rendered-template';
import type { AssetSource } from '../model/secrets';
import { makeReport, type Report } from './report';

export interface AnalysisInput {
  readonly templates: readonly RenderedTemplate[];
  /** What the reader of the templates could not see, beside what the templates themselves hide. */
  readonly gaps?: readonly { readonly path: string; readonly reason: string }[];
  /** What is uploaded beside the templates. */
  readonly assets?: readonly AssetSource[];
}

export interface AnalysisOptions {
  /** The configuration as parsed JSON; absent, there is none. */
  readonly configuration?: unknown;
  /** Where the configuration was read from, for messages. */
  readonly source: string;
  /** The templates are a part of the app that the configuration speaks of. */
  readonly partial?: boolean;
  /** Told what is done next: of `of` steps, `done` are done. */
  readonly progress?: (what: string, done: number, of: number) => void;
}

/** @throws InputError when the configuration or a template cannot be used */
export function analyse({ templates, gaps = [], assets = [] }: AnalysisInput, options: AnalysisOptions): Report {
  const { configuration, source, partial = false, progress } = options;
  progress?.('reading the templates', 0, 1);
  const parsed = configuration === undefined ? NO_CONFIGURATION : parseConfiguration(configuration, source);
  const built = buildModel(templates, parsed, { partial, assets });
  const seen = new Set(gaps.map((gap) => gap.path));
  const model = { ...built, gaps: [...gaps, ...(built.gaps ?? []).filter((gap) => !seen.has(gap.path))] };
  const { findings, assumptions } = examine(model, progress);
  return makeReport({ ...model, assumptions: [...model.assumptions, ...assumptions] }, findings);
}
