import type { Clock } from '../core/clock.ts';

/** The open database. */
export interface PaidChatDb {
  close(): void;
}

/** Opens (and where needed builds) the database. @throws Failure `ledgerUnavailable` */
export function openPaidChatDb(
  _factory: IDBFactory,
  _options: { readonly clock: Clock; readonly name?: string },
): Promise<PaidChatDb> {
  throw new Error('not yet');
}
