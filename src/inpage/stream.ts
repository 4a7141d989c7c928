import { createFifo } from '../core/fifo.ts';
import { freeze, PristinePromise } from '../core/pristine.ts';
import { createTextStream, follow } from './browserFunctions.ts';
import { pageError } from './error.ts';
import { toText } from './plain.ts';
import type { ChatChunk, ChatCompletionStream, Receipt } from './types.ts';

/** The inner side of a stream. */
export interface StreamFeed {
  readonly stream: ChatCompletionStream;
  /** Gives the reader the next chunk, or the end, once it is there. */
  readonly read: (reader: Reader) => void;
  /** The reader leaves. */
  readonly leave: () => void;
  readonly chunk: (chunk: ChatChunk) => void;
  /** After the last chunk. */
  readonly end: (receipt: Receipt) => void;
  /** Ends it with an error, after the chunks that came before. */
  readonly fail: (error: Error) => void;
  /** Ends it with an error at once. */
  readonly abort: (error: Error) => void;
}

/** Who waits for one chunk; exactly one of these comes. */
export interface Reader {
  readonly onChunk: (chunk: ChatChunk) => void;
  readonly onEnd: () => void;
  readonly onError: (error: Error) => void;
}

/**
 * A streamed answer. It can be read once; chunks wait until they are read.
 *
 * @param stopListening called once when the reader leaves before the end
 */
export function createStream(stopListening: () => void): StreamFeed {
  const chunks = createFifo<ChatChunk>();
  const readers = createFifo<Reader>();
  let ending: { readonly error?: Error | undefined } | undefined;
  let consumed = false;
  let settle!: { resolve: (receipt: Receipt) => void; reject: (error: Error) => void };

  const receipt = new PristinePromise<Receipt>((resolve, reject) => {
    settle = { resolve, reject };
  });
  try {
    void follow(receipt, undefined, () => undefined);
  } catch {
    // Only a page that broke promises itself comes here; the receipt is as good as before.
  }

  const deliver = (reader: Reader) => {
    const chunk = chunks.shift();
    if (chunk) reader.onChunk(chunk);
    else if (!ending) readers.push(reader);
    else {
      const { error } = ending;
      // An error is told once, then the stream is over.
      ending = { error: undefined };
      if (error) reader.onError(error);
      else reader.onEnd();
    }
  };
  const finish = (error: Error | undefined) => {
    if (ending) return;
    ending = { error };
    for (let reader = readers.shift(); reader; reader = readers.shift()) deliver(reader);
  };
  const fail = (error: Error) => {
    settle.reject(error);
    finish(error);
  };
  const drop = () => {
    while (chunks.shift());
  };
  const leave = () => {
    drop();
    if (ending) return;
    finish(undefined);
    stopListening();
  };
  const consume = () => {
    if (consumed) throw pageError('streamConsumed');
    consumed = true;
  };

  const stream: ChatCompletionStream = {
    receipt,
    [Symbol.asyncIterator]() {
      consume();
      const next = () =>
        new PristinePromise<IteratorResult<ChatChunk, undefined>>((resolve, reject) =>
          deliver({
            onChunk: (value) => resolve({ value, done: false }),
            onEnd: () => resolve({ value: undefined, done: true }),
            onError: reject,
          }),
        );
      return {
        next,
        return() {
          leave();
          return next();
        },
      };
    },
    toReadableStream() {
      consume();
      return createTextStream(
        ({ write, close, fail }) =>
          deliver({ onChunk: (chunk) => write(`${toText(chunk)}\n`), onEnd: close, onError: fail }),
        leave,
      );
    },
  };

  return {
    stream: freeze(stream),
    read: deliver,
    leave,
    chunk(chunk) {
      if (ending) return;
      const reader = readers.shift();
      if (reader) reader.onChunk(chunk);
      else chunks.push(chunk);
    },
    end(given) {
      settle.resolve(given);
      finish(undefined);
    },
    fail,
    abort(error) {
      drop();
      fail(error);
    },
  };
}
