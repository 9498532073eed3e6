/** What the text formats share: emphasis, which only a terminal shows, and the values of a request's context. */
import type { Context } from '../policy/document';

export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
}

const same = (text: string): string => text;

/** A log reads like the screen. */
export const PLAIN: Style = { good: same, bad: same, warn: same, strong: same, dim: same };

/** `where: aws:SourceIp = 192.0.2.1`, or nothing. */
export function contextLine(label: string, context: Context | undefined): string[] {
  const entries = Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [];
  return [`${label}: ${entries.map(([key, value]) => `${key} = ${[value].flat().join(' | ')}`).join(', ')}`];
}
