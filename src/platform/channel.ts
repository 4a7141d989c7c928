import { unbound, unboundGetter } from '../core/pristine.ts';
import { createFifo } from '../core/fifo.ts';
import type { Clock } from '../core/clock.ts';
import type { Port } from '../protocol/port.ts';

/*
 * The private channel of one document. The bridge offers a port in a synthetic event; MAIN, whose capturing listener
 * was the first on window, takes it in the same task and lets no one else see the event. Whichever of the two comes
 * second starts the handshake. Frames cross as JSON text: a text has no getters, no prototype and a length.
 *
 * What the bridge says comes in events of a type that only the two know, offered with the port: MAIN has it at once,
 * where a port takes two tasks for each text. The port takes what no event can bring.
 *
 * Updated or removed under a live page, a bridge goes silent: Chromium cuts it off, Firefox destroys it in mid-sentence
 * and injects the new one. So MAIN asks, in an event, for a sign of life, and a bridge that gives none has gone.
 */
const offerType = 'paidChat#offer';
const helloType = 'paidChat#hello';
const probeType = 'paidChat#probe';

/** One end of the channel. Posts wait until the other end is there. */
export interface TextPort {
  post(text: string): void;
  /** One listener; it may throw nothing. */
  onText(listener: (text: string) => void): void;
}

/** What MAIN needs of the browser, as it was at document_start. */
export interface PageEnd extends TextPort {
  /** Looks for the bridge. @returns false: it was there and has gone, and no newer one has come */
  readonly check: () => boolean;
  /** Hears that the bridge has gone, and with it all that was under way. One listener. */
  readonly onLost: (listener: () => void) => void;
  readonly newId: () => string;
  /** Calls back once after so many milliseconds. @returns the undo */
  readonly after: Clock['after'];
}

