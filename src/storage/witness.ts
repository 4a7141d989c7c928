import * as v from 'valibot';
import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { MicroUsdc } from '../core/money.ts';
import { asFailure, storageTimeoutMs, unavailable } from './db.ts';
import { countField, sumField, timeField } from './fields.ts';
import type { Head } from './head.ts';

/** A small key-value store apart from the database: `storage.local` in the browser. */
export interface WitnessStorage {
  get(key: string): Promise<unknown>;
  set(key: string, value: Readonly<Record<string, string | number>>): Promise<void>;
}

/** Where the witness lies. */
export const witnessKey = 'ledgerWitness';

/**
 * A few figures of the ledger, kept apart from its database: a damaged database was seen to come back empty, and empty
 * is not "nothing spent".
 */
export interface Witness {
  readonly epoch: number;
  readonly seq: number;
  readonly settledTotal: MicroUsdc;
  /** What could still be charged, and until when at the latest. */
  readonly openTotal: MicroUsdc;
  readonly latestExpiryMs: number;
  /** Settled in the windows that ended at `atMs`, websites and side panel together. */
  readonly day: MicroUsdc;
  readonly month: MicroUsdc;
  readonly atMs: number;
}

/** What the witness says about the database: `ahead` means that payments are missing from it. */
export type WitnessVerdict = 'new' | 'current' | 'behind' | 'absent' | 'ahead';

const witnessRecord = v.strictObject({
  epoch: countField,
  seq: countField,
  settledTotal: sumField,
  openTotal: sumField,
  latestExpiryMs: timeField,
  day: sumField,
  month: sumField,
  atMs: timeField,
});

/** Reads the witness. @throws Failure `ledgerUnavailable` when it is damaged, unreadable or does not come */
export async function readWitness(storage: WitnessStorage, clock: Clock): Promise<Witness | undefined> {
  const stored = await inTime(clock, storage.get(witnessKey));
  if (stored === undefined) return undefined;
  const { success, output } = v.safeParse(witnessRecord, stored);
  // Nobody can tell what a damaged one has seen.
  if (!success) throw unavailable('the witness is damaged');
  return output;
}

/** Writes the witness, however long that takes. */
export async function writeWitness(storage: WitnessStorage, witness: Witness): Promise<void> {
  const { epoch, seq, settledTotal, openTotal, latestExpiryMs, day, month, atMs } = witness;
  await storage.set(witnessKey, {
    epoch,
    seq,
    latestExpiryMs,
    atMs,
    settledTotal: settledTotal.toString(),
    openTotal: openTotal.toString(),
    day: day.toString(),
    month: month.toString(),
  });
}

/** Compares what the database says of itself with what the witness has seen. */
export function checkWitness({ epoch, seq }: Head, witness: Witness | undefined): WitnessVerdict {
  if (!witness) return seq === 0 ? 'new' : 'absent';
  if (witness.epoch !== epoch) return witness.epoch > epoch ? 'ahead' : 'behind';
  if (witness.seq === seq) return 'current';
  return witness.seq > seq ? 'ahead' : 'behind';
}

/** Keeps the witness up with the ledger. */
export interface WitnessKeeper {
  /**
   * Resolves when this witness, or one of a later commit, is written. Calls meanwhile share one write; one that fails is
   * repeated later by itself.
   *
   * @throws Failure `ledgerUnavailable`
   */
  write(witness: Witness): Promise<void>;
}

const retryMs = 30_000;

/**
 * Makes the one writer of the witness. Its writes follow each other, so that an old one never lands on a new one: while
 * one hangs, those behind it come too late.
 */
export function createWitnessKeeper(deps: {
  readonly storage: WitnessStorage;
  readonly clock: Clock;
}): WitnessKeeper {
  const { storage, clock } = deps;
  let newest: Witness | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  let cancelRetry = () => {};

  async function writeNow(): Promise<void> {
    next = undefined;
    cancelRetry();
    if (newest) await writeWitness(storage, newest);
  }

  function retryLater(): void {
    cancelRetry();
    cancelRetry = clock.after(retryMs, () => void enqueue());
  }

  function enqueue(): Promise<void> {
    if (!next) {
      next = last.then(writeNow);
      last = next.catch(retryLater);
    }
    return next;
  }

  return {
    write(witness) {
      if (newest === undefined || isLater(witness, newest)) newest = witness;
      return inTime(clock, enqueue());
    },
  };
}

function isLater(a: Witness, b: Witness): boolean {
  return a.epoch === b.epoch ? a.seq > b.seq : a.epoch > b.epoch;
}

function inTime<T>(clock: Clock, call: Promise<T>): Promise<T> {
  return withTimeout(clock, storageTimeoutMs, call, () => unavailable('the witness does not answer')).catch(
    (error: unknown) => {
      throw asFailure(error);
    },
  );
}
