import * as v from 'valibot';
import type { PaymentDraft } from '../core/ledger.ts';
import { overrideMs } from '../core/limits.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { Site } from '../core/site.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { amountField, parseStored, refuseUnreadable, siteField, timeField } from './fields.ts';

/** A one-time raise: lets one payment of exactly this site, request and amount pass every limit. */
export interface Override {
  readonly id: string;
  /** The approval that it came from. */
  readonly cardId: string;
  readonly site: Site;
  /** SHA-256 of the frozen request body, hex. */
  readonly bodyDigest: string;
  readonly amount: MicroUsdc;
  /** At most 60 s after it is recorded. */
  readonly expiresAtMs: number;
}

const overrideRow = v.strictObject({
  id: v.string(),
  cardId: v.string(),
  site: siteField,
  bodyDigest: v.string(),
  amount: amountField,
  recordedAtMs: timeField,
  expiresAtMs: timeField,
  /** The payment that used it. */
  usedBy: v.exactOptional(v.string()),
});

type OverrideRow = v.InferOutput<typeof overrideRow>;

/** @throws DamagedRecord */
function readOverride(stored: unknown): OverrideRow {
  return parseStored(overrideRow, stored);
}

/** Records a raise; an id is never used twice, not even after its raise was. */
export async function addOverride(tx: WriteTransaction, override: Override, nowMs: number): Promise<void> {
  const { id, cardId, site, bodyDigest, amount } = override;
  const expiresAtMs = Math.min(override.expiresAtMs, nowMs + overrideMs);
  const row = {
    id,
    cardId,
    site,
    bodyDigest,
    amount: amount.toString(),
    recordedAtMs: nowMs,
    expiresAtMs,
  };
  refuseUnreadable(row, readOverride);
  await tx.objectStore('overrides').add(row);
}

/** The raise that lets this payment pass, if it names one that still stands. */
export async function findOverride(
  tx: ReadTransaction,
  draft: PaymentDraft,
  nowMs: number,
): Promise<OverrideRow | undefined> {
  if (draft.overrideId === undefined) return undefined;
  const stored = await tx.objectStore('overrides').get(draft.overrideId);
  if (stored === undefined) return undefined;
  const row = readOverride(stored);
  const stands = row.usedBy === undefined && row.recordedAtMs <= nowMs && nowMs < row.expiresAtMs;
  const fits = row.site === draft.site && row.bodyDigest === draft.bodyDigest && row.amount === draft.amount;
  return stands && fits ? row : undefined;
}

/** Marks a raise as used: its record stays, beside the payment that it let through. */
export async function useOverride(tx: WriteTransaction, row: OverrideRow, paymentId: string): Promise<void> {
  await tx.objectStore('overrides').put({ ...row, amount: row.amount.toString(), usedBy: paymentId });
}
