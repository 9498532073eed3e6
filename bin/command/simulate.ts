/** `bulkhead simulate`: decides single requests, as AWS documents it. Status 0 when every line could be answered. */
import type { Command } from 'commander';
import type { Context } from '../../lib/policy/document';
import { type EvaluateInput, evaluate } from '../../lib/policy/evaluate';
import { readCaller } from '../../lib/policy/request-principal';
import { type Answer, runBatch } from './batch';
import { InputError, PROVED } from './input-error';
import { type JsonObject, noMisspelling, objectOf, onlyMembers, shown, stringOf } from './members';
import { policiesOf, readDocument, readDocuments } from './policies-input';

const EXAMPLES = `
Example:
  echo '{"id":1,"principal":"arn:aws:iam::111122223333:role/reader","identityPolicies":[…],
         "request":{"action":"s3:GetObject","resource":"arn:aws:s3:::bucket/key","context":{}}}' | bulkhead simulate --batch -

Each line is one object:
  {"id","principal","identityPolicies":[DOC],"permissionsBoundary":DOC?,"sessionPolicies":[DOC]?,
   "serviceControlPolicies":[DOC]?,"resourceControlPolicies":[DOC]?,"resourcePolicy":DOC?,
   "request":{"action","resource","resourceAccount"?,"context":{key:value|[values]}}}
and is answered by
  {"id","decision":"allowed"|"explicitlyDenied"|"implicitlyDenied","reason"}
The principal is an ARN, an account id, a service, an identity provider, or * for an anonymous caller.`;

export function define(command: Command): void {
  command
    .requiredOption('--batch <file>', 'the requests, one JSON object a line; - for standard input')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { readonly batch: string }) => {
      process.exitCode = await runBatch(options.batch, answer);
    });
}

const QUESTION = [
  'id',
  'principal',
  'identityPolicies',
  'permissionsBoundary',
  'sessionPolicies',
  'serviceControlPolicies',
  'resourceControlPolicies',
  'resourcePolicy',
  'request',
] as const;

function answer(question: JsonObject): Answer {
  const { decision, reason } = evaluate(readQuestion(question));
  return { output: { decision, reason }, status: PROVED };
}

function readQuestion(question: JsonObject): EvaluateInput {
  noMisspelling(question, QUESTION, 'line');
  const { request, resourceAccount } = readRequest(question.request);
  const controls = question.resourceControlPolicies;
  return {
    principal: readPrincipal(question.principal),
    policies: policiesOf(question, ''),
    ...(controls === undefined
      ? {}
      : { resourceControlPolicies: readDocuments(controls, 'resourceControlPolicies', 'rcp') }),
    ...(question.resourcePolicy === undefined
      ? {}
      : {
          resourcePolicy: readDocument(
            question.resourcePolicy,
            'resourcePolicy',
            kindOfResourcePolicy(request.action, request.resource),
          ),
        }),
    ...(resourceAccount === undefined ? {} : { resourceAccount }),
    request,
  };
}

/** The policy of a role is its trust policy, which has rules of its own. */
function kindOfResourcePolicy(action: string, resource: string): 'trust' | 'resource' {
  return /^sts:/i.test(action) && /^arn:[^:]*:iam:[^:]*:[^:]*:role\//.test(resource) ? 'trust' : 'resource';
}

function readPrincipal(value: unknown): string {
  const principal = stringOf(value, 'principal', 'an ARN, an account id, a service or `*`');
  try {
    readCaller(principal);
  } catch (error) {
    throw new InputError(`principal: ${error instanceof Error ? error.message : String(error)}`);
  }
  return principal;
}

const REQUEST = ['action', 'resource', 'resourceAccount', 'context'] as const;

function readRequest(value: unknown): Pick<EvaluateInput, 'request' | 'resourceAccount'> {
  const at = 'request';
  const object = objectOf(value, at);
  onlyMembers(object, REQUEST, at);
  const action = stringOf(object.action, `${at}.action`, 'one such as `s3:GetObject`');
  if (!/^[^:\s*?]+:[^:\s*?]+$/.test(action))
    throw new InputError(`${at}.action: got \`${action}\`, expected one action such as \`s3:GetObject\``);
  const account = object.resourceAccount;
  if (account !== undefined && !(typeof account === 'string' && /^\d{12}$/.test(account))) {
    throw new InputError(`${at}.resourceAccount: got ${shown(account)}, expected 12 digits as a string`);
  }
  const resource = stringOf(object.resource, `${at}.resource`, 'an ARN, or `*` for an action without resource');
  return {
    request: { action, resource, context: readContext(object.context, `${at}.context`) },
    resourceAccount: account,
  };
}

function readContext(value: unknown, at: string): Context {
  if (value === undefined) return {};
  const seen = new Map<string, string>();
  return Object.fromEntries(
    Object.entries(objectOf(value, at)).map(([key, given]) => {
      const twin = seen.get(key.toLowerCase());
      if (twin !== undefined)
        throw new InputError(`${at}: \`${key}\` stands beside \`${twin}\`, which is the same key; remove one`);
      seen.set(key.toLowerCase(), key);
      return [
        key,
        Array.isArray(given) ? given.map((one) => readValue(one, `${at}.${key}`)) : readValue(given, `${at}.${key}`),
      ];
    }),
  );
}

function readValue(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  throw new InputError(`${at}: got ${shown(value)}, expected a string or an array of strings`);
}
