import type { EvmAuthorization, Payment } from '../../core/ledger.ts';
import type { Challenge, Offer } from '../../x402/offer.ts';
import { payOverX402, readReceipt } from '../../x402/payload.ts';
import type { FrozenRequest } from '../../x402/payload.ts';
import type { OwnBlockhash } from '../../x402/svmGate.ts';
import { streamAnswer } from './answer.ts';
import { hasAnswer, noteAnswer } from './claims.ts';
import type { Deps } from '../deps.ts';
import { readyOnSolana } from '../chains/ownBlockhash.ts';
import { releaseIfUnsigned } from './reservation.ts';
import type { Run } from '../runs/runs.ts';
import { sendPaid } from './sending.ts';
import { settleByReceipt } from './settling.ts';
import { keepUnsent } from './signer.ts';
import { releaseReasonOf } from './terms.ts';

/** What is bought: one frozen request by one offer, out of one row of the ledger. */
export interface Order {
  readonly offer: Offer;
  readonly challenge: Challenge;
  readonly request: FrozenRequest;
  readonly payment: Payment;
  readonly account: string;
  /** For a claim. */
  readonly claimFacts: string | undefined;
  /** What the gateway will know it by, where it takes an identifier. */
  readonly identifier?: string | undefined;
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
  const { payment, claimFacts, identifier, ...exchange } = order;
  let sent: Payment = payment;
  let response: Response;
  /** Verified, and in the ledger only once it is sent or given up. */
  let unsent: string | undefined;
  try {
    const { offer } = order;
    const blockhash = offer.kind === 'svm' ? await readyOnSolana(deps, offer) : undefined;
    response = await payOverX402({
      ...exchange,
      ...(blockhash && { blockhash }),
      ...(identifier === undefined ? {} : { identifier }),
      sign: async (built) => (unsent = await sign(built, blockhash)),
      async send(paidRequest) {
        run.update({ stage: 'settling', paid: 'unknown' });
        const signature = unsent;
        if (signature === undefined) throw new TypeError('Nothing was signed.');
        unsent = undefined;
        const toSend = { paymentId: payment.id, signature, request: paidRequest, claimFacts };
        const answered = await sendPaid(deps, toSend, run.stopped);
        sent = answered.payment;
        return answered.response;
      },
    });
  } catch (error) {
    // Where even that cannot be written, the row stays `signing`, which counts the same.
    if (unsent !== undefined) await keepUnsent(deps, payment.id, unsent).catch(() => undefined);
    await releaseIfUnsigned(deps, payment.id, releaseReasonOf(error, signal));
    throw error;
  }

  const header = response.headers.get('PAYMENT-RESPONSE') ?? undefined;
  const receipt = readReceipt(response.headers);
  // A gateway's word can confirm a payment; a missing or contrary one leaves it counted until the chain decides.
  const settled = receipt?.success ? await settleByReceipt(deps, sent, receipt, header) : undefined;
  let last = settled ?? sent;
  const paid = settled ? 'yes' : 'unknown';
  if (receipt?.success === false) await noteDenied(deps, payment.id);
  run.update({
    stage: 'streaming',
    paid,
    ...(settled && receipt?.transaction !== undefined ? { transaction: receipt.transaction } : {}),
  });
  try {
    await streamAnswer(deps, run, response, { id: payment.id, amount: payment.amount, paid });
  } catch (error) {
    await noteAnswer(deps, last, hasAnswer(run) ? 'broken-off' : 'unanswered');
    throw error;
  }
  // The disk did not take it before the answer: once more.
  if (receipt && settled?.state === 'sent')
    last = (await settleByReceipt(deps, sent, receipt, header)) ?? sent;
  // Nothing is left to do again.
  if (last.state === 'settled') deps.attempts.forget(payment.id);
  return noteAnswer(deps, last, hasAnswer(run) || run.stopped.aborted ? 'whole' : 'empty');
}

/** A gateway that says it was not paid: where the chain says otherwise, that is disputed. */
async function noteDenied({ ledger, changes }: Deps, paymentId: string): Promise<void> {
  await ledger.advance(paymentId, { type: 'trouble', trouble: 'denied' });
  changes.notify();
}
