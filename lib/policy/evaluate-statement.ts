/**
 * Whether one statement applies to one request: principal, action, resource and every condition.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 *
 * Actions are compared without regard to case, resources with. `*` in a resource matches any
 * characters, colons included: `arn:aws:lambda:*:my-function` reaches every region, account and
 * separator between. A resource policy's `execute-api:/stage/GET/path` is the same API's ARN from
 * the stage on: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-using-iam-policies-to-invoke-api.html
 */
import type { Context, Request, Selection, Statement } from './document';
import { conditionHolds } from './evaluate-condition';
import { isConstant, known, matchesPattern, matchesWritten, patternOf } from './evaluate-pattern';
import { type Closeness, closenessOf } from './evaluate-principal';
import { nameOfStatement } from './parse';
import { RequestContext } from './request-context';
import { accountOf, type Caller, contextOf, readCaller } from './request-principal';
import { type Text, text } from './text';

/** One request as statements see it. */
export interface Situation {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
  /** Absent when the question is about the policies alone, whoever carries them. */
  readonly caller?: Caller;
  /** The caller has a permissions boundary. */
  readonly bounded: boolean;
}

export interface SituationOptions {
  readonly principal?: string;
  readonly resourceAccount?: string;
  readonly bounded?: boolean;
}

/** What the request and the caller say together; what the request states itself takes precedence. */
export function situationOf(request: Request, options: SituationOptions = {}): Situation {
  const caller = options.principal === undefined ? undefined : readCaller(options.principal);
  const ofResource: Context =
    options.resourceAccount === undefined ? {} : { 'aws:ResourceAccount': options.resourceAccount };
  return {
    action: request.action.toLowerCase(),
    resource: request.resource,
    context: new RequestContext(caller === undefined ? {} : contextOf(caller), ofResource, request.context),
    ...(caller === undefined ? {} : { caller }),
    bounded: options.bounded ?? false,
  };
}

/**
 * True iff the statement applies, its principal left out: for identity policies, boundaries,
 * session policies and control policies, whose principal is whoever carries them.
 */
export function statementApplies(statement: Statement, situation: Situation): boolean {
  if (statement.opaque !== undefined) {
    throw new Error(
      `bulkhead: internal error: cannot evaluate ${nameOfStatement(statement)} of ${statement.origin}: ${statement.opaque}`,
    );
  }
  return (
    actionMatches(statement.action, situation.action) &&
    resourceMatches(statement, situation) &&
    statement.conditions.every((condition) => conditionHolds(condition, statement.version, situation.context))
  );
}

/** How closely the statement of a resource policy speaks of the caller; `none` when it does not apply. */
export function statementMatches(statement: Statement, situation: Situation): Closeness {
  if (statement.principal === undefined || situation.caller === undefined) return 'none';
  const closeness = closenessOf(statement.principal, situation.caller, statement.effect === 'Deny', situation.bounded);
  return closeness !== 'none' && statementApplies(statement, situation) ? closeness : 'none';
}

/** A selection's patterns in lower case, by the service that they name; a pattern may leave the service open, as `*` does. */
interface ActionPatterns {
  readonly ofService: ReadonlyMap<string, readonly string[]>;
  readonly ofAny: readonly string[];
}

/** Actions hold no variables, so each selection reads the same in every request. */
const actionPatterns = new WeakMap<Selection, ActionPatterns>();

function actionPatternsOf(selection: Selection): ActionPatterns {
  const cached = actionPatterns.get(selection);
  if (cached !== undefined) return cached;
  const ofService = new Map<string, string[]>();
  const ofAny: string[] = [];
  for (const written of selection.patterns) {
    const pattern = known(written).toLowerCase();
    const service = /^[^*?:]*(?=:)/.exec(pattern)?.[0];
    const alike = service === undefined ? ofAny : (ofService.get(service) ?? []);
    alike.push(pattern);
    if (service !== undefined) ofService.set(service, alike);
  }
  const patterns = { ofService, ofAny };
  actionPatterns.set(selection, patterns);
  return patterns;
}

function actionMatches(selection: Selection, lowerCasedAction: string): boolean {
  const { ofService, ofAny } = actionPatternsOf(selection);
  const service = lowerCasedAction.slice(0, Math.max(0, lowerCasedAction.indexOf(':')));
  const matches = (pattern: string): boolean => matchesWritten(lowerCasedAction, pattern);
  return ((ofService.get(service)?.some(matches) ?? false) || ofAny.some(matches)) !== selection.not;
}

/** A statement without `Resource` speaks of the resource that its policy is attached to. */
function resourceMatches(statement: Statement, situation: Situation): boolean {
  const selection = statement.resource;
  if (selection === undefined) return true;
  return selection.patterns.some((written) => oneMatches(written, statement, situation)) !== selection.not;
}

function oneMatches(written: Text, statement: Statement, situation: Situation): boolean {
  const source = known(written);
  const short = statement.principal !== undefined && source.startsWith('execute-api:/');
  const selected = short ? source.slice('execute-api:/'.length) : source;
  const resource = short ? pathOfApi(situation.resource) : situation.resource;
  if (isConstant(selected, statement.version)) return matchesWritten(resource, selected);
  const pattern = patternOf(short ? text(selected) : written, statement.version, true, situation.context);
  return pattern !== undefined && matchesPattern(resource, pattern);
}

/** `arn:aws:execute-api:region:account:api/stage/GET/path` → `stage/GET/path`. */
function pathOfApi(resource: string): string {
  return /^arn:[^:]*:execute-api:[^:]*:[^:]*:[^/]*\/(.*)$/s.exec(resource)?.[1] ?? '';
}

/** The account that owns the resource: stated, or read from its ARN, or else the caller's own. */
export function accountOfResource(
  request: Request,
  caller: Caller | undefined,
  stated: string | undefined,
): string | undefined {
  if (stated !== undefined) return stated;
  const inArn = request.resource.split(':')[4];
  if (inArn !== undefined && /^\d{12}$/.test(inArn)) return inArn;
  return caller === undefined ? undefined : accountOf(caller);
}
