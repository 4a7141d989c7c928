import type { Payment, PaymentDraft } from '../core/ledger.ts';
import { noMoney } from '../core/money.ts';
import { admit } from '../core/policy.ts';
import type { Denial, Exceeded, Rules } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import type { Usage } from '../core/usage.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { readUsage, witnessOf } from './figures.ts';
import type { Figures } from './figures.ts';
import { countedOn, putHead, putSeenMs, readHead } from './head.ts';
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
  /** What the usage was made of. */
  readonly figures: Figures;
}

const minuteMs = 60_000;

/** Reads it. */
export async function readBasis(
  tx: ReadTransaction,
  site: Site,
  nowMs: number,
  notedMs: number | undefined,
): Promise<Basis> {
  const [rules, { usage, figures }, paymentsInLastMinute] = await Promise.all([
    readRules(tx, site),
    readUsage(tx, site, nowMs, notedMs),
    countGrantUses(tx, site, nowMs - minuteMs, nowMs),
  ]);
  return { rules, usage, paymentsInLastMinute, figures };
}

/** Checks and writes a reservation: the transaction is the lock, so that two at once never share the same room. */
export async function reserveIn(
  tx: WriteTransaction,
  draft: PaymentDraft,
  nowMs: number,
  notedMs: number | undefined,
): Promise<{ readonly reservation: Reservation; readonly witness?: Witness }> {
  const { site, amount, approvedBy } = draft;
  const [basis, override, head] = await Promise.all([
    readBasis(tx, site, nowMs, notedMs),
    findOverride(tx, draft, nowMs),
    readHead(tx),
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
  const { seenMs, open } = basis.figures;
  await Promise.all([
    tx.objectStore('payments').add(encodePayment({ payment, order: next.seq })),
    putHead(tx, next),
    seenMs !== undefined && putSeenMs(tx, seenMs),
    override && useOverride(tx, override, payment.id),
    // An unused grant ends early.
    approvedBy === 'grant' && policy && putPolicy(tx, { ...policy, lastUsedAtMs: nowMs }),
  ]);
  const figures = { ...basis.figures, open: [...open, payment] };
  return { reservation: { ok: true, payment }, witness: witnessOf(next, figures) };
}

/** How many payments of the site began without a card, released ones included: the wallet may have been asked. */
function countGrantUses(tx: ReadTransaction, site: Site, sinceMs: number, nowMs: number): Promise<number> {
  const range = IDBKeyRange.bound([site, sinceMs], [site, nowMs]);
  return tx.objectStore('payments').index('grantUse').count(range);
}
