/**
 * Reads `Principal` and `NotPrincipal`: `"*"`, or a map from the type of principal to one or more.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { PrincipalElement } from './document';
import { describe, isObject, listOf, onlyMembers, type Place, readText } from './parse-value';
import { isText, literal, type Text, text } from './text';

const TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;
type PrincipalType = (typeof TYPES)[number];

export function parsePrincipal(value: unknown, not: boolean, place: Place): PrincipalElement {
  if (value === '*' || (isText(value) && literal(readText(value, place, '`*`')) === '*')) {
    return { not, entries: [{ type: 'AWS', value: text('*') }] };
  }
  if (!isObject(value) || isText(value)) {
    return place.fail(
      `got ${describe(value)}, expected \`"*"\` or an object such as \`{"AWS": "arn:aws:iam::111122223333:role/Name"}\``,
    );
  }
  onlyMembers(value, TYPES, place, 'a principal');
  const entries = TYPES.flatMap((type) =>
    value[type] === undefined
      ? []
      : listOf(value[type]).map((one) => ({ type, value: readEntry(one, type, place.at(type)) })),
  );
  if (not && entries.length === 0)
    return place.fail('names nobody, so it would match everyone; use `"Principal": "*"` if that is meant');
  return { not, entries };
}

function readEntry(value: unknown, type: PrincipalType, place: Place): Text {
  const entry = readText(accountNumber(value, type), place, 'a principal');
  const written = literal(entry);
  if (written === undefined || written === '*') return entry;
  if (written === '') return place.fail('got an empty string, expected a principal');
  if (/[*?]/.test(written)) {
    return place.fail(
      `got \`${written}\`, but a wildcard cannot stand for part of a principal; use \`*\` with a condition on \`aws:PrincipalArn\``,
    );
  }
  if (type === 'AWS' && !/^(arn:.+|\d{12}|[A-Z0-9]{16,128})$/.test(written)) {
    return place.fail(`got \`${written}\`, expected an ARN, a 12-digit account id or \`*\``);
  }
  return entry;
}

/** The grammar lets numbers stand without quotation marks: an account id may come as one. */
function accountNumber(value: unknown, type: PrincipalType): unknown {
  return type === 'AWS' && typeof value === 'number' && /^\d{12}$/.test(String(value)) ? String(value) : value;
}
