import { Failure } from '../core/failure.ts';
import { readPaymentSchemes } from '../x402/mpp.ts';
import type { FrozenRequest } from '../x402/payload.ts';
import { failureOf } from './answers.ts';
import { shortAnswer } from './http.ts';
import type { Http } from './http.ts';

/** A demand to be paid: its x402 challenge, unread, and what stood beside it. */
export interface RawChallenge {
  readonly header: string;
  /** The gateway's clock. */
  readonly dateMs?: number;
  /** Ways to pay by MPP, which are not used: "tempo", "evm" … */
  readonly alsoOffered: readonly string[];
}

/**
 * Sends the request unpaid, to be told how to pay for it. Only the header is read: a body may look like a challenge of
 * x402 v1 without being one.
 *
 * @throws {Failure} noChallenge where no payment is asked for, onlyMpp where it is asked for by MPP alone, wantsKey,
 *   and what `failureOf` makes of other answers
 */
export async function askChallenge(
  http: Http,
  { url, headers, body }: FrozenRequest,
  signal?: AbortSignal,
): Promise<RawChallenge> {
  const response = await http.post(url, { body, headers, ...(signal ? { signal } : {}) });
  const { status } = response;
  const header = response.headers.get('PAYMENT-REQUIRED');
  const alsoOffered = readPaymentSchemes(response.headers.get('WWW-Authenticate') ?? '');
  // Some send their challenge with 401.
  if (status !== 402 && status !== 401 && status >= 300) {
    throw failureOf(status, await http.text(response, shortAnswer, signal));
  }
  void response.body?.cancel().catch(() => undefined);
  if (status >= 400 && header !== null) {
    const dateMs = readDate(response.headers.get('date'));
    return { header, alsoOffered, ...(dateMs === undefined ? {} : { dateMs }) };
  }
  if (alsoOffered.length > 0) throw new Failure('onlyMpp', { detail: alsoOffered.join(', ') });
  if (status === 401) throw new Failure('wantsKey');
  throw new Failure('noChallenge', { detail: `status ${status}` });
}

function readDate(text: string | null): number | undefined {
  // oxlint-disable-next-line no-restricted-globals -- reads a given time, not the clock
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
