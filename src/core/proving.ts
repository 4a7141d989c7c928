import { expiryMs } from './authorization.ts';
import { isOpen } from './ledger.ts';
import type { Payment } from './ledger.ts';
import { windowMs } from './limits.ts';

const minute = 60_000;
/** After its last useful time a chain is asked again so much later, then twice as much, … */
const firstPauseMs = 10 * minute;
/** … and at least so often. */
const longestPauseMs = 6 * 60 * minute;

/**
 * When next to ask the chain what became of a payment: once a charge that came at once is final, once its message can no
 * longer be charged, and while nodes are silent or at odds ever less often. The same for every start of the background.
 *
 * @param finalityMs how long after its time a block usually takes to be final
 * @param afterMs later than this
 * @returns undefined where the chain has nothing to say
 */
export function nextProvingMs(payment: Payment, finalityMs: number, afterMs: number): number | undefined {
  if (payment.state === 'reserved' || payment.state === 'released') return undefined;
  const first = (isOpen(payment) ? payment.reservedAtMs : payment.settledAtMs) + finalityMs;
  const end = Math.max(first, expiryMs(payment.authorization) + finalityMs);
  // What has left every window of what is settled changes nothing any more.
  if (payment.state === 'settled' && afterMs > Math.max(end, payment.countsFromMs) + windowMs.month)
    return undefined;
  if (afterMs < first) return first;
  if (afterMs < end) return end;
  for (let pauseMs = firstPauseMs; pauseMs < longestPauseMs; pauseMs *= 2)
    if (afterMs < end + pauseMs) return end + pauseMs;
  return afterMs + longestPauseMs - ((afterMs - end) % longestPauseMs);
}
