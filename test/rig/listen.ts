import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';

/** An HTTP server that answers on both loopback addresses, whatever name the Host header carries. */
export interface Listening {
  readonly port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 and, where the machine has it and the port is free there, on ::1: browsers resolve
 * *.localhost to either.
 * @param port - 0: any free port
 */
export async function listen(handler: RequestListener, port: number): Promise<Listening> {
  const first = createServer(handler);
  const taken = await bind(first, port, '127.0.0.1');
  const second = createServer(handler);
  const both = await bind(second, taken, '::1').then(
    () => [first, second],
    () => [first],
  );
  for (const server of both) server.unref();
  return {
    port: taken,
    async close() {
      await Promise.all(
        both.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
