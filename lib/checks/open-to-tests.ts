/**
 * Functions that test invocations of an API call (SOD-10): of an API that the constructs made, a permission whose source is
 * `test-invoke-stage`. CDK's Lambda integration writes one unless told otherwise, and a `*` in the place of the stage is one as well.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html,
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html (the source is compared as `StringLike` does)
 */
import type { Model, Resource } from '../model/model';
import { type Part, type Text, text } from '../policy/text';
import { piecesOf } from './arn-pieces';
import { typed } from './by-type';
import { type Finding, OF_A_SETTING } from './finding';
import { asText } from './settings';

type ById = ReadonlyMap<string, Resource>;

/** One finding for an API and a verdict. */
export function openToTests({ resources }: Model, byId: ById): Finding[] {
  const byApi = new Map<string, { api: Resource; severity: Finding['severity']; permissions: Resource[] }>();
  for (const permission of typed(resources, 'AWS::Lambda::Permission')) {
    const severity = isOfTests(asText(permission.properties.SourceArn));
    if (severity === undefined) continue;
    const api = permission.references
      .filter(({ at }) => at === 'SourceArn')
      .map(({ to }) => byId.get(to))
      .find((one) => one?.part === 'api');
    if (api === undefined) continue;
    const key = `${severity} ${api.id}`;
    const known = byApi.get(key);
    if (known === undefined) byApi.set(key, { api, severity, permissions: [permission] });
    else known.permissions.push(permission);
  }
  return [...byApi.values()].map(({ api, severity, permissions }) => {
    const [first] = permissions;
    const more = permissions.length - 1;
    const opens = `the permission \`${first!.origin.path}\`${more === 0 ? '' : ` (and so ${more} more)`} opens a function to test invocations of the API \`${api.origin.path}\``;
    return {
      id: 'SOD-10',
      severity,
      message:
        severity === 'violated' ? opens : `it cannot be decided whether ${opens}: only the deployment knows the stage`,
      ...OF_A_SETTING,
      constructPaths: [...permissions.map(({ origin }) => origin.path), api.origin.path],
      fix: 'name the stage in `SourceArn`; of a Lambda integration, pass `allowTestInvoke: false`',
    };
  });
}

const TESTS = 'test-invoke-stage';

/** Whether a test invocation matches: `arn:…:API/test-invoke-stage/METHOD/path`. A wildcard reads slashes, so what stands before it decides. */
function isOfTests(source: Text | undefined): Finding['severity'] | undefined {
  const stage = source && stageIn(source);
  if (stage === undefined) return undefined;
  const [written, ...more] = stage.parts;
  if (written !== undefined && typeof written !== 'string')
    return written.values?.every((value) => !mayBeTests(value)) || written.identity !== undefined
      ? undefined
      : 'undecided';
  if (!mayBeTests(written ?? '', more.length > 0)) return undefined;
  return more.length === 0 || /[*?]/.test(written ?? '') ? 'violated' : 'undecided';
}

function mayBeTests(written: string, goesOn = false): boolean {
  const stop = written.search(/[*?]/);
  return stop < 0 && !goesOn ? written === TESTS : TESTS.startsWith(stop < 0 ? written : written.slice(0, stop));
}

/** What stands after the API's id, up to the next slash. */
function stageIn(source: Text): Text | undefined {
  const rest = piecesOf(source)?.rest;
  if (rest === undefined) return undefined;
  const parts: Part[] = [];
  let slashes = 0;
  for (const part of rest.parts) {
    if (typeof part !== 'string') {
      if (slashes === 1) parts.push(part);
      continue;
    }
    const [first = '', ...others] = part.split('/');
    if (slashes === 1) parts.push(first);
    if (slashes === 0 && others.length > 0) parts.push(others[0]!);
    slashes += others.length;
    if (slashes > 1) break;
  }
  return slashes === 0 ? undefined : text(...parts);
}
