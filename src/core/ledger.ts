import type { Network } from './assets.ts';
import type { Paid } from './errorCodes.ts';
import { expiryMs, isSameMessage, paysFor } from './authorization.ts';
import type { Authorization, MessageToSign } from './authorization.ts';
import type { EvmAuthorization } from './evmAuthorization.ts';
import type { MicroUsdc } from './money.ts';
import type { Site } from './site.ts';
import { disputeOf } from './trouble.ts';
import type { Dispute, ReleaseReason, Trouble } from './trouble.ts';

export type { Authorization, EvmAuthorization, ReleaseReason, Trouble };

/** Who holds the key: the page's own wallet; others may follow without a change above the signer. */
type SignerKind = 'page';

/** What let a payment past the caps' gate. */
export type ApprovedBy = 'card' | 'grant' | 'override';

/** What every payment carries from its reservation on. */
interface PaymentFacts {
  /** Version of this row's shape, for migrations. */
  readonly schema: 1;
  /** Unguessable; the page knows it as the receipt's id. */
  readonly id: string;
  readonly site: Site;
  /** The page call and the run that this payment serves. */
  readonly callId: string;
  readonly runId: string;
  readonly gateway: string;
  readonly model: string;
  readonly network: Network;
  readonly asset: string;
  readonly payTo: string;
  /** What counts against the caps: the chosen offer's amount. */
  readonly amount: MicroUsdc;
  readonly resource: string;
  /** SHA-256 of the frozen request body, hex. */
  readonly bodyDigest: string;
  readonly approvedBy: ApprovedBy;
  /** The one-use raise that this payment consumed. */
  readonly overrideId?: string;
  readonly signer: SignerKind;
  readonly reservedAtMs: number;
}

/** A payment that asks for its reservation. */
export type PaymentDraft = Omit<PaymentFacts, 'schema' | 'reservedAtMs'>;

/** What is known once a message was on its way to the wallet. */
interface Dispatched extends MessageToSign {
  readonly trouble?: Trouble;
  /** What a claim needs beside the row, as JSON text: the quote and the challenge. Gone once the answer was whole. */
  readonly claimFacts?: string;
}

/** One row of the spend ledger. */
export type Payment = PaymentFacts &
  (
    | { readonly state: 'reserved' }
    | ({ readonly state: 'signing' } & Dispatched)
    | ({ readonly state: 'signed'; readonly signature: string } & Dispatched)
    | ({ readonly state: 'sent'; readonly signature: string; readonly attempts: number } & Dispatched)
    | ({
        readonly state: 'settled';
        /** Absent where the page kept the signature from us and spent it itself. */
        readonly signature?: string;
        /** How often we sent it: none where somebody else did. */
        readonly attempts: number;
        /** The gateway's word, or the chain's. */
        readonly proof: 'receipt' | 'chain';
        readonly transaction?: string;
        /** The time of its block, once the chain has told it. */
        readonly blockTimeMs?: number;
        /**
         * From when on the rolling windows count it: the block's time, or while that is unknown validBefore, on Solana
         * the time of a block that was too late for it, and always while no such block is known; never before the
         * reservation.
         */
        readonly countsFromMs: number;
        readonly settledAtMs: number;
        /** The gateway's receipt, as it came. */
        readonly receipt?: string;
        readonly dispute?: Dispute;
      } & Dispatched)
    | ({
        readonly state: 'released';
        readonly releasedReason: ReleaseReason;
        readonly releasedAtMs: number;
        readonly signature?: string;
        readonly attempts?: number;
        /** What was dispatched stays on record, for a late answer and for the person. */
      } & Partial<Dispatched>)
  );

/** Everything that can happen to a payment. */
export type LedgerEvent =
  | ({ readonly type: 'sign' } & MessageToSign)
  | { readonly type: 'signed'; readonly signature: string }
  | { readonly type: 'send'; readonly claimFacts?: string }
  | {
      readonly type: 'settle';
      readonly proof: 'receipt' | 'chain';
      readonly transaction?: string;
      readonly receipt?: string;
      /** Of a chain proof only: a gateway's word about time moves no window. */
      readonly blockTimeMs?: number;
      readonly atMs: number;
    }
  /** By the time of this final block it was charged, if it was: the chain would not have taken it any more. */
  | { readonly type: 'date'; readonly notAfterMs: number }
  | { readonly type: 'trouble'; readonly trouble: Trouble }
  /** The whole answer has come: nothing is left to claim. */
  | { readonly type: 'answered' }
  | { readonly type: 'dispute'; readonly dispute: Dispute }
  | { readonly type: 'release'; readonly reason: ReleaseReason; readonly atMs: number };

