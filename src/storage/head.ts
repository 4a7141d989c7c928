import { Failure } from '../core/failure.ts';
import { sumMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { only, record, sum, text, whole } from './readers.ts';

/** Where the ledger stands: compared with the witness to tell an emptied or older database from a sound one. */
export interface Head {
  readonly epoch: number;
  readonly seq: number;
  readonly settledTotal: MicroUsdc;
}

/** @throws DamagedRecord also when there is none: it is written with the stores */
export async function readHead(tx: ReadTransaction): Promise<Head> {
  const row = record(await tx.objectStore('settings').get('head'));
  return only(row, {
    epoch: whole(row['epoch']),
    seq: whole(row['seq']),
    settledTotal: sum(row['settledTotal']),
  });
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
  const row: unknown = await tx.objectStore('settings').get('seenMs');
  const stored = row === undefined ? undefined : whole(row);
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
  const last = text(await tx.objectStore('settings').get('writer'));
  if (last !== writer) throw new Failure('superseded');
}
