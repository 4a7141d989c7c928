import { Failure } from '../core/failure.ts';
import type { Payment, ReleaseReason } from '../core/ledger.ts';
import type { MicroUsdc } from '../core/money.ts';
import { judgePayee } from '../core/payees.ts';
import type { NewPayee } from '../core/payees.ts';
import type { Exceeded } from '../core/policy.ts';
import type { VoidReason } from '../protocol/panel.ts';
import { sameTerms } from '../x402/offer.ts';
import type { Offer } from '../x402/offer.ts';
import { agree } from './agreement.ts';
import type { Agreement, Asking } from './agreement.ts';
import { walletFor } from './chainChoice.ts';
import type { Deps } from './deps.ts';
import type { PageCall } from './pageCall.ts';
import { freshMs } from './pricing.ts';
import type { Priced } from './pricing.ts';
import { releaseIfUnsigned, reserve } from './reservation.ts';
import type { Run } from './runs.ts';
import { connectWallet, ConnectProblem } from './signer.ts';
import type { Connected } from './signer.ts';

/** All that has to stand together before anything is signed. */
export interface Terms {
  readonly priced: Priced;
  readonly payment: Payment;
  readonly connected: Connected;
}

/** One payment's way to its terms. */
export interface Negotiation {
  readonly call: PageCall;
  readonly run: Run;
  readonly asking: Asking;
  readonly signal: AbortSignal;
  readonly priceNow: () => Promise<Priced>;
}

/**
 * Price, the person's agreement, reservation and wallet. A price that has aged on the way is asked for again; one that
 * then is not the one agreed to gives the reservation back and goes to the person once more.
 *
 * @throws {Failure} with nothing reserved any more
 */
export async function settleTerms(deps: Deps, negotiation: Negotiation): Promise<Terms> {
  const { call, run, asking, signal, priceNow } = negotiation;
  let priced = await priceNow();
  let changedFrom: MicroUsdc | undefined;
  for (;;) {
    const reserved = await agreeAndReserve(deps, negotiation, priced, changedFrom);
    const { payment, agreement } = reserved;
    run.update({ stage: 'wallet', paymentId: payment.id });
    try {
      const walletId = walletOf(asking, agreement, reserved.priced.offer);
      const { offer } = reserved.priced;
      const connected = await connectWallet(call.wallet, walletId, offer, signal);
      await refuseTooLittle(deps, call, run, connected.account, offer);
      priced = isFresh(deps, reserved.priced) ? reserved.priced : await priceNow();
      await rememberWallet(deps, negotiation, walletId);
      priced = { ...priced, newPayee: await newPayeeNow(deps, priced, reserved.priced) };
      const stands =
        sameTerms(reserved.priced.offer, priced.offer) &&
        priced.offer.amount === payment.amount &&
        priced.newPayee === reserved.priced.newPayee;
      if (stands) return { priced, payment, connected };
      changedFrom = payment.amount;
      await releaseIfUnsigned(deps, payment.id, 'offer-changed');
    } catch (error) {
      await releaseIfUnsigned(deps, payment.id, releaseReasonOf(error, signal));
      throw signal.aborted ? signal.reason : error;
    }
  }
}

/** Another payment may have pinned another address since the agreement: what is new then needs one of its own. */
async function newPayeeNow(
  { policies }: Deps,
  { gateway, offer }: Priced,
  agreed: Priced,
): Promise<NewPayee | undefined> {
  if (agreed.newPayee?.payTo === offer.payTo) return agreed.newPayee;
  return judgePayee(await policies.payees(gateway.id, offer.network), offer.payTo, gateway.baseUrl);
}

/**
 * A payment that cannot succeed is not signed. Only a node's clear answer in time stops it: paying needs no node.
 *
 * @throws {ConnectProblem} tooLittleUsdc, with what the wallet has in the run, for our own screens only
 */
async function refuseTooLittle(
  { balances }: Deps,
  { wallet }: PageCall,
  run: Run,
  account: string,
  { usdc, amount }: Offer,
): Promise<void> {
  const balance = await balances.tooLittle(wallet, usdc, account, amount);
  if (balance === undefined) return;
  run.update({ balance: balance.toString() });
  throw new ConnectProblem('tooLittleUsdc', 'too-little-usdc');
}

/** Why a reservation goes back when its way ends with this error. */
export function releaseReasonOf(error: unknown, signal: AbortSignal): ReleaseReason {
  if (signal.aborted) return isPageGone(signal) ? 'page-gone' : 'stopped';
  return error instanceof ConnectProblem ? error.release : 'failed-before-signing';
}

/** One card, in as many versions as it needs, up to a reservation. */
async function agreeAndReserve(
  deps: Deps,
  { call, run, asking, signal, priceNow }: Negotiation,
  firstPriced: Priced,
  firstChangedFrom: MicroUsdc | undefined,
): Promise<{ readonly priced: Priced; readonly payment: Payment; readonly agreement: Agreement }> {
  let priced = firstPriced;
  let changedFrom = firstChangedFrom;
  let refused: readonly Exceeded[] | undefined;
  const card = deps.approvals.open(signal);
  try {
    for (;;) {
      const { newPayee, gateway, offer } = priced;
      run.update({
        stage: 'approval',
        amount: offer.amount.toString(),
        network: offer.network,
        ...(newPayee === undefined ? {} : { newPayee: { ...newPayee, gateway: gateway.id } }),
      });
      const agreement = await agree(deps, asking, priced, card, { changedFrom, refused });
      changedFrom = undefined;
      refused = undefined;
      if (!isFresh(deps, priced)) {
        const agreed = priced.offer;
        priced = await priceNow();
        if (!sameTerms(agreed, priced.offer)) {
          changedFrom = agreed.amount;
          continue;
        }
      }
      signal.throwIfAborted();
      const reservation = await reserve(deps, call, run, priced, agreement);
      if ('payment' in reservation) return { priced, payment: reservation.payment, agreement };
      refused = reservation.exceeded;
    }
  } finally {
    card.close(signal.aborted ? voidReasonOf(signal) : 'answered');
  }
}

function isFresh({ clock }: Deps, { pricedAtMs }: Priced): boolean {
  return clock.nowMs() - pricedAtMs <= freshMs;
}

function walletOf({ wallets }: Asking, { walletId }: Agreement, offer: Offer): string {
  const wallet = walletFor(wallets, offer, walletId);
  if (!wallet) throw new ConnectProblem('noWallet', 'no-wallet');
  return wallet.id;
}

/** Where the page has several wallets, the person's choice holds for the site. */
async function rememberWallet(
  { policies }: Deps,
  { call, asking }: Negotiation,
  walletId: string,
): Promise<void> {
  const walletRdns = asking.wallets.find(({ id }) => id === walletId)?.rdns;
  if (asking.wallets.length < 2 || walletRdns === undefined || walletId === asking.chosenWallet) return;
  await policies.update(call.site, (policy) => ({ ...policy, walletRdns }));
}

function voidReasonOf(signal: AbortSignal): VoidReason {
  return isPageGone(signal) ? 'page-gone' : 'stopped';
}

function isPageGone({ reason }: AbortSignal): boolean {
  return reason instanceof Failure && reason.reason === 'pageGone';
}
