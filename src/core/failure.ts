import type { ErrorType, Paid, Phase } from './errorCodes.ts';
import { reasons } from './reasons.ts';
import type { Reason, ReasonEntry } from './reasons.ts';

/** A failure as it travels between worlds: no stack, no headers, no prompt. */
export interface WireError {
  readonly type: ErrorType;
  readonly message: string;
  readonly phase: Phase;
  readonly paid: Paid;
  readonly retryable: boolean;
  readonly receiptId?: string;
}

/** What the place that fails knows beyond the reason. */
export interface FailureFacts {
  /** Replaces the phase that the reason usually has. */
  readonly phase?: Phase;
  readonly paid?: Paid;
  readonly receiptId?: string;
  /** Appended to the sentence in parentheses: a field name, a status. Never a prompt, header or balance. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** An expected end of a call: what happened and what to do, in one sentence from the catalogue of reasons. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly reason: Reason;
  readonly type: ErrorType;
  readonly phase: Phase;
  /** Undefined where the place that failed does not know; the ledger does. */
  readonly paid: Paid | undefined;
  readonly retryable: boolean;
  readonly receiptId: string | undefined;

  constructor(reason: Reason, facts: FailureFacts = {}) {
    const { type, phase, text, retryable }: ReasonEntry = reasons[reason];
    super(facts.detail === undefined ? text : `${text} (${facts.detail})`, { cause: facts.cause });
    this.reason = reason;
    this.type = type;
    this.phase = facts.phase ?? phase;
    this.paid = facts.paid;
    this.retryable = retryable ?? false;
    this.receiptId = facts.receiptId;
  }
}

/**
 * What may cross to a page of any thrown thing; the unexpected becomes `internal` without its own text.
 *
 * @param facts what the ledger knows of the call's payment, for failures that do not say it themselves
 */
export function toWireError(
  thrown: unknown,
  facts: Pick<FailureFacts, 'paid' | 'receiptId' | 'phase'> = {},
): WireError {
  const failure = thrown instanceof Failure ? thrown : new Failure('unexpected', facts);
  const { type, message, phase, retryable } = failure;
  const paid = failure.paid ?? facts.paid ?? 'no';
  const receiptId = failure.receiptId ?? facts.receiptId;
  return {
    type,
    message,
    phase,
    paid,
    retryable: retryable && paid === 'no',
    ...(receiptId === undefined ? {} : { receiptId }),
  };
}
