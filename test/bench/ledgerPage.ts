import { microUsdc, noMoney, sumMicroUsdc } from '../../src/core/money.ts';
import type { MicroUsdc } from '../../src/core/money.ts';
import type { Payment } from '../../src/core/ledger.ts';
import type { Site } from '../../src/core/site.ts';
import { bucketMs, bucketsOf, scopesOf } from '../../src/core/usage.ts';
import { openPaidChatDb } from '../../src/storage/db.ts';
import type { PaidChatDb } from '../../src/storage/db.ts';
import { putHead, putSeenMs } from '../../src/storage/head.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import { putPayment } from '../../src/storage/paymentRows.ts';
import { createPolicyStore } from '../../src/storage/policyStore.ts';
import type { WitnessStorage } from '../../src/storage/witness.ts';
import { checkedKey } from '../../src/background/recordCheck.ts';
import { wait } from '../../src/core/clock.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { draft, paymentAfter, receiptEvents, site } from '../fakes/payments.ts';

/*
 * Runs in the extension's own worker, over databases of its own beside the background's: the product's storage code on
 * the browser's real IndexedDB and storage.local, and nothing of it in the product.
 */

declare const chrome: {
  readonly storage: {
    readonly local: {
      get(key: null): Promise<Record<string, unknown>>;
      remove(keys: readonly string[]): Promise<void>;
      set(items: Record<string, unknown>): Promise<void>;
    };
    readonly session: { get(key: string): Promise<Record<string, unknown>> };
  };
};

/** What one reservation took in each of the two ledgers, in milliseconds, one right after the other. */
export interface ReservationTimes {
  readonly few: readonly number[];
  readonly many: readonly number[];
}

/** The background's own database, or one of the bench's beside it. */
type Place = 'background' | 'bench';

const sites = 40;
const amount = microUsdc(4424n);
const roomy = microUsdc(999_999_999_999n);
/** Payments of a bit more than a year, the last ones today. */
const spreadMs = 400 * bucketMs.day;
/** Payments whose end is unclear. */
const openRows = 20;
const rowsPerWrite = 1_000;
/** Until the caches of the browser and its compiler have settled. */
const warmUp = 10;

const lookEveryMs = 100;
const mostLooks = 200;

/**
 * Resolves when the background has compared its record, which it does once in each run of the browser, some seconds
 * after its start: payments whose sums are still being stored are damage to it, and stop the ledger.
 */
export async function recordCompared(): Promise<void> {
  for (let look = 0; look < mostLooks; look += 1) {
    if (checkedKey in (await chrome.storage.session.get(checkedKey))) return;
    await wait(systemClock, lookEveryMs);
  }
  throw new Error('The background has not compared its record of payments.');
}

/** Fills a database with the settled payments of about a year, and a few open ones, past the ledger's own checks. */
export async function seed(place: Place, count: number): Promise<void> {
  const db = await openPaidChatDb(factoryOf(place), { clock: systemClock });
  const nowMs = systemClock.nowMs();
  const sums = new Map<string, { key: [string, 'hour' | 'day', number]; sum: bigint }>();
  let settledTotal: MicroUsdc = noMoney;
  for (let from = 0; from < count; from += rowsPerWrite) {
    const rows = Array.from({ length: Math.min(rowsPerWrite, count - from) }, (_, index) => ({
      payment: past(from + index, count, nowMs),
      order: from + index + 1,
    }));
    for (const { payment } of rows) {
      if (payment.state !== 'settled') continue;
      settledTotal = sumMicroUsdc([settledTotal, payment.amount]);
      for (const scope of scopesOf(payment.site)) {
        for (const unit of ['hour', 'day'] as const) {
          const key: [string, 'hour' | 'day', number] = [scope, unit, bucketsOf(payment.countsFromMs)[unit]];
          const known = sums.get(key.join()) ?? { key, sum: 0n };
          sums.set(key.join(), { key, sum: known.sum + payment.amount });
        }
      }
    }
    await db.write(['payments'], async (tx) => {
      await Promise.all(rows.map((row) => putPayment(tx, row)));
    });
  }
  const counters = [...sums.values()];
  for (let from = 0; from < counters.length; from += rowsPerWrite) {
    await db.write(['counters'], async (tx) => {
      await Promise.all(
        counters
          .slice(from, from + rowsPerWrite)
          .map(({ key: [scope, unit, bucket], sum }) =>
            tx.objectStore('counters').put({ scope, unit, bucket, sum: sum.toString() }),
          ),
      );
    });
  }
  await db.write(['settings'], async (tx) => {
    await putHead(tx, { epoch: 1, seq: count, settledTotal });
    // As after any quote: what is long past has left the windows.
    await putSeenMs(tx, nowMs);
  });
  db.close();
}

