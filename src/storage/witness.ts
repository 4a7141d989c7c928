import * as v from 'valibot';
import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { KnownSpending } from '../core/quarantine.ts';
import { asFailure, storageTimeoutMs, unavailable } from './db.ts';
import { countField, sumField, timeField } from './fields.ts';
import type { Head } from './head.ts';

/** A small key-value store apart from the database: `storage.local` in the browser. */
export interface WitnessStorage {
  entries(prefix: string): Promise<readonly (readonly [key: string, value: unknown])[]>;
  set(key: string, value: Readonly<Record<string, string | number>>): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
  /** Empties it, whatever lies there: what cannot be read cannot be named. Nothing but witnesses lies there. */
  clear(): Promise<void>;
}

const witnessPrefix = 'ledgerWitness';

/** Each start of the background writes its own, so that a write of an older one never lands on a newer one's. */
export function witnessKeyOf(writer: string): string {
  return `${witnessPrefix}:${writer}`;
}

/**
 * A few figures of the ledger, kept apart from its database: a damaged database was seen to come back empty, and empty
 * is not "nothing spent".
 */
export interface Witness extends KnownSpending {
  readonly epoch: number;
  readonly seq: number;
  readonly settledTotal: MicroUsdc;
}

/** A witness, and which of the databases it was written for: the first, or one begun in place of an unreadable one. */
export type PlacedWitness = Witness & { readonly generation: number };

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
  generation: v.optional(v.pipe(countField, v.minValue(1)), 1),
});

/** What lies in the witness's storage. */
export interface Sighting {
  /** The latest of those that can be read. */
  readonly witness: PlacedWitness | undefined;
  /** One of them is not what we wrote: nobody can tell what it has seen. */
  readonly damaged: boolean;
  /** None could be read, or the storage has not answered: that is no word about what it holds. */
  readonly silent: boolean;
  readonly keys: readonly string[];
}

/** Looks for the witness. A storage that fails or does not answer is waited for no longer than any other. */
export async function readWitness(storage: WitnessStorage, clock: Clock): Promise<Sighting> {
  const reading = storage.entries(witnessPrefix);
  const entries = await withTimeout(
    clock,
    storageTimeoutMs,
    reading,
    () => new Failure('storageSilent'),
  ).catch(() => undefined);
  if (!entries) return { witness: undefined, damaged: true, silent: true, keys: [] };
  const parsed = entries.map(([, stored]) => v.safeParse(witnessRecord, stored));
  const sound = parsed.flatMap(({ success, output }) => (success ? [output as PlacedWitness] : []));
  const [witness] = sound.sort((a, b) => (isLater(a, b) ? -1 : 1));
  const damaged = sound.length < entries.length;
  return { witness, damaged, silent: false, keys: entries.map(([key]) => key) };
}

/** What a witness is believed: nothing, where it or another beside it cannot be read and may have seen more. */
export function knownBy({ damaged, witness }: Sighting): PlacedWitness | undefined {
  return damaged ? undefined : witness;
}

/** Writes the witness of one start of the background, however long that takes. */
export async function writeWitness(
  storage: WitnessStorage,
  writer: string,
  witness: PlacedWitness,
): Promise<void> {
  const { epoch, seq, settledTotal, openTotal, latestExpiryMs, day, month, atMs, generation } = witness;
  await storage.set(witnessKeyOf(writer), {
    epoch,
    seq,
    generation,
    latestExpiryMs,
    atMs,
    settledTotal: settledTotal.toString(),
    openTotal: openTotal.toString(),
    day: day.toString(),
    month: month.toString(),
  });
}

/** How many values one emptying can lose to damage. */
const mostDamaged = 20;

/**
 * Empties the storage. Chromium reads what it empties, fails over the first value that is damaged and throws that one
 * away: emptying again gets past it.
 *
 * @throws Failure `ledgerUnavailable` where it does not answer; what it failed with last, where it fails each time
 */
export async function clearWitness(storage: WitnessStorage, clock: Clock): Promise<void> {
  const untilMs = clock.nowMs() + storageTimeoutMs;
  for (let left = mostDamaged; ; left -= 1) {
    try {
      return await answerInTime(clock, storage.clear());
    } catch (error) {
      // One that hangs may yet empty what is written meanwhile: no second after it.
      if (error instanceof Failure || left === 0 || clock.nowMs() >= untilMs) throw error;
    }
  }
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
  /** Names the start of the background that writes. */
  readonly writer: string;
  /** Which database it is the witness of. */
  readonly generation: number;
  /** Those of earlier starts: they go once one of this start is written. */
  readonly outlives?: readonly string[];
}): WitnessKeeper {
  const { storage, clock, writer, generation } = deps;
  let newest: Witness | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  let older = (deps.outlives ?? []).filter((key) => key !== witnessKeyOf(writer));
  let cancelRetry = () => {};

  async function writeNow(): Promise<void> {
    next = undefined;
    cancelRetry();
    if (!newest) return;
    await writeWitness(storage, writer, { ...newest, generation });
    const outlived = older;
    older = [];
    // One that stays is behind the new one, and is read as such.
    if (outlived.length > 0) storage.remove(outlived).catch(() => undefined);
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
      return answerInTime(clock, enqueue()).catch((error: unknown) => {
        throw asFailure(error);
      });
    },
  };
}

function isLater(a: Witness, b: Witness): boolean {
  return a.epoch === b.epoch ? a.seq > b.seq : a.epoch > b.epoch;
}

/** @throws Failure `ledgerUnavailable` where it does not answer; what it failed with, where it failed */
export function answerInTime<T>(clock: Clock, call: Promise<T>): Promise<T> {
  return withTimeout(clock, storageTimeoutMs, call, () => unavailable('the witness does not answer'));
}
