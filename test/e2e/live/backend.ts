/** What the domains' APIs lead to: counts who came, and answers. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Backend {
  /** By first segment of the path: the domain. */
  readonly reached = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Backend> {
    const server = createServer();
    const backend = new Backend(server);
    server.on('request', (request, response) => {
      const [, domain = ''] = (request.url ?? '').split('/');
      backend.reached.set(domain, (backend.reached.get(domain) ?? 0) + 1);
      request.resume();
      // With its length, and the connection closed: the emulator passes on whatever headers it gets, those of the
      // connection as well, and an answer in pieces would be called both whole and in pieces.
      const answer = { 'content-type': 'application/json', 'content-length': 13, connection: 'close' };
      request.on('end', () => response.writeHead(200, answer).end('{"orders":[]}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return backend;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
