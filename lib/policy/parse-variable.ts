/**
 * The spelling of policy variables: `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`.
 * Checked where the version gives them meaning; in 2008-10-17 they are plain text.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import type { PolicyVersion } from './document';
import type { Place } from './parse-value';
import type { Text } from './text';

/** Refuses what IAM Access Analyzer calls an error: a missing brace, a missing quote, an empty variable. */
export function checkVariables(t: Text, version: PolicyVersion, place: Place): void {
  if (version !== '2012-10-17') return;
  t.parts.forEach((part, index) => {
    if (typeof part === 'string') checkPart(part, index === t.parts.length - 1, place);
  });
}

/** A hole may stand inside a variable (`${aws:PrincipalTag/<hole>}`): only the last part must close what it opens. */
function checkPart(part: string, last: boolean, place: Place): void {
  for (let start = part.indexOf('${'); start !== -1; start = part.indexOf('${', start + 2)) {
    const end = part.indexOf('}', start);
    if (end === -1) {
      if (!last) return;
      place.fail(
        `got \`${part}\`, whose policy variable has no closing brace; add \`}\`, or write \`\${$}{\` for the two characters`,
      );
    }
    const inside = part.slice(start + 2, end);
    if (inside.trim() === '')
      place.fail(`got \`${part}\`, whose policy variable is empty; name a condition key in it or remove it`);
    const comma = inside.indexOf(',');
    if (comma !== -1 && !/^, '[^']*'$/.test(inside.slice(comma))) {
      place.fail(`got \`${part}\`, whose default value is misspelt; write \`\${${inside.slice(0, comma)}, 'value'}\``);
    }
  }
}
