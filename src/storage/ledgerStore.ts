import type { Clock } from '../core/clock.ts';
import type { LedgerEvent, Payment, PaymentDraft } from '../core/ledger.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { Denial, Exceeded } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import type { Usage } from '../core/usage.ts';
import type { PaidChatDb } from './db.ts';
import type { WitnessStorage } from './witness.ts';

/** What came of asking for a reservation. */
export type Reservation =
  | { readonly ok: true; readonly payment: Payment }
  /** These limits stand in the way. None named: the grant or one-time raise behind it no longer stands; ask again. */
  | { readonly ok: false; readonly exceeded: readonly Exceeded[] }
  | { readonly ok: false; readonly denied: Denial };

/** A one-time raise: lets one payment of exactly this site, request and amount pass every limit. */
export interface Override {
  readonly id: string;
  /** The approval that it came from. */
  readonly cardId: string;
  readonly site: Site;
  readonly bodyDigest: string;
  readonly amount: MicroUsdc;
  /** At most 60 s from now. */
  readonly expiresAtMs: number;
}

/** The spend ledger. Every call fails closed: Failure `ledgerUnavailable`, never an empty answer in its place. */
export interface LedgerStore {
  /** Resolves once the record of payments can be used; every other call waits for it by itself. */
  ready(): Promise<void>;
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
export function createLedgerStore(_deps: LedgerDeps): LedgerStore {
  throw new Error('not yet');
}
