import type { PaidChatDb, ReadTransaction, WriteTransaction } from '../../src/storage/db.ts';
import { migrate } from '../../src/storage/migrations.ts';
import type { StoreName, UpgradeDb, UpgradeTransaction } from '../../src/storage/migrations.ts';

type Key = number | string | readonly Key[];
type KeyPath = string | readonly string[];

/** A row as it lies on the disk. */
export type StoredRow = Readonly<Record<string, unknown>>;

type Rows = Map<string, Entry>;

interface Entry {
  readonly key: Key;
  readonly value: unknown;
}

/** What a transaction has changed, for the case that it is undone. */
type Changes = { readonly rows: Rows; readonly name: string; readonly before: Entry | undefined }[];

type Index = ReturnType<typeof storeIndex>;

interface Store {
  readonly rows: Rows;
  readonly indexes: Map<string, Index>;
  /** As the storage sees it. */
  readonly face: ReturnType<typeof objectStore>;
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
  /** Awaited when it is over, before its caller hears of it, where there is something to wait for. */
  committed(): Promise<void> | undefined;
}

/**
 * An empty one, with the stores that the real migrations build.
 *
 * @param blind indexes that find nothing: what a ledger that does not look would see
 */
export function memoryDisk(blind: readonly string[] = []): MemoryDisk {
  const stores = new Map<string, Store>();
  /** Of the transaction that writes now. */
  let changes: Changes | undefined;
  const change = (rows: Rows, name: string, entry: Entry | undefined) => {
    changes?.push({ rows, name, before: rows.get(name) });
    put(rows, name, entry);
  };
  const takeBack = (made: Changes) => {
    for (const { rows, name, before } of made.splice(0).reverse()) put(rows, name, before);
  };
  migrate(upgradeDb(stores, change), upgradeTransaction(stores), 0);
  for (const { indexes } of stores.values())
    for (const name of blind) if (indexes.has(name)) indexes.set(name, storeIndex(new Map(), 'none'));

  return {
    connect: (gate) => ({
      generation: 1,
      read: (names, work) => work(transaction(stores, names) as unknown as ReadTransaction),
      async write(names, work) {
        await gate.step();
        // Between two steps nothing else runs.
        if (changes) throw new Error('Two transactions write at once.');
        const made: Changes = [];
        changes = made;
        try {
          const result = await work(transaction(stores, names) as unknown as WriteTransaction);
          if (gate.commit() === 'lose') takeBack(made);
          changes = undefined;
          const waiting = gate.committed();
          if (waiting) await waiting;
          return result;
        } catch (error) {
          takeBack(made);
          changes = undefined;
          throw error;
        }
      },
      close: () => undefined,
    }),
    tamper(name, by) {
      const { rows } = storeOf(stores, name);
      for (const [id, { key, value }] of rows) {
        const changed = by(value as StoredRow);
        put(rows, id, changed && { key, value: changed });
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
function upgradeDb(stores: Map<string, Store>, change: Change): UpgradeDb {
  return {
    createObjectStore(name: string, { keyPath }: { keyPath?: KeyPath } = {}) {
      stores.set(name, emptyStore(keyPath, change));
      return upgradeStore(stores, name);
    },
  } as unknown as UpgradeDb;
}

function upgradeTransaction(stores: ReadonlyMap<string, Store>): UpgradeTransaction {
  return { objectStore: (name: string) => upgradeStore(stores, name) } as unknown as UpgradeTransaction;
}

function upgradeStore(stores: ReadonlyMap<string, Store>, name: string) {
  const { rows, indexes, face } = storeOf(stores, name);
  const createIndex = (index: string, path: KeyPath) => void indexes.set(index, storeIndex(rows, path));
  return { ...face, createIndex };
}

function emptyStore(keyPath: KeyPath | undefined, change: Change): Store {
  const rows: Rows = new Map();
  const indexes = new Map<string, Index>();
  return { rows, indexes, face: objectStore(rows, keyPath, indexes, change) };
}

function storeOf(stores: ReadonlyMap<string, Store>, name: string): Store {
  const store = stores.get(name);
  if (!store) throw new Error(`There is no store ${name}.`);
  return store;
}

function transaction(stores: ReadonlyMap<string, Store>, names: readonly StoreName[]) {
  return {
    objectStore(name: StoreName) {
      if (!names.includes(name)) throw new Error(`${name} is not part of this transaction.`);
      return storeOf(stores, name).face;
    },
  };
}

type Change = (rows: Rows, name: string, entry: Entry | undefined) => void;

/** As much of an object store as our storage uses. Nobody changes what he has read, so nothing is cloned. */
function objectStore(
  rows: Rows,
  keyPath: KeyPath | undefined,
  indexes: ReadonlyMap<string, Index>,
  change: Change,
) {
  const ownKey = keyReader(keyPath);
  const keyOf = (value: unknown, givenKey?: Key) => {
    const key = givenKey ?? ownKey(value);
    if (key === undefined) throw new Error('A row without a key.');
    return key;
  };
  return {
    async put(value: unknown, givenKey?: Key) {
      const key = keyOf(value, givenKey);
      change(rows, nameOf(key), { key, value });
    },
    async add(value: unknown) {
      const key = keyOf(value);
      if (rows.has(nameOf(key))) throw new Error('ConstraintError');
      change(rows, nameOf(key), { key, value });
    },
    get: (key: Key) => Promise.resolve(rows.get(nameOf(key))?.value),
    delete: async (key: Key) => change(rows, nameOf(key), undefined),
    getAll: (range?: IDBKeyRange) => Promise.resolve(valuesIn(rows, range)),
    index(name: string) {
      const index = indexes.get(name);
      if (index === undefined) throw new Error(`There is no index ${name}.`);
      return index;
    },
  };
}

/** As much of an index as our storage uses. */
function storeIndex(rows: Rows, path: KeyPath) {
  const keyOf = keyReader(path);
  const entries = (range: IDBKeyRange | undefined) => {
    const found: Entry[] = [];
    for (const { value } of rows.values()) {
      const key = keyOf(value);
      if (key !== undefined && isIn(range, key)) found.push({ key, value });
    }
    return found;
  };
  return {
    getAll: (range?: IDBKeyRange) => Promise.resolve(entries(range).map(({ value }) => value)),
    count: (range?: IDBKeyRange) => Promise.resolve(entries(range).length),
    async openCursor(range: IDBKeyRange | undefined, direction: 'next' | 'prev' = 'next') {
      const sorted = entries(range).sort((a, b) => compare(a.key, b.key));
      return cursor(direction === 'prev' ? sorted.reverse() : sorted, 0);
    },
  };
}

function put(rows: Rows, name: string, entry: Entry | undefined): void {
  if (entry) rows.set(name, entry);
  else rows.delete(name);
}

function valuesIn(rows: Rows, range: IDBKeyRange | undefined): unknown[] {
  const values: unknown[] = [];
  for (const { key, value } of rows.values()) if (isIn(range, key)) values.push(value);
  return values;
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

function isIn(range: IDBKeyRange | undefined, key: Key): boolean {
  if (range === undefined) return true;
  const { lower, upper, lowerOpen, upperOpen } = range as Range;
  const above = compare(key, lower);
  if (lowerOpen ? above <= 0 : above < 0) return false;
  const below = compare(key, upper);
  return upperOpen ? below < 0 : below <= 0;
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

/** Reads a row's key: undefined where a part is missing, and such a row is not in the index. */
type KeyReader = (value: unknown) => Key | undefined;

function keyReader(path: KeyPath | undefined): KeyReader {
  if (path === undefined) return () => undefined;
  if (typeof path === 'string') return partReader(path);
  const parts = path.map(partReader);
  return (value) => {
    const keys: Key[] = [];
    for (const part of parts) {
      const key = part(value);
      if (key === undefined) return undefined;
      keys.push(key);
    }
    return keys;
  };
}

/** A path's names are parted by dots. */
function partReader(path: string): KeyReader {
  if (!path.includes('.')) return (value) => (value as StoredRow)[path] as Key | undefined;
  const names = path.split('.');
  return (value) => {
    let part: unknown = value;
    for (const name of names) part = (part as StoredRow | undefined)?.[name];
    return part as Key | undefined;
  };
}

function nameOf(key: Key): string {
  return typeof key === 'object' ? key.join('\u0000') : String(key);
}
