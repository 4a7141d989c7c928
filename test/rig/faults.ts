/** Everything that can go wrong at the gateway, one switch each. Words are shown in the demo's drawer. */
export const faultDocs = {
  quoteDown: 'The quote answers 503.',
  quoteHtml: 'The quote answers 200 with an HTML page.',
  quoteHuge: 'The quote answers 200 with 200 KiB of JSON.',
  quoteHostileHeaders: 'The quote asks to send authorization, cookie and host headers too.',
  challengeMissing: 'The 402 has no PAYMENT-REQUIRED header.',
  challengeMalformed: 'The PAYMENT-REQUIRED header is base64 of something that is not a challenge.',
  challengeHuge: 'The PAYMENT-REQUIRED header is 20 KiB long.',
  holdChallenge: 'The 402 waits until it is released.',
  priceAboveQuote: 'The challenge asks one micro-USDC more than the quote allows.',
  priceChangedBetween:
    'After the first challenge the price rises by 1 %, still within the quote, until a payment of the new price.',
  otherPayee: 'The challenge names another payee, and a payment to it is accepted.',
  otherNetwork: 'The challenge asks for USDC on another chain (Base Sepolia).',
  otherAsset: 'The challenge asks for another token on Base.',
  otherResource: 'The challenge says it is for another address on the web.',
  longTimeout: 'The challenge wants a signature that is valid for ten years, and such a payment is accepted.',
  permit2: 'The challenge asks for a Permit2 approval in place of a transfer authorization.',
  repeatedMemo: 'The challenge names the memo "order 1" for Solana, as it did for others.',
  serverBlockhash: 'The challenge brings a blockhash and a height of its own for Solana.',
  feePayerIsPayer: 'The challenge wants the person to pay the fees of the Solana transaction.',
  payeeWithoutAccount: 'The challenge names a payee on Solana who has no USDC account.',
  challengeAs401: 'The challenge comes with 401 in place of 402.',
  mppBeside: 'Beside the challenge stand two of MPP, by tempo and by evm.',
  redirect: 'The paid request is redirected (307, or detail.status) to another origin, which records it.',
  dropBeforeSettle: 'The connection is reset after the payment was verified; nothing is charged.',
  dropAfterSettle: 'The connection is reset after the payment was charged, before any header.',
  dropMidStream: 'The connection is reset in the middle of the answer.',
  noDone: 'The answer ends without [DONE].',
  doubleChallenge: 'The payment is charged, and answered with a second 402.',
  error500AfterPaying: 'The payment is charged, and answered with 500.',
  noReceipt: 'The answer carries no PAYMENT-RESPONSE header.',
  noWorkers: 'The unpaid request answers 429 "No workers available".',
  paymentTooSmall: 'The payment is refused with 403 as too small; nothing is charged.',
  slowHeaders: 'The headers of the answer come 5 s (detail.ms) late.',
  slowTokens: 'Each token comes 500 ms (detail.ms) after the one before.',
  holdStream: 'The answer stops after a few tokens until it is released.',
  emptyAnswer: 'The answer has no text at all.',
  badFrame: 'Frames that are not JSON, and one that is not UTF-8, come in the middle of the answer.',
  plainChunks: "The answer comes as OpenAI's chunks, with reasoning, in place of Content frames.",
  wholeAnswer: 'The answer comes whole, as JSON, though a stream was asked for.',
  hugeEvent: 'One event of the answer is 2 MiB long.',
  endless: 'The answer never ends, as fast as it can be read.',
} as const;

/** The name of a switch. */
export type FaultName = keyof typeof faultDocs;

/** What a switch can be told. */
export interface FaultDetail {
  /** Milliseconds of slowHeaders and slowTokens. */
  readonly ms?: number;
  /** HTTP status of redirect. */
  readonly status?: number;
}

/** Switched on for the next request that meets it, or until cleared. */
export type FaultSpan = 'next' | 'cleared';

/** The gateway's switches. */
export interface Faults {
  /** The next request that meets it has this fault, later ones do not. */
  next(name: FaultName, detail?: FaultDetail): void;
  /** Every request that meets it has this fault until cleared. */
  set(name: FaultName, detail?: FaultDetail): void;
  /** One switch off, or all of them. */
  clear(name?: FaultName): void;
  active(): ReadonlyMap<FaultName, FaultSpan>;
  /** For the gateway: uses up a fault where it happens. `undefined`: all is well. */
  take(name: FaultName): FaultDetail | undefined;
}

/** All switches off. */
export function createFaults(): Faults {
  const on = new Map<FaultName, { span: FaultSpan; detail: FaultDetail }>();
  return {
    next: (name, detail = {}) => void on.set(name, { span: 'next', detail }),
    set: (name, detail = {}) => void on.set(name, { span: 'cleared', detail }),
    clear(name) {
      if (name === undefined) on.clear();
      else on.delete(name);
    },
    active: () => new Map([...on].map(([name, { span }]) => [name, span])),
    take(name) {
      const fault = on.get(name);
      if (fault?.span === 'next') on.delete(name);
      return fault?.detail;
    },
  };
}

/** Whether a text names a switch. */
export function isFaultName(name: unknown): name is FaultName {
  return typeof name === 'string' && Object.hasOwn(faultDocs, name);
}
