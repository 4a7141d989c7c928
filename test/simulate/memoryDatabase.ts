import type { PaidChatDb, ReadTransaction, WriteTransaction } from '../../src/storage/db.ts';
import { migrate } from '../../src/storage/migrations.ts';
import type { StoreName, UpgradeDb, UpgradeTransaction } from '../../src/storage/migrations.ts';

type Key = number | string | readonly Key[];
type KeyPath = string | readonly string[];

/** A row as it lies on the disk. */
export type StoredRow = Readonly<Record<string, unknown>>;

interface Store {
  readonly keyPath: KeyPath | undefined;
  readonly indexes: Map<string, KeyPath>;
  readonly rows: Map<string, Entry>;
}

interface Entry {
  readonly key: Key;
  readonly value: unknown;
}

/** What a browser profile keeps of the database, in memory: a hundred times as fast as an IndexedDB in JavaScript. */
export interface MemoryDisk {
  /** One start's connection. */
  connect(gate: DiskGate): PaidChatDb;
  /** Changes rows behind the ledger's back; undefined takes one away. */
  tamper(store: StoreName, change: (row: StoredRow) => StoredRow | undefined): void;
}

/** What stands between a start of the background and its disk. */
export interface DiskGate {
  /** Awaited before each write transaction. */
  step(): Promise<void>;
  /** What becomes of a transaction that has written everything; throws where the disk refuses. */
  commit(): 'keep' | 'lose';
  /** Awaited when it is over, before its caller hears of it. */
  committed(): Promise<void>;
}

/** An empty one, with the stores that the real migrations build. */
export function memoryDisk(): MemoryDisk {
  const stores = new Map<string, Store>();
  migrate(upgradeDb(stores), upgradeTransaction(stores), 0);
  return {
    connect: (gate) => ({
      generation: 1,
      read: (names, work) => work(transaction(stores, names, []) as unknown as ReadTransaction),
      async write(names, work) {
        await gate.step();
        // Between two steps nothing else runs: transactions never overlap.
        const undos: (() => void)[] = [];
        const takeBack = () => {
          for (const undo of undos.splice(0).reverse()) undo();
        };
        try {
          const result = await work(transaction(stores, names, undos) as unknown as WriteTransaction);
          if (gate.commit() === 'lose') takeBack();
          await gate.committed();
          return result;
        } catch (error) {
          takeBack();
          throw error;
        }
      },
      close: () => undefined,
    }),
    tamper(name, change) {
      const { rows } = storeOf(stores, name);
      for (const [id, { key, value }] of rows) {
        const changed = change(value as StoredRow);
        if (changed === undefined) rows.delete(id);
        else rows.set(id, { key, value: changed });
      }
    },
  };
}

/** As much of IDBKeyRange as our storage uses, for a Node without IndexedDB. */
export function installKeyRange(): void {
  const bound = (lower: Key, upper: Key, lowerOpen = false, upperOpen = false) => ({
    lower,
    upper,
    lowerOpen,
    upperOpen,
  });
  Object.assign(globalThis, { IDBKeyRange: { bound, only: (key: Key) => bound(key, key) } });
}

/** As much of an upgrading database as migrations use. */
function upgradeDb(stores: Map<string, Store>): UpgradeDb {
  return {
    createObjectStore(name: string, { keyPath }: { keyPath?: KeyPath } = {}) {
      const store: Store = { keyPath, indexes: new Map(), rows: new Map() };
      stores.set(name, store);
      return upgradeStore(store);
    },
  } as unknown as UpgradeDb;
}

function upgradeTransaction(stores: Map<string, Store>): UpgradeTransaction {
  return {
    objectStore: (name: string) => upgradeStore(storeOf(stores, name)),
  } as unknown as UpgradeTransaction;
}

function upgradeStore(store: Store) {
  return {
    ...objectStore(store, []),
    createIndex: (index: string, path: KeyPath) => void store.indexes.set(index, path),
  };
}

function storeOf(stores: ReadonlyMap<string, Store>, name: string): Store {
  const store = stores.get(name);
  if (!store) throw new Error(`There is no store ${name}.`);
  return store;
}

