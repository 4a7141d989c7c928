import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import type { WitnessStorage } from '../../src/storage/witness.ts';

/** A browser profile's IndexedDB with nothing in it. */
export function freshFactory(): IDBFactory {
  return new IDBFactory();
}

/** Hands one turn to whatever the database has under way. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Stops once something holds; a test that waits in vain ends in its own time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await turn();
}

/** What the small store beside the database does with a write. */
type WriteMode = 'keep' | 'fail' | 'hang' | 'lose';

/** A witness storage in memory that can be made to fail, hang or lose writes. */
export interface FakeWitnessStorage extends WitnessStorage {
  readonly records: Map<string, unknown>;
  mode: WriteMode;
  /** Writes asked for so far. */
  writes: number;
}

/** Makes one, empty or with what another one holds. */
export function fakeWitnessStorage(records: Iterable<[string, unknown]> = []): FakeWitnessStorage {
  const storage: FakeWitnessStorage = {
    records: new Map(records),
    mode: 'keep',
    writes: 0,
    async get(key) {
      return structuredClone(storage.records.get(key));
    },
    async set(key, value) {
      storage.writes += 1;
      await turn();
      if (storage.mode === 'hang') await new Promise(() => {});
      if (storage.mode === 'fail') throw new Error('disk full');
      if (storage.mode === 'keep') storage.records.set(key, structuredClone(value));
    },
  };
  return storage;
}
