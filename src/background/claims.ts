import { Failure } from '../core/failure.ts';
import type { Payment } from '../core/ledger.ts';
import { formatUsdc } from '../core/money.ts';
import type { Claim } from '../protocol/panel.ts';
import type { Deps } from './deps.ts';

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
