import { wait } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { advance } from '../core/ledger.ts';
import type { LedgerEvent, Payment, PaymentDraft } from '../core/ledger.ts';
import { noMoney } from '../core/money.ts';
import type { CarriedUse } from '../core/quarantine.ts';
import type { Site } from '../core/site.ts';
import { windowNow } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import { advanceIn } from './advancing.ts';
import { readCarriedUse } from './carried.ts';
import type { PaidChatDb, ReadTransaction, WriteTransaction } from './db.ts';
import { DamagedRecord } from './fields.ts';
import { checkWhole } from './fullCheck.ts';
import { countedOn, putHead, readHead, readSeenMs, refuseSuperseded, takeOver } from './head.ts';
import type { StoreName } from './migrations.ts';
import { addOverride } from './overrides.ts';
import type { Override } from './overrides.ts';
import { readProvedBy } from './oneUse.ts';
import { decodePayment, putPayment, readNewest, readOpen } from './paymentRows.ts';
import type { Ordered } from './paymentRows.ts';
import { readBasis, reserveIn } from './reservation.ts';
import type { Basis, Reservation } from './reservation.ts';
import { readUsage, readWitnessNow } from './figures.ts';
import { judge, markDamaged, Quarantine } from './standing.ts';
import { createWitnessKeeper, knownBy, readWitness } from './witness.ts';
import type { Witness, WitnessKeeper, WitnessStorage, WitnessVerdict } from './witness.ts';

/**
 * The spend ledger, of one start of the background. Every call fails closed, never with an empty answer in its place:
 * Failure `ledgerUnavailable`, a Quarantine while the record cannot be trusted, Failure `superseded` when a later start
 * has taken it over.
 */
export interface LedgerStore {
  /**
   * Takes the record of payments over once it can be used, with what the witness said; every other call waits by
   * itself. `absent`: there were payments but no witness, which is written anew.
   */
  ready(): Promise<WitnessVerdict>;
  /** Gives back what a restart left reserved: nothing of it left the extension. Call before the first reservation. */
  releaseReservedAtBoot(): Promise<readonly Payment[]>;
  /** Checks every limit and writes the row, in one transaction; true only after it is on disk. */
  reserve(draft: PaymentDraft): Promise<Reservation>;
  /**
   * Moves a payment on; durable when it resolves, with `sign` also in the witness. Several events are one commit: all
   * of them or none.
   *
   * @throws IllegalTransition on what its state does not allow
   * @throws {Failure} unsafeOffer for a message whose memo or nonce another payment has had
   * @throws TransactionTaken where a transaction proves another payment
   */
  advance(id: string, ...events: readonly LedgerEvent[]): Promise<Payment>;
  get(id: string): Promise<Payment | undefined>;
  /** The payment that a transaction on Solana proves, by the chain's word. */
  provedBy(transaction: string): Promise<Payment | undefined>;
  /** The latest payment of a call. */
  ofCall(site: Site, callId: string): Promise<Payment | undefined>;
  /** Newest first. */
  ofSite(site: Site, limit: number): Promise<readonly Payment[]>;
  /** Of all sites, newest first. */
  recent(limit: number): Promise<readonly Payment[]>;
  /** Those that only a receipt has settled and the chain has yet to confirm, newest first, from below a place on. */
  unproved(limit: number, below?: number): Promise<readonly Ordered[]>;
  /** Those neither settled nor released. */
  open(): Promise<readonly Payment[]>;
  usage(site: Site): Promise<Usage>;
  /** What a payment of the site is judged by; the reservation reads it again. */
  basis(site: Site): Promise<Basis>;
  /** How much counts in place of payments whose rows are lost. */
  carried(): Promise<CarriedUse>;
  recordOverride(override: Override): Promise<void>;
  /**
   * Notes a gateway's or a block's time: the windows never run ahead of the latest by more than two minutes. It is
   * written down with the next reservation; one that a restart forgets would only have loosened the windows.
   */
  noteSeenTime(seenMs: number): Promise<void>;
  /**
   * Compares all sums with all payments, however long others keep changing them.
   *
   * @throws Quarantine when they differ, and from then on every call does
   */
  checkWhole(): Promise<void>;
  /** Something in the record is not what we wrote: stops every further call, also after a restart. */
  distrust(): Promise<void>;
}

