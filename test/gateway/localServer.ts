import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on this machine; what arrives is kept. */
export interface LocalServer {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  stop(): Promise<void>;
}

/** Starts a server that answers everything with `respond`. */
export async function startServer(
  respond: (response: ServerResponse, request: Arrived) => void,
): Promise<LocalServer> {
  const arrived: Arrived[] = [];
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = message;
    const request = { method, url, headers, body: await text(message) };
    arrived.push(request);
    respond(response, request);
  };
  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
