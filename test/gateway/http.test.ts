import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttp, parseJson, readTextUpTo } from '../../src/gateway/http.ts';
import type { Fetch } from '../../src/gateway/http.ts';
import { fakeClock } from '../fakes/clock.ts';
import { startServer } from './localServer.ts';
import type { LocalServer } from './localServer.ts';

const servers: LocalServer[] = [];

async function serve(...args: Parameters<typeof startServer>): Promise<LocalServer> {
  const server = await startServer(...args);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

function local(fetch: Fetch = globalThis.fetch) {
  const clock = fakeClock();
  return { clock, http: createHttp(fetch, { clock, allowLocalhost: () => true }) };
}

/** A fetch that answers only to its signal. */
const silent: Fetch = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
  });

/** A stream that gives these pieces, and then fails, stays open or ends. */
function stream(pieces: readonly string[], end: 'closes' | 'breaks' | 'stays open' = 'closes') {
  const cancelled = vi.fn();
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (end === 'closes') controller.close();
      else if (end === 'breaks') controller.error(new TypeError('terminated'));
    },
    cancel: cancelled,
  });
  return { response: new Response(body), cancelled };
}

describe('the one fetch', () => {
  it('sends method, headers and body as they are given, and nothing that names the person', async () => {
    const fetch = vi.fn<Fetch>(async () => new Response('ok'));
    const { http } = local(fetch);
    await http.post('https://gateway.example/x', { body: '{}', headers: { accept: 'text/event-stream' } });
    await http.get('https://gateway.example/y');
    const never = {
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal: expect.any(AbortSignal),
    };
    expect(fetch.mock.calls).toEqual([
      [
        'https://gateway.example/x',
        { method: 'POST', body: '{}', headers: { accept: 'text/event-stream' }, ...never },
      ],
      ['https://gateway.example/y', { method: 'GET', headers: {}, ...never }],
    ]);
  });

  it.each([301, 302, 303, 307, 308])('sends nothing to where a %i leads', async (status) => {
    const elsewhere = await serve((response) => response.end('stolen'));
    const gateway = await serve((response) => {
      response.writeHead(status, { location: `${elsewhere.url}/take` }).end();
    });
    const { http } = local();
    const sent = http.post(gateway.url, { body: 'secret', headers: { 'payment-signature': 'secret' } });
    await expect(sent).rejects.toMatchObject({ reason: 'gatewayDown' });
    expect(gateway.arrived).toHaveLength(1);
    expect(elsewhere.arrived).toHaveLength(0);
  });

  it.each([
    'http://gateway.example/x',
    'http://localhost.example/x',
    'ftp://gateway.example/x',
    'file:///etc/passwd',
    'data:text/plain,x',
    'blob:https://gateway.example/x',
    '//gateway.example',
    '',
  ])('never reaches %s', async (url) => {
    const fetch = vi.fn<Fetch>();
    await expect(local(fetch).http.get(url)).rejects.toMatchObject({ reason: 'gatewayInsecure' });
    expect(fetch).not.toHaveBeenCalled();
  });

  it('reaches this machine without encryption in developer mode only', async () => {
    const fetch = vi.fn<Fetch>(async () => new Response('ok'));
    const http = createHttp(fetch, { clock: fakeClock(), allowLocalhost: () => false });
    await expect(http.get('http://localhost:8402')).rejects.toMatchObject({ reason: 'gatewayInsecure' });
    expect(fetch).not.toHaveBeenCalled();
    for (const url of [
      'http://localhost:8402',
      'http://127.0.0.1:1',
      'http://[::1]/',
      'http://a.localhost/',
    ]) {
      expect((await local(fetch).http.get(url)).status).toBe(200);
    }
  });

  it('says that the gateway is down when there is no connection', async () => {
    const gateway = await serve((response) => response.destroy());
    const { http, clock } = local();
    await expect(http.get(gateway.url)).rejects.toMatchObject({ reason: 'gatewayDown', retryable: true });
    await expect(http.get(gateway.url, { lostAs: 'paymentUnknown' })).rejects.toMatchObject({
      reason: 'paymentUnknown',
    });
    expect(clock.waiting).toBe(0);
  });

  it('gives up after 30 s without headers, or after the time that is given', async () => {
    const { http, clock } = local(silent);
    const short = http.get('https://gateway.example/');
    const long = http.post('https://gateway.example/', { body: '', headersWithinMs: 300_000 });
    const ends: string[] = [];
    short.catch(() => ends.push('short'));
    long.catch(() => ends.push('long'));
    clock.advance(29_999);
    await Promise.resolve();
    expect(ends).toEqual([]);
    clock.advance(1);
    await expect(short).rejects.toMatchObject({ reason: 'gatewayDown' });
    expect(ends).toEqual(['short']);
    clock.advance(270_000);
    await expect(long).rejects.toMatchObject({ reason: 'gatewayDown' });
    expect(clock.waiting).toBe(0);
  });

  it('ends with the reason for which the caller aborts', async () => {
    const { http, clock } = local(silent);
    const caller = new AbortController();
    const waiting = http.get('https://gateway.example/', { signal: caller.signal });
    const reason = new Error('the person stopped it');
    caller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(http.get('https://gateway.example/', { signal: caller.signal })).rejects.toBe(reason);
    expect(clock.waiting).toBe(0);
  });
});

