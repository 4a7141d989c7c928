import type { IncomingMessage } from 'node:http';

/** What reached a server of the rig, so that a test can say what left the browser. */
export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Far above what any client of ours may send. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Reads a request whole. */
export async function recordRequest(message: IncomingMessage): Promise<RecordedRequest> {
  const at = Date.now();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) throw new Error('The request body is over 32 MiB.');
    parts.push(part);
  }
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
  return {
    method: message.method ?? '',
    path: message.url ?? '/',
    headers,
    body: Buffer.concat(parts).toString('utf8'),
    at,
  };
}