/** What the ledger stands on. */
export interface LedgerDeps {
  /** A promise of a database that may fail: every call then fails with it. */
  readonly db: PaidChatDb | Promise<PaidChatDb>;
  readonly witness: WitnessStorage;
  readonly clock: Clock;
  /** Names this start of the background among all others. */
  readonly writer: string;
  /** Hears when the record turns out to be damaged while it is in use. */
  readonly onQuarantine?: (quarantine: Quarantine) => void;
}

/** Opens the spend ledger over the database. */
export function createLedgerStore(deps: LedgerDeps): LedgerStore {
  const { clock, writer } = deps;
  let checked: Promise<Checked> | undefined;
  let quarantine: Quarantine | undefined;
  /** The latest time noted since the last reservation, which writes it down. */
  let notedMs: number | undefined;

  async function check(): Promise<Checked> {
    const db = await deps.db;
    const sighting = await readWitness(deps.witness, clock);
    const standing = await judge(db, sighting, clock);
    if (standing.kind === 'lost') throw new Quarantine(standing.loss);
    const { verdict, figures } = standing;
    const bootSeq = await db.write(['settings'], (tx) => takeOver(tx, writer));
    const { generation } = db;
    const outlives = sighting.keys;
    const keeper = createWitnessKeeper({ storage: deps.witness, clock, writer, generation, outlives });
    if (verdict === 'absent' || verdict === 'behind') keepUp(keeper, figures);
    return { db, keeper, verdict, bootSeq };
  }

  /** A check that failed is made again at the next call; one that passed holds as long as the connection. */
  function usable(): Promise<Checked> {
    if (quarantine) return Promise.reject(quarantine);
    checked ??= check().catch((error: unknown) => {
      checked = undefined;
      throw error;
    });
    return checked;
  }

  async function read<T>(stores: StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    const { db } = await usable();
    return trusting(db.read(stores, work));
  }

  async function payments(work: (tx: ReadTransaction) => Promise<readonly Ordered[]>) {
    return (await read(['payments'], work)).map(({ payment }) => payment);
  }

  /** One writer: a transaction of a start that another has followed undoes itself. */
  async function write<T>(stores: StoreName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const { db } = await usable();
    const guarded = async (tx: WriteTransaction) => {
      // Both at once: what the work has written is undone where this refuses.
      const [, done] = await Promise.all([refuseSuperseded(tx, writer), work(tx)]);
      return done;
    };
    return trusting(db.write([...new Set<StoreName>(['settings', ...stores])], guarded));
  }

  async function trusting<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof DamagedRecord) await distrust();
      throw quarantine ?? error;
    }
  }

  async function distrust(): Promise<void> {
    if (quarantine) return;
    // At once: nothing goes through while the witness is looked for.
    quarantine = new Quarantine({ cause: 'damaged', known: undefined });
    const sighting = await readWitness(deps.witness, clock);
    quarantine = new Quarantine({ cause: 'damaged', known: knownBy(sighting) });
    deps.onQuarantine?.(quarantine);
    const db = await deps.db;
    // Where even this cannot be written, the next start reads the same damage.
    await db.write(['settings'], markDamaged).catch(() => undefined);
  }

  return {
    async ready() {
      return (await usable()).verdict;
    },

    async releaseReservedAtBoot() {
      const { keeper, bootSeq } = await usable();
      const event = { type: 'release', reason: 'restart', atMs: clock.nowMs() } as const;
      const { released, witness } = await write(moneyStores, async (tx) => {
        const [open, head] = await Promise.all([readOpen(tx), readHead(tx)]);
        const left = open.filter(({ payment, order }) => payment.state === 'reserved' && order <= bootSeq);
        const rows = left.map(({ payment, order }) => ({ payment: advance(payment, event), order }));
        if (rows.length === 0) return { released: [] };
        await Promise.all([putHead(tx, countedOn(head, noMoney)), ...rows.map((row) => putPayment(tx, row))]);
        return {
          released: rows.map(({ payment }) => payment),
          witness: await readWitnessNow(tx, clock.nowMs(), notedMs),
        };
      });
      if (witness) keepUp(keeper, witness);
      return released;
    },

    async reserve(draft) {
      const { keeper } = await usable();
      const { reservation, witness } = await write([...moneyStores, 'policies', 'overrides'], (tx) =>
        reserveIn(tx, draft, clock.nowMs(), notedMs),
      );
      if (witness) keepUp(keeper, witness);
      return reservation;
    },

    async advance(id, ...events) {
      const { keeper } = await usable();
      const { after, witness } = await write(moneyStores, (tx) =>
        advanceIn(tx, id, events, clock.nowMs(), notedMs),
      );
      if (!witness) return after;
      if (events.some(({ type }) => type === 'sign')) await keeper.write(witness);
      else keepUp(keeper, witness);
      return after;
    },

    get: (id) =>
      read(['payments'], async (tx) => {
        const row = await tx.objectStore('payments').get(id);
        return row === undefined ? undefined : decodePayment(row).payment;
      }),

    provedBy: (transaction) => read(['payments'], (tx) => readProvedBy(tx, transaction)),

    async ofCall(site, callId) {
      const range = IDBKeyRange.bound([site, callId, 0], [site, callId, Infinity]);
      return (await read(['payments'], (tx) => readNewest(tx, 'call', range, 1)))[0]?.payment;
    },

    ofSite(site, limit) {
      const range = IDBKeyRange.bound([site, 0], [site, Infinity]);
      return payments((tx) => readNewest(tx, 'site', range, limit));
    },

    unproved(limit, below = Infinity) {
      const range = IDBKeyRange.bound(0, below, false, true);
      return read(['payments'], (tx) => readNewest(tx, 'unproved', range, limit));
    },

    recent: (limit) => payments((tx) => readNewest(tx, 'order', undefined, limit)),

    open: () => payments(readOpen),

    usage: (site) =>
      read(moneyStores, async (tx) => (await readUsage(tx, site, clock.nowMs(), notedMs)).usage),

    basis: (site) => read([...moneyStores, 'policies'], (tx) => readBasis(tx, site, clock.nowMs(), notedMs)),

    carried: () =>
      read(['settings'], async (tx) =>
        readCarriedUse(tx, windowNow(clock.nowMs(), await readSeenMs(tx, notedMs))),
      ),

    async recordOverride(override) {
      await write(['overrides'], (tx) => addOverride(tx, override, clock.nowMs()));
    },

    async noteSeenTime(seenMs) {
      await usable();
      if (!Number.isFinite(seenMs) || seenMs < 0) return;
      // A time ahead of the local clock is not believed: it would loosen the bound for ever.
      const believedMs = Math.floor(Math.min(seenMs, clock.nowMs()));
      notedMs = Math.max(notedMs ?? 0, believedMs);
    },

    async checkWhole() {
      const { db } = await usable();
      while ((await trusting(checkWhole(db, clock))) === 'changed') await wait(clock, recheckMs);
    },

    distrust,
  };
}

interface Checked {
  readonly db: PaidChatDb;
  readonly keeper: WitnessKeeper;
  readonly verdict: WitnessVerdict;
  /** The last commit before this start of the background. */
  readonly bootSeq: number;
}

/** The keeper repeats what fails: only a signature has to wait for it. */
function keepUp(keeper: WitnessKeeper, witness: Witness): void {
  keeper.write(witness).catch(() => undefined);
}

/** A check that was overtaken by a payment begins anew after so long. */
const recheckMs = 2_000;

const moneyStores: StoreName[] = ['payments', 'counters', 'settings'];
