import { PristinePromise, unbound } from '../core/pristine.ts';

/*
 * The browser's own functions as they were at document_start, for all that runs in the page: each is taken once.
 */

const { CustomEvent, ReadableStream, ReadableStreamDefaultController, TextEncoder } = globalThis;
const encode = unbound(TextEncoder.prototype, 'encode');
const enqueue = unbound(ReadableStreamDefaultController.prototype, 'enqueue');
const closeController = unbound(ReadableStreamDefaultController.prototype, 'close');
const errorController = unbound(ReadableStreamDefaultController.prototype, 'error');
const dispatch = unbound(EventTarget.prototype, 'dispatchEvent');

/** Hears the events of a target, and no longer. */
export const listen = unbound(EventTarget.prototype, 'addEventListener');
export const unlisten = unbound(EventTarget.prototype, 'removeEventListener');
/** Calls back with what a promise comes to. */
export const follow = unbound(PristinePromise.prototype, 'then');

/** Dispatches an event that carries something. */
export function tell(target: EventTarget, type: string, detail: unknown): void {
  dispatch(target, new CustomEvent(type, { __proto__: null, detail } as CustomEventInit));
}

/** Takes what one pull of a stream brings: at least one of these comes. */
export interface TextSink {
  readonly write: (text: string) => void;
  readonly close: () => void;
  readonly fail: (error: Error) => void;
}

/** A stream of text as bytes that asks for each piece when its reader wants it. */
export function createTextStream(
  pull: (sink: TextSink) => void,
  cancel: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const source = {
    __proto__: null,
    pull: (controller: ReadableStreamDefaultController<Uint8Array>) =>
      new PristinePromise<void>((resolve) =>
        pull({
          write(text) {
            enqueue(controller, encode(encoder, text));
            resolve();
          },
          close() {
            closeController(controller);
            resolve();
          },
          fail(error) {
            errorController(controller, error);
            resolve();
          },
        }),
      ),
    cancel,
  } as UnderlyingDefaultSource<Uint8Array>;
  const strategy = { __proto__: null, highWaterMark: 0 } as QueuingStrategy<Uint8Array>;
  return new ReadableStream(source, strategy);
}
