import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import { isLocalHost } from '../core/site.ts';
import type { Reason } from '../core/reasons.ts';

/** The browser's fetch, as much of it as is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a request may carry. */
interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long to wait for the answer's headers, in milliseconds; 30 s where it is not given. */
  readonly headersWithinMs?: number;
  /** Why the call fails when no answer comes: `gatewayDown` while nothing is paid. */
  readonly lostAs?: Reason;
}

/** The only way to the network: no redirect, cookie, referrer or cache, https only. */
export interface Http {
  /** @throws {Failure} `lostAs`, gatewayInsecure, gatewayNotAllowed; the signal's reason where it aborted */
  readonly get: (url: string, options?: HttpOptions) => Promise<Response>;
  /** @throws {Failure} as `get` does */
  readonly post: (url: string, options: HttpOptions & { readonly body: string }) => Promise<Response>;
  /** The whole body, within 30 s. @throws {Failure} gatewayUnclear beyond so many bytes, gatewayDown; as `get` does */
  readonly text: (response: Response, maxBytes: number, signal?: AbortSignal) => Promise<string>;
}

/** How Http reaches the world. */
export interface HttpDeps {
  readonly clock: Clock;
  /** Whether plain http to this machine is allowed too, asked before each request: developer mode. */
  readonly allowLocalhost: () => boolean;
  /** Whether the browser lets us reach it: asked when a request has failed, so that the reason can be told. */
  readonly mayReach?: (url: string) => Promise<boolean>;
}

/** No quote, error or challenge is longer, in bytes. */
export const shortAnswer = 64 * 1024;

const withinMs = 30_000;

/**
 * Makes the one fetch. A redirect that is followed would carry signature and prompt to another origin, so it is an
 * error before a byte goes there.
 */
export function createHttp(
  fetch: Fetch,
  { clock, allowLocalhost, mayReach = async () => true }: HttpDeps,
): Http {
  const send = async (url: string, options: HttpOptions, init: RequestInit): Promise<Response> => {
    if (!isAllowed(url, allowLocalhost())) throw new Failure('gatewayInsecure');
    const { headers = {}, signal, headersWithinMs = withinMs, lostAs = 'gatewayDown' } = options;
    signal?.throwIfAborted();
    const late = new AbortController();
    const cancel = clock.after(headersWithinMs, () => late.abort());
    try {
      return await fetch(url, {
        ...init,
        headers,
        redirect: 'error',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
    } catch (cause) {
      signal?.throwIfAborted();
      const isKept = lostAs === 'gatewayDown' && !(await mayReach(url));
      throw new Failure(isKept ? 'gatewayNotAllowed' : lostAs, { cause });
    } finally {
      cancel();
    }
  };
  return {
    get: (url, options = {}) => send(url, options, { method: 'GET' }),
    post: (url, options) => send(url, options, { method: 'POST', body: options.body }),
    text: async (response, maxBytes, signal) => {
      const late = new AbortController();
      const timeUp = () => {
        late.abort();
        return new Failure('gatewayDown');
      };
      try {
        return await withTimeout(clock, withinMs, readTextUpTo(response, maxBytes, late.signal), timeUp);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
  };
}

/**
 * The body as text, cancelled as soon as it is longer than so many bytes.
 *
 * @throws {Failure} gatewayUnclear when it is too long, gatewayDown when it breaks off
 */
export async function readTextUpTo(
  response: Response,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const stop = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > maxBytes) throw new Failure('gatewayUnclear', { detail: `more than ${maxBytes} bytes` });
      text += decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    stop();
    throw cause instanceof Failure ? cause : new Failure('gatewayDown', { cause });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** A body's text as JSON. @throws {Failure} gatewayUnclear */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('gatewayUnclear', { cause });
  }
}

function isAllowed(url: string, allowLocalhost: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && allowLocalhost && isLocalHost(hostname));
}
