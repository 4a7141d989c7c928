import { usdcOn } from '../core/assets.ts';
import { isOpen } from '../core/ledger.ts';
import type { LedgerEvent, OpenPayment } from '../core/ledger.ts';
import { lookUpAuthorization } from './baseChain.ts';
import type { Deps } from './deps.ts';
import type { Evidence, Sighting } from './evidence.ts';
import { lookUpTransaction } from './solanaChain.ts';

/** Looks for the end of payments that are neither settled nor released. It reads chains and never sends. */
export interface Recovery {
  /** Looks now, unless it has just looked; failures prove nothing and change nothing. */
  look(): Promise<void>;
}

/** A node is not asked more often, however many useful times come together. */
const pauseMs = 10_000;
/** Two must say the same, where the person has not chosen a single one. */
const enoughNodes = 2;

type RecoveryDeps = Pick<Deps, 'http' | 'clock' | 'ledger' | 'changes'> & {
  readonly runs: Pick<Deps['runs'], 'isLive'>;
  readonly configured: Pick<Deps['configured'], 'known'>;
};

/**
 * Frees or settles holds on proof from final blocks. It has no timer: it is called at useful times, when
 * the background starts, a payment ends or the person looks.
 */
export function createRecovery(deps: RecoveryDeps): Recovery {
  const { clock, ledger, runs, changes } = deps;
  let running: Promise<void> | undefined;
  let lookedAtMs = -pauseMs;

  const reconcile = async (payment: OpenPayment) => {
    // Reserved rows have nothing on any chain, and a live call still writes its own.
    if (payment.state === 'reserved' || runs.isLive(payment.runId)) return;
    const evidence = await agreedEvidence(deps, payment);
    const event = evidence && eventOf(evidence, clock.nowMs());
    if (!event) return;
    await ledger.advance(payment.id, event);
    changes.notify();
  };

  const lookOnce = async () => {
    for (const payment of await ledger.open()) {
      if (isOpen(payment)) await reconcile(payment).catch(() => undefined);
    }
  };

  return {
    look() {
      const sinceMs = clock.nowMs() - lookedAtMs;
      // A clock that was set back says nothing about the pause.
      if (sinceMs >= 0 && sinceMs < pauseMs) return running ?? Promise.resolve();
      lookedAtMs = clock.nowMs();
      running ??= lookOnce()
        .catch(() => undefined)
        .finally(() => (running = undefined));
      return running;
    },
  };
}

/** @returns what enough nodes say with none against it, or undefined */
async function agreedEvidence(
  { http, ledger, configured }: RecoveryDeps,
  payment: Exclude<OpenPayment, { state: 'reserved' }>,
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
  const answers = await Promise.all(urls.map((url) => lookUp(url).catch(() => undefined)));
  const heard = answers.filter((answer) => answer !== undefined);
  const enough = Math.min(enoughNodes, urls.length);
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

function eventOf(evidence: Evidence, atMs: number): LedgerEvent | undefined {
  switch (evidence.kind) {
    case 'charged': {
      const { transaction, blockTimeMs } = evidence;
      return { type: 'settle', proof: 'chain', transaction, blockTimeMs, atMs };
    }
    case 'expired':
    case 'canceled':
      return { type: 'release', reason: 'expired-on-chain', atMs };
    case 'open':
      return undefined;
  }
}
