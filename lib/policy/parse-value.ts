/**
 * Reading JSON values of a policy: where we are (for messages), leaves that may be texts with
 * holes, closed sets of names, and the size limit. Nothing here knows an element of the language.
 */
import { PolicyError } from './policy-error';
import { type Hole, isText, type Part, type Text, text } from './text';

/**
 * Characters of text in one document. AWS's largest policy is a KMS key policy of 32,768 bytes
 * (https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html), so no policy that
 * can exist comes near; the limit keeps hostile input from taking the machine.
 */
export const MAX_DOCUMENT_CHARACTERS = 1_048_576;

const HOLE_TYPES: ReadonlySet<string> = new Set(['account', 'region', 'partition', 'segment', 'any']);

/** Where the parser is, and how much it has read. */
export class Place {
  constructor(
    readonly origin: string,
    /** False for policies read from plain JSON, where an object is never a text. */
    readonly texts: boolean,
    private readonly budget: { left: number },
    readonly statement?: string,
    private readonly name?: string,
    private readonly within?: Place,
  ) {}

  static start(origin: string, texts: boolean): Place {
    return new Place(origin, texts, { left: MAX_DOCUMENT_CHARACTERS });
  }

  inStatement(statement: string): Place {
    return new Place(this.origin, this.texts, this.budget, statement);
  }

  at(field: string): Place {
    return new Place(this.origin, this.texts, this.budget, this.statement, field, this);
  }

  /** The element as a path, written out for a message only. */
  private get field(): string | undefined {
    const before = this.within?.field;
    return before === undefined ? this.name : `${before}.${this.name}`;
  }

  fail(problem: string): never {
    throw new PolicyError({ origin: this.origin, statement: this.statement, field: this.field, problem });
  }

  spend(characters: number): void {
    this.budget.left -= characters;
    if (this.budget.left < 0) {
      const limit = MAX_DOCUMENT_CHARACTERS.toLocaleString('en');
      throw new PolicyError({
        origin: this.origin,
        problem: `the policy holds more than ${limit} characters, expected at most that; AWS accepts no policy larger than 32,768`,
      });
    }
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For messages: the type and, where short, the value. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return '`null`';
  const json = JSON.stringify(value) ?? String(value);
  return `\`${json.length > 80 ? `${json.slice(0, 77)}...` : json}\``;
}

/** A string or a text; `what` names it in the message (`an action`). */
export function readText(value: unknown, place: Place, what: string): Text {
  if (typeof value === 'string') {
    place.spend(value.length);
    return { parts: value === '' ? [] : [value] };
  }
  if (isText(value)) {
    if (!place.texts) place.fail(`got the object ${describe(value)}, expected ${what} as a string`);
    return checkedText(value, place, what);
  }
  return place.fail(`got ${describe(value)}, expected ${what} as a string`);
}

function checkedText(value: Text, place: Place, what: string): Text {
  let normal = true;
  let before: Part | undefined;
  for (const part of value.parts) {
    if (typeof part === 'string') {
      place.spend(part.length);
      if (part === '' || typeof before === 'string') normal = false;
    } else if (!isHole(part))
      place.fail(`got ${describe(value)}, expected ${what} as a string or a text of strings and holes`);
    before = part;
  }
  return normal ? value : text(...value.parts);
}

function isHole(part: unknown): part is Hole {
  return (
    isObject(part) &&
    typeof part.hole === 'string' &&
    typeof part.label === 'string' &&
    HOLE_TYPES.has(String(part.type))
  );
}

/** One value or an array of values, always as an array. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The literal before the first hole or wildcard: every instance of the pattern begins with it. */
export function literalPrefix(t: Text): string {
  const first = t.parts[0];
  return typeof first === 'string' ? (/^[^*?]*/.exec(first)?.[0] ?? '') : '';
}

/** Refuses members outside `known`, with the nearest known name as the suggestion. */
export function onlyMembers(object: JsonObject, known: readonly string[], place: Place, of: string): void {
  for (const name of Object.keys(object)) {
    place.spend(name.length);
    if (!known.includes(name)) {
      place.fail(`unknown element \`${name}\` of ${of}, expected ${known.join(', ')}; ${suggestion(name, known)}`);
    }
  }
}

/** `did you mean …?`, or else the other advice. */
export function suggestion(name: string, known: readonly string[], otherwise = 'remove it'): string {
  const nearest = nearestOf(name, known);
  return nearest === undefined ? otherwise : `did you mean \`${nearest}\`?`;
}

function nearestOf(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(0, 80).toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(wanted.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance, row by row. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
