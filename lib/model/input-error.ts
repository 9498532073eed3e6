/**
 * Input that cannot be analysed. One sentence for the user: which file, where in it, what was
 * expected. The command line turns it into exit status 2; the gate fails closed on it.
 */
export class InputError extends Error {
  constructor(
    message: string,
    /** The unusable file, where one is known; it is already part of the message. */
    public readonly file?: string,
  ) {
    super(message);
    this.name = 'InputError';
  }
}
