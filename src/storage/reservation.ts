import type { Payment, PaymentDraft } from '../core/ledger.ts';
import { noMoney } from '../core/money.ts';
import { admit } from '../core/policy.ts';
import type { Denial, Exceeded, Rules } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import { windowNow } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { readUsage, readWitnessOf } from './figures.ts';
import { countedOn, putHead, putSeenMs, readHead, readSeenMs } from './head.ts';
import { findOverride, useOverride } from './overrides.ts';
import { encodePayment } from './paymentRows.ts';
import { putPolicy, readRules } from './policyRows.ts';
import type { Witness } from './witness.ts';

/** What came of asking for a reservation. */
export type Reservation =
  | { readonly ok: true; readonly payment: Payment }
  /** These limits stand in the way. None named: the grant or one-time raise behind it no longer stands; ask again. */
  | { readonly ok: false; readonly exceeded: readonly Exceeded[] }
  | { readonly ok: false; readonly denied: Denial };

/** What a payment of one site is judged by, all of one moment. */
export interface Basis {
  readonly rules: Rules;
  readonly usage: Usage;
  /** Those that no card was shown for. */
  readonly paymentsInLastMinute: number;
}

const minuteMs = 60_000;

/** Reads it. */
export async function readBasis(
  tx: ReadTransaction,
  site: Site,
  nowMs: number,
  notedMs: number | undefined,
): Promise<Basis> {
  const [rules, usage, paymentsInLastMinute] = await Promise.all([
    readRules(tx, site),
    readUsage(tx, site, nowMs, notedMs),
    countGrantUses(tx, site, nowMs - minuteMs, nowMs),
  ]);
  return { rules, usage, paymentsInLastMinute };
}

/** Checks and writes a reservation: the transaction is the lock, so that two at once never share the same room. */
export async function reserveIn(
  tx: WriteTransaction,
  draft: PaymentDraft,
  nowMs: number,
  notedMs: number | undefined,
): Promise<{ readonly reservation: Reservation; readonly witness?: Witness }> {
  const { site, amount, approvedBy } = draft;
  const [basis, override, head, seenMs] = await Promise.all([
    readBasis(tx, site, nowMs, notedMs),
    findOverride(tx, draft, nowMs),
    readHead(tx),
    readSeenMs(tx, notedMs),
  ]);
  const verdict = admit({
    site,
    amount,
    approvedBy,
    ...basis,
    nowMs,
    overrideStands: override !== undefined,
  });
  if (verdict.kind === 'ask') return { reservation: { ok: false, exceeded: verdict.exceeded } };
  if (verdict.kind === 'deny') return { reservation: { ok: false, denied: verdict.reason } };
  const payment: Payment = { ...draft, schema: 1, state: 'reserved', reservedAtMs: nowMs };
  const next = countedOn(head, noMoney);
  const { policy } = basis.rules;
  // Requests are carried out in the order they are made: the witness sees what was written just before.
  const written = [
    tx.objectStore('payments').add(encodePayment({ payment, order: next.seq })),
    putHead(tx, next),
    seenMs !== undefined && putSeenMs(tx, seenMs),
    override && useOverride(tx, override, payment.id),
    // An unused grant ends early.
    approvedBy === 'grant' && policy && putPolicy(tx, { ...policy, lastUsedAtMs: nowMs }),
  ];
  const witness = readWitnessOf(tx, next, windowNow(nowMs, seenMs));
  await Promise.all([...written, witness]);
  return { reservation: { ok: true, payment }, witness: await witness };
}

/** How many payments of the site began without a card, released ones included: the wallet may have been asked. */
function countGrantUses(tx: ReadTransaction, site: Site, sinceMs: number, nowMs: number): Promise<number> {
  const range = IDBKeyRange.bound([site, sinceMs], [site, nowMs]);
  return tx.objectStore('payments').index('grantUse').count(range);
}
