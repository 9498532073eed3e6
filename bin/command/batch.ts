/**
 * `--batch`: one JSON object a line in, one a line out, in the same order. A line that cannot be
 * used yields `{"id","error"}` in its place; the others are still answered, and the exit status
 * says at the end that there was one.
 */
import { type ExitStatus, InputError, messageOf, PROVED, UNUSABLE, type VIOLATED } from './input-error';
import { MAX_CHARACTERS, readJson } from './json-text';
import { type Line, linesOf, nameOfSource, writeLine } from './lines';
import { type JsonObject, objectOf } from './members';

export interface Answer {
  /** The members of the output line after `id`. */
  readonly output: Readonly<Record<string, unknown>>;
  readonly status: typeof PROVED | typeof VIOLATED;
}

/** @throws InputError when there is nothing to answer */
export async function runBatch(source: string, answer: (question: JsonObject) => Answer): Promise<ExitStatus> {
  let status: ExitStatus = PROVED;
  let count = 0;
  for await (const line of linesOf(source)) {
    count++;
    const { id, output, status: own } = answerLine(line, answer);
    await writeLine({ id, ...output });
    if (own > status) status = own;
  }
  if (count === 0) throw new InputError(`${nameOfSource(source)}: it is empty, expected one JSON object a line`);
  return status;
}

interface LineAnswer {
  readonly id: unknown;
  readonly output: Readonly<Record<string, unknown>>;
  readonly status: ExitStatus;
}

function answerLine(line: Line, answer: (question: JsonObject) => Answer): LineAnswer {
  let id: unknown = null;
  try {
    if ('tooLong' in line)
      throw new InputError(`line larger than ${MAX_CHARACTERS.toLocaleString('en')} characters, expected at most that`);
    const { value, problem } = readJson(line.text, 'line');
    const question = objectOf(value, 'line');
    id = question.id ?? null;
    if (problem !== undefined) throw problem;
    return { id, ...answer(question) };
  } catch (error) {
    return { id, output: { error: messageOf(error) }, status: UNUSABLE };
  }
}
