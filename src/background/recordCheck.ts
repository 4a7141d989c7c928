import { wait } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { KeyValue } from '../platform/keyValue.ts';
import type { LedgerStore } from '../storage/ledgerStore.ts';

/** What the browser was started for comes first. */
const delayMs = 3_000;
/** Set once the record was compared in this run of the browser. */
export const checkedKey = 'ledger:checkedWhole';

/** Compares the whole record of payments with its sums, once in each run of the browser, behind everything else. */
export async function checkRecordOnce(session: KeyValue, ledger: LedgerStore, clock: Clock): Promise<void> {
  if ((await session.get(checkedKey)) !== undefined) return;
  await wait(clock, delayMs);
  await ledger.checkWhole();
  await session.set(checkedKey, true);
}
