import { usdcOn } from '../../core/assets.ts';
import { awaitsDate, isOpen } from '../../core/ledger.ts';
import type { LedgerEvent, Payment } from '../../core/ledger.ts';
import { nextProvingMs } from '../../core/proving.ts';
import type { Deps } from '../deps.ts';
import type { Evidence } from './evidence.ts';
import { agreedEnd, agreedEvidence } from './proof.ts';
import type { Dispatched } from './proof.ts';
import type { NodeLook, SilentNodes } from './silentNodes.ts';
import { walkUnproved } from './unproved.ts';

/** Looks for what became of payments on their chains. It reads them and never sends. */
export interface Recovery {
  /** Looks for the end of what is held, unless it has just looked; failures prove nothing and change nothing. */
  look(): Promise<void>;
  /** The time has come that was asked for: looks also for what receipts have settled, to prove or to contradict them. */
  prove(): Promise<void>;
}

/** A node is not asked more often, however many useful times come together. */
const pauseMs = 10_000;
/** The latest receipts say when to look again; older ones are due every six hours, and looked for whenever any is. */
const receiptsAhead = 100;

type RecoveryDeps = Pick<Deps, 'http' | 'clock' | 'ledger' | 'changes'> & {
  readonly session: Pick<Deps['session'], 'get' | 'set'>;
  readonly runs: Pick<Deps['runs'], 'isLive'>;
  readonly configured: Pick<Deps['configured'], 'known'>;
  readonly silentNodes: Pick<SilentNodes, 'beginLook'>;
  /** Has `prove` called at this time in place of the last one, even if the background has ended meanwhile. */
  readonly wakeAt: (atMs: number | undefined) => void;
};

/**
 * Frees or settles holds on proof from final blocks: when the background starts, a payment ends, the person looks, and at
 * the earliest time that something can be proved.
 */
export function createRecovery(deps: RecoveryDeps): Recovery {
  const { clock, ledger, runs, changes, configured, silentNodes, wakeAt } = deps;
  let running: Promise<void> | undefined;
  let lookedAtMs = -pauseMs;

  // Reserved rows have nothing on any chain, and a live call still writes its own.
  const isSought = (payment: Payment): payment is Dispatched =>
    payment.state !== 'reserved' && payment.state !== 'released' && !runs.isLive(payment.runId);
  const nextMs = (payment: Payment, afterMs: number): number | undefined => {
    const usdc = usdcOn(configured.known(), payment.network);
    return usdc && nextProvingMs(payment, usdc.finalityMs, afterMs);
  };

  const reconcile = async (payment: Dispatched, nodes: NodeLook) => {
    const evidence = await agreedEvidence(deps, payment, nodes);
    const event = evidence ? eventOf(payment, evidence, clock.nowMs()) : await dating(payment, nodes);
    if (!event) return;
    await ledger.advance(payment.id, event);
    changes.notify();
  };
  /** What nobody can prove any more, because its nodes have forgotten it, can be dated all the same. */
  const dating = async (payment: Dispatched, nodes: NodeLook): Promise<LedgerEvent | undefined> => {
    const notAfterMs = awaitsDate(payment) ? await agreedEnd(deps, payment, nodes) : undefined;
    return notAfterMs === undefined ? undefined : { type: 'date', notAfterMs };
  };
  const reconcileAll = async (payments: Iterable<Payment> | AsyncIterable<Payment>) => {
    const nodes = silentNodes.beginLook();
    for await (const payment of payments)
      if (isSought(payment)) await reconcile(payment, nodes).catch(() => undefined);
    nodes.end();
  };

  const askToBeWoken = async () => {
    const receipts = await ledger.unproved(receiptsAhead);
    const payments = [...(await ledger.open()), ...receipts.map(({ payment }) => payment)];
    const nowMs = clock.nowMs();
    const times = payments.filter(isSought).flatMap((payment) => nextMs(payment, nowMs) ?? []);
    wakeAt(times.length === 0 ? undefined : Math.min(...times));
  };

  const proveReceipts = async () => {
    // Where this look ends with the background, the next one is due all the same.
    await askToBeWoken();
    await reconcileAll(walkUnproved(deps, clock.nowMs(), nextMs));
  };

  const look = () => {
    const sinceMs = clock.nowMs() - lookedAtMs;
    // A clock that was set back says nothing about the pause.
    if (sinceMs >= 0 && sinceMs < pauseMs) return running ?? Promise.resolve();
    lookedAtMs = clock.nowMs();
    running ??= ledger
      .open()
      .then(reconcileAll)
      .catch(() => undefined)
      .finally(() => (running = undefined));
    return running;
  };

  return {
    look: () =>
      look()
        .then(askToBeWoken)
        .catch(() => undefined),
    prove: () =>
      look()
        .then(proveReceipts)
        .then(askToBeWoken)
        .catch(() => undefined),
  };
}

function eventOf(payment: Payment, evidence: Evidence, atMs: number): LedgerEvent | undefined {
  switch (evidence.kind) {
    case 'charged': {
      const { transaction, blockTimeMs } = evidence;
      return { type: 'settle', proof: 'chain', transaction, blockTimeMs, atMs };
    }
    case 'expired':
    case 'canceled':
      // A gateway has confirmed it: it stays settled, and the person is told what the chain shows.
      return isOpen(payment)
        ? { type: 'release', reason: 'expired-on-chain', atMs }
        : { type: 'dispute', dispute: 'not-charged' };
    case 'open':
      return undefined;
  }
}
