import type { Paid } from '../../core/errorCodes.ts';
import { toWireError, Failure } from '../../core/failure.ts';
import type { WireError } from '../../core/failure.ts';
import { isOpen, paidOf } from '../../core/ledger.ts';
import type { Payment } from '../../core/ledger.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Site } from '../../core/site.ts';
import { deliver } from './delivery.ts';
import type { Deps } from '../deps.ts';
import type { RunSink } from './runs.ts';

/**
 * Gives a page that lost its port the rest of a run: chunks from `offset` on and the end. A run that died with the
 * background ends with what the ledger knows of its payment.
 *
 * @returns the undo
 */
export async function resumeRun(
  { runs, ledger }: Deps,
  site: Site,
  callId: string,
  offset: number,
  sink: RunSink,
): Promise<() => void> {
  const run = runs.ofCall(site, callId);
  if (run) return deliver(run, callId, offset, sink);
  sink.end({ error: interruptedError(await ledger.ofCall(site, callId)) });
  return () => undefined;
}

/** Why a payment stays counted whose call died with the background: nobody waits for it any more. */
const interruptedTrouble = { signing: 'wallet-silent', signed: 'not-sent', sent: 'no-answer' } as const;

/** Writes down for the person why payments are held that an earlier background left under way. */
export async function noteInterrupted(ledger: Deps['ledger']): Promise<void> {
  for (const payment of await ledger.open()) {
    if (!isOpen(payment) || payment.state === 'reserved' || payment.trouble !== undefined) continue;
    await ledger.advance(payment.id, { type: 'trouble', trouble: interruptedTrouble[payment.state] });
  }
}

/** Why a call failed that the background's death interrupted, by what its payment came to. */
export const interruptedReason = {
  no: 'restarted',
  unknown: 'restartedAfterSigning',
  yes: 'restartedAfterPaying',
} as const satisfies Record<Paid, Reason>;

/** How a call ends that the background's death interrupted. */
export function interruptedError(payment: Payment | undefined): WireError {
  const paid = paidOf(payment);
  return toWireError(new Failure(interruptedReason[paid]), {
    paid,
    ...(payment === undefined || paid === 'no' ? {} : { receiptId: payment.id }),
  });
}
