import type { Network } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import type { Payment, ReleaseReason } from '../../core/ledger.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { judgePayee } from '../../core/payees.ts';
import type { NewPayee } from '../../core/payees.ts';
import { panelSite } from '../../core/site.ts';
import type { VoidReason } from '../../protocol/panel.ts';
import { sameTerms } from '../../x402/offer.ts';
import type { Offer } from '../../x402/offer.ts';
import { agree } from './agreement.ts';
import type { Agreement, Asking, CardChanges } from './agreement.ts';
import { walletFor, walletsFor } from './chainChoice.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import { freshMs, priceOn } from './pricing.ts';
import type { Priced } from './pricing.ts';
import { releaseIfUnsigned, reserve } from './reservation.ts';
import type { Run } from '../runs/runs.ts';
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
  /** On this chain, where it can be. */
  readonly priceNow: (network?: Network) => Promise<Priced>;
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
  let changes: CardChanges = {};
  for (;;) {
    const reserved = await agreeAndReserve(deps, negotiation, priced, changes);
    const { payment, agreement } = reserved;
    const { offer } = reserved.priced;
    run.update({ stage: 'wallet', paymentId: payment.id });
    try {
      const walletId = walletOf(asking, agreement, offer);
      const connected = await connectWallet(call.wallet, walletId, offer, signal);
      const balance = await deps.balances.tooLittle(call.wallet, offer.usdc, connected.account, offer.amount);
      if (balance !== undefined) {
        asking.purse.note(offer.network, walletId, balance);
        refuseWithoutAnother(negotiation, reserved.priced, balance);
        priced = reserved.priced;
        changes = { mustAsk: true };
        await releaseIfUnsigned(deps, payment.id, 'too-little-usdc');
        continue;
      }
      priced = isFresh(deps, reserved.priced) ? reserved.priced : await priceNow(offer.network);
      await rememberChoice(deps, negotiation, agreement, reserved.priced, walletId);
      priced = { ...priced, newPayee: await newPayeeNow(deps, priced, reserved.priced) };
      const stands =
        sameTerms(offer, priced.offer) &&
        priced.offer.amount === payment.amount &&
        priced.newPayee === reserved.priced.newPayee;
      if (stands) return { priced, payment, connected };
      changes = { changedFrom: payment.amount };
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
 * A payment that cannot succeed is not signed. Only a node's clear answer in time stops it: paying needs no node. Where
 * the same can be paid on another chain, and a card may open, the person is asked.
 *
 * @throws {ConnectProblem} tooLittleUsdc, with what the wallet has in the run, for our own screens only
 */
function refuseWithoutAnother({ call, run, asking }: Negotiation, priced: Priced, balance: MicroUsdc): void {
  const other = priced.ways.find((way) => way.network !== priced.offer.network && canPay(asking, way));
  if (other && asking.active && call.site !== panelSite) return;
  run.update({
    balance: balance.toString(),
    ...(other === undefined ? {} : { insteadOn: other.network }),
  });
  throw new ConnectProblem('tooLittleUsdc', 'too-little-usdc');
}

/** Whether there is a wallet for it, which is not known to have too little. */
function canPay({ wallets, purse }: Asking, way: Offer): boolean {
  return walletsFor(wallets, way).some(({ id }) => {
    const balance = purse.has(way.network, id);
    return balance === undefined || balance >= way.amount;
  });
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
  firstChanges: CardChanges,
): Promise<{ readonly priced: Priced; readonly payment: Payment; readonly agreement: Agreement }> {
  let priced = firstPriced;
  let changes = firstChanges;
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
      const agreement = await agree(deps, asking, priced, card, changes);
      const wished = 'network' in agreement ? agreement.network : offer.network;
      if (!isFresh(deps, priced)) priced = await priceNow(wished);
      else if (wished !== offer.network) priced = (await priceOn(deps, priced, wished)) ?? priced;
      if ('network' in agreement) {
        changes = { mustAsk: true };
        continue;
      }
      if (!sameTerms(offer, priced.offer)) {
        changes = { changedFrom: offer.amount };
        continue;
      }
      signal.throwIfAborted();
      const reservation = await reserve(deps, call, run, priced, agreement);
      if ('payment' in reservation) return { priced, payment: reservation.payment, agreement };
      changes = { refused: reservation.exceeded };
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

/** What the person chose on a card holds for the site: the chain where there were two, the wallet where several could. */
async function rememberChoice(
  { policies }: Deps,
  { call, asking }: Negotiation,
  { approvedBy }: Agreement,
  { offer, ways }: Priced,
  walletId: string,
): Promise<void> {
  if (approvedBy === 'grant') return;
  const able = walletsFor(asking.wallets, offer);
  const rdns = able.find(({ id }) => id === walletId)?.rdns;
  const choice = {
    ...(able.length > 1 && rdns !== undefined && walletId !== asking.chosenWallet
      ? { walletRdns: rdns }
      : {}),
    ...(ways.length > 1 ? { network: offer.network } : {}),
  };
  if (Object.keys(choice).length === 0) return;
  await policies.update(call.site, (policy) => ({ ...policy, ...choice }));
}

function voidReasonOf(signal: AbortSignal): VoidReason {
  return isPageGone(signal) ? 'page-gone' : 'stopped';
}

function isPageGone({ reason }: AbortSignal): boolean {
  return reason instanceof Failure && reason.reason === 'pageGone';
}
