import { errorCodes } from '../core/errorCodes.ts';
import { pageFailures } from '../core/pageFailures.ts';
import { defineProperty, freeze } from '../core/pristine.ts';
import type { ErrorType, Paid, Phase } from '../core/errorCodes.ts';
import type { WireError } from '../core/failure.ts';
import type { PageFailure } from '../core/pageFailures.ts';
import type { PaidChatError as PublishedError } from './types.ts';

const { DOMException } = globalThis;

/** What every rejected call rejects with, apart from those that the caller's own signal ended. */
export class PaidChatError extends Error implements PublishedError {
  declare readonly name: 'PaidChatError';
  readonly code: number;
  readonly type: ErrorType;
  readonly phase: Phase;
  readonly paid: Paid;
  readonly retryable: boolean;
  declare readonly receiptId?: string;

  constructor({ type, message, phase, paid, retryable, receiptId }: WireError) {
    super(message);
    this.code = errorCodes[type];
    this.type = type;
    this.phase = phase;
    this.paid = paid;
    this.retryable = retryable;
    if (receiptId !== undefined) define(this, 'receiptId', receiptId);
  }
}

define(PaidChatError.prototype, 'name', 'PaidChatError');
// Or a page could put a constructor of its own between ours and Error.
freeze(PaidChatError.prototype);
freeze(PaidChatError);

/** An error that the page's side finds by itself, before anything left the page. */
export function pageError(reason: PageFailure, detail?: string): PaidChatError {
  const { type, phase, text } = pageFailures[reason];
  const message = detail === undefined ? text : `${text} (${detail})`;
  return new PaidChatError({
    __proto__: null,
    type,
    message,
    phase,
    paid: 'no',
    retryable: false,
  } as WireError);
}

/**
 * What the caller's own signal makes of a call: an AbortError that also says whether money moved.
 *
 * @param stoppedIn the phase, where the background has said it
 */
export function abortError(paid: Paid, receiptId?: string, stoppedIn?: Phase): Error {
  const { text, phase } =
    pageFailures[paid === 'no' ? 'aborted' : paid === 'yes' ? 'abortedAfterPaying' : 'abortedUnknown'];
  const error = new DOMException(text, 'AbortError');
  define(error, 'phase', stoppedIn ?? phase);
  define(error, 'paid', paid);
  define(error, 'retryable', paid === 'no');
  if (receiptId !== undefined) define(error, 'receiptId', receiptId);
  return error;
}

function define(target: object, key: string, value: unknown): void {
  defineProperty(target, key, { __proto__: null, value, enumerable: true } as PropertyDescriptor);
}
