import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { decodePaymentSignatureHeader, encodePaymentResponseHeader } from '@x402/core/http';
import type { PaymentPayload, PaymentRequirements, SettleResponse } from '@x402/core/types';
import type { AnswerPiece, AnswerSource } from './answers.ts';
import type { Dialect } from './dialect.ts';
import type { Faults } from './faults.ts';
import type { Hold } from './hold.ts';
import { repeatable } from './identifiers.ts';
import type { Identifiers } from './identifiers.ts';
import type { Offers } from './offers.ts';
import { mppChallenges } from './mpp.ts';
import { Refusal } from './quote.ts';
import type { RigRequest } from './quote.ts';
import { json, reset } from './reply.ts';
import type { RecordedRequest } from './requests.ts';
import { streamAnswer } from './sse.ts';
import { sendWholeAnswer } from './wholeAnswer.ts';

/** What a sale needs. */
export interface Shop {
  readonly dialect: Dialect;
  readonly offers: Offers;
  readonly answers: AnswerSource;
  readonly faults: Faults;
  readonly hold: Hold;
  readonly settle: 'first' | 'while-streaming';
  readonly identifiers?: Identifiers;
  /** Where the `redirect` fault leads. */
  readonly elsewhereUrl: string;
}

/**
 * The one path that sells: without a payment the challenge; with one: match, verify, settle, stream. A payment
 * that was used before fails to verify, as its nonce is spent, and is answered with 402 again; where payments name
 * themselves, it gets its answer.
 */
export async function sell(shop: Shop, raw: RecordedRequest, response: ServerResponse): Promise<void> {
  const { dialect, offers, faults, hold, identifiers } = shop;
  const request = dialect.read(raw);
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  const challenge = async (error?: string) => {
    const header = await offers.challenge(request, urlOf(raw), error);
    if (faults.take('holdChallenge') !== undefined) await hold.wait(leaving.signal);
    sendChallenge(shop, request, response, header);
  };

  const payment = raw.headers['payment-signature'];
  if (payment === undefined) {
    if (faults.take('noWorkers')) throw new Refusal(429, 'No workers available');
    return challenge();
  }
  const detour = faults.take('redirect');
  if (detour !== undefined) {
    response.writeHead(detour.status ?? 307, { location: shop.elsewhereUrl + raw.path }).end();
    return;
  }

  const payload = readPayment(payment);
  const name = identifiers?.nameOf(payload);
  const before = name === undefined ? undefined : identifiers?.find(name, payment);
  if (before && (await before.settling).success) return answer(before.pieces, before.settling);

  const accepted = await offers.match(request, payload);
  if (accepted === undefined) {
    if (dialect.unmatched === 400) throw new Refusal(400, 'the payment does not match the challenge');
    return challenge('No matching payment requirements');
  }
  const verdict = await offers.server.verifyPayment(payload, accepted);
  if (!verdict.isValid) return challenge(verdict.invalidReason ?? 'invalid_payment');
  if (faults.take('paymentTooSmall')) throw new Refusal(403, 'the payment is too small');
  if (faults.take('dropBeforeSettle')) return reset(response);

  // An answer that may be asked for again is made to its end, whoever leaves.
  const isKept = name !== undefined;
  const made = await shop.answers(request, isKept ? new AbortController().signal : leaving.signal);
  const pieces = isKept ? repeatable(made) : made;

  const settling = settle(offers, payload, accepted);
  if (isKept) identifiers?.keep(name, { payment, settling, pieces });
  const receipt = shop.settle === 'first' ? await settling : undefined;
  if (receipt?.success === false) {
    response.setHeader('PAYMENT-RESPONSE', encodePaymentResponseHeader(receipt));
    return challenge(receipt.errorReason);
  }
  if (faults.take('dropAfterSettle')) return settling.then(() => reset(response));
  if (faults.take('doubleChallenge')) return settling.then(() => challenge('payment_required'));
  if (faults.take('error500AfterPaying')) {
    await settling;
    throw new Refusal(500, 'something broke after the payment');
  }
  return answer(pieces, settling);

  async function answer(
    pieces: AsyncIterable<AnswerPiece>,
    settling: Promise<SettleResponse>,
  ): Promise<void> {
    const receipt = shop.settle === 'first' ? await settling : undefined;
    const late = faults.take('slowHeaders');
    if (late !== undefined) await wait(late.ms ?? 5000, undefined, { signal: leaving.signal });

    if (receipt !== undefined && faults.take('noReceipt') === undefined)
      response.setHeader('PAYMENT-RESPONSE', encodePaymentResponseHeader(receipt));
    const verified = settling.then(({ success }) => success);
    const stream = { response, request, pieces, faults, hold, verified, signal: leaving.signal };
    if (request.whole || faults.take('wholeAnswer')) return sendWholeAnswer(stream);
    await streamAnswer(stream, dialect.shape(request, faults));
  }
}

/** As the client wrote it, also where a door of https stands in front of us. */
function urlOf({ headers, path }: RecordedRequest): string {
  return `${headers['x-forwarded-proto'] ?? 'http'}://${headers['host']}${path}`;
}

/** Never rejects: a failure to settle is an answer too. */
async function settle(
  offers: Offers,
  payload: PaymentPayload,
  accepted: PaymentRequirements,
): Promise<SettleResponse> {
  try {
    const receipt = await offers.server.settlePayment(payload, accepted);
    if (receipt.success) offers.paid();
    return receipt;
  } catch (error) {
    return {
      success: false,
      errorReason: 'settlement_failed',
      errorMessage: String(error),
      transaction: '',
      network: accepted.network,
    };
  }
}

function sendChallenge(
  { dialect, faults }: Shop,
  request: RigRequest,
  response: ServerResponse,
  header: string,
): void {
  response.setHeader('cache-control', 'no-store');
  if (faults.take('challengeMalformed'))
    response.setHeader('PAYMENT-REQUIRED', Buffer.from('{"x402Version":2,"accepts":7}').toString('base64'));
  else if (faults.take('challengeHuge')) response.setHeader('PAYMENT-REQUIRED', header.padEnd(20_480, 'A'));
  else if (faults.take('challengeMissing') === undefined) response.setHeader('PAYMENT-REQUIRED', header);
  if (faults.take('mppBeside')) response.setHeader('WWW-Authenticate', mppChallenges(request));
  json(response, faults.take('challengeAs401') ? 401 : 402, dialect.challengeBody(request));
}

function readPayment(header: string): PaymentPayload {
  try {
    return decodePaymentSignatureHeader(header);
  } catch (cause) {
    throw new Refusal(400, 'PAYMENT-SIGNATURE is not base64 of a payment', { cause });
  }
}
