import type { Clock } from '../core/clock.ts';
import { advance } from '../core/ledger.ts';
import type { LedgerEvent, Payment, PaymentDraft } from '../core/ledger.ts';
import { noMoney } from '../core/money.ts';
import type { Site } from '../core/site.ts';
import { scopesOf } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import { moveSettled } from './counters.ts';
import { unavailable } from './db.ts';
import type { PaidChatDb, ReadTransaction, WriteTransaction } from './db.ts';
import { countCommit, raiseSeenMs, readHead } from './head.ts';
import type { StoreName } from './migrations.ts';
import { addOverride } from './overrides.ts';
import type { Override } from './overrides.ts';
import { decodePayment, putPayment, readOpen } from './paymentRows.ts';
import { countGrantUses, reserveIn } from './reservation.ts';
import type { Reservation } from './reservation.ts';
import { readUsage, readWitnessOf } from './figures.ts';
import { checkWitness, createWitnessKeeper, readWitness } from './witness.ts';
import type { Witness, WitnessStorage, WitnessVerdict } from './witness.ts';

/** The spend ledger. Every call fails closed: Failure `ledgerUnavailable`, never an empty answer in its place. */
export interface LedgerStore {
  /**
   * Resolves once the record of payments can be used, with what the witness said; every other call waits by itself.
   * `absent`: there were payments but no witness, which is written anew.
   */
  ready(): Promise<WitnessVerdict>;
  /** Gives back what a restart left reserved: nothing of it left the extension. Call before the first reservation. */
  releaseReservedAtBoot(): Promise<readonly Payment[]>;
  /** Checks every limit and writes the row, in one transaction; true only after it is on disk. */
  reserve(draft: PaymentDraft): Promise<Reservation>;
  /**
   * Moves a payment on; durable when it resolves, with `sign` also in the witness.
   *
   * @throws IllegalTransition on what its state does not allow
   */
  advance(id: string, event: LedgerEvent): Promise<Payment>;
  get(id: string): Promise<Payment | undefined>;
  /** The latest payment of a call. */
  ofCall(site: Site, callId: string): Promise<Payment | undefined>;
  /** Newest first. */
  ofSite(site: Site, limit: number): Promise<readonly Payment[]>;
  /** Of all sites, newest first. */
  recent(limit: number): Promise<readonly Payment[]>;
  /** Those neither settled nor released. */
  open(): Promise<readonly Payment[]>;
  usage(site: Site): Promise<Usage>;
  /** Payments that no card was shown for, from that time until now. */
  grantPaymentsSince(site: Site, sinceMs: number): Promise<number>;
  recordOverride(override: Override): Promise<void>;
  /** Notes a gateway's or a block's time: the windows never run ahead of the latest by more than two minutes. */
  noteSeenTime(seenMs: number): Promise<void>;
}

/** What the ledger stands on. */
export interface LedgerDeps {
  /** A promise of a database that may fail: every call then fails with it. */
  readonly db: PaidChatDb | Promise<PaidChatDb>;
  readonly witness: WitnessStorage;
  readonly clock: Clock;
}

