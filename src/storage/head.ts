import * as v from 'valibot';
import { Failure } from '../core/failure.ts';
import { sumMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { countField, parseStored, sumField, timeField } from './fields.ts';

const headRow = v.strictObject({ epoch: countField, seq: countField, settledTotal: sumField });
const seenField = v.optional(timeField);
const writerField = v.string();

/** Where the ledger stands: compared with the witness to tell an emptied or older database from a sound one. */
export type Head = v.InferOutput<typeof headRow>;

/** @throws DamagedRecord also when there is none: it is written with the stores */
export async function readHead(tx: ReadTransaction): Promise<Head> {
  return parseStored(headRow, await tx.objectStore('settings').get('head'));
}

/** The head after one more commit. */
export function countedOn({ epoch, seq, settledTotal }: Head, newlySettled: MicroUsdc): Head {
  return { epoch, seq: seq + 1, settledTotal: sumMicroUsdc([settledTotal, newlySettled]) };
}

/** Writes where the ledger now stands. */
export async function putHead(tx: WriteTransaction, head: Head): Promise<void> {
  await tx.objectStore('settings').put({ ...head, settledTotal: head.settledTotal.toString() }, 'head');
}

/** The latest time that a gateway or a block has shown: what is written, or what was noted since. It never falls. */
export async function readSeenMs(tx: ReadTransaction, notedMs?: number): Promise<number | undefined> {
  const stored = parseStored(seenField, await tx.objectStore('settings').get('seenMs'));
  if (stored === undefined || notedMs === undefined) return stored ?? notedMs;
  return Math.max(stored, notedMs);
}

/** Writes a time as the latest that was seen. */
export async function putSeenMs(tx: WriteTransaction, seenMs: number): Promise<void> {
  await tx.objectStore('settings').put(seenMs, 'seenMs');
}

/**
 * Makes one start of the background the only one that writes: whatever an older one that still lives had begun fails at
 * its next step, so that nothing it has reserved can go to a wallet any more.
 *
 * @returns the number of the last commit before
 */
export async function takeOver(tx: WriteTransaction, writer: string): Promise<number> {
  const { seq } = await readHead(tx);
  await tx.objectStore('settings').put(writer, 'writer');
  return seq;
}

/** @throws Failure `superseded` when a later start of the background has taken the ledger over, or DamagedRecord */
export async function refuseSuperseded(tx: ReadTransaction, writer: string): Promise<void> {
  const last = parseStored(writerField, await tx.objectStore('settings').get('writer'));
  if (last !== writer) throw new Failure('superseded');
}
