import type { Clock } from '../core/clock.ts';
import { latestGeneration, openPaidChatDb, Unreadable } from './db.ts';
import type { PaidChatDb } from './db.ts';
import { Quarantine } from './standing.ts';
import { knownBy, readWitness } from './witness.ts';
import type { Sighting, WitnessStorage } from './witness.ts';

/** Where the record of payments lies: a database, and its witness apart from it. */
export interface RecordPlace {
  readonly factory: IDBFactory;
  readonly witness: WitnessStorage;
  readonly clock: Clock;
}

/** What was found there. */
export interface FoundRecord {
  readonly sighting: Sighting;
  readonly generation: number;
  /** Undefined where it cannot be read. */
  readonly db: PaidChatDb | undefined;
}

/**
 * Opens the database that the witness was written for, or the latest there is.
 *
 * @throws Failure `ledgerUnavailable` when the database is newer, blocked or has no room
 */
export async function findRecord({ factory, witness, clock }: RecordPlace): Promise<FoundRecord> {
  const sighting = await readWitness(witness, clock);
  const generation = sighting.witness?.generation ?? (await latestGeneration(factory, clock));
  try {
    return { sighting, generation, db: await openPaidChatDb(factory, { clock, generation }) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { sighting, generation, db: undefined };
  }
}

/**
 * Opens the record of payments. Whether it can be trusted the ledger checks.
 *
 * @throws Quarantine when it cannot be read at all
 * @throws Failure `ledgerUnavailable`
 */
export async function openRecord(place: RecordPlace): Promise<PaidChatDb> {
  const { sighting, db } = await findRecord(place);
  if (!db) throw new Quarantine({ cause: 'unreadable', known: knownBy(sighting) });
  return db;
}
