import { microUsdc } from '../../src/core/money.ts';
import { openPaidChatDb } from '../../src/storage/db.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import { draft, shop, signEvent } from '../fakes/payments.ts';

const clock = {
  nowMs: () => Date.now(),
  after(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const nothing = async () => undefined;
const witness = { entries: async () => [], set: nothing, remove: nothing, clear: nothing };
const starts = new Map<number, Promise<LedgerStore>>();

async function open(generation: number): Promise<LedgerStore> {
  const db = await openPaidChatDb(indexedDB, { clock, generation });
  return createLedgerStore({ db, witness, clock, writer: crypto.randomUUID() });
}

function start(generation: number): Promise<LedgerStore> {
  const known = starts.get(generation) ?? open(generation);
  starts.set(generation, known);
  return known;
}

/** One start of the ledger in this page, each on a database of its own number, as a background is one. */
export const ledger = {
  /** Reserves 60 % of what the site may spend a day. @returns the payment's id, or why not */
  async reserve(database: number): Promise<string> {
    const facts = draft({ amount: microUsdc(300_000n), id: crypto.randomUUID() });
    const reservation = await (await start(database)).reserve(facts);
    return reservation.ok ? facts.id : 'no room';
  },
  /** What comes before the wallet is asked. @returns whether it may be */
  async sign(database: number, id: string, afterMs: number): Promise<boolean> {
    const store = await start(database);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const facts = draft({ amount: microUsdc(300_000n), id });
    return store.advance(id, signEvent(facts, Date.now())).then(
      () => true,
      () => false,
    );
  },
  /** What a background does first. */
  async boot(database: number, afterMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await (await start(database)).releaseReservedAtBoot();
  },
  async look(database: number, id: string): Promise<{ readonly state: string; readonly used: string }> {
    const store = await start(database);
    const { siteDay } = await store.usage(shop);
    return { state: (await store.get(id))?.state ?? 'lost', used: siteDay.used.toString() };
  },
};
