/** What a user gave us and we cannot use: one clear line, exit status 2, never a stack. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

export const PROVED = 0;
export const VIOLATED = 1;
export const UNUSABLE = 2;
export type ExitStatus = typeof PROVED | typeof VIOLATED | typeof UNUSABLE;

/** A message of several lines as one. */
export function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}

/** The message of an error that is the input's fault; everything else is ours and goes on. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && (error instanceof InputError || error.name === 'PolicyError'))
    return oneLine(error.message);
  throw error;
}