/** How often the same bytes may be sent: once, and twice more by the live call. */
export const maxAttempts = 3;

/** Something was about to happen to a payment that its state does not allow: a bug, never an outcome. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';

  constructor(payment: Payment, event: LedgerEvent) {
    super(`A payment that is ${payment.state} cannot take this "${event.type}".`);
  }
}

/** Open: could still be charged, neither settled nor released. */
export type OpenPayment = Extract<Payment, { state: 'reserved' | 'signing' | 'signed' | 'sent' }>;

/** Whether the payment is neither settled nor released. */
export function isOpen(payment: Payment): payment is OpenPayment {
  return payment.state !== 'settled' && payment.state !== 'released';
}

/** Settled by its gateway's word alone: the chain has neither confirmed nor contradicted it. */
export function awaitsProof(payment: Payment): payment is Extract<Payment, { state: 'settled' }> {
  return payment.state === 'settled' && payment.proof === 'receipt' && payment.dispute !== 'not-charged';
}

/** Settled, and counted in every window as long as nobody tells when it can have been charged. */
export function awaitsDate(payment: Payment): payment is Extract<Payment, { state: 'settled' }> {
  return payment.state === 'settled' && payment.countsFromMs === untilProvedMs;
}

/** Whether the payment's amount counts against the caps: settled ones as long as their window lasts. */
export function countsAgainstCaps(payment: Payment): boolean {
  return payment.state !== 'released';
}

/** Whether money moved for this payment, as far as is known. */
export function paidOf(payment: Payment | undefined): Paid {
  if (payment === undefined || payment.state === 'reserved' || payment.state === 'released') return 'no';
  return payment.state === 'settled' ? 'yes' : 'unknown';
}

/**
 * What a payment becomes when something happens to it. Pure; the same payment when it is already so.
 *
 * @throws IllegalTransition on everything that the table of states does not have
 */
export function advance(payment: Payment, event: LedgerEvent): Payment {
  switch (event.type) {
    case 'sign':
      return sign(payment, event);
    case 'signed':
      if (payment.state !== 'signing') break;
      // Trouble stays: a signature that comes late is stored and never sent.
      return { ...payment, state: 'signed', signature: event.signature };
    case 'send':
      if (payment.state === 'signed' && payment.trouble === undefined)
        return { ...payment, state: 'sent', attempts: 1, ...claimFactsOf(event) };
      if (payment.state === 'sent' && payment.attempts < maxAttempts)
        return { ...payment, attempts: payment.attempts + 1 };
      break;
    case 'settle':
      return settle(payment, event);
    case 'date':
      if (payment.state !== 'settled') break;
      return dated(payment, event.notAfterMs);
    case 'trouble':
      if (!isOpen(payment) || payment.state === 'reserved') break;
      return { ...payment, trouble: event.trouble };
    case 'answered':
      if (payment.state !== 'sent' && payment.state !== 'settled') break;
      return answered(payment);
    case 'dispute':
      if (payment.state !== 'settled') break;
      return payment.dispute === event.dispute ? payment : disputed(payment, event.dispute);
    case 'release':
      return release(payment, event);
  }
  throw new IllegalTransition(payment, event);
}

type EventOf<Type extends LedgerEvent['type']> = Extract<LedgerEvent, { type: Type }>;

function sign(payment: Payment, event: EventOf<'sign'>): Payment {
  const { type: _sign, ...message } = event;
  if (payment.state === 'reserved' && paysFor(message, payment))
    return { ...payment, state: 'signing', ...message };
  // The wallet is asked again with the same message: one nonce can be charged once, so one hold is enough.
  if (payment.state === 'signing' && isSameMessage(payment, message)) {
    const { trouble: _over, ...asked } = payment;
    return asked;
  }
  throw new IllegalTransition(payment, event);
}

