import type { LedgerEvent, PaymentDraft } from '../../src/core/ledger.ts';
import { blockhashLifeMs } from '../../src/core/svmAuthorization.ts';
import { exceededCaps } from '../../src/core/policy.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import type { PolicyStore } from '../../src/storage/policyStore.ts';
import type { Reservation } from '../../src/storage/reservation.ts';
import type { MemoryDisk, StoredRow } from './memoryDatabase.ts';
import type { Trouble } from './settings.ts';

/** Where a policy may differ from ours; ours has nothing to say at any of these moments. */
export interface Policy {
  readonly name: string;
  /** In place of the check and reservation in one transaction. */
  readonly reserve?: (stores: Stores, draft: PaymentDraft, nowMs: number) => Promise<Reservation>;
  /** Before the background starts. */
  readonly atStart?: (disk: MemoryDisk) => void;
  /** The wallet has reported a rejection. */
  readonly onRejection?: (disk: MemoryDisk, paymentId: string) => void;
  /** The paid request has failed. */
  readonly onFetchError?: (disk: MemoryDisk, paymentId: string) => void;
  /** At every useful time to look. */
  readonly onLook?: (disk: MemoryDisk, localMs: number) => void;
  /** Writes something else into the ledger. */
  readonly alter?: (event: LedgerEvent) => LedgerEvent;
  readonly ignoresSeenTimes?: boolean;
  readonly asksOneNode?: boolean;
  /** On Solana, a payment is over when its gateway has said so. */
  readonly trustsGatewaysHeight?: boolean;
  /** Indexes that the ledger does not look into. */
  readonly blindIndexes?: readonly string[];
  /** Which part of its payments is made on Solana, where its mistake is about that. */
  readonly onSolana?: number;
  /** Its mistake needs so much to come together that 1,000 schedules may not have it. */
  readonly isRarelyCaught?: true;
  /** What its world has more of: some mistakes need a rare one. */
  readonly trouble?: Partial<Trouble>;
}

interface Stores {
  readonly ledger: LedgerStore;
  readonly policies: PolicyStore;
}

/** The one that ships. */
export const ourPolicy: Policy = { name: 'ours' };

/** Wrong ones that others ship or that look right: a simulation that does not catch each of them proves nothing. */
export const mutants: readonly Policy[] = [
  {
    name: 'check, then debit',
    async reserve({ ledger, policies }, draft, nowMs) {
      const { site, amount, bodyDigest } = draft;
      const [rules, usage] = await Promise.all([policies.rules(site), ledger.usage(site)]);
      const exceeded = exceededCaps(site, amount, rules, usage);
      if (draft.overrideId !== undefined) return ledger.reserve(draft);
      if (exceeded.length > 0) return { ok: false, exceeded };
      // A raise that nobody clicked stands for a debit that checks nothing.
      const overrideId = `unchecked-${draft.id}`;
      await ledger.recordOverride({
        id: overrideId,
        cardId: draft.id,
        site,
        bodyDigest,
        amount,
        expiresAtMs: nowMs + 60_000,
      });
      return ledger.reserve({ ...draft, approvedBy: 'override', overrideId });
    },
  },
  {
    name: 'reservation in memory',
    atStart: (disk) => disk.tamper('payments', (row) => (isHeld(row) ? undefined : row)),
  },
  {
    name: 'release on restart',
    atStart: (disk) => disk.tamper('payments', (row) => (isHeld(row) ? freed(row) : row)),
  },
  { name: 'release on fetch error', onFetchError: free },
  { name: 'release on reported rejection', onRejection: free },
  {
    name: 'release on local expiry',
    onLook: (disk, localMs) =>
      disk.tamper('payments', (row) => {
        const { validBefore = Infinity } = (row['authorization'] ?? {}) as { validBefore?: string };
        return isHeld(row) && Number(validBefore) * 1000 <= localMs ? freed(row) : row;
      }),
  },
  {
    name: 'release when a blockhash is old',
    onSolana: 1,
    onLook: (disk, localMs) =>
      disk.tamper('payments', (row) => {
        const { readAtMs = Infinity } = (row['authorization'] ?? {}) as { readAtMs?: number };
        return isHeld(row) && readAtMs + 2 * blockhashLifeMs <= localMs ? freed(row) : row;
      }),
  },
  { name: 'the height that a gateway names', onSolana: 1, trustsGatewaysHeight: true },
  { name: 'a memo used twice', onSolana: 1, blindIndexes: ['memo'] },
  {
    name: 'a transaction that proves two payments',
    onSolana: 1,
    blindIndexes: ['memo', 'transaction'],
  },
  {
    name: 'settled amounts count from their reservation',
    alter: (event) => (event.type === 'settle' ? { ...event, proof: 'chain', blockTimeMs: 0 } : event),
    isRarelyCaught: true,
    trouble: { clock: 8 },
  },
  {
    name: 'windows by the local clock alone',
    ignoresSeenTimes: true,
    isRarelyCaught: true,
    trouble: { clock: 8 },
  },
  { name: 'the word of one node', asksOneNode: true, isRarelyCaught: true },
];

function isHeld(row: StoredRow): boolean {
  return row['open'] === 1 && row['state'] !== 'reserved';
}

function free(disk: MemoryDisk, paymentId: string): void {
  disk.tamper('payments', (row) => (row['id'] === paymentId && isHeld(row) ? freed(row) : row));
}

function freed({ open: _over, ...row }: StoredRow): StoredRow {
  return { ...row, state: 'released', releasedReason: 'restart', releasedAtMs: 0 };
}
