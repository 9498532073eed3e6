/**
 * Reads one statement: Sid, Effect, Principal, Action, Resource; the conditions are in
 * `parse-condition.ts`. An action or effect that is unresolved until deployment makes the statement
 * opaque: nobody can say what it grants, so every question it touches is undecided.
 */
import type { PolicyVersion, PrincipalElement, Selection, Statement } from './document';
import type { PolicyKind } from './parse';
import { parseConditions } from './parse-condition';
import { parsePrincipal } from './parse-principal';
import {
  describe,
  isObject,
  type JsonObject,
  listOf,
  literalPrefix,
  onlyMembers,
  type Place,
  readText,
  suggestion,
} from './parse-value';
import { checkVariables } from './parse-variable';
import { literal, show, type Text } from './text';

interface Surroundings {
  readonly place: Place;
  readonly index: number;
  readonly kind: PolicyKind | undefined;
  readonly version: PolicyVersion;
  readonly opaque: string | undefined;
}

const ELEMENTS = [
  'Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition',
] as const; // biome-ignore format: a list to be read at a glance

const EFFECTS = ['Allow', 'Deny'] as const;

export function parseStatement(value: unknown, around: Surroundings): Statement {
  const { index, version, kind } = around;
  const numbered = around.place.inStatement(`statement ${index + 1}`);
  if (!isObject(value)) return numbered.fail(`got ${describe(value)}, expected a statement: an object`);
  const sid = value.Sid === undefined ? undefined : show(readText(value.Sid, numbered.at('Sid'), 'a statement id'));
  const place = sid ? around.place.inStatement(`statement "${sid}"`) : numbered;
  onlyMembers(value, ELEMENTS, place, 'a statement');

  const effect = readEffect(value, place);
  const action = readAction(value, place);
  const principal = readPrincipal(value, place, kind);
  const resource = readResource(value, place, kind, version, principal);
  const conditions =
    value.Condition === undefined ? [] : parseConditions(value.Condition, place.at('Condition'), version);
  const opaque = around.opaque ?? effect.opaque ?? unresolvedAction(action);
  const { origin } = around.place;
  const statement: Writable<Statement> = { effect: effect.used, index, origin, version, action, conditions };
  if (sid !== undefined) statement.sid = sid;
  if (resource !== undefined) statement.resource = resource;
  if (principal !== undefined) statement.principal = principal;
  if (opaque !== undefined) statement.opaque = opaque;
  return statement;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Case-sensitive: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html */
function readEffect(
  statement: JsonObject,
  place: Place,
): { readonly used: 'Allow' | 'Deny'; readonly opaque?: string } {
  if (statement.Effect === undefined) return place.fail('no `Effect`, expected `Allow` or `Deny`; add one');
  const plain = EFFECTS.find((candidate) => candidate === statement.Effect);
  if (plain !== undefined) {
    place.spend(plain.length);
    return { used: plain };
  }
  const effect = readText(statement.Effect, place.at('Effect'), '`Allow` or `Deny`');
  const written = literal(effect);
  if (written === undefined) return { used: 'Allow', opaque: `its effect ${show(effect)} is unresolved` };
  const known = EFFECTS.find((candidate) => candidate === written);
  if (known === undefined) {
    return place
      .at('Effect')
      .fail(`got \`${written}\`, expected \`Allow\` or \`Deny\`; ${suggestion(written, EFFECTS, 'write one of them')}`);
  }
  return { used: known };
}

function unresolvedAction(action: Selection): string | undefined {
  const hole = action.patterns.find((pattern) => literal(pattern) === undefined);
  return hole === undefined ? undefined : `its action ${show(hole)} is unresolved`;
}

function readAction(statement: JsonObject, place: Place): Selection {
  const read = readSelection(statement, 'Action', place);
  if (read === undefined) return place.fail('no `Action`, expected `Action` or `NotAction`; add one');
  for (const pattern of read.selection.patterns) checkAction(pattern, read.at);
  return read.selection;
}

/** `service:Name` with wildcards in either part, or `*`: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
function checkAction(pattern: Text, place: Place): void {
  const action = literal(pattern);
  if (action === undefined || /^\*+$/.test(action)) return;
  if (action.includes('${')) {
    place.fail(
      `got \`${action}\`, but policy variables are allowed in \`Resource\` and \`Condition\` only; name the action`,
    );
  }
  if (!/^[^:\s]+:[^:\s]+$/.test(action)) {
    place.fail(
      `got \`${action}\`, expected \`service:Name\`, such as \`s3:GetObject\`, or \`*\`; ${fixOfAction(action)}`,
    );
  }
}

function fixOfAction(action: string): string {
  if (/\s/.test(action)) return 'remove the white space';
  return action.includes(':') ? 'write one colon' : 'put the service before the name';
}

function readPrincipal(
  statement: JsonObject,
  place: Place,
  kind: PolicyKind | undefined,
): PrincipalElement | undefined {
  const not = statement.NotPrincipal !== undefined;
  if (not && statement.Principal !== undefined) {
    return place.fail('both `Principal` and `NotPrincipal`, expected one of them; remove one');
  }
  const value = not ? statement.NotPrincipal : statement.Principal;
  const element = not ? 'NotPrincipal' : 'Principal';
  switch (kind) {
    case 'identity':
    case 'boundary':
    case 'session':
    case 'scp':
      if (value === undefined) return undefined;
      return place
        .at(element)
        .fail(
          `got ${describe(value)} in ${KIND_NAMES[kind]}, expected none: its principal is whoever carries it; remove it`,
        );
    case 'trust':
    case 'rcp':
      if (not)
        return place
          .at(element)
          .fail(`not allowed in ${KIND_NAMES[kind]}; use \`Principal\` with a condition on \`aws:PrincipalArn\``);
      if (value === undefined) return place.fail(`no \`Principal\`, which ${KIND_NAMES[kind]} needs; add one`);
      return parsePrincipal(value, not, place.at(element));
    case 'resource':
      if (value === undefined) return place.fail(`no \`Principal\`, which ${KIND_NAMES[kind]} needs; add one`);
      return parsePrincipal(value, not, place.at(element));
    case undefined:
      return value === undefined ? undefined : parsePrincipal(value, not, place.at(element));
  }
}

const KIND_NAMES: Readonly<Record<PolicyKind, string>> = {
  identity: 'an identity policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
  scp: 'a service control policy',
  rcp: 'a resource control policy',
  resource: 'a resource policy',
  trust: 'a role trust policy',
};

function readResource(
  statement: JsonObject,
  place: Place,
  kind: PolicyKind | undefined,
  version: PolicyVersion,
  principal: PrincipalElement | undefined,
): Selection | undefined {
  const read = readSelection(statement, 'Resource', place);
  if (read === undefined) {
    const optional = kind === 'trust' || kind === 'resource' || (kind === undefined && principal !== undefined);
    return optional ? undefined : place.fail('no `Resource`, expected `Resource` or `NotResource`; add one');
  }
  const { selection, at } = read;
  // IAM answers "Has prohibited field Resource": a trust policy speaks of the role it is attached to.
  if (kind === 'trust')
    return at.fail('not allowed in a role trust policy, whose resource is the role itself; remove it');
  for (const pattern of selection.patterns) {
    checkResource(pattern, kind, at);
    checkVariables(pattern, version, at);
  }
  return selection;
}

/** Every instance must be an ARN or `*`; API Gateway resource policies also take `execute-api:/stage/…`. */
function checkResource(pattern: Text, kind: PolicyKind | undefined, place: Place): void {
  const short = kind === 'resource' || kind === undefined;
  if (short && show(pattern).startsWith('execute-api:/')) return;
  const prefix = literalPrefix(pattern);
  if (prefix.startsWith('arn:') || ('arn:'.startsWith(prefix) && prefix !== show(pattern))) return;
  place.fail(`got \`${show(pattern)}\`, expected an ARN (\`arn:aws:service:region:account:resource\`) or \`*\``);
}

interface ReadSelection {
  readonly selection: Selection;
  readonly at: Place;
}

/** `X` or `NotX`, never both; absent when neither stands there. */
function readSelection(statement: JsonObject, element: 'Action' | 'Resource', place: Place): ReadSelection | undefined {
  const negated = `Not${element}` as const;
  const not = statement[negated] !== undefined;
  if (not && statement[element] !== undefined) {
    return place.fail(`both \`${element}\` and \`${negated}\`, expected one of them; remove one`);
  }
  const value = not ? statement[negated] : statement[element];
  if (value === undefined) return undefined;
  const at = place.at(not ? negated : element);
  const what = element === 'Action' ? 'an action' : 'a resource';
  const patterns = listOf(value).map((one) => readText(one, at, what));
  if (not && patterns.length === 0)
    return at.fail(`an empty list, which would match everything; write \`"${element}": "*"\` if that is meant`);
  for (const pattern of patterns) {
    if (pattern.parts.length === 0) return at.fail(`got an empty string, expected ${what}`);
  }
  return { selection: { not, patterns }, at };
}
