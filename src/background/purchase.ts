import type { EvmAuthorization, Payment } from '../core/ledger.ts';
import type { Challenge, Offer } from '../x402/offer.ts';
import { payOverX402, readReceipt } from '../x402/payload.ts';
import type { FrozenRequest } from '../x402/payload.ts';
import type { OwnBlockhash } from '../x402/svmGate.ts';
import { streamAnswer } from './answer.ts';
import type { Deps } from './deps.ts';
import { readyOnSolana } from './ownBlockhash.ts';
import { releaseIfUnsigned } from './reservation.ts';
import type { Run } from './runs.ts';
import { sendPaid } from './sending.ts';
import { settleByReceipt } from './settling.ts';
import { releaseReasonOf } from './terms.ts';

/** What is bought: one frozen request by one offer, out of one row of the ledger. */
export interface Order {
  readonly offer: Offer;
  readonly challenge: Challenge;
  readonly request: FrozenRequest;
  readonly payment: Payment;
  readonly account: string;
  /** The message of an earlier attempt, to be signed once more. */
  readonly authorization?: EvmAuthorization;
}

/**
 * Signs, sends, settles and streams one payment that is reserved (src/README.md, steps 9 to 11).
 *
 * @param signal is obeyed until the paid request leaves, and not after
 * @returns the payment as the ledger has it when the answer has ended
 */
export async function purchase(
  deps: Deps,
  order: Order,
  run: Run,
  signal: AbortSignal,
  sign: (built: unknown, blockhash: OwnBlockhash | undefined) => Promise<string>,
): Promise<Payment> {
  const { payment, ...exchange } = order;
  let sent: Payment = payment;
  let response: Response;
  try {
    const { offer } = order;
    const blockhash = offer.kind === 'svm' ? await readyOnSolana(deps, offer) : undefined;
    response = await payOverX402({
      ...exchange,
      ...(blockhash && { blockhash }),
      sign: (built) => sign(built, blockhash),
      async send(paidRequest) {
        run.update({ stage: 'settling', paid: 'unknown' });
        const answered = await sendPaid(deps, payment.id, paidRequest, run.stopped);
        sent = answered.payment;
        return answered.response;
      },
    });
  } catch (error) {
    await releaseIfUnsigned(deps, payment.id, releaseReasonOf(error, signal));
    throw error;
  }

  const receipt = readReceipt(response.headers);
  // A gateway's word can confirm a payment; a missing or contrary one leaves it counted until the chain decides.
  const { success = false, transaction } = receipt ?? {};
  const paid = success ? 'yes' : 'unknown';
  let last = receipt?.success ? await settleByReceipt(deps, sent, receipt) : sent;
  run.update({
    stage: 'streaming',
    paid,
    ...(success && transaction !== undefined ? { transaction } : {}),
  });
  await streamAnswer(deps, run, response, { id: payment.id, amount: payment.amount, paid });
  if (receipt?.success && last.state !== 'settled') last = await settleByReceipt(deps, sent, receipt);
  // Nothing is left to do again.
  if (last.state === 'settled') deps.attempts.forget(payment.id);
  return last;
}
