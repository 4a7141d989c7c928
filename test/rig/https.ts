import { request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { generate } from 'selfsigned';

/** A request that came through the door. */
export interface DoorRequest {
  /** As the client named it: "jumpgate.ambient.xyz". */
  readonly host: string;
  readonly method: string;
  readonly path: string;
}

/** An https server that stands in for public names. */
export interface HttpsDoor {
  readonly port: number;
  /** Everything that arrived, whatever its name, in order. */
  readonly requests: readonly DoorRequest[];
  stop(): Promise<void>;
}

/**
 * Starts an https server in front of local http ones. Its certificate is made now and is nobody's: clients have to
 * ignore that. A name without a server behind it is recorded too, and gets a 502.
 *
 * @param ports - which local port answers for which name
 * @example
 * const door = await startHttpsDoor({ 'jumpgate.ambient.xyz': world.gateway.port });
 * launchBrowser({ hostMap: { '*:443': `127.0.0.1:${door.port}` }, certErrorsIgnored: true, … });
 */
export async function startHttpsDoor(ports: Readonly<Record<string, number>>): Promise<HttpsDoor> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'rig.invalid' }], {
    keyType: 'ec',
  });
  const requests: DoorRequest[] = [];
  const server = createServer({ key, cert }, (message, response) => {
    const { host = '' } = message.headers;
    requests.push({ host, method: message.method ?? '', path: message.url ?? '/' });
    const port = ports[host];
    if (port === undefined) response.writeHead(502).end();
    else passOn(message, response, port);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Byte by byte as it comes, so that an answer streams; either side that breaks off breaks the other. */
function passOn(message: IncomingMessage, response: ServerResponse, port: number): void {
  const headers = { ...message.headers, 'x-forwarded-proto': 'https' };
  const { method, url: path } = message;
  const inner = forward({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.once('error', () => response.destroy());
  });
  inner.once('error', () => response.destroy());
  response.once('close', () => inner.destroy());
  message.pipe(inner);
}
