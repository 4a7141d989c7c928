import { Failure } from '../../core/failure.ts';
import { expiryMs } from '../../core/authorization.ts';
import type { EvmAuthorization, Payment } from '../../core/ledger.ts';
import { effectiveMode } from '../../core/policy.ts';
import { againMarginMs } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import { purchase } from '../paying/purchase.ts';
import { requestDigestOf } from './repeats.ts';
import { driveRun, startRun } from './runChat.ts';
import type { Run } from './runs.ts';
import { askToSign, connectWallet } from '../paying/signer.ts';

/**
 * Asks the wallet again after it said no or nothing: the same message for the same offer and request, so one nonce, one
 * row and one hold. Only the document that asked is asked; its answer streams into the run that had failed.
 *
 * @throws {Failure} cannotAskAgain, tooLateToAskAgain, pageGone, blocked, paused: nothing was asked
 */
export async function askWalletAgain(deps: Deps, paymentId: string): Promise<{ readonly runId: string }> {
  const { payment, attempt, document } = await findAttempt(deps, paymentId);
  if (payment.state !== 'signing' || payment.trouble === 'wallet-mismatch')
    throw new Failure('cannotAskAgain');
  const { authorization } = payment;
  // Never the same transaction on Solana: a wallet may change it, and two copies could both be charged.
  if (authorization.kind === 'svm') throw new Failure('cannotAskAgain');
  if (expiryMs(authorization) - deps.clock.nowMs() < againMarginMs) throw new Failure('tooLateToAskAgain');
  if (deps.attempts.askAnew(paymentId)) return { runId: attempt.runId };

  const run = deps.runs.reopen(attempt.runId);
  if (!run) throw new Failure('cannotAskAgain');
  const call = callOf(attempt, attempt.callId, document);
  driveRun(deps, call, run, (signal) =>
    buyAgain(deps, call, attempt, { ...payment, authorization }, run, signal),
  );
  return { runId: run.head.id };
}

/**
 * Buys the same again while it is open whether the first payment will be charged. The card shows both amounts, whatever
 * the site may do by itself; one purchase comes of it at most.
 *
 * @throws {Failure} as `askWalletAgain` does
 */
export async function payAgain(deps: Deps, paymentId: string): Promise<{ readonly runId: string }> {
  const { payment, attempt, document } = await findAttempt(deps, paymentId);
  const { id, amount, state, runId } = payment;
  const requestDigest = await requestDigestOf(attempt.chat.request);
  if ((state !== 'signed' && state !== 'sent') || deps.runs.isLive(runId))
    throw new Failure('cannotAskAgain');
  const call = callOf(attempt, deps.newId(), document);
  // Two clicks make one card.
  if (!deps.attempts.begin(paymentId)) throw new Failure('cannotAskAgain');
  const chat = { ...attempt.chat, earlier: { id, amount } };
  const run = startRun(deps, call, chat, { form: 'stream', requestDigest });
  run.follow(0, { chunks: () => undefined, end: () => deps.attempts.end(paymentId) });
  return { runId: run.head.id };
}

async function findAttempt({ attempts, ledger, documents, policies, clock }: Deps, paymentId: string) {
  const payment = await ledger.get(paymentId);
  const attempt = await attempts.find(paymentId);
  if (!payment || !attempt) throw new Failure('cannotAskAgain');
  const { policy, paused } = await policies.rules(payment.site);
  if (effectiveMode(policy, clock.nowMs()) === 'blocked') throw new Failure('blocked');
  if (paused) throw new Failure('paused');
  const document = await documents.reach(attempt.tabId);
  if (document?.key !== attempt.documentKey) throw new Failure('pageGone');
  return { payment, attempt, document };
}

function callOf(
  attempt: Attempt,
  id: string,
  { wallet, key }: Pick<PageCall, 'wallet'> & { key: string },
): PageCall {
  const { site, walletSite, tabId } = attempt;
  return {
    id,
    site,
    walletSite,
    tabId,
    wallet,
    documentKey: key,
    // The person's click, in our own screen.
    active: true,
    // The page's own call is over; Stop ends this one.
    signal: new AbortController().signal,
    sink: { chunks: () => undefined, end: () => undefined },
  };
}

async function buyAgain(
  deps: Deps,
  call: PageCall,
  { walletId, offer, challenge, request, claimFacts }: Attempt,
  payment: Payment & { readonly state: 'signing'; readonly authorization: EvmAuthorization },
  run: Run,
  signal: AbortSignal,
): Promise<Payment> {
  const { payer, authorization, identifier } = payment;
  const connected = await connectWallet(call.wallet, walletId, offer, signal);
  if (connected.account.toLowerCase() !== payer.toLowerCase()) throw new Failure('otherAccount');
  const account = { ...connected, account: payer };
  return purchase(
    deps,
    { offer, challenge, request, payment, account: payer, authorization, identifier, claimFacts },
    run,
    signal,
    () => {
      const { usdc } = offer;
      return askToSign(deps, { payment, usdc, call, connected: account, authorization, identifier, signal });
    },
  );
}
