import { usdcOn } from '../core/assets.ts';
import { isOpen } from '../core/ledger.ts';
import type { LedgerEvent, Payment } from '../core/ledger.ts';
import { nextProvingMs } from '../core/proving.ts';
import { neededNodes } from '../core/silence.ts';
import { lookUpAuthorization } from './baseChain.ts';
import type { Deps } from './deps.ts';
import type { Evidence, Sighting } from './evidence.ts';
import type { NodeLook, SilentNodes } from './silentNodes.ts';
import { lookUpTransaction } from './solanaChain.ts';

/** Looks for what became of payments on their chains. It reads them and never sends. */
export interface Recovery {
  /** Looks for the end of what is held, unless it has just looked; failures prove nothing and change nothing. */
  look(): Promise<void>;
  /** The time has come that was asked for: looks also for what receipts have settled, to prove or to contradict them. */
  prove(): Promise<void>;
}

/** A node is not asked more often, however many useful times come together. */
const pauseMs = 10_000;
/** So many payments that only a receipt has settled are looked for. */
const unprovedAtOnce = 100;

type RecoveryDeps = Pick<Deps, 'http' | 'clock' | 'ledger' | 'changes'> & {
  readonly runs: Pick<Deps['runs'], 'isLive'>;
  readonly configured: Pick<Deps['configured'], 'known'>;
  readonly silentNodes: Pick<SilentNodes, 'beginLook'>;
  /** Has `prove` called at this time in place of the last one, even if the background has ended meanwhile. */
  readonly wakeAt: (atMs: number | undefined) => void;
};

/** A payment that its chain can say something about. */
type Dispatched = Exclude<Payment, { state: 'reserved' | 'released' }>;

/**
 * Frees or settles holds on proof from final blocks: when the background starts, a payment ends, the person looks, and at
 * the earliest time that something can be proved.
 */
export function createRecovery(deps: RecoveryDeps): Recovery {
  const { clock, ledger, runs, changes, configured, silentNodes, wakeAt } = deps;
  let running: Promise<void> | undefined;
  let lookedAtMs = -pauseMs;
  let provedAtMs = -Infinity;

  // Reserved rows have nothing on any chain, and a live call still writes its own.
  const isSought = (payment: Payment): payment is Dispatched =>
    payment.state !== 'reserved' && payment.state !== 'released' && !runs.isLive(payment.runId);
  const nextMs = (payment: Payment, afterMs: number): number | undefined => {
    const usdc = usdcOn(configured.known(), payment.network);
    return usdc && nextProvingMs(payment, usdc.finalityMs, afterMs);
  };

  const reconcile = async (payment: Dispatched, nodes: NodeLook) => {
    const evidence = await agreedEvidence(deps, payment, nodes);
    const event = evidence && eventOf(payment, evidence, clock.nowMs());
    if (!event) return;
    await ledger.advance(payment.id, event);
    changes.notify();
  };
  const reconcileAll = async (payments: readonly Payment[]) => {
    const nodes = silentNodes.beginLook();
    for (const payment of payments)
      if (isSought(payment)) await reconcile(payment, nodes).catch(() => undefined);
    nodes.end();
  };

  const askToBeWoken = async () => {
    const payments = [...(await ledger.open()), ...(await ledger.unproved(unprovedAtOnce))];
    const nowMs = clock.nowMs();
    const times = payments.filter(isSought).flatMap((payment) => nextMs(payment, nowMs) ?? []);
    wakeAt(times.length === 0 ? undefined : Math.min(...times));
  };

  const proveReceipts = async () => {
    // Where this look ends with the background, the next one is due all the same.
    await askToBeWoken();
    const [sinceMs, nowMs] = [provedAtMs, clock.nowMs()];
    provedAtMs = nowMs;
    const isDue = (payment: Payment) => (nextMs(payment, sinceMs) ?? Infinity) <= nowMs;
    await reconcileAll((await ledger.unproved(unprovedAtOnce)).filter(isDue));
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

/** @returns what enough nodes say with none against it, or undefined */
async function agreedEvidence(
  { http, ledger, configured }: RecoveryDeps,
  payment: Dispatched,
  nodes: NodeLook,
): Promise<Evidence | undefined> {
  const { network, authorization, reservedAtMs } = payment;
  const usdc = usdcOn(configured.known(), network);
  if (!usdc) return undefined;
  const urls = usdc.rpcUrls;
  const provesAnother = async (transaction: string) => {
    const proved = await ledger.provedBy(transaction);
    return proved !== undefined && proved.id !== payment.id;
  };
  const lookUp = async (url: string): Promise<Sighting> => {
    if (usdc.kind === 'svm' && authorization.kind === 'svm')
      return lookUpTransaction(http, url, usdc, authorization, provesAnother);
    if (usdc.kind === 'evm' && authorization.kind === undefined)
      return lookUpAuthorization(http, url, usdc, authorization, reservedAtMs);
    throw new TypeError('A payment’s message is of another chain than its money.');
  };
  const heard = await nodes.ask(urls, lookUp);
  // Of all that are configured: leaving a silent one out never lowers the bar to one.
  const enough = neededNodes(urls.length);
  const seenMs = reachedBy(heard, enough);
  if (seenMs !== undefined) await ledger.noteSeenTime(seenMs);
  const [first] = heard;
  // A node that lags behind says "open"; that contradicts a release, but waiting mends it.
  const agree = heard.every(({ evidence }) => JSON.stringify(evidence) === JSON.stringify(first?.evidence));
  return agree && heard.length >= enough ? first?.evidence : undefined;
}

/** The latest time that so many nodes have shown a final block of: one alone, wrong or lying, does not move it. */
function reachedBy(heard: readonly Sighting[], nodes: number): number | undefined {
  const times = heard.flatMap(({ blockTimeMs }) => blockTimeMs ?? []);
  return times.toSorted((a, b) => b - a)[nodes - 1];
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
