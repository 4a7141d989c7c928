import * as v from 'valibot';
import { isOpen } from '../core/ledger.ts';
import type { OpenPayment, Payment } from '../core/ledger.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import {
  addressField,
  amountField,
  countField,
  DamagedRecord,
  hexField,
  networkField,
  parseStored,
  refuseUnreadable,
  signatureField,
  siteField,
  timeField,
} from './fields.ts';

const text = v.string();
const decimal = v.pipe(v.string(), v.regex(/^(0|[1-9]\d*)$/));

const facts = {
  schema: v.literal(1),
  id: text,
  site: siteField,
  callId: text,
  runId: text,
  gateway: text,
  model: text,
  network: networkField,
  asset: text,
  payTo: text,
  amount: amountField,
  resource: text,
  bodyDigest: text,
  approvedBy: v.picklist(['card', 'grant', 'override']),
  overrideId: v.exactOptional(text),
  signer: v.picklist(['page']),
  reservedAtMs: timeField,
  // What only the indexes need.
  order: countField,
  open: v.exactOptional(v.literal(1)),
  grantUseMs: v.exactOptional(timeField),
};

const evmAuthorization = v.strictObject({
  from: hexField,
  to: hexField,
  value: decimal,
  validAfter: decimal,
  validBefore: decimal,
  nonce: hexField,
});

const svmAuthorization = v.strictObject({
  kind: v.literal('svm'),
  from: addressField,
  to: addressField,
  value: decimal,
  memo: text,
  feePayer: addressField,
  blockhash: addressField,
  lastValidBlockHeight: decimal,
  slot: decimal,
  readAtMs: timeField,
  message: v.pipe(v.string(), v.base64()),
});

const dispatched = {
  payer: addressField,
  authorization: v.union([evmAuthorization, svmAuthorization]),
  claimFacts: v.exactOptional(text),
};

const trouble = {
  trouble: v.exactOptional(
    v.picklist([
      'wallet-rejected',
      'wallet-silent',
      'wallet-mismatch',
      'wallet-unverified',
      'not-sent',
      'no-answer',
      'refused',
      'malformed',
      'denied',
    ]),
  ),
};

const paymentRow = v.variant('state', [
  v.strictObject({ ...facts, state: v.literal('reserved') }),
  v.strictObject({ ...facts, ...dispatched, ...trouble, state: v.literal('signing') }),
  v.strictObject({
    ...facts,
    ...dispatched,
    ...trouble,
    state: v.literal('signed'),
    signature: signatureField,
  }),
  v.strictObject({
    ...facts,
    ...dispatched,
    ...trouble,
    state: v.literal('sent'),
    signature: signatureField,
    attempts: countField,
  }),
  v.strictObject({
    ...facts,
    ...dispatched,
    state: v.literal('settled'),
    signature: v.exactOptional(signatureField),
    attempts: countField,
    proof: v.picklist(['receipt', 'chain']),
    transaction: v.exactOptional(text),
    blockTimeMs: v.exactOptional(timeField),
    countsFromMs: timeField,
    settledAtMs: timeField,
    receipt: v.exactOptional(text),
    dispute: v.exactOptional(v.picklist(['unanswered', 'empty', 'broken-off', 'denied', 'never-sent'])),
  }),
  v.strictObject({
    ...facts,
    ...trouble,
    payer: v.exactOptional(dispatched.payer),
    authorization: v.exactOptional(dispatched.authorization),
    claimFacts: dispatched.claimFacts,
    signature: v.exactOptional(signatureField),
    attempts: v.exactOptional(countField),
    state: v.literal('released'),
    releasedReason: v.picklist([
      'restart',
      'page-gone',
      'stopped',
      'no-wallet',
      'connect-refused',
      'wrong-chain',
      'offer-changed',
      'too-little-usdc',
      'failed-before-signing',
      'expired-on-chain',
    ]),
    releasedAtMs: timeField,
  }),
]);

/** A payment as it lies in the database: amounts as digits, and what the indexes need beside it. */
export type PaymentRow = v.InferInput<typeof paymentRow>;

/** A payment, and its place in the order of reservations. */
export interface Ordered {
  readonly payment: Payment;
  readonly order: number;
}

/** The row of a payment. Refuses one that could not be read back. @throws Failure `ledgerUnavailable` */
export function encodePayment({ payment, order }: Ordered): PaymentRow {
  const row = {
    ...payment,
    amount: payment.amount.toString(),
    order,
    ...(isOpen(payment) ? { open: 1 } : {}),
    ...(payment.approvedBy === 'grant' ? { grantUseMs: payment.reservedAtMs } : {}),
  } as PaymentRow;
  refuseUnreadable(paymentRow, row);
  return row;
}

/** @throws DamagedRecord */
export function decodePayment(stored: unknown): Ordered {
  const { order, open, grantUseMs: _index, ...payment } = parseStored(paymentRow, stored);
  // An open row outside the index of open ones would not be counted.
  if ((open === 1) !== isOpen(payment)) throw new DamagedRecord();
  return { payment, order };
}

/** Every payment that is neither settled nor released. */
export async function readOpen(
  tx: ReadTransaction,
): Promise<readonly (Ordered & { payment: OpenPayment })[]> {
  const rows = await tx.objectStore('payments').index('open').getAll();
  return rows.map((row) => {
    const { payment, order } = decodePayment(row);
    if (!isOpen(payment)) throw new DamagedRecord();
    return { payment, order };
  });
}

/** Writes a row in the transaction. */
export async function putPayment(tx: WriteTransaction, ordered: Ordered): Promise<void> {
  await tx.objectStore('payments').put(encodePayment(ordered));
}
