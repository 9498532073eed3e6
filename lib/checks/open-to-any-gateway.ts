/**
 * Functions that API Gateway calls for whoever has an API (SOD-10): a permission for the service that does not say for which API,
 * account or organisation. Whoever makes an API of his own is then asked by no authorizer of the domain.
 *
 * An account that the permission names is its author's choice. What only the deployment knows may be `*`, or anybody's account:
 * undecided, unless it is the stack's own account or belongs to a resource of the app. Lambda says that it compares the source as
 * `StringLike` does, whose `*` reads colons too, and paths of APIs may hold them: a `*` before the account is undecided as well.
 * Under each condition of the template it is asked by itself. Sources:
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
import { ALWAYS, both } from '../model/conditions';
import type { Model, Resource, When } from '../model/model';
import { onlyHole } from '../model/text-key';
import { type Hole, literal, show, substitute, type Text, text } from '../policy/text';
import { piecesOf } from './arn-pieces';
import { type Finding, OF_A_SETTING } from './finding';
import { asText } from './settings';

type ById = ReadonlyMap<string, Resource>;

export function openToAnyGateway({ resources }: Model, byId: ById): Finding[] {
  return resources.flatMap((permission): Finding[] => {
    const { origin, references, domain: own } = permission;
    const principals = origin.type === 'AWS::Lambda::Permission' ? forGateways(permission) : [];
    if (principals.length === 0) return [];
    const called = references.flatMap(({ to, at }) => (at === 'FunctionName' ? (byId.get(to)?.domain ?? []) : []))[0];
    const domain = called ?? own;
    if (domain === undefined) return [];
    const ways = waysOf(permission, principals, byId);
    const subject = `the permission \`${origin.path}\` lets every API of anybody call a function of the domain \`${domain}\`, past what asks who calls`;
    const known = { id: 'SOD-10', ...OF_A_SETTING, constructPaths: [origin.path] } as const;
    if (ways.some(({ unless }) => unless.length === 0))
      return [{ ...known, severity: 'violated', message: subject, fix: 'name the API in `SourceArn`' }];
    const [first] = ways;
    if (first === undefined) return [];
    const message = `it cannot be decided whether ${subject}: ${first.unless.join('; ')}`;
    const fix = 'name an API of the app in `SourceArn`, or its account in `SourceAccount`';
    return [{ ...known, severity: 'undecided', message, fix }];
  });
}

const GATEWAY = 'apigateway.amazonaws.com';

/** When the permission is for the service, also as `apigateway.${AWS::URLSuffix}`, and where one of several values is. */
function forGateways(permission: Resource): readonly When[] {
  return valuesOf(permission, 'Principal').flatMap(({ value, when }) => {
    const written = asText(value);
    return written !== undefined && possible(written).includes(GATEWAY) ? [when] : [];
  });
}

/** The strings that the text is, where its only unknown part has one of a few values. */
function possible(written: Text): readonly string[] {
  const plain = literal(written);
  if (plain !== undefined) return [plain];
  const hole = written.parts.find((part): part is Hole => typeof part !== 'string');
  const values = hole?.values ?? [];
  return values.flatMap((value) => literal(substitute(written, new Map([[hole!.hole, value]]))) ?? []);
}

function valuesOf({ alternatives, properties }: Resource, key: string): readonly { value: unknown; when: When }[] {
  return alternatives?.[key] ?? [{ value: properties[key], when: ALWAYS }];
}

/** Deployments in which nothing keeps the APIs of others out, unless what is unknown does: then why it may. */
interface Way {
  readonly when: When;
  readonly unless: readonly string[];
}

function waysOf(permission: Resource, principals: readonly When[], byId: ById): readonly Way[] {
  let ways: readonly Way[] = principals.map((when) => ({ when, unless: [] }));
  for (const key of ['SourceArn', 'SourceAccount', 'PrincipalOrgID']) {
    const values = valuesOf(permission, key).map(({ value, when }) => ({
      when,
      bound: value === undefined || value === null ? 'open' : boundBy(key, value, permission, byId),
    }));
    ways = ways.flatMap(({ when, unless }) =>
      values.flatMap(({ when: then, bound }): readonly Way[] => {
        const together = bound === 'bound' ? [] : both(when, then);
        if (together.length === 0) return [];
        return [{ when: together, unless: bound === 'open' ? unless : [...unless, bound] }];
      }),
    );
  }
  return ways;
}

/** Whether the value keeps the APIs of others out; else why that cannot be told. */
function boundBy(key: string, value: unknown, permission: Resource, byId: ById): 'bound' | 'open' | (string & {}) {
  const written = asText(value);
  if (written === undefined) return `\`${key}\` cannot be read`;
  const unknown = `only the deployment knows \`${key}\`, which is \`${show(written)}\``;
  if (key !== 'SourceArn') return written.parts.every(isSettled) ? 'bound' : unknown;
  const plain = literal(written);
  const arn = piecesOf(written);
  if (arn === undefined) {
    // Fewer colons than an ARN has: a `*` in it reads the rest.
    if (plain !== undefined) return /[*]/.test(plain) || plain === '' ? 'open' : 'bound';
    return isOfTheApp(onlyHole(written), permission, byId) ? 'bound' : unknown;
  }
  const { partition, service, region, account } = arn;
  if (account.parts.some(isWild)) return 'open';
  const before = text(partition, ':', service, ':', region);
  if (![...account.parts, ...before.parts].every(isSettled)) return unknown;
  return before.parts.some(isWild) ? `the \`*\` before the account in \`${key}\` may read colons` : 'bound';
}

function isWild(part: string | Hole): boolean {
  return typeof part === 'string' && /[*?]/.test(part);
}

/** Written out, of the stack's own environment, or one of a few values without a wildcard. */
function isSettled(part: string | Hole): boolean {
  if (typeof part === 'string') return true;
  const { type, values } = part;
  return (
    values?.every((value) => !/[*?]/.test(value)) ?? (type === 'account' || type === 'region' || type === 'partition')
  );
}

/** An attribute of a resource that the app makes and AWS provides: what custom resources return is their author's. */
function isOfTheApp(hole: Hole | undefined, { references }: Resource, byId: ById): boolean {
  if (hole === undefined || !/:\{"(?:Ref|Fn::GetAtt)":/.test(hole.hole)) return false;
  return references.some(({ to, at }) => {
    const type = at === 'SourceArn' ? byId.get(to)?.origin.type : undefined;
    return type !== undefined && /^AWS::/.test(type) && !/^AWS::CloudFormation::/.test(type);
  });
}
