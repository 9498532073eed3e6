/**
 * Signed requests to AWS's APIs at an endpoint on this machine, and what came back, undecorated: the status and the
 * error's code decide, so no SDK stands between the attack and its answer, and none tries again.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { AwsClient } from 'aws4fetch';
import { REGION } from './place';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** fakecloud takes access keys that begin with `test` for the account's root, whom no policy binds. */
export const ROOT_USER: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface Call {
  /** As in the credential scope: `s3`, `kms`, `monitoring`. */
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** The error's code, as far as the body or a header names one. */
  readonly code?: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

const TIMEOUT = 20_000;

/** Where AWS's APIs are answered, and by whose certificate one knows that they are. */
export interface Endpoint {
  readonly url: string;
  readonly ca: string;
}

export async function send(endpoint: Endpoint, credentials: Credentials | undefined, call: Call): Promise<Answer> {
  const { service, method = 'POST', path = '/', headers = {}, body } = call;
  const url = `${endpoint.url}${path}`;
  const init = { method, headers, ...(body !== undefined && { body }) };
  const signed =
    credentials === undefined
      ? new Request(url, init)
      : await new AwsClient({ ...credentials, service, region: REGION, retries: 0 }).sign(url, init);
  return ask(endpoint, url, method, Object.fromEntries(signed.headers), body);
}

const agents = new Map<string, Agent>();

/** A request over TLS, as it is given. */
export function ask(
  { ca }: Endpoint,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Answer> {
  const agent = agents.get(ca) ?? new Agent({ ca, keepAlive: true });
  agents.set(ca, agent);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(
      url,
      { method, headers: { ...headers, ...length }, agent, servername: 'localhost', timeout: TIMEOUT },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = answer.statusCode ?? 0;
          resolve({ status, code: codeOf(status, answer.headers, text), body: text, headers: answer.headers });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT / 1000} seconds`)));
    outgoing.on('error', (error) => {
      // A connection that was kept open, and closed by the other side before this request: it was never sent.
      if (outgoing.reusedSocket) resolve(ask({ url, ca }, url, method, headers, body));
      else reject(error);
    });
    outgoing.end(body);
  });
}

function codeOf(status: number, headers: IncomingHttpHeaders, text: string): string | undefined {
  if (status < 300) return undefined;
  const named = headers['x-amzn-errortype'] ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
  const typed = /"(?:__type|code|Code)"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  return (named === undefined ? typed : String(named))?.split(':')[0]?.split('#').at(-1);
}

/** Denied by a policy, as every service here says it. */
export function denied({ status, code = '' }: Answer): boolean {
  return status === 403 && /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized)$/.test(code);
}

const VERSIONS: Readonly<Record<string, string>> = {
  cloudformation: '2010-05-15',
  iam: '2010-05-08',
  sns: '2010-03-31',
  sts: '2011-06-15',
};

/** A request of the Query protocol: IAM, STS, SNS, CloudFormation. */
export function query(service: string, action: string, parameters: Readonly<Record<string, string>> = {}): Call {
  return {
    service,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: action, Version: VERSIONS[service] ?? '', ...parameters }).toString(),
  };
}

const TARGETS: Readonly<Record<string, readonly [string, '1.0' | '1.1']>> = {
  kms: ['TrentService', '1.1'],
  logs: ['Logs_20140328', '1.1'],
  wafv2: ['AWSWAF_20190729', '1.1'],
  dynamodb: ['DynamoDB_20120810', '1.0'],
  monitoring: ['GraniteServiceVersion20100801', '1.0'],
  events: ['AWSEvents', '1.1'],
  'cognito-idp': ['AWSCognitoIdentityProviderService', '1.1'],
};

/** A request of the JSON protocol: KMS, CloudWatch, its Logs, EventBridge, WAF, DynamoDB, Cognito. */
export function json(service: string, action: string, input: object): Call {
  const [target, version] = TARGETS[service] ?? [service, '1.1'];
  return {
    service,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${action}` },
    body: JSON.stringify(input),
  };
}

/** The text of an element of an XML answer. */
export function element(body: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(body)?.[1];
  return found?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The answer, or an error with all that came back: for what a run itself needs. */
export async function must(endpoint: Endpoint, credentials: Credentials, call: Call): Promise<Answer> {
  const answer = await send(endpoint, credentials, call);
  if (answer.status < 300) return answer;
  const what =
    /Action=(\w+)/.exec(call.body ?? '')?.[1] ?? call.headers?.['x-amz-target'] ?? `${call.method} ${call.path}`;
  throw new Error(`${call.service} ${what}: ${answer.status} ${answer.code ?? ''} ${answer.body.slice(0, 500)}`);
}
