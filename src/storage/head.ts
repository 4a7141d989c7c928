import * as v from 'valibot';
import { sumMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { countField, parseStored, sumField, timeField } from './fields.ts';

const headRow = v.strictObject({ epoch: countField, seq: countField, settledTotal: sumField });

/** Where the ledger stands: compared with the witness to tell an emptied or older database from a sound one. */
export type Head = v.InferOutput<typeof headRow>;

/** @throws Failure `ledgerUnavailable`, also when there is none: it is written with the stores */
export async function readHead(tx: ReadTransaction): Promise<Head> {
  return parseStored(headRow, await tx.objectStore('settings').get('head'));
}

/** Counts one more commit of the ledger. @returns its number */
export async function countCommit(tx: WriteTransaction, newlySettled: MicroUsdc): Promise<number> {
  const { epoch, seq, settledTotal } = await readHead(tx);
  const next = {
    epoch,
    seq: seq + 1,
    settledTotal: sumMicroUsdc([settledTotal, newlySettled]).toString(),
  };
  await tx.objectStore('settings').put(next, 'head');
  return next.seq;
}

/** The latest time that a gateway or a block has shown. */
export async function readSeenMs(tx: ReadTransaction): Promise<number | undefined> {
  return parseStored(v.optional(timeField), await tx.objectStore('settings').get('seenMs'));
}

/** Raises the latest time that was seen; it never falls. */
export async function raiseSeenMs(tx: WriteTransaction, seenMs: number): Promise<void> {
  const known = await readSeenMs(tx);
  if (known === undefined || seenMs > known) await tx.objectStore('settings').put(seenMs, 'seenMs');
}
