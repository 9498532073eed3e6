/**
 * The context of one request: condition keys, found without regard to case, each with its values.
 * A key that is absent and a key without values are the same here: AWS calls both null.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html#AccessPolicyLanguage_RequestContext
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 *
 * The empty string is a value like any other: AWS's own example matches an empty `s3:prefix`.
 */
import type { Context } from './document';

export class RequestContext {
  private readonly byKey = new Map<string, readonly string[]>();

  /** Later contexts take precedence over earlier ones, key by key. */
  constructor(...contexts: readonly Context[]) {
    for (const context of contexts) {
      for (const [key, value] of Object.entries(context)) {
        this.byKey.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
      }
    }
  }

  /** The values of the key; none when it is absent. */
  values(key: string): readonly string[] {
    return this.byKey.get(key.toLowerCase()) ?? [];
  }
}
