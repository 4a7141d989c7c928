import { wrap } from 'idb';
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import { IllegalTransition } from '../core/ledger.ts';
import { TransactionTaken } from '../core/transactions.ts';
import { dbVersion, migrate } from './migrations.ts';
import type { PaidChatSchema, StoreName, UpgradeDb, UpgradeTransaction } from './migrations.ts';

/** A transaction that reads. */
export type ReadTransaction = IDBPTransaction<PaidChatSchema, StoreName[], 'readonly' | 'readwrite'>;

/** A transaction that writes. */
export type WriteTransaction = IDBPTransaction<PaidChatSchema, StoreName[], 'readwrite'>;

/** The open database. Inside `work` nothing may be awaited but requests of its transaction. */
export interface PaidChatDb {
  /** The first, or one that was begun in place of a database that cannot be read. */
  readonly generation: number;
  /** @throws Failure `ledgerUnavailable` */
  read<T>(stores: StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
  /**
   * Resolves after the transaction is complete and on disk; whatever fails undoes all of it.
   *
   * @throws Failure `ledgerUnavailable`
   * @throws IllegalTransition, TransactionTaken as `work` does
   */
  write<T>(stores: StoreName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T>;
  close(): void;
}

/** No call to storage takes longer: flipped bytes on disk were seen to make reads hang for ever. */
export const storageTimeoutMs = 5_000;

/** The database is there and cannot be read: what it holds is not to be seen, now or ever. */
export class Unreadable extends Failure {
  constructor(detail: string, cause?: unknown) {
    super('ledgerUnavailable', { detail, cause });
  }
}

/** The record of payments cannot be used, so nothing is paid. */
export function unavailable(detail: string, cause?: unknown): Failure {
  return new Failure('ledgerUnavailable', { detail, cause });
}

const name = 'paidchat';

function nameOf(generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/**
 * The latest database that there is, where no witness names one.
 *
 * @throws Failure `ledgerUnavailable`
 */
export async function latestGeneration(factory: IDBFactory, clock: Clock): Promise<number> {
  const listing = withTimeout(clock, storageTimeoutMs, factory.databases(), () => unavailable('no answer'));
  const found = await listing.catch((error: unknown) => {
    throw asFailure(error);
  });
  const generations = found.map((one) => Number(/^paidchat-([1-9]\d{0,5})$/.exec(one.name ?? '')?.[1] ?? 1));
  return Math.max(1, ...generations);
}

/**
 * Opens the database, building or migrating it where needed. There is no second try: a connection that the browser
 * ends stays closed until the next start, whose checks a silently reopened one would miss.
 *
 * @throws Failure `ledgerUnavailable` when it is newer than this code, blocked or has no room
 * @throws Unreadable
 */
export async function openPaidChatDb(
  factory: IDBFactory,
  { clock, generation = 1 }: { readonly clock: Clock; readonly generation?: number },
): Promise<PaidChatDb> {
  const connection = await connect(factory, nameOf(generation), clock);
  return {
    generation,
    read: (stores, work) =>
      run(clock, () => connection.transaction(stores, 'readonly') as ReadTransaction, work),
    write: (stores, work) =>
      run(clock, () => connection.transaction(stores, 'readwrite', { durability: 'strict' }), work),
    close: () => connection.close(),
  };
}

async function connect(
  factory: IDBFactory,
  name: string,
  clock: Clock,
): Promise<IDBPDatabase<PaidChatSchema>> {
  let abandoned = false;
  const opening = new Promise<IDBDatabase>((resolve, reject) => {
    const request = factory.open(name, dbVersion);
    request.addEventListener('upgradeneeded', ({ oldVersion }) => {
      const { result, transaction } = request;
      if (!transaction) return;
      migrate(wrap(result) as UpgradeDb, wrap(transaction) as unknown as UpgradeTransaction, oldVersion);
    });
    request.addEventListener('blocked', () => reject(unavailable('another version holds it')));
    request.addEventListener('error', () => reject(notOpened(request.error)));
    request.addEventListener('success', () => {
      if (abandoned) request.result.close();
      resolve(request.result);
    });
  });
  try {
    const database = await withTimeout(clock, storageTimeoutMs, opening, () => new Unreadable('no answer'));
    // A newer version of this extension wants to migrate: a connection left open would block it.
    database.addEventListener('versionchange', () => database.close());
    return wrap(database) as IDBPDatabase<PaidChatSchema>;
  } catch (error) {
    abandoned = true;
    throw asFailure(error);
  }
}

/** Only these say that the database itself is sound. */
const passing = ['VersionError', 'QuotaExceededError', 'AbortError'];

function notOpened(error: DOMException | null): Failure {
  if (error && passing.includes(error.name)) return unavailable(error.name, error);
  return new Unreadable(error?.name ?? 'it cannot be opened', error ?? undefined);
}

function run<Tx extends ReadTransaction | WriteTransaction, T>(
  clock: Clock,
  begin: () => Tx,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  let tx: Tx | undefined;
  const undo = () => {
    try {
      tx?.abort();
    } catch {
      // It has ended by itself, so there is nothing to undo.
    }
  };
  const job = async () => {
    tx = begin();
    // Awaited below, but only once `work` is through: a rejection before that is not an unhandled one.
    tx.done.catch(() => undefined);
    const result = await work(tx);
    await tx.done;
    return result;
  };
  return withTimeout(clock, storageTimeoutMs, job(), () => unavailable('no answer')).catch(
    (error: unknown) => {
      undo();
      throw asFailure(error);
    },
  );
}

/** What a call to storage failed with, as its callers know it. */
export function asFailure(error: unknown): Error {
  const isKnown =
    error instanceof Failure || error instanceof IllegalTransition || error instanceof TransactionTaken;
  if (isKnown) return error;
  return unavailable(error instanceof Error ? error.name : 'unknown error', error);
}
