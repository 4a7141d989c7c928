import { PristinePromise, setPrototypeOf, unbound, unboundGetter } from '../core/pristine.ts';
import { abortError, pageError, PaidChatError } from './error.ts';
import { readOptions, readRequest, wantsStream } from './request.ts';
import { createStream } from './stream.ts';
import type { Clock } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import type { Calls, OpenCall } from './calls.ts';
import type { StreamFeed } from './stream.ts';
import type { ChatChunk, ChatCompletion, ChatCompletionStream, Receipt } from './types.ts';

/** How long the background has to say how a call stood when the page left it. */
const farewellMs = 1000;

const isAborted = unboundGetter(AbortSignal.prototype, 'aborted');
const listen = unbound(EventTarget.prototype, 'addEventListener');
const unlisten = unbound(EventTarget.prototype, 'removeEventListener');

/** `chat.completions.create`, for both kinds of answer. */
export type Create = (request: unknown, options?: unknown) => Promise<ChatCompletionStream | ChatCompletion>;

/**
 * Makes `create`. A stream is given out with its first chunk, so that awaiting the call shows every failure before it.
 */
export function createChat(calls: Calls, after: Clock['after']): Create {
  return (request, options) =>
    new PristinePromise((resolve, reject) => {
      const body = readRequest(request);
      const given = readOptions(options);
      const signal = readSignal(given.signal);
      if (signal && isAborted(signal)) throw abortError('no');
      const stream = wantsStream(body);
      const params = { __proto__: null, request: body, options: given.options, stream } as unknown as Json;

      let feed: StreamFeed | undefined;
      let started = false;
      let left: 'aborted' | 'stopped' | undefined;
      let cancelTimer: (() => void) | undefined;

      const settled = () => {
        cancelTimer?.();
        if (signal) unlisten(signal, 'abort', onAbort);
      };
      const failWith = (error: Error) => {
        settled();
        if (feed) feed.fail(error);
        else reject(error);
      };
      const leave = (how: 'aborted' | 'stopped') => {
        if (left) return;
        left = how;
        call.cancel();
        // Who only stopped reading still learns what was paid, whenever the answer is over.
        if (how === 'stopped') return;
        cancelTimer = after(farewellMs, () => {
          call.forget();
          failWith(abortError(started ? 'yes' : 'unknown'));
        });
      };
      const onAbort = () => {
        leave('aborted');
        feed?.abort(abortError('yes'));
      };
      const begin = (): StreamFeed => {
        feed ??= createStream(() => leave('stopped'));
        resolve(feed.stream);
        return feed;
      };

      const call: OpenCall = calls.open('chat', params, {
        onItem(item) {
          started = true;
          if (stream && !left) begin().chunk(item as unknown as ChatChunk);
        },
        onEnd(result) {
          settled();
          const { completion, receipt } = setPrototypeOf(result, null) as unknown as ChatResult;
          if (left === 'aborted' && !feed) reject(abortError('yes', receipt.id));
          else if (stream) begin().end(receipt);
          else resolve(completion);
        },
        onFail(error) {
          const { paid, receiptId } = error;
          failWith(left === 'aborted' ? abortError(paid, receiptId) : new PaidChatError(error));
        },
      });
      if (signal) listen(signal, 'abort', onAbort);
    });
}

interface ChatResult {
  readonly completion: ChatCompletion;
  readonly receipt: Receipt;
}

function readSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    // Asks the object itself whether it is one, whichever frame it comes from.
    isAborted(value as AbortSignal);
    return value as AbortSignal;
  } catch {
    throw pageError('badRequest', 'options.signal is not an AbortSignal');
  }
}