function settle(payment: Payment, event: EventOf<'settle'>): Payment {
  if (payment.state === 'settled') return proveAgain(payment, event);
  // A receipt answers a request of ours; without one only the chain can know that somebody charged the message.
  const provable = event.proof === 'receipt' ? payment.state === 'sent' : isOpen(payment);
  if (!provable || !isOpen(payment) || payment.state === 'reserved')
    throw new IllegalTransition(payment, event);
  const { trouble, ...row } = payment;
  const blockTimeMs = event.proof === 'chain' ? event.blockTimeMs : undefined;
  return {
    ...row,
    state: 'settled',
    attempts: row.state === 'sent' ? row.attempts : 0,
    proof: event.proof,
    ...(event.transaction === undefined ? {} : { transaction: event.transaction }),
    ...(blockTimeMs === undefined ? {} : { blockTimeMs }),
    countsFromMs: countsFrom(row, blockTimeMs),
    settledAtMs: event.atMs,
    ...(event.receipt === undefined ? {} : { receipt: event.receipt }),
    // Its gateway confirms what it goes on to answer; what only the chain tells of came without one.
    ...(trouble !== undefined && event.proof === 'chain' ? { dispute: disputeOf(trouble) } : {}),
  };
}

/** A further proof of a settled payment: the chain's outranks the gateway's, and what is known stays known. */
function proveAgain(payment: Payment & { state: 'settled' }, event: EventOf<'settle'>): Payment {
  if (event.proof === 'receipt' || payment.blockTimeMs !== undefined) return payment;
  const { transaction = payment.transaction, blockTimeMs } = event;
  if (payment.proof === 'chain' && blockTimeMs === undefined) return payment;
  return {
    ...payment,
    proof: 'chain',
    ...(transaction === undefined ? {} : { transaction }),
    ...(blockTimeMs === undefined ? {} : { blockTimeMs }),
    countsFromMs: blockTimeMs === undefined ? payment.countsFromMs : countsFrom(payment, blockTimeMs),
  };
}

/** A bound never moves what is known better: a block's own time, or an earlier bound. */
function dated(payment: Payment & { state: 'settled' }, notAfterMs: number): Payment {
  const countsFromMs = Math.max(notAfterMs, payment.reservedAtMs);
  const isBetter = payment.blockTimeMs === undefined && countsFromMs < payment.countsFromMs;
  return isBetter ? { ...payment, countsFromMs } : payment;
}

function disputed(payment: Payment & { state: 'settled' }, dispute: Dispute): Payment {
  if (dispute !== 'not-charged') return { ...payment, dispute };
  // It has no block whose time could come to be known.
  const countsFromMs = Math.max(expiryMs(payment.authorization), payment.reservedAtMs);
  return { ...payment, dispute, countsFromMs };
}

function answered<Row extends Payment & { state: 'sent' | 'settled' }>(payment: Row): Row {
  // What a gateway has denied is disputed if it was charged, whatever it answered.
  const isOver = payment.trouble !== undefined && payment.trouble !== 'denied';
  if (!isOver && (payment.claimFacts === undefined || payment.trouble === 'denied')) return payment;
  const { trouble: _over, claimFacts: _claim, ...row } = payment;
  return row as Row;
}

function claimFactsOf({ claimFacts }: EventOf<'send'>): { claimFacts?: string } {
  return claimFacts === undefined ? {} : { claimFacts };
}

/** Later than all times: in every window. */
const untilProvedMs = 8_640_000_000_000_000;

function countsFrom(row: PaymentFacts & Dispatched, blockTimeMs: number | undefined): number {
  // A late clock's message is over on Base before it is sent; on Solana only the block tells when it was charged.
  if (blockTimeMs === undefined && row.authorization.kind === 'svm') return untilProvedMs;
  return Math.max(blockTimeMs ?? expiryMs(row.authorization), row.reservedAtMs);
}

function release(payment: Payment, event: EventOf<'release'>): Payment {
  const proved = event.reason === 'expired-on-chain';
  // Before a message left, anything may end it; afterwards only the chain, and only the chain's word says "expired".
  if (!isOpen(payment) || proved === (payment.state === 'reserved'))
    throw new IllegalTransition(payment, event);
  return { ...payment, state: 'released', releasedReason: event.reason, releasedAtMs: event.atMs };
}
