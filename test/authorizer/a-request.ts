/** What API Gateway hands to an authorizer, and what the authorizer said about it. */
import { type Configuration, readConfiguration } from '../../lib/authorizer/configuration';
import type { Answer } from '../../lib/authorizer/decision';
import { type Authenticate, handlerOf } from '../../lib/authorizer/handler';

export const HOST = 'abc123.execute-api.eu-central-1.amazonaws.com';
export const API = 'arn:aws:execute-api:eu-central-1:111122223333:abc123/v1';
export const URL_CALLED = `https://${HOST}/v1/orders/7`;

export interface Called {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly method?: string;
  readonly resource?: string;
  readonly path?: string;
  readonly host?: string;
  readonly certificate?: string;
}

export function anEvent(called: Called = {}): unknown {
  const { headers = {}, method = 'GET', resource = '/orders/{id}', path = '/v1/orders/7', host = HOST } = called;
  const { certificate } = called;
  return {
    type: 'REQUEST',
    methodArn: `${API}/${method}${path.replace(/^\/v1/, '')}`,
    resource,
    path,
    httpMethod: method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().at(-1)])),
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()])),
    requestContext: {
      requestId: 'c0ffee',
      httpMethod: method,
      resourcePath: resource,
      path,
      stage: 'v1',
      domainName: host,
      identity: {
        sourceIp: '192.0.2.1',
        ...(certificate === undefined
          ? {}
          : { clientCert: { clientCertPem: certificate, subjectDN: 'CN=what-it-says' } }),
      },
    },
  };
}

/** The routes of every test: one to read with, one to write with, one of another scope. */
export function configured(parts: Partial<Configuration> = {}): Configuration {
  return readConfiguration(
    JSON.stringify({
      domain: 'orders',
      routes: [
        { scopes: ['orders.read'], routes: ['GET /orders/{id}', 'GET /orders'] },
        { scopes: ['orders.write'], routes: ['POST /orders'] },
      ],
      cached: false,
      ...parts,
    }),
  );
}

export type Outcome =
  | { readonly answer: Answer; readonly log: Readonly<Record<string, unknown>>; readonly line: string }
  | { readonly thrown: string; readonly log: Readonly<Record<string, unknown>>; readonly line: string };

/** Asks the authorizer, and takes down its one line in the log. */
export async function ask(configuration: Configuration, authenticate: Authenticate, event: unknown): Promise<Outcome> {
  const lines: string[] = [];
  const handler = handlerOf(configuration, authenticate, (line) => lines.push(line));
  const result = await handler(event).then(
    (answer) => ({ answer }),
    (error: Error) => ({ thrown: error.message }),
  );
  const [line = ''] = lines;
  if (lines.length !== 1) throw new Error(`${lines.length} lines in the log, expected one`);
  return { ...result, log: JSON.parse(line), line };
}

/** `allow`, or the reason and what the caller sees. */
export function outcome(found: Outcome): string {
  if ('thrown' in found) return `${found.log.reason ?? found.log.error}: ${found.thrown}`;
  const [statement] = found.answer.policyDocument.Statement;
  return statement?.Effect === 'Allow' ? 'allow' : `${found.log.reason}: ${statement?.Effect}`;
}
