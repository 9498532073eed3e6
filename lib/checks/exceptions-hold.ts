/**
 * EXC-1, security exceptions: an accepted finding is accepted exactly as it stands, by somebody, for a time.
 *
 * An exception names the check and all construct paths of one finding. It excuses that finding and no other:
 * a finding that grew by a construct is another one, and so is a second of the check on the same paths, from which its words tell it
 * apart. An exception that matches nothing, or several findings, or has expired, is a finding itself, so that none
 * outlives its reason or hides what nobody accepted.
 */
import type { Model, SecurityException } from '../model/model';
import type { Finding } from './finding';

/** The findings, those that an exception excuses with it, and one for each exception that excuses nothing. */
export function withExceptions(
  model: Model,
  findings: readonly Finding[],
  today: Date = new Date(),
): readonly Finding[] {
  const day = today.toISOString().slice(0, 10);
  const exceptions = model.exceptions ?? [];
  const holding = exceptions.filter((e) => e.expires >= day);
  const used = new Set<SecurityException>();
  const each = findings.flatMap((f) => [f, ...(f.also ?? []).map((other) => ({ ...f, ...other }))]);
  const exact = holding.filter((e) => each.filter((f) => excuses(e, f)).length === 1);
  const excusedFrom = (finding: Finding): readonly Finding[] => {
    const found = exact.find((e) => excuses(e, finding));
    if (found === undefined) return [finding];
    used.add(found);
    const { reason, approver, expires } = found;
    // What the cause breaks of another check is another finding, which nobody has accepted yet.
    const { also = [], ...own } = finding;
    const [first, ...more] = also;
    const left = first && { ...own, ...first, ...(more.length > 0 && { also: more }) };
    return [{ ...own, exception: { reason, approver, expires } }, ...(left === undefined ? [] : excusedFrom(left))];
  };
  const excused = findings.flatMap(excusedFrom);
  return [...excused, ...exceptions.filter((e) => !used.has(e)).map((e) => idle(e, excused, e.expires < day))];
}

function excuses({ finding: id, constructPaths, says = '' }: SecurityException, finding: Finding): boolean {
  return finding.id === id && keyOf(finding.constructPaths) === keyOf(constructPaths) && finding.message.includes(says);
}

/** Paths as the author knows them: of the construct, not of the L1 inside it. */
function keyOf(paths: readonly string[]): string {
  return [...new Set(paths.map((p) => p.replace(/\/(Resource|Default)$/, '')))].sort().join('\n');
}

function idle(exception: SecurityException, findings: readonly Finding[], expired: boolean): Finding {
  const { finding: id, constructPaths, says, declaredAt, expires, approver } = exception;
  const several = findings.filter((f) => excuses(exception, f));
  if (!expired && several.length > 1) {
    return {
      id: 'EXC-1',
      severity: 'violated',
      message: `the security exception \`${declaredAt}\` matches ${several.length} findings: expected one, so it excuses none`,
      principals: [],
      constructPaths: [declaredAt],
      explanation: [`It was approved by ${approver}.`, ...several.map((f) => `\`${f.id}\`: ${f.message}`)],
      chain: [],
      fix: 'give it `says`, words of the one finding that was accepted',
    };
  }
  const candidates = findings.filter((f) => f.id === id).map((f) => `\`${f.id}\` names ${listed(f.constructPaths)}`);
  const message = expired
    ? `the security exception \`${declaredAt}\` expired on ${expires}`
    : `the security exception \`${declaredAt}\` matches no finding: expected \`${id}\` on exactly ${listed(constructPaths)}${says === undefined ? '' : `, saying \`${says}\``}`;
  return {
    id: 'EXC-1',
    severity: 'violated',
    message,
    principals: [],
    constructPaths: [declaredAt],
    explanation: [`It was approved by ${approver}.`, ...candidates],
    chain: [],
    fix: expired
      ? 'mend what it excused, or have it approved anew with a later date'
      : candidates.length > 0
        ? 'name all construct paths of the finding, or remove the exception'
        : 'remove the exception: what it excused is mended',
  };
}

function listed(paths: readonly string[]): string {
  return paths.map((p) => `\`${p}\``).join(', ');
}
