import type { Network } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import type { Payment } from '../../core/ledger.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { effectiveMode } from '../../core/policy.ts';
import type { SitePolicy } from '../../core/policy.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import { panelSite } from '../../core/site.ts';
import { readWallets } from '../../protocol/wallet.ts';
import type { AnnouncedWallet } from '../../protocol/wallet.ts';
import { takesIdentifier } from '../../x402/paymentIdentifier.ts';
import { chainsToPayOn, firstOf, payingWallets } from './chainChoice.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import type { AskOutcome } from '../pages/pageWallet.ts';
import { claimFactsOf } from './claimFacts.ts';
import { price } from './pricing.ts';
import { createPurse } from './purse.ts';
import { purchase } from './purchase.ts';
import type { Run } from '../runs/runs.ts';
import { signPayment } from './signer.ts';
import { sellerOf } from './seller.ts';
import { settleTerms } from './terms.ts';

/** What is to be paid for. */
export interface ChatToPay {
  readonly request: ChatRequest;
  readonly gatewayId: string | undefined;
  /** The least of what the page's `maxSpend` and its quote allow. */
  readonly maxAmount: MicroUsdc | undefined;
  /** The same was bought before and may be charged: the person agrees to both amounts, or to none. */
  readonly earlier?: { readonly id: string; readonly amount: MicroUsdc };
}

/** A page that is busy with its own work answers when it is done. */
const listTimeoutMs = 10_000;

/**
 * Pays for one chat and streams its answer into the run (src/README.md, steps 5 to 11), top to bottom.
 *
 * @param signal gives the call up: it is obeyed until the paid request leaves, and not after
 * @returns the payment as the ledger has it when the answer has ended
 * @throws {Failure} with `paid`: whether money moved
 */
export async function pay(
  deps: Deps,
  call: PageCall,
  chat: ChatToPay,
  run: Run,
  signal: AbortSignal,
): Promise<Payment> {
  // Opens no window: it need not wait for what the record says.
  const listed = call.wallet.ask({ type: 'list' }, { timeoutMs: listTimeoutMs, signal });
  const policy = await refuseEarly(deps, call);
  deps.balances.askAhead(call.wallet);
  const { gateway, model } = await sellerOf(deps, chat.gatewayId, policy, chat.request.model);
  if (gateway.name !== run.head.gateway || model !== run.head.model)
    run.update({ gateway: gateway.name, model });
  const asked = { ...chat.request, model };
  const payable = deps.configured.payable();
  const wallets = payingWallets(walletsIn(await listed, signal), payable);
  if (wallets.length === 0) throw new Failure('noWallet', { phase: 'approve' });
  const purse = createPurse(deps, call.wallet, wallets, signal);
  const isConnected = async (wallet: AnnouncedWallet) => (await purse.account(wallet)) !== undefined;
  // A wallet that has to be asked is asked while the gateway is.
  const chains = chainsToPayOn(wallets, payable, policy, isConnected);
  const chainsWith = async (first: Network) => firstOf(await chains, first);
  const { priced, payment, connected } = await settleTerms(deps, {
    call,
    run,
    signal,
    priceNow: (first) =>
      price(deps, gateway, asked, chat.maxAmount, signal, first === undefined ? chains : chainsWith(first)),
    asking: {
      site: call.site,
      tabId: call.tabId,
      active: call.active,
      standing: call.site === panelSite || effectiveMode(policy, deps.clock.nowMs()) === 'auto',
      question: run.head.question,
      wallets,
      purse,
      ...(chat.earlier === undefined ? {} : { earlier: chat.earlier.amount }),
      chosenWallet: wallets.find(({ rdns }) => rdns !== '' && rdns === policy?.walletRdns)?.id,
    },
  });

  const claimFacts = claimFactsOf(priced);
  deps.attempts.remember(payment, call, run, chat, priced, connected.walletId, claimFacts);
  if (chat.earlier) deps.attempts.forget(chat.earlier.id);
  const { offer, challenge, request } = priced;
  // Unguessable, and not the receipt's id, which the page knows: whoever has it can have the answer sent again.
  const identifier = takesIdentifier(challenge.raw) ? `pay_${deps.newId()}` : undefined;
  return purchase(
    deps,
    { offer, challenge, request, payment, account: connected.account, claimFacts, identifier },
    run,
    signal,
    (built, blockhash) =>
      signPayment(deps, { payment, offer, call, connected, built, blockhash, identifier, signal }),
  );
}

/** What needs no network comes first. @returns what the person has decided about the site */
async function refuseEarly(
  { policies, mutes, markTab, clock }: Deps,
  call: PageCall,
): Promise<SitePolicy | undefined> {
  const { policy, paused } = await policies.rules(call.site);
  const mode = effectiveMode(policy, clock.nowMs());
  if (mode === 'blocked') throw new Failure('blocked');
  if (paused) throw new Failure('paused');
  if (mode === 'auto') return policy;
  if ((await mutes.mutedUntilMs(call.site)) !== undefined) throw new Failure('muted');
  if (call.active) return policy;
  markTab(call.tabId);
  throw new Failure('noActivation');
}

function walletsIn(listed: AskOutcome, signal: AbortSignal): readonly AnnouncedWallet[] {
  signal.throwIfAborted();
  if (!listed.ok && listed.kind === 'silent') throw new Failure('walletsUnknown', { phase: 'approve' });
  return listed.ok ? readWallets(listed.value) : [];
}
