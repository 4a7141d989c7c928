import type { Clock } from '../core/clock.ts';
import { advance } from '../core/ledger.ts';
import type { LedgerEvent, Payment, PaymentDraft } from '../core/ledger.ts';
import { noMoney } from '../core/money.ts';
import type { Site } from '../core/site.ts';
import { scopesOf, windowNow } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import { moveSettled } from './counters.ts';
import { unavailable } from './db.ts';
import type { PaidChatDb, ReadTransaction, WriteTransaction } from './db.ts';
import { countedOn, putHead, readHead, readSeenMs } from './head.ts';
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
  /**
   * Notes a gateway's or a block's time: the windows never run ahead of the latest by more than two minutes. It is
   * written down with the next reservation; one that a restart forgets would only have loosened the windows.
   */
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
  const keeper = createWitnessKeeper({ storage: deps.witness, clock });
  let checked: Promise<Checked> | undefined;
  /** The latest time noted since the last reservation, which writes it down. */
  let notedMs: number | undefined;

  async function check(): Promise<Checked> {
    const db = await deps.db;
    const [head, witness] = await Promise.all([
      db.read(['settings'], readHead),
      readWitness(deps.witness, clock),
    ]);
    const verdict = checkWitness(head, witness);
    if (verdict === 'ahead') throw unavailable('payments are missing from it');
    // What cannot be read now is written with the next commit.
    if (verdict === 'absent' || verdict === 'behind')
      void db.read(moneyStores, witnessNow).then(keepUp, () => undefined);
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

  async function witnessNow(tx: ReadTransaction): Promise<Witness> {
    return readWitnessOf(tx, await readHead(tx), windowNow(clock.nowMs(), await readSeenMs(tx, notedMs)));
  }

  /** The keeper repeats what fails: only a signature has to wait for it. */
  function keepUp(witness: Witness): void {
    keeper.write(witness).catch(() => undefined);
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
      const { released, witness } = await db.write(moneyStores, async (tx) => {
        const [open, head] = await Promise.all([readOpen(tx), readHead(tx)]);
        const left = open.filter(({ payment, order }) => payment.state === 'reserved' && order <= bootSeq);
        const rows = left.map(({ payment, order }) => ({ payment: advance(payment, event), order }));
        if (rows.length === 0) return { released: [] };
        await Promise.all([putHead(tx, countedOn(head, noMoney)), ...rows.map((row) => putPayment(tx, row))]);
        return { released: rows.map(({ payment }) => payment), witness: await witnessNow(tx) };
      });
      if (witness) keepUp(witness);
      return released;
    },

    async reserve(draft) {
      const { db } = await usable();
      const { reservation, witness } = await db.write([...moneyStores, 'policies', 'overrides'], (tx) =>
        reserveIn(tx, draft, clock.nowMs(), notedMs),
      );
      if (witness) keepUp(witness);
      return reservation;
    },

    async advance(id, event) {
      const { db } = await usable();
      const { after, witness } = await db.write(moneyStores, (tx) =>
        advanceIn(tx, id, event, clock.nowMs(), notedMs),
      );
      if (!witness) return after;
      if (event.type === 'sign') await keeper.write(witness);
      else keepUp(witness);
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

    usage: (site) =>
      read(['payments', 'counters', 'settings'], (tx) => readUsage(tx, site, clock.nowMs(), notedMs)),

    grantPaymentsSince: (site, sinceMs) =>
      read(['payments'], (tx) => countGrantUses(tx, site, sinceMs, clock.nowMs())),

    async recordOverride(override) {
      const { db } = await usable();
      await db.write(['overrides'], (tx) => addOverride(tx, override, clock.nowMs()));
    },

    async noteSeenTime(seenMs) {
      await usable();
      if (!Number.isFinite(seenMs) || seenMs < 0) return;
      // A time ahead of the local clock is not believed: it would loosen the bound for ever.
      const believedMs = Math.floor(Math.min(seenMs, clock.nowMs()));
      notedMs = Math.max(notedMs ?? 0, believedMs);
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

/** @returns no witness where nothing has changed */
async function advanceIn(
  tx: WriteTransaction,
  id: string,
  event: LedgerEvent,
  localMs: number,
  notedMs: number | undefined,
): Promise<{ readonly after: Payment; readonly witness?: Witness }> {
  const [row, head, seenMs] = await Promise.all([
    tx.objectStore('payments').get(id),
    readHead(tx),
    readSeenMs(tx, notedMs),
  ]);
  if (row === undefined) throw unavailable('a payment is missing from it');
  const { payment: before, order } = decodePayment(row);
  const after = advance(before, event);
  if (after === before) return { after };
  if (after.state === 'settled') {
    const from = before.state === 'settled' ? { fromMs: before.countsFromMs } : {};
    await moveSettled(tx, scopesOf(after.site), { amount: after.amount, ...from, toMs: after.countsFromMs });
  }
  const newlySettled = after.state === 'settled' && before.state !== 'settled' ? after.amount : noMoney;
  const next = countedOn(head, newlySettled);
  // Requests are carried out in the order they are made: the witness sees what was written just before.
  const [, , witness] = await Promise.all([
    putHead(tx, next),
    putPayment(tx, { payment: after, order }),
    readWitnessOf(tx, next, windowNow(localMs, seenMs)),
  ]);
  return { after, witness };
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
