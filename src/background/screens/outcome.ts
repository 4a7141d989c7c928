import type { RunView } from '../../protocol/panel.ts';
import type { Deps } from '../deps.ts';
import { statusOf } from '../paying/receipts.ts';

/** A run that ended before anybody knew whether it was paid, with what has turned out since. */
export async function withOutcome(run: RunView, { ledger }: Pick<Deps, 'ledger'>): Promise<RunView> {
  const { paid, stage, paymentId } = run;
  const hasEnded = stage === 'done' || stage === 'stopped' || stage === 'failed';
  if (paid !== 'unknown' || !hasEnded || paymentId === undefined) return run;
  const payment = await ledger.get(paymentId);
  const status = payment === undefined ? 'pending' : statusOf(payment);
  if (payment === undefined || status === 'pending') return run;
  if (payment.state !== 'settled') return { ...run, paid: 'no', turnedOut: 'not-paid' };
  return { ...run, paid: 'yes', turnedOut: payment.dispute ?? 'paid' };
}
