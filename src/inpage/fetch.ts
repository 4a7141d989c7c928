import {
  each,
  hasOwn,
  matches,
  parse,
  PristinePromise,
  setPrototypeOf,
  unbound,
  unboundGetter,
} from '../core/pristine.ts';
import { createTextStream, follow, listen } from './browserFunctions.ts';
import { pageError, PaidChatError } from './error.ts';
import { toPlain, toText } from './plain.ts';
import { readOptions, readRequest } from './request.ts';
import { createUnfinished, withCall } from './unfinished.ts';
import type { Clock } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import type { Calls } from './calls.ts';
import type { Ask } from './chat.ts';
import type { GivenOptions } from './request.ts';
import type { StreamFeed } from './stream.ts';
import type { CallIds } from './unfinished.ts';
import type { ChatChunk, ChatCompletion, Model, PaidChat } from './types.ts';

/** Where SDKs believe the gateway to be: a name that no host can have (RFC 2606). */
export const baseURL = 'https://paidchat.invalid/v1';

const { Request, Response } = globalThis;
const urlOf = unboundGetter(Request.prototype, 'url');
const methodOf = unboundGetter(Request.prototype, 'method');
const signalOf = unboundGetter(Request.prototype, 'signal');
const headersOf = unboundGetter(Request.prototype, 'headers');
const readText = unbound(Request.prototype, 'text');
const headerOf = unbound(Headers.prototype, 'get');

/** What SDKs add that asks nothing of a model: told to nobody. */
const ownToSdks = [
  'stream_options',
  'user',
  'store',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
];

