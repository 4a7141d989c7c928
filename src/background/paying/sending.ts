import { wait } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { usableUntilMs } from '../../core/authorization.ts';
import { maxAttempts } from '../../core/ledger.ts';
import type { Payment, Trouble } from '../../core/ledger.ts';
import type { Reason } from '../../core/reasons.ts';
import { gatewayWords } from '../../gateway/answers.ts';
import { shortAnswer } from '../../gateway/http.ts';
import type { FrozenRequest } from '../../x402/payload.ts';
import type { Deps } from '../deps.ts';

/** Nothing is sent with less validity left. */
export const sendMarginMs = 10_000;
const firstPauseMs = 500;
/** Slow reasoning happens before the headers. */
const headersWithinMs = 5 * 60_000;

/** A signed payment that is to leave. */
interface ToSend {
  readonly paymentId: string;
  /** Verified, and not in the ledger yet. */
  readonly signature: string;
  /** Carries it. */
  readonly request: FrozenRequest;
  /** For a claim. */
  readonly claimFacts?: string | undefined;
}

/**
 * Sends the paid request, and the same bytes at most twice more while the authorization is valid: one nonce can be
 * charged once, so a repeat cannot cost twice. `sent` is on disk before each attempt leaves, and with the first of them
 * the signature: one commit, since nothing happens between the two.
 *
 * @returns the answer, and the payment as its row says it was sent
 * @throws {Failure} paymentUnknown, paymentUnsatisfied, paymentMalformed or paymentRefused; the amount stays counted
 */
export async function sendPaid(
  deps: Pick<Deps, 'http' | 'ledger' | 'clock' | 'changes'>,
  { paymentId, signature, request, claimFacts }: ToSend,
  stopped: AbortSignal,
): Promise<{ readonly response: Response; readonly payment: Payment }> {
  const { http, ledger, clock, changes } = deps;
  for (let attempt = 1; ; attempt += 1) {
    const send = { type: 'send', ...(claimFacts === undefined ? {} : { claimFacts }) } as const;
    const payment = await (attempt === 1
      ? ledger.advance(paymentId, { type: 'signed', signature }, send)
      : ledger.advance(paymentId, send));
    changes.notify();
    const outcome = await attemptOnce();
    if (outcome.response) return { response: outcome.response, payment };

    const { trouble, reason, detail } = outcome;
    await ledger.advance(paymentId, { type: 'trouble', trouble });
    changes.notify();
    const untilMs = 'authorization' in payment ? usableUntilMs(payment.authorization) : 0;
    const pauseMs = firstPauseMs * 2 ** (attempt - 1);
    const inTime = clock.nowMs() + pauseMs < untilMs - sendMarginMs;
    if (outcome.final || attempt >= maxAttempts || stopped.aborted || !inTime) {
      throw new Failure(reason, {
        paid: 'unknown',
        receiptId: paymentId,
        cause: outcome.error,
        ...(detail === undefined ? {} : { detail }),
      });
    }
    await wait(clock, pauseMs);
  }

  async function attemptOnce(): Promise<Outcome> {
    try {
      const response = await http.post(request.url, {
        headers: request.headers,
        body: request.body,
        signal: stopped,
        headersWithinMs,
        lostAs: 'paymentUnknown',
      });
      if (response.ok) return { ...noAnswer, response };
      const { status } = response;
      if (status === 402 || status < 400 || status >= 500) {
        await response.body?.cancel().catch(() => undefined);
        return status === 402 ? unsatisfied : noAnswer;
      }
      const text = await http.text(response, shortAnswer, stopped).catch(() => '');
      const detail = gatewayWords(text) ?? `status ${status}`;
      return { ...(status === 400 ? malformed : refused), detail };
    } catch (error) {
      return { ...noAnswer, error };
    }
  }
}

/** What came of one attempt. */
interface Outcome {
  readonly response?: Response;
  readonly trouble: Trouble;
  /** Why the call ends where this was the last attempt. */
  readonly reason: Reason;
  readonly detail?: string;
  /** The same bytes would be refused again. */
  readonly final: boolean;
  readonly error?: unknown;
}

const noAnswer = { trouble: 'no-answer', reason: 'paymentUnknown', final: false } as const;
/** The payment may still be on its way to the chain. */
const unsatisfied = { trouble: 'refused', reason: 'paymentUnsatisfied', final: false } as const;
/** The header cannot be read, or does not match the challenge (Rungate's documentation). */
const malformed = { trouble: 'malformed', reason: 'paymentMalformed', final: true } as const;
const refused = { trouble: 'refused', reason: 'paymentRefused', final: true } as const;
