/** Where a construct of a finding stands: the line of the user's code that made it, else that of the template. */
import type { Sources } from '../model/cloud-assembly';
import type { Model } from '../model/model';
import { portable } from './evidence';

export interface Place {
  /** Relative to the current folder where it lies in it, with `/`. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export class Places {
  private origins: ReadonlyMap<string, { readonly file?: string; readonly line?: number }> | undefined;

  /** @param sources construct path to `file:line:column` */
  constructor(
    private readonly model: Model,
    private readonly sources: Sources = new Map<string, string>(),
  ) {}

  of(constructPath: string): Place | undefined {
    const source = /^(.+):(\d+):(\d+)$/.exec(this.sources.get(constructPath) ?? '');
    if (source !== null) return { file: portable(source[1]!), line: Number(source[2]), column: Number(source[3]) };
    this.origins ??= originsIn(this.model);
    const { file, line } = this.origins.get(constructPath) ?? {};
    return file === undefined ? undefined : { file: portable(file), ...(line === undefined ? {} : { line }) };
  }
}

/** Found for the first construct that is asked for: a clean app has none. */
function originsIn(model: Model): ReadonlyMap<string, { readonly file?: string; readonly line?: number }> {
  const origins = new Map<string, { readonly file?: string; readonly line?: number }>();
  const elements = [...model.resources, ...model.principals, ...model.apis, ...(model.deployments ?? [])];
  const attached = model.principals.flatMap((p) => [...p.attached, ...(p.boundary ? [p.boundary] : [])]);
  for (const { origin } of elements) origins.set(origin.path, origin);
  for (const { origin } of attached) if (origin !== undefined) origins.set(origin.path, origin);
  return origins;
}
