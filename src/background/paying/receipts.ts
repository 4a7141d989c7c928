import type { Payment } from '../../core/ledger.ts';
import { formatUsdc } from '../../core/money.ts';
import type { Receipt } from '../../protocol/page.ts';

/** What a page may know of its own payment: no address, no transaction, nothing of other sites. */
export function receiptOf(payment: Payment): Receipt {
  return {
    id: payment.id,
    amountUsdc: formatUsdc(payment.amount),
    network: payment.network,
    gateway: payment.gateway,
    model: payment.model,
    status: statusOf(payment),
    at: payment.reservedAtMs,
  };
}

/** Whether a payment is over and how, in the three words that everybody gets. */
export function statusOf({ state }: Payment): Receipt['status'] {
  if (state === 'settled') return 'settled';
  return state === 'released' ? 'not-paid' : 'pending';
}
