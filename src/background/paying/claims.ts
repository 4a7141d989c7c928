import { Failure } from '../../core/failure.ts';
import type { Payment } from '../../core/ledger.ts';
import { formatUsdc } from '../../core/money.ts';
import type { Claim } from '../../protocol/panel.ts';
import type { Deps } from '../deps.ts';
import type { Run } from '../runs/runs.ts';

/**
 * What the person can send to the gateway about a payment that was charged and not answered: the quote, the challenge,
 * what was signed, the receipt and the transaction. Neither the signature, which would be a copy of the means to pay, nor
 * a word of the question.
 *
 * @throws {Failure} unknownReceipt where there is nothing to claim
 */
export async function claimOf(
  { ledger, configured }: Pick<Deps, 'ledger' | 'configured'>,
  paymentId: string,
): Promise<Claim> {
  const payment = await ledger.get(paymentId);
  if (payment?.state !== 'settled' || payment.dispute === undefined || payment.dispute === 'not-charged')
    throw new Failure('unknownReceipt');
  const gateway = configured.gateways().find(({ id }) => id === payment.gateway);
  const claimFacts = read(payment.claimFacts);
  const { id, model, network, asset, amount, resource, bodyDigest, authorization, attempts } = payment;
  const { proof, transaction, blockTimeMs, settledAtMs, reservedAtMs, dispute, receipt } = payment;
  const claim = {
    what: 'A claim about a paid answer, made by PaidChat. x402 has no refunds; this shows what was paid and not given.',
    paymentId: id,
    dispute,
    gateway: { id: payment.gateway, ...(gateway ? { name: gateway.name, baseUrl: gateway.baseUrl } : {}) },
    model,
    resource,
    requestSha256: bodyDigest,
    amountUsdc: formatUsdc(amount),
    network,
    asset,
    ...claimFacts,
    authorization,
    ...(payment.identifier === undefined ? {} : { paymentIdentifier: payment.identifier }),
    signature: 'redacted',
    sentTimes: attempts,
    ...(receipt === undefined ? {} : { receipt }),
    ...(transaction === undefined ? {} : { transaction }),
    settledBy: proof,
    times: timesOf({ reservedAtMs, settledAtMs, blockTimeMs }),
  };
  return { fileName: `paidchat-claim-${id.slice(0, 8)}.json`, json: JSON.stringify(claim, null, 2) };
}

/** What a row has kept; nothing where it is not what we wrote. */
function read(claimFacts: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(claimFacts ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}

function timesOf(times: Partial<Record<'reservedAtMs' | 'settledAtMs' | 'blockTimeMs', number | undefined>>) {
  return Object.fromEntries(Object.entries(times).filter(([, ms]) => ms !== undefined));
}

/** Writes down how an answer ended that was paid for. A disk that does not take it costs the person a claim, no more. */
export async function noteAnswer(
  { ledger, changes }: Pick<Deps, 'ledger' | 'changes'>,
  payment: Payment,
  outcome: 'whole' | 'empty' | 'broken-off' | 'unanswered',
): Promise<Payment> {
  try {
    if (outcome === 'whole') return await ledger.advance(payment.id, { type: 'answered' });
    if (payment.state === 'settled')
      return await ledger.advance(payment.id, { type: 'dispute', dispute: outcome });
    return await ledger.advance(payment.id, { type: 'trouble', trouble: 'no-answer' });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return payment;
  } finally {
    changes.notify();
  }
}

/** Whether anything came that was asked for: text, thought or a call of a tool. */
export function hasAnswer({ chunks }: Pick<Run, 'chunks'>): boolean {
  return chunks.some(({ choices }) =>
    choices.some(({ delta: { role: _role, ...rest } }) =>
      Object.values(rest).some((value) => value !== undefined && value !== null && value !== ''),
    ),
  );
}

/** More answers than this do not come at once. */
const interruptedAtOnce = 100;

/**
 * Writes down what became of answers that were still to come when an earlier background died: their payments are settled
 * by a receipt, and what a claim needs has not been put away. Call once the runs are restored.
 */
export async function disputeInterrupted(deps: Pick<Deps, 'ledger' | 'changes' | 'runs'>): Promise<void> {
  for (const { payment } of await deps.ledger.unproved(interruptedAtOnce)) {
    if (payment.state !== 'settled' || payment.claimFacts === undefined || payment.dispute !== undefined)
      continue;
    await noteAnswer(deps, payment, outcomeOf(deps.runs.ofCall(payment.site, payment.callId)));
  }
}

/** How an answer ended, as its run was kept. */
function outcomeOf(run: Run | undefined): 'whole' | 'empty' | 'broken-off' | 'unanswered' {
  if (run === undefined) return 'unanswered';
  const { end, stage } = run.head;
  if (end && 'result' in end) return hasAnswer(run) || stage === 'stopped' ? 'whole' : 'empty';
  return hasAnswer(run) ? 'broken-off' : 'unanswered';
}