/** The payment of this place in the row: one after the other over the whole time, each by another site. */
function past(index: number, count: number, nowMs: number): Payment {
  const atMs = Math.round(nowMs - spreadMs * (1 - (index + 1) / count));
  const facts = draft({ site: siteOf(index), amount });
  const events = receiptEvents(facts, atMs);
  return paymentAfter(facts, atMs, ...(index >= count - openRows ? events.slice(0, 3) : events));
}

function siteOf(index: number): Site {
  return site(`https://shop${index % sites}.example`);
}

/** Makes reservations in two seeded ledgers by turns, and gives each back untimed. */
export async function timeReservations(rounds: number): Promise<ReservationTimes> {
  const ledgers = { few: await openLedger('bench'), many: await openLedger('background') };
  const times: { few: number[]; many: number[] } = { few: [], many: [] };
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const which of round % 2 === 0 ? (['few', 'many'] as const) : (['many', 'few'] as const)) {
      const took = await timeOne(ledgers[which].ledger, round + warmUp);
      if (round >= 0) times[which].push(took);
    }
  }
  for (const { db } of Object.values(ledgers)) db.close();
  return times;
}

async function timeOne(ledger: LedgerStore, round: number): Promise<number> {
  const facts = draft({ site: siteOf(round), amount });
  const beganAt = performance.now();
  const reservation = await ledger.reserve({ ...facts, id: crypto.randomUUID() });
  const took = performance.now() - beganAt;
  if (!reservation.ok) throw new Error('There was no room for a payment of the bench.');
  await ledger.advance(reservation.payment.id, {
    type: 'release',
    reason: 'stopped',
    atMs: systemClock.nowMs(),
  });
  return took;
}

async function openLedger(place: Place): Promise<{ readonly db: PaidChatDb; readonly ledger: LedgerStore }> {
  const db = await openPaidChatDb(factoryOf(place), { clock: systemClock });
  const policies = createPolicyStore({ db, clock: systemClock });
  await policies.changeGlobalCaps((known) => ({ ...known, allDay: roomy, allMonth: roomy, panelDay: roomy }));
  const ledger = createLedgerStore({ db, clock: systemClock, witness: witnessIn(place), writer: 'bench' });
  await ledger.ready();
  return { db, ledger };
}

function factoryOf(place: Place): IDBFactory {
  if (place === 'background') return indexedDB;
  const factory: Pick<IDBFactory, 'open'> = {
    open: (name, version) => indexedDB.open(`bench-${name}`, version),
  };
  return factory as IDBFactory;
}

/** storage.local under a prefix of its own: the background's witness is not touched. */
function witnessIn(prefix: string): WitnessStorage {
  const { local } = chrome.storage;
  return {
    async entries(start) {
      const all = Object.entries(await local.get(null));
      return all
        .filter(([key]) => key.startsWith(`${prefix}${start}`))
        .map(([key, value]) => [key.slice(prefix.length), value] as const);
    },
    set: (key, value) => local.set({ [`${prefix}${key}`]: value }),
    remove: (keys) => local.remove(keys.map((key) => `${prefix}${key}`)),
    clear: () => Promise.reject(new Error('The background’s own witness lies there too.')),
  };
}
