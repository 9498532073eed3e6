/**
 * What the engine must know about AWS, as an interface: `lib/catalog` implements it, tests
 * implement small ones. The engine stays a closed argument over these facts.
 */

/**
 * A slot of an ARN format. Names the set of strings AWS allows there; a set that is too large
 * costs precision, one that is too small would cost soundness, so `any` is the default.
 */
export type Slot =
  /** `aws(-[a-z]+)*`. */
  | 'partition'
  /** `[a-z0-9-]+`. */
  | 'region'
  /** 12 digits, or `aws`, or empty. */
  | 'account'
  /** One or more characters other than `:` and `/`. */
  | 'name'
  /** One or more characters other than `:`. */
  | 'path'
  /**
   * An identifier that AWS makes: one or more characters. Assumed not to imitate an ARN: it holds no
   * colon that a wildcard of a pattern's region or account has to reach (see `format.ts`).
   */
  | 'id'
  /** One or more characters. */
  | 'any';

export interface ResourceFormat {
  /** `s3:object`: service and resource type, unique in a catalogue. */
  readonly id: string;
  /** The ARN, literals and slots in order: `['arn:', 'partition', …]` with slots as objects. */
  readonly parts: readonly (string | { readonly slot: Slot })[];
}

export type KeyType = 'string' | 'arn' | 'numeric' | 'date' | 'bool' | 'ip' | 'binary';

export interface KeyFacts {
  /**
   * `request`: the key describes the request or the resource, so two principals that make the
   * same request have the same value. `caller`: it describes the caller, the session, the time or
   * the network, so each has its own. An unknown key is `caller`, the sound side.
   */
  readonly scope: 'request' | 'caller';
  /** False only when AWS documents the key as single-valued. */
  readonly multivalued: boolean;
  readonly type: KeyType;
  /** True when AWS documents that the key is in the context of every request. */
  readonly alwaysPresent: boolean;
}

/** Names by id. An array of strings is one; a catalogue of twenty thousand makes each name when it is asked for. */
export interface ActionNames extends Iterable<string> {
  readonly length: number;
  at(id: number): string | undefined;
}

export interface Catalogue {
  /** `service:Action` in AWS's spelling, sorted by lower-cased name; an action's id is its index. */
  readonly actions: ActionNames;
  /** The ARN formats of the action's resource types; empty when the action takes only `*`. */
  resourceFormats(action: number): readonly ResourceFormat[];
  /** `key` in any case. */
  keyFacts(key: string): KeyFacts;
}

/**
 * Condition keys that begin so are not AWS's: the model writes them for decisions that only the
 * deployment makes (a condition of a template). One deployment has one value of each.
 */
export const DEPLOYMENT_KEY_PREFIX = 'bulkhead:';

const CATALOGUES_KEPT = 8;

/**
 * What is derived from a catalogue, made once. A program has one catalogue, or a few. They are held as other memo tables
 * hold what they know, not weakly: what hangs on a weak table alone, here all automata of ARN formats, the
 * collector may have to mark while the program stands still, for a tenth of a second.
 */
export class PerCatalogue<T> {
  private readonly known = new Map<Catalogue, T>();

  constructor(private readonly make: (catalogue: Catalogue) => T) {}

  of(catalogue: Catalogue): T {
    let made = this.known.get(catalogue);
    if (made === undefined) {
      made = this.make(catalogue);
      if (this.known.size >= CATALOGUES_KEPT) this.known.clear();
      this.known.set(catalogue, made);
    }
    return made;
  }
}
