import { each, isArray, keys, parse, setPrototypeOf, stringify } from '../core/pristine.ts';
import { pageFailures } from '../core/pageFailures.ts';
import { toPlain } from './plain.ts';
import type { Paid } from '../core/errorCodes.ts';
import type { WireError } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { PageEnd } from '../platform/channel.ts';
import type { PageMethod } from '../protocol/page.ts';
import type { AskAnswerer, WalletAsk } from '../protocol/wallet.ts';
import type { Frame, UpwardFrame } from '../protocol/wire.ts';

/** What becomes of one call; exactly one of `onEnd` and `onFail` comes, last. */
export interface CallListener {
  /** One item of the call's stream, in order, each once. */
  readonly onItem?: (item: Json) => void;
  readonly onEnd: (result: Json) => void;
  readonly onFail: (error: WireError) => void;
}

/** A call on its way. */
export interface OpenCall {
  readonly id: string;
  /** Tells the background that the page no longer wants it; the background still says how it ended. */
  cancel(): void;
  /** Hears nothing of it any more. */
  forget(): void;
}

/** The page's calls over the private channel. */
export interface Calls {
  /** @param params a plain copy of `toPlain` */
  open(method: PageMethod, params: Json, listener: CallListener): OpenCall;
  /** Hears what the background tells by itself, and when all of it is lost. One listener each. */
  onNotice(listener: (notice: Json) => void): void;
  onLost(listener: () => void): void;
}

interface CallState {
  readonly method: PageMethod;
  readonly listener: CallListener;
  next: number;
}

/** How often an open call looks whether PaidChat is still there: taken out of the browser, it goes without a word. */
const lookMs = 5000;

/** Keeps the book of open calls. All objects in it are bare, all texts are made from plain copies. */
export function createCalls(page: Omit<PageEnd, 'newId'>, newId: () => string, asks: AskAnswerer): Calls {
  const calls = { __proto__: null } as unknown as Record<string, CallState>;

  const post = (frame: UpwardFrame) => page.post(stringify(setPrototypeOf(frame, null)));

  const failAll = () => {
    each(keys(calls), (id) => {
      const { method, listener, next } = calls[id] as CallState;
      delete calls[id];
      listener.onFail(gone(method === 'chat' ? (next > 0 ? 'yes' : 'unknown') : 'no'));
    });
  };

  let looking = false;
  const look = () => {
    if (looking) return;
    looking = true;
    page.after(lookMs, () => {
      looking = false;
      if (keys(calls).length > 0 && page.check()) look();
    });
  };

  const answer = (id: string, ask: Json) => {
    let answered = false;
    asks.answer(id, ask as unknown as WalletAsk, (ok, given) => {
      if (answered) return;
      answered = true;
      try {
        post({ v: 1, id, kind: 'answer', ok, value: toPlain(given, 'answer') });
      } catch {
        post({ v: 1, id, kind: 'answer', ok: false, value: null });
      }
    });
  };

  const items = (id: string, call: CallState, offset: number, event: Json) => {
    const list = (isArray(event) ? event : [event]) as readonly Json[];
    if (offset > call.next) {
      delete calls[id];
      const { type, phase, text } = pageFailures.streamGap;
      call.listener.onFail({ type, message: text, phase, paid: 'yes', retryable: false });
      post({ v: 1, id, kind: 'cancel' });
      return;
    }
    // After a lost port items may come twice.
    for (let index = call.next - offset; index < list.length; index += 1) {
      call.next += 1;
      call.listener.onItem?.(list[index] as Json);
    }
  };

  let onNotice: (notice: Json) => void = () => undefined;
  let onLost: () => void = () => undefined;
  page.onLost(() => {
    failAll();
    onLost();
  });
  page.onText((text) => {
    const frame = setPrototypeOf(parse(text), null) as Frame;
    const { id } = frame;
    const call = calls[id];
    switch (frame.kind) {
      case 'event':
        if (call) items(id, call, frame.offset, frame.event);
        return;
      case 'end':
        delete calls[id];
        call?.listener.onEnd(frame.result);
        return;
      case 'fail':
        delete calls[id];
        call?.listener.onFail(setPrototypeOf(frame.error, null) as WireError);
        return;
      case 'ask':
        answer(id, frame.ask);
        return;
      case 'cancel':
        asks.cancel(id);
        return;
      case 'notice':
        onNotice(frame.notice);
        return;
      case 'call':
      case 'resume':
      case 'answer':
      default:
        return;
    }
  });

  return {
    onNotice(listener) {
      onNotice = listener;
    },
    onLost(listener) {
      onLost = listener;
    },
    open(method, params, listener) {
      const id = newId();
      // Whoever listens to PaidChat listens to the next bridge as well, whenever that comes.
      if (method === 'watch' || page.check()) {
        calls[id] = { method, listener, next: 0 };
        post({ v: 1, id, kind: 'call', method, params });
        look();
      } else listener.onFail(gone('no'));
      return {
        id,
        cancel() {
          if (calls[id]) post({ v: 1, id, kind: 'cancel' });
        },
        forget() {
          delete calls[id];
        },
      };
    },
  };
}

/** Only a chat can pay; its first item comes after the payment, before that nobody here knows. */
function gone(paid: Paid): WireError {
  const { type, phase, text } = pageFailures.updated;
  const phases = { no: phase, unknown: 'send', yes: 'stream' } as const;
  return { type, message: text, phase: phases[paid], paid, retryable: false };
}
