/**
 * What is changed in the synthesized templates before they are deployed to the emulator, and why. Judged by the
 * engine and the simulator are the templates as synthesized.
 *
 * AWS shows a role's session to policies as the role: `aws:PrincipalArn` is the role's ARN
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn),
 * and a principal that names a role stands for its sessions
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles).
 * The emulator compares both with the ARN of the session alone. So each such role is followed by its sessions, which
 * in AWS would let in nobody more.
 */
import { editTemplate, stacksIn } from './assembly';
import { ACCOUNT, SESSION } from './place';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const ROLE = new RegExp(`^arn:aws:iam::${ACCOUNT}:role/(?:.*/)?([^/*]+)$`);

/** Changes the templates of the assembly in place; the changes that were made, one a line. */
export function speakOfSessions(assembly: string): readonly string[] {
  const changes: string[] = [];
  for (const stack of stacksIn(assembly)) {
    editTemplate(assembly, stack, (template) => {
      const before = JSON.stringify(template);
      walk(template as unknown as Json);
      if (JSON.stringify(template) !== before) changes.push(stack);
    });
  }
  return changes;
}

function walk(value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const v of value) walk(v);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'aws:PrincipalArn') value[key] = withSessions(inner, '*');
    else if (key === 'Principal' && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      if (inner.AWS !== undefined) inner.AWS = withSessions(inner.AWS, SESSION);
    } else walk(inner);
  }
}

function withSessions(value: Json, session: string): Json {
  const values = [value].flat();
  const sessions = values.flatMap((v) => {
    const name = typeof v === 'string' ? ROLE.exec(v)?.[1] : undefined;
    return name === undefined ? [] : [`arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`];
  });
  return sessions.length === 0 ? value : [...values, ...sessions];
}
