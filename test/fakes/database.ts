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
    async entries(prefix) {
      return structuredClone([...storage.records].filter(([key]) => key.startsWith(prefix)));
    },
    async remove(keys) {
      await turn();
      for (const key of keys) storage.records.delete(key);
    },
    async clear() {
      await turn();
      storage.records.clear();
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

/** A copy of the database as it lies there now, as a backup holds it. */
export async function copyOf(factory: IDBFactory, name = 'paidchat'): Promise<IDBFactory> {
  const source = await settled(factory.open(name));
  const contents = await Promise.all(
    [...source.objectStoreNames].map(async (storeName) => {
      const store = source.transaction(storeName).objectStore(storeName);
      const { keyPath } = store;
      const shapes = [...store.indexNames].map((index) => shapeOf(store.index(index)));
      const [rows, keys] = await Promise.all([settled(store.getAll()), settled(store.getAllKeys())]);
      return { storeName, keyPath, shapes, rows, keys };
    }),
  );
  const copy = freshFactory();
  const request = copy.open(name, source.version);
  request.addEventListener('upgradeneeded', () => {
    for (const { storeName, keyPath, shapes, rows, keys } of contents) {
      const made = request.result.createObjectStore(storeName, { keyPath });
      for (const shape of shapes) made.createIndex(shape.name, shape.keyPath, { unique: shape.unique });
      for (const [at, row] of rows.entries()) made.put(row, keyPath === null ? keys[at] : undefined);
    }
  });
  (await settled(request)).close();
  source.close();
  return copy;
}

function shapeOf({ name, keyPath, unique }: IDBIndex) {
  return { name, keyPath, unique };
}

/** A profile whose first database cannot be opened, now or ever: it fails, or does not answer. */
export function brokenFactory(how: 'fails' | 'hangs', error = 'UnknownError'): IDBFactory {
  const sound = freshFactory();
  const open = (name: string, version?: number) => {
    if (name !== 'paidchat') return sound.open(name, version);
    const request = Object.assign(new EventTarget(), { error: new DOMException('damaged', error) });
    if (how === 'fails') setImmediate(() => request.dispatchEvent(new Event('error')));
    return request;
  };
  return { open, databases: () => sound.databases() } as unknown as IDBFactory;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(new Error(request.error?.name)));
  });
}
