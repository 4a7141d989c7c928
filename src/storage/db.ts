import { wrap } from 'idb';
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import { IllegalTransition } from '../core/ledger.ts';
import { dbVersion, migrate } from './migrations.ts';
import type { PaidChatSchema, StoreName, UpgradeDb, UpgradeTransaction } from './migrations.ts';

/** A transaction that reads. */
export type ReadTransaction = IDBPTransaction<PaidChatSchema, StoreName[], 'readonly' | 'readwrite'>;

/** A transaction that writes. */
export type WriteTransaction = IDBPTransaction<PaidChatSchema, StoreName[], 'readwrite'>;

/** The open database. Inside `work` nothing may be awaited but requests of its transaction. */
export interface PaidChatDb {
  /** @throws Failure `ledgerUnavailable` */
  read<T>(stores: StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
  /**
   * Resolves after the transaction is complete and on disk; whatever fails undoes all of it.
   *
   * @throws Failure `ledgerUnavailable`
   * @throws IllegalTransition as `work` does
   */
  write<T>(stores: StoreName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T>;
  close(): void;
}

/** No call to storage takes longer: flipped bytes on disk were seen to make reads hang for ever. */
export const storageTimeoutMs = 5_000;

/** The record of payments cannot be used, so nothing is paid. */
export function unavailable(detail: string, cause?: unknown): Failure {
  return new Failure('ledgerUnavailable', { detail, cause });
}

/**
 * Opens the database, building or migrating it where needed. There is no second try: a connection that the browser
 * ends stays closed until the next start, whose checks a silently reopened one would miss.
 *
 * @throws Failure `ledgerUnavailable` when it is newer than this code, blocked, unreadable or silent
 */
export async function openPaidChatDb(
  factory: IDBFactory,
  { clock, name = 'paidchat' }: { readonly clock: Clock; readonly name?: string },
): Promise<PaidChatDb> {
  const connection = await connect(factory, name, clock);
  return {
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
    request.addEventListener('error', () => reject(request.error ?? unavailable('it cannot be opened')));
    request.addEventListener('success', () => {
      if (abandoned) request.result.close();
      resolve(request.result);
    });
  });
  try {
    const database = await withTimeout(clock, storageTimeoutMs, opening, () => unavailable('no answer'));
    // A newer version of this extension wants to migrate: a connection left open would block it.
    database.addEventListener('versionchange', () => database.close());
    return wrap(database) as IDBPDatabase<PaidChatSchema>;
  } catch (error) {
    abandoned = true;
    throw asFailure(error);
  }
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
  if (error instanceof Failure || error instanceof IllegalTransition) return error;
  return unavailable(error instanceof Error ? error.name : 'unknown error', error);
}