describe('a short body', () => {
  it('is read whole, across split characters', async () => {
    const bytes = new TextEncoder().encode('{"a":"ü🙂"}');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await readTextUpTo(new Response(body), 100)).toBe('{"a":"ü🙂"}');
  });

  it('may be exactly as long as allowed, in bytes', async () => {
    expect(await readTextUpTo(new Response('üü'), 4)).toBe('üü');
    await expect(readTextUpTo(new Response('üü'), 3)).rejects.toMatchObject({ reason: 'gatewayUnclear' });
  });

  it('is empty where there is none', async () => {
    expect(await readTextUpTo(new Response(null), 10)).toBe('');
  });

  it('is cancelled as soon as it is too long', async () => {
    const { response, cancelled } = stream(
      Array.from({ length: 100 }, () => 'x'.repeat(1000)),
      'stays open',
    );
    await expect(readTextUpTo(response, 5000)).rejects.toMatchObject({ reason: 'gatewayUnclear' });
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it('is cut off when a small answer unpacks into a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024, 32));
    const gateway = await serve((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const { http } = local();
    const response = await http.get(gateway.url);
    await expect(http.text(response, 64 * 1024)).rejects.toMatchObject({ reason: 'gatewayUnclear' });
  });

  it('that breaks off is a gateway that is down', async () => {
    const { response } = stream(['{"a":'], 'breaks');
    await expect(readTextUpTo(response, 100)).rejects.toMatchObject({ reason: 'gatewayDown' });
  });

  it('that is no JSON is not understood', () => {
    expect(() => parseJson('<html>')).toThrow(expect.objectContaining({ reason: 'gatewayUnclear' }));
    expect(() => parseJson('')).toThrow(expect.objectContaining({ reason: 'gatewayUnclear' }));
    expect(parseJson('{"a":1}')).toEqual({ a: 1 });
  });

  it('that drips for ever is given up after 30 s and cancelled', async () => {
    const { http, clock } = local();
    const { response, cancelled } = stream(['{'], 'stays open');
    const reading = http.text(response, 100);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(30_000);
    await expect(reading).rejects.toMatchObject({ reason: 'gatewayDown' });
    expect(cancelled).toHaveBeenCalledOnce();
    expect(clock.waiting).toBe(0);
  });

  it('that the caller aborts ends with the caller’s reason', async () => {
    const gateway = await serve((response) => void response.writeHead(200).write('{'));
    const { http } = local();
    const caller = new AbortController();
    const response = await http.get(gateway.url, { signal: caller.signal });
    const reading = http.text(response, 100, caller.signal);
    const reason = new Error('the page has gone');
    caller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('leaves no timer behind when it comes in time', async () => {
    const { http, clock } = local();
    expect(await http.text(new Response('{}'), 100)).toBe('{}');
    expect(clock.waiting).toBe(0);
  });
});
