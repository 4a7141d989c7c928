import { PristinePromise, setPrototypeOf, unboundGetter } from '../core/pristine.ts';
import { listen, unlisten } from './browserFunctions.ts';
import { abortError, pageError, PaidChatError } from './error.ts';
import { readOptions, readRequest, wantsStream } from './request.ts';
import type { GivenOptions } from './request.ts';
import { createStream } from './stream.ts';
import type { Clock } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import type { Calls, OpenCall } from './calls.ts';
import type { StreamFeed } from './stream.ts';
import type { ChatChunk, ChatCompletion, ChatCompletionStream, Receipt } from './types.ts';

/** How long the background has to say how a call stood when the page left it. */
const farewellMs = 1000;

const isAborted = unboundGetter(AbortSignal.prototype, 'aborted');

/** Where an answer goes; exactly one of `stream`, `whole` and `fail` comes. */
export interface AnswerTaker {
  /** With the first chunk, so that every failure before it is the call's own. */
  readonly stream: (feed: StreamFeed) => void;
  readonly whole: (completion: ChatCompletion) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Asks for one answer to a request that has been copied and checked.
 *
 * @returns the call's id
 * @throws what is wrong before anything has left
 */
export type Ask = (request: Json, given: GivenOptions, taker: AnswerTaker) => string;

/** `chat.completions.create`, for both kinds of answer. */
export type Create = (request: unknown, options?: unknown) => Promise<ChatCompletionStream | ChatCompletion>;

/** Makes `create` of what asks. */
export function createCreate(ask: Ask): Create {
  return (request, options) =>
    new PristinePromise((resolve, reject) => {
      const stream = ({ stream }: StreamFeed) => resolve(stream);
      ask(readRequest(request), readOptions(options), { stream, whole: resolve, fail: reject });
    });
}

/** Makes what asks, over the page's calls. */
export function createAsk(calls: Calls, after: Clock['after']): Ask {
  return (request, given, taker) => {
    const signal = readSignal(given.signal);
    if (signal && isAborted(signal)) throw abortError('no');
    const stream = wantsStream(request);
    const params = { __proto__: null, request, options: given.options, stream } as unknown as Json;

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
      else taker.fail(error);
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
      if (!feed) {
        feed = createStream(() => leave('stopped'));
        taker.stream(feed);
      }
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
        if (left === 'aborted' && !feed) taker.fail(abortError('yes', receipt.id));
        else if (stream) begin().end(receipt);
        else taker.whole(completion);
      },
      onFail(error) {
        const { paid, receiptId, phase } = error;
        failWith(left === 'aborted' ? abortError(paid, receiptId, phase) : new PaidChatError(error));
      },
    });
    if (signal) listen(signal, 'abort', onAbort);
    return call.id;
  };
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
