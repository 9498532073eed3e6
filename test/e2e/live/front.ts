/**
 * The door of the emulator: TLS on the loopback interface, with a certificate of the run's own authority. The emulator
 * speaks no TLS itself, and bucket policies rightly refuse whoever comes without; it takes the word of a proxy
 * (`x-forwarded-proto`) for it, as it would behind a load balancer.
 */
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import { freePort } from './emulator';
import type { Authority } from './tls';

export class Front {
  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  static async before(emulator: string, authority: Authority): Promise<Front> {
    const { cert, key } = await authority.issue({ subject: 'CN=127.0.0.1', for: 'server' });
    const { hostname, port } = new URL(emulator);
    const server = createServer({ cert, key }, (incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const onward = forward(
        {
          hostname,
          port,
          method,
          path,
          agent: false,
          insecureHTTPParser: true,
          headers: { ...headers, 'x-forwarded-proto': 'https' },
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      // The emulator is gone, or was killed: so is the connection.
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    const own = await freePort();
    await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve));
    return new Front(server, `https://127.0.0.1:${own}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