/** What was answered to the caller of `fetch`. */
interface Answer {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes `paidChat.fetch`: OpenAI's HTTP, spoken without a network. */
export function createFetch(ask: Ask, calls: Calls, after: Clock['after']): PaidChat['fetch'] {
  const unfinished = createUnfinished(after);

  const chat = (request: Request, body: string, { resolve, reject }: Answer) => {
    const signal = signalOf(request);
    let callId: string | undefined;
    let repeats: CallIds | undefined;
    let over = false;
    const giveUp = () => {
      if (!over && callId !== undefined) unfinished.add(body, withCall(repeats, callId));
      over = true;
    };
    const fail = (error: unknown) => {
      // Its own word is for itself alone: what it was to repeat may be paid all the same.
      if (!over && repeats && (error as { paid?: unknown }).paid === 'no') {
        over = true;
        unfinished.add(body, repeats);
      }
      if (!(error instanceof PaidChatError)) {
        reject(error);
        return;
      }
      if (error.paid !== 'no') giveUp();
      resolve(failure(error));
    };
    try {
      const json = readBody(body);
      repeats = unfinished.take(body);
      callId = ask(json, readGiven(request, signal, repeats), {
        stream: (feed) => openStream(feed, { resolve, reject, giveUp, done: () => void (over = true) }),
        whole(completion) {
          over = true;
          resolve(answer(200, toText(completion), receiptOf(completion)));
        },
        fail,
      });
      // Before its own rejection, which waits for the background's last word, may come the SDK's repeat.
      listen(signal, 'abort', giveUp);
    } catch (error) {
      fail(error);
    }
  };

  const models = ({ resolve }: Answer) => {
    calls.open('models', toPlain({ __proto__: null }, 'options'), {
      onEnd: (list) => resolve(answer(200, toText(modelList(list as unknown as Model[])))),
      onFail: (error) => resolve(failure(new PaidChatError(error))),
    });
  };

  return (input, init) =>
    new PristinePromise((resolve, reject) => {
      const request = new Request(input, init);
      const route = `${methodOf(request)} ${urlOf(request)}`;
      const to = { resolve, reject };
      if (route === `POST ${baseURL}/chat/completions`) {
        void follow(
          readText(request),
          (body) => chat(request, body, to),
          (error: unknown) => reject(error),
        );
      } else if (route === `GET ${baseURL}/models`) models(to);
      else resolve(failure(pageError(matches(/\/responses$/, route) ? 'noResponses' : 'noSuchRoute'), 404));
    });
}

function readBody(body: string): Json {
  let parsed: unknown;
  try {
    parsed = parse(body);
  } catch {
    throw pageError('badRequest', 'the body is not JSON');
  }
  const request = readRequest(parsed) as Record<string, Json>;
  each(ownToSdks, (name) => delete request[name]);
  if (request['n'] !== undefined && request['n'] !== null && request['n'] !== 1)
    throw pageError('badRequest', 'request.n is more than one answer');
  delete request['n'];
  return request;
}

/** The options that a request carries in its headers. */
function readGiven(request: Request, signal: AbortSignal, repeats: CallIds | undefined): GivenOptions {
  const headers = headersOf(request);
  const header = (name: string) => headerOf(headers, name) ?? undefined;
  const options = {
    __proto__: null,
    signal,
    maxSpend: header('x-paidchat-max-spend'),
    gateway: header('x-paidchat-gateway'),
    idempotencyKey: header('idempotency-key'),
    repeats,
  };
  return readOptions(options);
}

/** Writes a stream as server-sent events: a failure on the way is an event, since a broken body is asked for again. */
function openStream(
  feed: StreamFeed,
  to: Answer & { readonly giveUp: () => void; readonly done: () => void },
): void {
  let first: ChatChunk | undefined;
  const events = createTextStream(
    ({ write, close, fail }) => {
      const event = (text: string) => write(`data: ${text}\n\n`);
      const onChunk = (chunk: ChatChunk) => event(toText(chunk));
      if (first) {
        const chunk = first;
        first = undefined;
        onChunk(chunk);
        return;
      }
      feed.read({
        onChunk,
        onEnd() {
          to.done();
          event('[DONE]');
          close();
        },
        onError(error) {
          to.giveUp();
          if (error instanceof PaidChatError) {
            event(errorText(error));
            close();
          } else fail(error);
        },
      });
    },
    () => {
      to.giveUp();
      feed.leave();
    },
  );
  // A feed is given out with its first chunk, which names the receipt.
  feed.read({
    onChunk(chunk) {
      first = chunk;
      to.resolve(answer(200, events, receiptOf(chunk), 'text/event-stream'));
    },
    onEnd() {
      to.done();
      to.resolve(answer(200, 'data: [DONE]\n\n', undefined, 'text/event-stream'));
    },
    onError: to.reject,
  });
}

function receiptOf({ paidchat }: ChatChunk | ChatCompletion): string | undefined {
  return paidchat?.receiptId;
}

/** No SDK repeats a 400 or a 402. */
function failure(error: PaidChatError, status?: number): Response {
  const { type, paid } = error;
  return answer(
    status ?? (type === 'invalid_params' && paid === 'no' ? 400 : 402),
    errorText(error),
    receiptIdOf(error),
  );
}

function errorText(thrown: PaidChatError): string {
  const { message, type, code, phase, paid, retryable } = thrown;
  const receiptId = receiptIdOf(thrown);
  return toText({ error: { message, type, code, param: null, phase, paid, retryable, receiptId } });
}

/** Not every error has one, and a page can put a getter where there is none. */
function receiptIdOf(error: PaidChatError): string | undefined {
  return hasOwn(error, 'receiptId') ? error.receiptId : undefined;
}

function modelList(models: readonly Model[]) {
  const data = setPrototypeOf([], null) as unknown[];
  each(models, ({ id, gateway }, index) => {
    data[index] = { id, object: 'model', created: 0, owned_by: gateway };
  });
  return { object: 'list', data };
}

function answer(
  status: number,
  body: string | ReadableStream<Uint8Array>,
  receiptId?: string,
  type = 'application/json',
): Response {
  const headers = { __proto__: null, 'content-type': type } as unknown as Record<string, string>;
  if (status !== 200) headers['x-should-retry'] = 'false';
  if (receiptId !== undefined) headers['x-paidchat-receipt'] = receiptId;
  return new Response(body, { __proto__: null, status, headers } as ResponseInit);
}
