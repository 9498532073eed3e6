/**
 * Reads an IAM policy from JSON (or from a rendered template, whose leaves may be texts with holes)
 * and refuses whatever the grammar refuses: an element that is unknown, misspelt, missing, doubled
 * or of the wrong type is an error that says where and what to write instead, never skipped.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html, and for
 * what the grammar leaves open
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
 *
 * Where AWS is silent or lenient, decided here:
 * - Element names are case-sensitive, as the grammar writes them; operators and condition keys are not.
 * - `Id` is accepted everywhere: the grammar forbids it in identity policies, but it means nothing.
 * - `Statement: []` and an empty `Action`, `Resource` or `Principal` list are accepted and match
 *   nothing ("does not affect the policy"). Under `Not…` an empty list would match everything
 *   without anyone having said so: refused.
 * - A statement without `Resource` is accepted in resource policies (SNS, ECR): it speaks of the
 *   resource it is attached to.
 * - A Sid may hold any characters and may repeat: it carries no meaning.
 */
import type { PolicyDocument, PolicyVersion, Statement } from './document';
import { parseStatement } from './parse-statement';
import { describe, isObject, type JsonObject, onlyMembers, Place, readText } from './parse-value';
import { literal, show } from './text';

export { MAX_DOCUMENT_CHARACTERS } from './parse-value';
export { PolicyError } from './policy-error';

/** What the document is attached to, which decides where `Principal` and `Resource` may stand. */
export type PolicyKind = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'resource' | 'trust';

export interface ParseOptions {
  /** @default - the union of all: `Principal` is allowed, and a statement that has one needs no `Resource` */
  readonly kind?: PolicyKind;
  /**
   * Whether an object of the shape of `Text` stands for a string. False for policies read from
   * plain JSON, where such an object is an error like any other.
   * @default true
   */
  readonly texts?: boolean;
}

const DOCUMENT_ELEMENTS = ['Version', 'Id', 'Statement'] as const;
const VERSIONS: readonly PolicyVersion[] = ['2012-10-17', '2008-10-17'];

/**
 * @param value the policy as parsed JSON
 * @param origin where it stands, for messages: a file, a managed policy's ARN, a construct path
 * @throws PolicyError when it is not a policy
 */
export function parsePolicy(value: unknown, origin: string, options: ParseOptions = {}): PolicyDocument {
  const place = Place.start(origin, options.texts ?? true);
  if (!isObject(value)) {
    return place.fail(
      `got ${describe(value)}, expected a policy document: an object with \`Version\` and \`Statement\``,
    );
  }
  onlyMembers(value, DOCUMENT_ELEMENTS, place, 'a policy document');
  const version = readVersion(value, place);
  if (value.Id !== undefined) readText(value.Id, place.at('Id'), 'an id');
  const statements = readStatements(value, place).map((statement, index) =>
    parseStatement(statement, { place, index, kind: options.kind, version: version.used, opaque: version.opaque }),
  );
  return { version: version.used, statements, origin };
}

function readStatements(document: JsonObject, place: Place): readonly unknown[] {
  const statements = document.Statement;
  if (statements === undefined) return place.fail('no `Statement`, expected an array of statements; add one');
  if (!Array.isArray(statements) && !isObject(statements)) {
    return place.at('Statement').fail(`got ${describe(statements)}, expected a statement or an array of statements`);
  }
  return Array.isArray(statements) ? statements : [statements];
}

/** A document without a version is 2008-10-17: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
function readVersion(document: JsonObject, place: Place): { readonly used: PolicyVersion; readonly opaque?: string } {
  if (document.Version === undefined) return { used: '2008-10-17' };
  const plain = VERSIONS.find((candidate) => candidate === document.Version);
  if (plain !== undefined) {
    place.spend(plain.length);
    return { used: plain };
  }
  const at = place.at('Version');
  const version = readText(document.Version, at, 'a version');
  const written = literal(version);
  if (written === undefined)
    return { used: '2012-10-17', opaque: `the policy's version ${show(version)} is unresolved` };
  const known = VERSIONS.find((candidate) => candidate === written);
  if (known === undefined) {
    return at.fail(`unknown version \`${written}\`, expected ${VERSIONS.join(' or ')}; write \`2012-10-17\``);
  }
  return { used: known };
}

/** The statement in a message: by Sid where it has one, by position (from 1) otherwise. */
export function nameOfStatement(statement: Pick<Statement, 'sid' | 'index'>): string {
  return statement.sid ? `statement "${statement.sid}"` : `statement ${statement.index + 1}`;
}