/** MAIN's end. Call it before any script of the page runs. */
export function openPageEnd(): PageEnd {
  const postMessage = unbound(MessagePort.prototype, 'postMessage') as (
    port: MessagePort,
    text: string,
  ) => void;
  const start = unbound(MessagePort.prototype, 'start');
  const listen = unbound(EventTarget.prototype, 'addEventListener');
  const dispatch = unbound(EventTarget.prototype, 'dispatchEvent');
  const stopPropagation = unbound(Event.prototype, 'stopImmediatePropagation');
  const preventDefault = unbound(Event.prototype, 'preventDefault');
  const dataOf = unboundGetter(MessageEvent.prototype as MessageEvent<unknown>, 'data');
  const portsOf = unboundGetter(MessageEvent.prototype, 'ports');
  const { crypto, setTimeout, clearTimeout, queueMicrotask, window, Event: PristineEvent } = globalThis;
  const randomId = unbound(crypto, 'randomUUID');
  const schedule = taskScheduler(setTimeout);

  const waiting = createFifo<string>();
  let port: MessagePort | undefined;
  let met = false;
  let heardMyself = false;
  let listener: (text: string) => void = () => undefined;
  let lostListener: () => void = () => undefined;

  const hello = () => dispatch(window, new PristineEvent(helloType));
  const isAlive = () => {
    heardMyself = false;
    const init = { __proto__: null, cancelable: true } as EventInit;
    const answered = !dispatch(window, new PristineEvent(probeType, init));
    // After document.open neither of us hears events any more, and the port is as good as before.
    return answered || !heardMyself;
  };
  const lose = () => {
    port = undefined;
    lostListener();
  };
  const take = (offered: MessagePort, directType: unknown) => {
    port = offered;
    met = true;
    const hear = (text: unknown) => {
      if (port === offered && typeof text === 'string') listener(text);
    };
    const receive = (event: Event) => {
      const text = dataOf(event as MessageEvent);
      // While this runs, and in the microtasks after it, page code reads the port itself from `window.event.target`:
      // nothing that could reach page code happens before the next task.
      schedule(() => hear(text));
    };
    listen(offered, 'message', receive, true);
    const receiveDirectly = (event: Event) => {
      stopPropagation(event);
      preventDefault(event);
      const text = dataOf(event as MessageEvent);
      // The bridge dispatches it from its own code: microtasks come after that, with the event over and forgotten.
      queueMicrotask(() => hear(text));
    };
    if (typeof directType === 'string') listen(window, directType, receiveDirectly, true);
    start(offered);
    for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) postMessage(offered, text);
  };

  listen(
    window,
    offerType,
    (event) => {
      stopPropagation(event);
      const offered = portsOf(event as MessageEvent)[0];
      if (!offered || (port && isAlive())) return;
      preventDefault(event);
      if (port) lose();
      take(offered, dataOf(event as MessageEvent));
    },
    true,
  );
  listen(
    window,
    probeType,
    () => {
      heardMyself = true;
    },
    true,
  );
  hello();

  return {
    post(text) {
      if (port) postMessage(port, text);
      else waiting.push(text);
    },
    onText(given) {
      listener = given;
    },
    check() {
      if (port && !isAlive()) lose();
      if (!port && met) hello();
      return port !== undefined || !met;
    },
    onLost(given) {
      lostListener = given;
    },
    newId: () => randomId(crypto),
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Runs a callback in a task of its own that belongs to no event. `scheduler` is neither clamped nor throttled. */
function taskScheduler(setTimeout: (callback: () => void) => unknown): (callback: () => void) => void {
  const { scheduler } = globalThis as { scheduler?: { postTask(callback: () => void): Promise<void> } };
  if (!scheduler) return (callback) => void setTimeout(callback);
  const postTask = unbound(scheduler, 'postTask');
  return (callback) => void postTask(scheduler, callback);
}

/** The bridge's end. */
export function openBridgeEnd(): TextPort {
  let port: MessagePort | undefined;
  let directType = '';
  let hearing = false;
  let listener: (text: string) => void = () => undefined;

  const offer = () => {
    if (port) return;
    const { port1, port2 } = new MessageChannel();
    const data = crypto.randomUUID();
    if (!isTaken(offerType, { data, ports: [port2] })) return;
    port = port1;
    directType = data;
    port.addEventListener('message', ({ data }) => {
      hearing = true;
      if (typeof data === 'string') listener(data);
      hearing = false;
    });
    port.start();
  };

  window.addEventListener(helloType, offer);
  // MAIN wants to know whether it still has us. Where we answer, the page does not see the question.
  window.addEventListener(
    probeType,
    (event) => {
      if (!port || !isConnected()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  offer();

  return {
    post(text) {
      // Not within a listener of the port: the microtasks after it belong to that listener, and `window.event` may
      // still show the port to the page. And not after document.open: MAIN hears no events any more.
      if (port && (hearing || !isTaken(directType, { data: text }))) port.postMessage(text);
    },
    onText(given) {
      listener = given;
    },
  };
}

/** Dispatches an event on window. @returns whether MAIN took it */
function isTaken(type: string, init: MessageEventInit<string>): boolean {
  return !window.dispatchEvent(new MessageEvent(type, { ...init, cancelable: true }));
}

interface NativePort {
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: NativeEvent<unknown>;
  readonly onDisconnect: NativeEvent<unknown>;
}

interface NativeEvent<T> {
  addListener(listener: (value: T) => void): void;
  removeListener(listener: (value: T) => void): void;
}

interface NativeRuntime {
  readonly onMessage: {
    addListener(
      listener: (message: unknown, sender: unknown, respond: (answer: unknown) => void) => void,
    ): void;
  };
  readonly id?: string;
  readonly lastError?: unknown;
  connect(options: { name: string }): NativePort;
}

/** The polyfill would be larger than the whole bridge. */
function nativeRuntime(): NativeRuntime | undefined {
  type Api = { runtime?: NativeRuntime };
  const { browser, chrome } = globalThis as { browser?: Api; chrome?: Api };
  return (browser ?? chrome)?.runtime;
}

function isConnected(): boolean {
  return nativeRuntime()?.id !== undefined;
}

/**
 * Opens the bridge's port to the background.
 *
 * @throws when the extension has been updated or removed since this page loaded
 */
export function connectBackground(): Port {
  const runtime = nativeRuntime();
  if (!runtime) throw new Error('The extension is gone.');
  const native = runtime.connect({ name: 'page' });
  let open = true;
  const closeListeners = new Set<() => void>();
  const closed = () => {
    // Read, or the browser reports it as unchecked in the page's console.
    void runtime.lastError;
    if (!open) return;
    open = false;
    for (const listener of closeListeners) listener();
  };
  native.onDisconnect.addListener(closed);
  return {
    post(frame) {
      if (!open) return;
      try {
        native.postMessage(frame);
      } catch {
        // A port that died in the back/forward cache or with an update tells it no other way.
        closed();
      }
    },
    onMessage(listener) {
      native.onMessage.addListener(listener);
      return () => native.onMessage.removeListener(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    close() {
      native.disconnect();
      closed();
    },
  };
}

/** What our own background asks a bridge directly: to open its port, only where its page watches, or for the page's text. */
export type BridgeRequest = 'connect' | 'watch' | 'readPage';

/** Answers the background's requests at once. Only our own extension can send such messages. */
export function onBridgeRequest(answer: (request: unknown) => unknown): void {
  nativeRuntime()?.onMessage.addListener((request, _sender, respond) => respond(answer(request)));
}
