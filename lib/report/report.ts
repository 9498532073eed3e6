/**
 * A report: the one verdict about an app, and everything that it rests on. The formats
 * (`json.ts`, `text.ts`) print it and decide nothing.
 */
import type { Finding } from '../checks/finding';
import type { Model } from '../model/model';

export type Verdict = 'proved' | 'violated' | 'undecided';

export interface Report {
  readonly verdict: Verdict;
  readonly model: Model;
  readonly findings: readonly Finding[];
}

/**
 * *Proved* iff there is no finding but those that a security exception excuses; *undecided* iff none of the
 * others is a violation. Both others fail.
 */
export function makeReport(model: Model, findings: readonly Finding[]): Report {
  const open = findings.filter((finding) => finding.exception === undefined);
  const violated = open.some((finding) => finding.severity === 'violated');
  return { verdict: violated ? 'violated' : open.length > 0 ? 'undecided' : 'proved', model, findings };
}
