/**
 * As much of API Gateway as stands before an authorizer: TLS, a client certificate where the domain wants one, the
 * event that AWS documents, and what becomes of the answer. The emulator's gateway leaves out parts of the event that
 * the authorizers need, and speaks no TLS.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { HOST } from './authorizer-app';
import { freePort } from './emulator';
import type { LocalFunction } from './local-function';
import { ACCOUNT, REGION } from './place';
import type { Authority } from './tls';

const METHOD = `arn:aws:execute-api:${REGION}:${ACCOUNT}:local00001/v1`;

export class LocalGateway {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /**
   * @param clients the authority of the clients; with `strict`, others do not come through the handshake, as at
   *   API Gateway. Without it the authorizer alone stands before the backend.
   */
  static async before(
    authorizer: LocalFunction,
    authority: Authority,
    clients?: { readonly ca: string; readonly strict: boolean },
  ): Promise<LocalGateway> {
    const { cert, key } = await authority.issue({ subject: `CN=${HOST}`, for: 'server' });
    const tls = clients === undefined ? {} : { requestCert: true, ca: clients.ca, rejectUnauthorized: clients.strict };
    const server = createServer({ cert, key, ...tls }, (request, response) => {
      answer(authorizer, request, response).catch(() => response.writeHead(500).end());
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new LocalGateway(server, `https://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function answer(authorizer: LocalFunction, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const result = await authorizer.invoke(eventOf(request));
  if (typeof result.errorMessage === 'string') {
    response.writeHead(result.errorMessage === 'Unauthorized' ? 401 : 500).end();
    return;
  }
  const policy = result.policyDocument as { Statement: readonly { Effect: string }[] };
  const context = (result.context ?? {}) as { readonly nonce?: string; readonly challenge?: string };
  if (policy.Statement[0]?.Effect === 'Allow') response.writeHead(200).end('{"orders":[]}');
  else if (context.nonce === undefined) response.writeHead(403).end();
  else response.writeHead(401, { 'dpop-nonce': context.nonce, 'www-authenticate': context.challenge ?? '' }).end();
}

function eventOf(request: IncomingMessage): unknown {
  const { method = 'GET', url: path = '/', headers, rawHeaders } = request;
  const many: Record<string, string[]> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    many[name] = [...(many[name] ?? []), value];
  }
  const { raw } = (request.socket as TLSSocket).getPeerCertificate();
  const resource = path.replace(/^\/v1/, '').replace(/\?.*$/, '');
  return {
    type: 'REQUEST',
    methodArn: `${METHOD}/${method}${resource}`,
    resource,
    path: resource,
    httpMethod: method,
    headers,
    multiValueHeaders: many,
    requestContext: {
      requestId: randomUUID(),
      httpMethod: method,
      resourcePath: resource,
      path,
      stage: 'v1',
      domainName: headers.host,
      identity: { sourceIp: '127.0.0.1', ...(raw !== undefined && { clientCert: { clientCertPem: pemOf(raw) } }) },
    },
  };
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
