import type { ErrorType, Paid, Phase } from '../core/errorCodes.ts';
import type {
  Availability,
  ChatChunk,
  ChatCompletion,
  ChatMessage,
  ChatRequest,
  ChatUsage,
  Model,
  Permission,
  PermissionRequest,
  Quote,
  Receipt,
} from '../protocol/page.ts';

export type {
  Availability,
  ChatChunk,
  ChatCompletion,
  ChatMessage,
  ChatRequest,
  ChatUsage,
  Model,
  Permission,
  PermissionRequest,
  Quote,
  Receipt,
};

/** What PaidChat, and not the model, is told about a call. */
export interface ChatOptions {
  /** Before anything is signed it stops the call; afterwards the page stops listening, and the paid answer is kept. */
  signal?: AbortSignal;
  /** The most this call may cost, in USDC: "0.01". */
  maxSpend?: string;
  /** From `quote()`: pay at most what was quoted. */
  quoteId?: string;
  /** From `models()`; left out: the site's gateway or the default one. */
  gateway?: string;
  /** Calls of this site with the same key within ten minutes are one purchase: the later get the answer of the first. */
  idempotencyKey?: string;
}

/**
 * A streamed answer: iterate it once; `break` stops listening.
 *
 * @example
 * for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
 */
export interface ChatCompletionStream extends AsyncIterable<ChatChunk> {
  /** What was paid; rejects with the call's error where nothing was. Never an unhandled rejection. */
  readonly receipt: Promise<Receipt>;
  /** The chunks as lines of JSON, one a line, as OpenAI's client does. */
  toReadableStream(): ReadableStream<Uint8Array>;
}

/** The events of `window.paidChat` and their details. */
export interface PaidChatEvents {
  /** Also where the person changed it in PaidChat's own windows. */
  permissionchange: Permission;
  /** A payment of this site came to be, or came to its end. */
  payment: { receiptId: string; amountUsdc: string; status: Receipt['status'] };
  /** Four fifths of a limit of this site are used; which one only the person sees. */
  budgetlow: Record<string, never>;
  modelschange: Record<string, never>;
  /** PaidChat was updated or switched off: calls under way have failed. */
  disconnect: null;
}

/** What every rejected call rejects with. */
export interface PaidChatError extends Error {
  readonly name: 'PaidChatError';
  readonly code: number;
  readonly type: ErrorType;
  readonly phase: Phase;
  /** Whether money moved; `unknown`: the chain decides, do not pay again yet. */
  readonly paid: Paid;
  /** The same call can be made again without any risk of paying twice. */
  readonly retryable: boolean;
  readonly receiptId?: string;
}

/**
 * `window.paidChat`: paid AI answers from the visitor's own wallet, within the limits they set. Present from
 * document_start on top-level https pages and http localhost; frozen.
 *
 * @throws {PaidChatError} from every method
 */
export interface PaidChat extends EventTarget {
  addEventListener<K extends keyof PaidChatEvents>(
    type: K,
    listener: ((event: CustomEvent<PaidChatEvents[K]>) => void) | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  readonly isPaidChat: true;
  readonly version: string;
  readonly apiVersion: 1;
  /** With a model: `unavailable` also where no gateway in the lists that `models` reads offers it. */
  availability(options?: { model?: string }): Promise<Availability>;
  requestPermission(options?: PermissionRequest): Promise<Permission>;
  permission(): Promise<Permission>;
  /** Gives this site's own grant back: from then on the person is asked again. */
  revoke(): Promise<void>;
  models(): Promise<Model[]>;
  quote(request: ChatRequest): Promise<Quote>;
  readonly chat: {
    readonly completions: {
      create(request: ChatRequest & { stream: true }, options?: ChatOptions): Promise<ChatCompletionStream>;
      create(request: ChatRequest & { stream?: false }, options?: ChatOptions): Promise<ChatCompletion>;
      create(request: ChatRequest, options?: ChatOptions): Promise<ChatCompletionStream | ChatCompletion>;
    };
  };
  /**
   * A `fetch` for SDKs, for `baseURL` alone: POST …/chat/completions, streamed or not, and GET …/models. What an SDK
   * repeats by itself is never paid twice: a repeat gets the answer of the call that it repeats, and every failure is a
   * 400 or 402, which no SDK repeats. The header `x-paidchat-receipt` names the receipt; `x-paidchat-max-spend` and
   * `x-paidchat-gateway` of a request are `maxSpend` and `gateway`, `idempotency-key` is `idempotencyKey`.
   *
   * @example
   * new OpenAI({ apiKey: 'paidchat', baseURL: paidChat.baseURL, fetch: paidChat.fetch, dangerouslyAllowBrowser: true });
   */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  readonly baseURL: 'https://paidchat.invalid/v1';
  /** This origin's own payments. */
  readonly receipts: { get(id: string): Promise<Receipt>; list(): Promise<Receipt[]> };
}
