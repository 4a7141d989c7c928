import type { WireError } from '../../src/core/failure.ts';
import type { Json } from '../../src/core/json.ts';
import type { ChatChunk, ChatCompletion, ChatRequest, PageMethod, Receipt } from '../../src/protocol/page.ts';
import type { PageParams } from '../../src/protocol/pageSchemas.ts';
import type { Port } from '../../src/protocol/port.ts';
import type { WalletAsk } from '../../src/protocol/wallet.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { eventually } from './eventually.ts';
import { fakeWallet } from './wallet.ts';
import type { FakeWallet } from './wallet.ts';

/** How a call ended. */
export type Outcome<T = unknown> =
  { readonly ok: true; readonly result: T } | { readonly ok: false; readonly error: WireError };

/** A call of a page. */
export interface OpenPageCall<T = unknown> {
  readonly id: string;
  /** What came of a stream so far. */
  readonly chunks: readonly ChatChunk[];
  readonly text: string;
  /** How it ended, once it has. */
  readonly ended: Outcome<T> | undefined;
  cancel(): void;
}

/** What a chat ends with. */
export interface ChatResult {
  readonly receipt: Receipt;
  readonly completion?: ChatCompletion;
}

/** What a test wants of a chat beside the question. */
export interface ChatWishes {
  readonly request?: Partial<ChatRequest>;
  readonly options?: PageParams<'chat'>['options'];
  readonly stream?: boolean;
  readonly active?: boolean;
}

/** A document of a website, with the relay that speaks for it. */
export interface FakePage {
  readonly wallet: FakeWallet;
  /** Everything the background has said to this document, in order. */
  readonly heard: readonly Frame[];
  /** Ids of asks that reached the page. */
  readonly askIds: readonly string[];
  /** Waits until the wallet has been asked for this. */
  asked(type: WalletAsk['type']): Promise<WalletAsk>;
  chat(wishes?: ChatWishes): OpenPageCall<ChatResult>;
  call(method: PageMethod, params?: unknown, active?: boolean): OpenPageCall;
  /** Says anything at all. */
  say(message: unknown): void;
  /** Opens its port, where it has none yet. */
  connect(): void;
  /** Loses its port without a word; the document stays. */
  drop(): void;
  /** The document goes: its port closes and nothing of it answers any more. */
  leave(): void;
  /** Connects again, to whatever background lives now, and takes up its open calls there. */
  reconnect(): void;
  /** The document is still there. */
  readonly isOpen: boolean;
}

/** JumpGate's documented example: 17 tokens in, 1000 out, 4424 micro-USDC. */
export const exampleRequest: ChatRequest = {
  model: 'ambient/large',
  messages: [{ role: 'user', content: 'What is Base?' }],
  max_completion_tokens: 1000,
};

let lastId = 0;

/** Opens a document. @param connect opens a port to the living background */
export function fakePage(connect: () => Port, wallet: FakeWallet = fakeWallet()): FakePage {
  const heard: Frame[] = [];
  const askIds: string[] = [];
  const calls = new Map<string, CallState>();
  let port: Port | undefined;
  let isOpen = true;

  const opened = () => {
    const fresh = connect();
    port = fresh;
    fresh.onMessage((message) => receive(message as Frame));
    fresh.onClose(() => {
      if (port === fresh) port = undefined;
    });
    return fresh;
  };
  const connected = () => port ?? opened();
  const say = (message: unknown) => connected().post(message as Frame);

  const receive = (frame: Frame) => {
    heard.push(frame);
    if (frame.kind === 'ask') {
      const { id } = frame;
      askIds.push(id);
      wallet.ask(frame.ask as unknown as WalletAsk, (ok, value) =>
        port?.post({ v: 1, id, kind: 'answer', ok, value: value as Json }),
      );
    } else if (frame.kind === 'notice') {
      // Belongs to no call that is still open.
    } else if (frame.kind === 'cancel') {
      wallet.withdrawn += 1;
    } else {
      calls.get(frame.id)?.receive(frame);
    }
  };

  const call = <T>(method: PageMethod, params: unknown, active: boolean): OpenPageCall<T> => {
    lastId += 1;
    const id = `page-call-${lastId}`;
    const state = callState<T>(id, () => say({ v: 1, id, kind: 'cancel' }));
    calls.set(id, state);
    say({ v: 1, id, kind: 'call', method, params, active });
    return state.call;
  };

  return {
    wallet,
    heard,
    askIds,
    say,
    asked: (type) => eventually(`an ask to ${type}`, () => wallet.asked.findLast((ask) => ask.type === type)),
    call: (method, params = {}, active = true) => call(method, params, active),
    chat({ request = {}, options = {}, stream = true, active = true } = {}) {
      return call('chat', { request: { ...exampleRequest, ...request }, options, stream }, active);
    },
    connect: () => void connected(),
    drop: () => port?.close(),
    leave() {
      isOpen = false;
      port?.close();
      port = undefined;
      calls.clear();
    },
    reconnect() {
      port?.close();
      const fresh = opened();
      for (const [id, { call, next }] of calls)
        if (!call.ended) fresh.post({ v: 1, id, kind: 'resume', offset: next() });
    },
    get isOpen() {
      return isOpen;
    },
  };
}

interface CallState<T = unknown> {
  readonly call: OpenPageCall<T>;
  readonly receive: (frame: Frame) => void;
  readonly next: () => number;
}

/** Holds the background to the protocol: no gap in a stream, nothing after the end. */
function callState<T>(id: string, cancel: () => void): CallState<T> {
  const chunks: ChatChunk[] = [];
  let ended: Outcome<T> | undefined;
  return {
    next: () => chunks.length,
    receive(frame) {
      if (ended) throw new Error(`Call ${id} had ended; then came ${JSON.stringify(frame)}`);
      if (frame.kind === 'event') {
        if (frame.offset > chunks.length) throw new Error(`Call ${id} has a gap before ${frame.offset}.`);
        const came = frame.event as unknown as ChatChunk[];
        chunks.push(...came.slice(chunks.length - frame.offset));
        return;
      }
      if (frame.kind === 'end') ended = { ok: true, result: frame.result as T };
      else if (frame.kind === 'fail') ended = { ok: false, error: frame.error };
      else throw new Error(`No ${frame.kind} belongs to call ${id}.`);
    },
    call: {
      id,
      chunks,
      cancel,
      get ended() {
        return ended;
      },
      get text() {
        return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
      },
    },
  };
}
