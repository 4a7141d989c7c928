import { Failure } from '../../core/failure.ts';
import type { Payment, ReleaseReason } from '../../core/ledger.ts';
import { overrideMs } from '../../core/limits.ts';
import type { Exceeded } from '../../core/policy.ts';
import type { Agreement } from './agreement.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import type { Priced } from './pricing.ts';
import type { Run } from '../runs/runs.ts';

/**
 * Counts the offer's amount against every limit, durably, before anything about it leaves: the check that is law.
 *
 * @returns the payment, or the limits in which there is no room any more
 * @throws {Failure} blocked, paused, tooManyPayments, ledgerUnavailable
 */
export async function reserve(
  deps: Deps,
  call: PageCall,
  run: Run,
  priced: Priced,
  agreement: Agreement,
): Promise<{ readonly payment: Payment } | { readonly exceeded: readonly Exceeded[] }> {
  const { ledger, clock, newId, changes } = deps;
  const { offer, bodyDigest, gateway } = priced;
  const overrideId = agreement.approvedBy === 'override' ? newId() : undefined;
  if (overrideId !== undefined) {
    await ledger.recordOverride({
      id: overrideId,
      cardId: agreement.cardId,
      site: call.site,
      bodyDigest,
      amount: offer.amount,
      expiresAtMs: clock.nowMs() + overrideMs,
    });
  }
  const reservation = await ledger.reserve({
    id: newId(),
    site: call.site,
    callId: call.id,
    runId: run.head.id,
    gateway: gateway.id,
    model: priced.model,
    network: offer.network,
    asset: offer.asset,
    payTo: offer.payTo,
    amount: offer.amount,
    resource: priced.request.url,
    bodyDigest,
    approvedBy: agreement.approvedBy,
    ...(overrideId === undefined ? {} : { overrideId }),
    signer: 'page',
  });
  if ('denied' in reservation) throw new Failure(reservation.denied);
  if (!reservation.ok) return { exceeded: reservation.exceeded };
  changes.notify();
  return { payment: reservation.payment };
}

/** Gives back a reservation that never became a request to sign; anything later stays counted until it is proved. */
export async function releaseIfUnsigned(
  { ledger, clock, changes }: Pick<Deps, 'ledger' | 'clock' | 'changes'>,
  paymentId: string,
  reason: ReleaseReason,
): Promise<void> {
  const payment = await ledger.get(paymentId);
  if (payment?.state !== 'reserved') return;
  await ledger.advance(paymentId, { type: 'release', reason, atMs: clock.nowMs() });
  changes.notify();
}
