import { bridgeFailures } from './bridgeFailures.ts';
import type { ErrorType, Phase } from './errorCodes.ts';
import { optionsFailures } from './optionsFailures.ts';
import { ownFailures } from './ownFailures.ts';
import { pageFailures } from './pageFailures.ts';
import { walletFailures } from './walletFailures.ts';
import { solanaFailures } from './solanaFailures.ts';

/** A reason as the catalogue holds it. */
export interface ReasonEntry {
  readonly type: ErrorType;
  readonly phase: Phase;
  /** What happened and what to do, one sentence, fit for a page and for our screens. */
  readonly text: string;
  /** The same call may be made again without any risk of paying twice. */
  readonly retryable?: boolean;
}

/** Every reason a call can end for, with its code and sentence: the only place either is written. */
export const reasons = {
  ...bridgeFailures,
  ...pageFailures,
  ...optionsFailures,
  ...ownFailures,
  ...walletFailures,
  ...solanaFailures,
  unknownMethod: {
    type: 'unsupported_method',
    phase: 'validate',
    text: 'PaidChat has no such method: see the documentation of window.paidChat.',
  },
  unknownGateway: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'PaidChat does not know this gateway: leave it out, or use one that models() names.',
  },
  unknownQuote: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This quote is unknown, expired or for another request: ask for a new one.',
  },
  otherRequest: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This idempotencyKey was used for another request within ten minutes: give each request a key of its own.',
  },
  unknownReceipt: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This site has no such payment: receipts.list() names those it has.',
  },
  tooManyQuotes: {
    type: 'limit_exceeded',
    phase: 'quote',
    text: 'This site has asked for more than ten quotes in a minute: wait a minute.',
    retryable: true,
  },
  noActivation: {
    type: 'unauthorized',
    phase: 'approve',
    text: 'PaidChat has to ask the person first: call this from a click.',
    retryable: true,
  },
  notPermitted: {
    type: 'unauthorized',
    phase: 'validate',
    text: 'This site has no permission yet: call requestPermission() from a click.',
    retryable: true,
  },
  blocked: {
    type: 'unauthorized',
    phase: 'approve',
    text: 'The person has blocked this site in PaidChat: only they can change that, in the PaidChat popup.',
  },
  paused: {
    type: 'unauthorized',
    phase: 'approve',
    text: 'The person has paused PaidChat: payments go on when they resume it in the popup.',
  },
  muted: {
    type: 'unauthorized',
    phase: 'approve',
    text: 'This site was refused three times in a row: PaidChat asks again in ten minutes.',
  },
  declined: {
    type: 'user_rejected',
    phase: 'approve',
    text: 'The person did not allow this payment: nothing was paid.',
  },
  pageGone: {
    type: 'disconnected',
    phase: 'approve',
    text: 'The page has gone; nothing was paid.',
  },
  stopped: {
    type: 'user_rejected',
    phase: 'approve',
    text: 'The person stopped this before anything was paid.',
  },
  overLimit: {
    type: 'limit_exceeded',
    phase: 'approve',
    text: 'This payment would pass a limit the person has set: they can raise it in the PaidChat popup.',
  },
  overMaxSpend: {
    type: 'price_changed',
    phase: 'quote',
    text: 'This would cost more than the maxSpend of the call: raise it or ask for less.',
  },
  tooManyPayments: {
    type: 'limit_exceeded',
    phase: 'approve',
    text: 'This site has paid ten times within a minute without a card: wait a minute.',
    retryable: true,
  },
  gatewayDown: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The gateway cannot be reached or is out of capacity: nothing was paid; try again later.',
    retryable: true,
  },
  gatewayUnclear: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The gateway gave an answer that PaidChat does not understand: nothing was paid; try another model or gateway.',
  },
  gatewayRefused: {
    type: 'invalid_params',
    phase: 'quote',
    text: 'The gateway refused this request: check the model and the messages.',
  },
  gatewayInsecure: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The gateway has no https address: nothing was sent; correct the address in the options.',
  },
  belowMinimum: {
    type: 'below_minimum',
    phase: 'quote',
    text: 'The gateway does not take so small a payment: nothing was paid; allow a longer answer.',
  },
  unsafeQuote: {
    type: 'unsafe_payment_request',
    phase: 'quote',
    text: 'The quote carries headers that a gateway may not set: nothing was paid.',
  },
  noChallenge: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The gateway did not ask for a payment as x402 describes it: nothing was paid.',
  },
  onlyMpp: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The gateway takes payment by MPP alone, which PaidChat does not use: nothing was paid; choose another gateway.',
  },
  wantsKey: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The gateway wants an API key and asked for no payment: nothing was paid; choose another gateway.',
  },
  unsafeOffer: {
    type: 'unsafe_payment_request',
    phase: 'quote',
    text: 'The gateway asked for a payment that PaidChat refuses to sign: nothing was paid.',
  },
  noUsableOffer: {
    type: 'unsafe_payment_request',
    phase: 'quote',
    text: 'The gateway offers no payment in USDC on a chain that PaidChat pays on: nothing was paid.',
  },
  aboveQuote: {
    type: 'price_changed',
    phase: 'quote',
    text: 'The gateway asked for more than it had quoted: nothing was paid; try again.',
    retryable: true,
  },
  otherPayee: {
    type: 'unsafe_payment_request',
    phase: 'quote',
    text: 'The gateway asks to pay another address than before and the person has not confirmed it: nothing was paid.',
  },
  tooLittleUsdc: {
    type: 'insufficient_funds',
    phase: 'sign',
    text: 'The wallet has too little USDC for this on the chain it would be paid on: nothing was paid; the PaidChat popup shows both amounts.',
    retryable: true,
  },
  challengeStale: {
    type: 'price_changed',
    phase: 'sign',
    text: 'The wallet answered too late for this offer: nothing was sent; try again.',
  },
  stoppedUnsent: {
    type: 'user_rejected',
    phase: 'sign',
    text: 'This was stopped after the wallet had signed: nothing was sent, and the amount stays counted until the signature can no longer be used.',
  },
  paymentUnknown: {
    type: 'payment_unknown',
    phase: 'send',
    text: 'The connection broke after the payment was signed: PaidChat counts it until the chain shows whether it was paid; do not pay again yet.',
  },
  paymentUnsatisfied: {
    type: 'payment_unknown',
    phase: 'send',
    text: 'The gateway got the payment and still asks for it: PaidChat counts it until the chain shows whether it was paid; do not pay again yet.',
  },
  paymentMalformed: {
    type: 'payment_unknown',
    phase: 'send',
    text: 'The gateway says that the payment does not fit what it asked for: PaidChat counts it until the chain shows whether it was paid.',
  },
  paymentRefused: {
    type: 'payment_unknown',
    phase: 'send',
    text: 'The gateway did not accept the payment: PaidChat counts it until the chain shows whether it was paid.',
  },
  streamBroken: {
    type: 'disconnected',
    phase: 'stream',
    text: 'The answer broke off after it was paid: the part that came is kept in the PaidChat popup.',
  },
  streamTooLarge: {
    type: 'gateway_unavailable',
    phase: 'stream',
    text: 'The gateway sent more than an answer can hold: the part that came is kept in the PaidChat popup.',
  },
  streamIdle: {
    type: 'gateway_unavailable',
    phase: 'stream',
    text: 'The gateway stopped sending for three minutes: the part that came is kept in the PaidChat popup.',
  },
  streamError: {
    type: 'gateway_unavailable',
    phase: 'stream',
    text: 'The gateway reported an error in the middle of the answer: the part that came is kept in the PaidChat popup.',
  },
  unexpected: {
    type: 'internal',
    phase: 'validate',
    text: 'Something went wrong inside PaidChat: try again, and if it stays, reload the extension.',
  },
} as const satisfies Record<string, ReasonEntry>;

/** The name of a reason for which a call ends. */
export type Reason = keyof typeof reasons;
