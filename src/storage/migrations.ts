import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';

/** What the stores of today's version hold. Rows are `unknown`: each is parsed when it is read. */
export interface PaidChatSchema extends DBSchema {
  /** The spend ledger, by payment id. */
  payments: {
    key: string;
    value: unknown;
    indexes: {
      /** Sparse: only rows that are neither settled nor released carry `open`. */
      open: number;
      /** Sparse: only rows that a receipt has settled and no chain yet carry `unproved`, which is their order. */
      unproved: number;
      order: number;
      site: [string, number];
      call: [string, string, number];
      /** Sparse: only payments without a card carry `grantUseMs`. */
      grantUse: [string, number];
      /** Sparse: what tells a payment's transfer from all others, of rows that were to be signed. */
      memo: string;
      nonce: string;
      /** Sparse: of rows whose transaction is known. */
      transaction: string;
    };
  };
  /** Settled sums by scope, unit ('hour' or 'day') and number of the bucket. */
  counters: { key: [string, string, number]; value: unknown };
  /** By site. */
  policies: { key: string; value: unknown };
  /** Single values, by name. */
  settings: { key: string; value: unknown };
  /** One-time raises, by id; kept when used. */
  overrides: { key: string; value: unknown };
  /** Pinned addresses, by gateway and network. */
  payees: { key: [string, string]; value: unknown };
}

/** The name of a store. */
export type StoreName = StoreNames<PaidChatSchema>;

/** The database while a migration runs. */
export type UpgradeDb = IDBPDatabase<PaidChatSchema>;

/** The transaction of a migration: awaits nothing but its own requests. */
export type UpgradeTransaction = IDBPTransaction<PaidChatSchema, StoreName[], 'versionchange'>;

type Migration = (db: UpgradeDb, transaction: UpgradeTransaction) => void;

/** Each step builds its version from the one before. A released step is never edited; its fixture stays a test. */
const migrations: readonly Migration[] = [
  createVersion1,
  countWhatIsCarried,
  findWhatWasUsed,
  knowIdentifiers,
  findWhatAwaitsProof,
];

/** The version that this code reads and writes. */
export const dbVersion = migrations.length;

/** Brings a database of an older version to today's, step by step. */
export function migrate(db: UpgradeDb, transaction: UpgradeTransaction, oldVersion: number): void {
  for (const step of migrations.slice(oldVersion)) step(db, transaction);
}

function createVersion1(db: UpgradeDb): void {
  const payments = db.createObjectStore('payments', { keyPath: 'id' });
  payments.createIndex('open', 'open');
  payments.createIndex('order', 'order', { unique: true });
  payments.createIndex('site', ['site', 'order']);
  payments.createIndex('call', ['site', 'callId', 'order']);
  payments.createIndex('grantUse', ['site', 'grantUseMs']);
  db.createObjectStore('counters', { keyPath: ['scope', 'unit', 'bucket'] });
  db.createObjectStore('policies', { keyPath: 'site' });
  const settings = db.createObjectStore('settings');
  db.createObjectStore('overrides', { keyPath: 'id' });
  db.createObjectStore('payees', { keyPath: ['gateway', 'network'] });
  // Written with the stores, so that a database without it can only be a damaged one.
  void settings.put({ epoch: 1, seq: 0, settledTotal: '0' }, 'head');
}

/** From here on the settings may hold what stands for lost payments. Code that does not count it must not open this. */
function countWhatIsCarried(): void {}

/** No memo, nonce or transaction serves two payments. */
function findWhatWasUsed(_db: UpgradeDb, transaction: UpgradeTransaction): void {
  const payments = transaction.objectStore('payments');
  payments.createIndex('memo', 'authorization.memo');
  payments.createIndex('nonce', 'authorization.nonce');
  payments.createIndex('transaction', 'transaction');
}

/** From here on a payment may have an identifier, which older code would take for damage. */
function knowIdentifiers(): void {}

/** What older versions have settled by a receipt is not looked for: it stays counted from the latest time it can be of. */
function findWhatAwaitsProof(_db: UpgradeDb, transaction: UpgradeTransaction): void {
  transaction.objectStore('payments').createIndex('unproved', 'unproved');
}
