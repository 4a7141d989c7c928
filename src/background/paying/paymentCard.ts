import { effectiveMode } from '../../core/policy.ts';
import type { Exceeded, Rules } from '../../core/policy.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { Usage } from '../../core/usage.ts';
import type { CardWallet, ChainView } from '../../protocol/panel.ts';
import type { Offer } from '../../x402/offer.ts';
import type { Asking } from './agreement.ts';
import type { CardContent } from './approvals.ts';
import { walletFor, walletsFor } from './chainChoice.ts';
import { limitUses, limitUseOf } from './limitViews.ts';
import type { Priced } from './pricing.ts';

/** Under which limits a card asks. */
export interface CardFacts {
  readonly rules: Rules;
  readonly usage: Usage;
  readonly nowMs: number;
  readonly exceeded: readonly Exceeded[];
  readonly changedFrom: MicroUsdc | undefined;
}

/** What a card shows of a payment: its very offer, what else it could be paid by, and what the wallets have by now. */
export function paymentCard(asking: Asking, priced: Priced, facts: CardFacts): CardContent {
  const { site, purse } = asking;
  const { offer, price, newPayee, alsoOffered } = priced;
  const { rules, usage, nowMs, exceeded, changedFrom } = facts;
  const chosenWallet = walletFor(asking.wallets, offer, asking.chosenWallet)?.id;
  const { networkName, isTest } = offer.usdc;
  return {
    site,
    payment: {
      question: asking.question,
      model: priced.model,
      gateway: priced.gateway.name,
      network: offer.network,
      networkName,
      kind: offer.kind,
      ...(isTest ? { isTest } : {}),
      amount: offer.amount.toString(),
      chains: chainsOf(asking, priced),
      payTo: offer.payTo,
      ...(price.inputTokens === undefined ? {} : { inputTokens: price.inputTokens }),
      maxOutputTokens: price.maxOutputTokens,
      ...(alsoOffered.length === 0 ? {} : { alsoOffered }),
      ...(newPayee === undefined ? {} : { newPayee }),
      ...(asking.earlier === undefined ? {} : { earlier: asking.earlier.toString() }),
      ...(changedFrom === undefined ? {} : { changedFrom: changedFrom.toString() }),
    },
    exceeded: exceeded.map(limitUseOf),
    use: limitUses(site, rules, usage),
    mode: effectiveMode(rules.policy, nowMs),
    wallets: walletsFor(asking.wallets, offer).map((wallet): CardWallet => {
      return { ...wallet, ...balanceOf(purse.has(offer.network, wallet.id)) };
    }),
    ...(chosenWallet === undefined ? {} : { chosenWallet }),
  };
}

/** In an order that stays while the person goes from one to another. */
function chainsOf({ wallets, chosenWallet, purse }: Asking, { ways }: Priced): readonly ChainView[] {
  return ways
    .toSorted((a, b) => (a.usdc.networkName < b.usdc.networkName ? -1 : 1))
    .map((way: Offer): ChainView => {
      const { network, amount, usdc } = way;
      const wallet = walletFor(wallets, way, chosenWallet);
      return {
        network,
        networkName: usdc.networkName,
        ...(usdc.isTest ? { isTest: true } : {}),
        amount: amount.toString(),
        ...balanceOf(wallet && purse.has(network, wallet.id)),
      };
    });
}

function balanceOf(balance: MicroUsdc | undefined): { balance?: string } {
  return balance === undefined ? {} : { balance: balance.toString() };
}
