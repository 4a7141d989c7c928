import type { Gateway } from '../core/gateways.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { ChatRequest } from '../protocol/page.ts';
import type { FrozenRequest } from '../x402/payload.ts';
import type { Http } from './http.ts';

/** A chat request as a gateway gets it, as bytes that no longer change. */
export interface FrozenChat {
  /** The same for the challenge and the payment. */
  readonly body: string;
  /** What is asked for a price; the body itself where the gateway has no other. */
  readonly quoteBody: string;
  readonly model: string;
  /** The answer's bound, which is what is paid for. */
  readonly maxOutputTokens: number;
}

/** What one exact request costs, said before its challenge. */
export interface GatewayQuote {
  readonly amount: MicroUsdc;
  /** The most the 402 that follows may ask for. */
  readonly maxAmount: MicroUsdc;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** To be copied unchanged into the paid request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What differs between the kinds of gateways; the challenge, the payment and the answer are the same for all. */
export interface GatewayClient {
  /**
   * Freezes a request into the gateway's bodies. Only fields of ChatRequest and the gateway's extra ones are sent.
   *
   * @throws {Failure} badRequest where the bound on the answer is not a positive whole number
   */
  readonly freeze: (request: ChatRequest, gateway: Gateway) => FrozenChat;
  /**
   * Asks what a request costs. Absent where the challenge alone says it.
   *
   * @throws {Failure} gatewayDown, gatewayUnclear, gatewayRefused with the gateway's words, unsafeQuote
   */
  readonly quote?: (
    http: Http,
    gateway: Gateway,
    chat: FrozenChat,
    signal?: AbortSignal,
  ) => Promise<GatewayQuote>;
  /** The request as it is challenged and paid, still without its payment header. */
  readonly request: (gateway: Gateway, chat: FrozenChat, quote?: GatewayQuote) => FrozenRequest;
}