/** Opens the spend ledger over the database. */
export function createLedgerStore(deps: LedgerDeps): LedgerStore {
  const { clock } = deps;
  const keeper = createWitnessKeeper({ storage: deps.witness, clock, snapshot });
  let checked: Promise<Checked> | undefined;

  async function check(): Promise<Checked> {
    const db = await deps.db;
    const [head, witness] = await Promise.all([
      db.read(['settings'], readHead),
      readWitness(deps.witness, clock),
    ]);
    const verdict = checkWitness(head, witness);
    if (verdict === 'ahead') throw unavailable('payments are missing from it');
    if (verdict === 'absent' || verdict === 'behind') keepUp();
    return { db, verdict, bootSeq: head.seq };
  }

  /** A check that failed is made again at the next call; one that passed holds as long as the connection. */
  function usable(): Promise<Checked> {
    checked ??= check().catch((error: unknown) => {
      checked = undefined;
      throw error;
    });
    return checked;
  }

  async function snapshot(): Promise<Witness> {
    const db = await deps.db;
    return db.read(['payments', 'counters', 'settings'], (tx) => readWitnessOf(tx, clock.nowMs()));
  }

  /** The keeper repeats what fails: only a signature has to wait for it. */
  function keepUp(): void {
    keeper.write().catch(() => undefined);
  }

  async function read<T>(stores: StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    const { db } = await usable();
    return db.read(stores, work);
  }

  return {
    async ready() {
      return (await usable()).verdict;
    },

    async releaseReservedAtBoot() {
      const { db, bootSeq } = await usable();
      const event = { type: 'release', reason: 'restart', atMs: clock.nowMs() } as const;
      const released = await db.write(moneyStores, async (tx) => {
        const left = (await readOpen(tx)).filter(
          ({ payment, order }) => payment.state === 'reserved' && order <= bootSeq,
        );
        const rows = left.map(({ payment, order }) => ({ payment: advance(payment, event), order }));
        await Promise.all(rows.map((row) => putPayment(tx, row)));
        if (rows.length > 0) await countCommit(tx, noMoney);
        return rows.map(({ payment }) => payment);
      });
      if (released.length > 0) keepUp();
      return released;
    },

    async reserve(draft) {
      const { db } = await usable();
      const reservation = await db.write([...moneyStores, 'policies', 'overrides'], (tx) =>
        reserveIn(tx, draft, clock.nowMs()),
      );
      if (reservation.ok) keepUp();
      return reservation;
    },

    async advance(id, event) {
      const { db } = await usable();
      const { before, after } = await db.write(moneyStores, (tx) => advanceIn(tx, id, event));
      if (event.type === 'sign') await keeper.write();
      else if (after !== before) keepUp();
      return after;
    },

    get: (id) =>
      read(['payments'], async (tx) => {
        const row = await tx.objectStore('payments').get(id);
        return row === undefined ? undefined : decodePayment(row).payment;
      }),

    async ofCall(site, callId) {
      const range = IDBKeyRange.bound([site, callId, 0], [site, callId, Infinity]);
      return (await read(['payments'], (tx) => readNewest(tx, 'call', range, 1)))[0];
    },

    ofSite(site, limit) {
      const range = IDBKeyRange.bound([site, 0], [site, Infinity]);
      return read(['payments'], (tx) => readNewest(tx, 'site', range, limit));
    },

    recent: (limit) => read(['payments'], (tx) => readNewest(tx, 'order', undefined, limit)),

    open: () => read(['payments'], async (tx) => (await readOpen(tx)).map(({ payment }) => payment)),

    usage: (site) => read(['payments', 'counters', 'settings'], (tx) => readUsage(tx, site, clock.nowMs())),

    grantPaymentsSince: (site, sinceMs) =>
      read(['payments'], (tx) => countGrantUses(tx, site, sinceMs, clock.nowMs())),

    async recordOverride(override) {
      const { db } = await usable();
      await db.write(['overrides'], (tx) => addOverride(tx, override, clock.nowMs()));
    },

    async noteSeenTime(seenMs) {
      if (!Number.isFinite(seenMs) || seenMs < 0) return;
      const { db } = await usable();
      // A time ahead of the local clock is not believed: it would loosen the bound for ever.
      const believedMs = Math.floor(Math.min(seenMs, clock.nowMs()));
      await db.write(['settings'], (tx) => raiseSeenMs(tx, believedMs));
    },
  };
}

interface Checked {
  readonly db: PaidChatDb;
  readonly verdict: WitnessVerdict;
  /** The last commit before this start of the background. */
  readonly bootSeq: number;
}

const moneyStores: StoreName[] = ['payments', 'counters', 'settings'];

async function advanceIn(
  tx: WriteTransaction,
  id: string,
  event: LedgerEvent,
): Promise<{ before: Payment; after: Payment }> {
  const row = await tx.objectStore('payments').get(id);
  if (row === undefined) throw unavailable('a payment is missing from it');
  const { payment: before, order } = decodePayment(row);
  const after = advance(before, event);
  if (after === before) return { before, after };
  if (after.state === 'settled') {
    const from = before.state === 'settled' ? { fromMs: before.countsFromMs } : {};
    await moveSettled(tx, scopesOf(after.site), { amount: after.amount, ...from, toMs: after.countsFromMs });
  }
  await countCommit(tx, after.state === 'settled' && before.state !== 'settled' ? after.amount : noMoney);
  await putPayment(tx, { payment: after, order });
  return { before, after };
}

async function readNewest(
  tx: ReadTransaction,
  indexName: 'order' | 'site' | 'call',
  range: IDBKeyRange | undefined,
  limit: number,
): Promise<readonly Payment[]> {
  const payments: Payment[] = [];
  const index = tx.objectStore('payments').index(indexName);
  let cursor = limit > 0 ? await index.openCursor(range, 'prev') : null;
  while (cursor) {
    payments.push(decodePayment(cursor.value).payment);
    cursor = payments.length < limit ? await cursor.continue() : null;
  }
  return payments;
}