function transaction(stores: ReadonlyMap<string, Store>, names: readonly StoreName[], undos: (() => void)[]) {
  return {
    objectStore(name: StoreName) {
      if (!names.includes(name)) throw new Error(`${name} is not part of this transaction.`);
      return objectStore(storeOf(stores, name), undos);
    },
  };
}

/** As much of an object store as our storage uses. Nobody changes what he has read, so nothing is cloned. */
function objectStore({ rows, keyPath, indexes }: Store, undos: (() => void)[]) {
  const change = (name: string, entry: Entry | undefined) => {
    const before = rows.get(name);
    undos.push(() => (before ? rows.set(name, before) : rows.delete(name)));
    if (entry) rows.set(name, entry);
    else rows.delete(name);
  };
  const put = async (value: unknown, givenKey?: Key): Promise<void> => {
    const key = givenKey ?? keyAt(value, keyPath);
    if (key === undefined) throw new Error('A row without a key.');
    change(nameOf(key), { key, value });
  };
  return {
    put,
    async add(value: unknown) {
      const key = keyAt(value, keyPath);
      if (key === undefined || rows.has(nameOf(key))) throw new Error('ConstraintError');
      await put(value);
    },
    get: async (key: Key) => rows.get(nameOf(key))?.value,
    delete: async (key: Key) => change(nameOf(key), undefined),
    getAll: async (range?: IDBKeyRange) => valuesOf(within(rows.values(), range)),
    index(name: string) {
      const path = indexes.get(name);
      if (path === undefined) throw new Error(`There is no index ${name}.`);
      const entries = (range: IDBKeyRange | undefined) => within(indexed(rows.values(), path), range);
      return {
        getAll: async (range?: IDBKeyRange) => valuesOf(entries(range)),
        count: async (range?: IDBKeyRange) => entries(range).length,
        async openCursor(range: IDBKeyRange | undefined, direction: 'next' | 'prev' = 'next') {
          const sorted = entries(range).sort((a, b) => compare(a.key, b.key));
          return cursor(direction === 'prev' ? sorted.reverse() : sorted, 0);
        },
      };
    },
  };
}

function valuesOf(entries: readonly Entry[]): unknown[] {
  return entries.map(({ value }) => value);
}

function* indexed(entries: Iterable<Entry>, path: KeyPath): Iterable<Entry> {
  for (const { value } of entries) {
    const key = keyAt(value, path);
    if (key !== undefined) yield { key, value };
  }
}

function cursor(entries: readonly Entry[], at: number): unknown {
  const entry = entries[at];
  return entry ? { value: entry.value, continue: async () => cursor(entries, at + 1) } : null;
}

interface Range {
  readonly lower: Key;
  readonly upper: Key;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
}

function within(entries: Iterable<Entry>, range: IDBKeyRange | undefined): Entry[] {
  if (range === undefined) return [...entries];
  const { lower, upper, lowerOpen, upperOpen } = range as Range;
  const found: Entry[] = [];
  for (const entry of entries) {
    const above = compare(entry.key, lower);
    if (lowerOpen ? above <= 0 : above < 0) continue;
    const below = compare(entry.key, upper);
    if (upperOpen ? below < 0 : below <= 0) found.push(entry);
  }
  return found;
}

/** The order of keys in IndexedDB: numbers, then texts, then lists. */
function compare(a: Key, b: Key): number {
  if (typeof a === 'object' && typeof b === 'object') {
    for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
      const order = compare(a[index] as Key, b[index] as Key);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (typeof a !== typeof b) return rank(a) - rank(b);
  return a < b ? -1 : Number(a > b);
}

function rank(key: Key): number {
  return ['number', 'string', 'object'].indexOf(typeof key);
}

/** @returns undefined where a part is missing: such a row is not in the index */
function keyAt(value: unknown, path: KeyPath | undefined): Key | undefined {
  if (path === undefined) return undefined;
  if (typeof path === 'string') return partAt(value, path);
  const keys = path.map((name) => partAt(value, name));
  return keys.includes(undefined) ? undefined : (keys as readonly Key[]);
}

/** A path's names are parted by dots. */
function partAt(value: unknown, path: string): Key | undefined {
  let part = value;
  for (const name of path.split('.')) part = (part as StoredRow | undefined)?.[name];
  return part as Key | undefined;
}

function nameOf(key: Key): string {
  return typeof key === 'object' ? key.join('\u0000') : String(key);
}
