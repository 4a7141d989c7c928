import type { LedgerEvent, Payment, PaymentDraft } from '../../src/core/ledger.ts';
import { openPaidChatDb } from '../../src/storage/db.ts';
import type { PaidChatDb } from '../../src/storage/db.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import { createPolicyStore } from '../../src/storage/policyStore.ts';
import type { PolicyStore } from '../../src/storage/policyStore.ts';
import { fakeClock } from '../fakes/clock.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { fakeWitnessStorage, freshFactory } from '../fakes/database.ts';
import type { FakeWitnessStorage } from '../fakes/database.ts';
import { draft } from '../fakes/payments.ts';

/** A ledger over a database in memory, as one start of the background has it. */
export interface LedgerRig {
  readonly factory: IDBFactory;
  readonly clock: FakeClock;
  readonly witness: FakeWitnessStorage;
  readonly db: PaidChatDb;
  readonly ledger: LedgerStore;
  readonly policies: PolicyStore;
  readonly writer: string;
}

let starts = 0;

/** The name of another start of the background. */
export function newWriter(): string {
  starts += 1;
  return `start-${starts}`;
}

/** Starts one: over nothing, or over what an earlier start left. */
export async function ledgerRig(
  left: Partial<Pick<LedgerRig, 'factory' | 'clock' | 'witness'>> = {},
  writer = newWriter(),
): Promise<LedgerRig> {
  const { factory = freshFactory(), clock = fakeClock(), witness = fakeWitnessStorage() } = left;
  const db = await openPaidChatDb(factory, { clock });
  const ledger = createLedgerStore({ db, witness, clock, writer });
  return { factory, clock, witness, db, ledger, writer, policies: createPolicyStore({ db, clock }) };
}

/** Reserves and expects to be let through. */
export async function reserved(rig: LedgerRig, facts: Partial<PaymentDraft> = {}): Promise<Payment> {
  const reservation = await rig.ledger.reserve(draft(facts));
  if (!reservation.ok) throw new Error(`not reserved: ${JSON.stringify(reservation, digits)}`);
  return reservation.payment;
}

/** Takes a payment through some events, one after the other. */
export async function through(
  rig: LedgerRig,
  payment: Payment,
  events: readonly LedgerEvent[],
): Promise<Payment> {
  let last = payment;
  for (const event of events) last = await rig.ledger.advance(payment.id, event);
  return last;
}

/** The latest witness as it lies in its storage; empty while there is none. */
export function witnessOf(rig: LedgerRig): Record<string, unknown> {
  const records = [...rig.witness.records.values()] as Record<string, number>[];
  return records.toSorted((a, b) => (a['seq'] ?? 0) - (b['seq'] ?? 0)).at(-1) ?? {};
}

/** Writes behind the ledger's back, as a damaged disk does. */
export async function tamper(
  rig: LedgerRig,
  store: 'payments' | 'counters' | 'settings' | 'policies' | 'overrides' | 'payees',
  change: (row: Record<string, unknown>) => unknown,
): Promise<void> {
  await rig.db.write([store], async (tx) => {
    let cursor = await tx.objectStore(store).openCursor();
    while (cursor) {
      await cursor.update(change(cursor.value as Record<string, unknown>));
      cursor = await cursor.continue();
    }
  });
}

function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
