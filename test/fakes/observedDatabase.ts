import type { Life } from './life.ts';

/** The disk that a profile's databases lie on. */
export interface FakeDisk {
  /** Writes fail. */
  isFull: boolean;
}

/** What of a browser profile's IndexedDB one life of the background sees. */
export interface ObservedDatabase {
  readonly factory: IDBFactory;
  /** Transactions under way. */
  readonly busy: number;
}

/**
 * Notes "begin …" before each write transaction and "commit …" once it is on disk: for payments the state of each row
 * written. When the life ends, transactions under way are undone and no other begins.
 */
export function observeDatabase(profile: IDBFactory, life: Life, disk: FakeDisk): ObservedDatabase {
  const running = new Set<IDBTransaction>();
  const databases = new Set<IDBDatabase>();
  life.onEnd(() => {
    for (const transaction of running) abort(transaction);
    for (const database of databases) database.close();
  });

  const observe = (database: IDBDatabase) => {
    databases.add(database);
    const begin = database.transaction.bind(database);
    database.transaction = (stores, mode, options) => {
      const names = typeof stores === 'string' ? [stores] : [...stores];
      const writes = mode === 'readwrite';
      if (writes) life.note(`begin ${names.join(',')}`);
      if (life.isOver) throw new DOMException('The background has died.', 'InvalidStateError');
      const transaction = begin(stores, mode, options);
      running.add(transaction);
      const written: string[] = [];
      if (writes) recordRows(transaction, written);
      if (writes && disk.isFull) setImmediate(() => abort(transaction));
      transaction.addEventListener('complete', () => {
        running.delete(transaction);
        if (writes) life.note(`commit ${written.length > 0 ? written.join(',') : names.join(',')}`);
      });
      transaction.addEventListener('abort', () => running.delete(transaction));
      return transaction;
    };
  };

  const factory: Pick<IDBFactory, 'open' | 'databases'> = {
    databases: () => profile.databases(),
    open(name, version) {
      const request = profile.open(name, version);
      request.addEventListener('success', () => observe(request.result));
      return request;
    },
  };
  return {
    factory: factory as IDBFactory,
    get busy() {
      return running.size;
    },
  };
}

/** Remembers the states of the payments that a transaction writes. */
function recordRows(transaction: IDBTransaction, written: string[]): void {
  const objectStore = transaction.objectStore.bind(transaction);
  const observed = new Set<IDBObjectStore>();
  transaction.objectStore = (name) => {
    const store = objectStore(name);
    if (name !== 'payments' || observed.has(store)) return store;
    observed.add(store);
    for (const method of ['put', 'add'] as const) {
      const write = store[method].bind(store);
      store[method] = (row: { state: string; trouble?: string }, key?: IDBValidKey) => {
        written.push(row.trouble === undefined ? row.state : `${row.state}+${row.trouble}`);
        return write(row, key);
      };
    }
    return store;
  };
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It is complete: what it wrote is on disk.
  }
}

/** Keeps every other transaction of a profile waiting, as a disk does that no longer answers. @returns the undo */
export async function silenceDisk(profile: IDBFactory): Promise<() => void> {
  let isSilent = true;
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = profile.open('paidchat');
    request.addEventListener('success', () => resolve(request.result));
  });
  const store = database.transaction([...database.objectStoreNames], 'readwrite').objectStore('settings');
  const goOn = () => {
    if (isSilent) store.count().addEventListener('success', goOn);
  };
  goOn();
  return () => {
    isSilent = false;
    database.close();
  };
}
