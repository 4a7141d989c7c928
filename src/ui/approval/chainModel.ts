import type { Network } from '../../core/assets.ts';
import { parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { ApprovalCard } from '../../protocol/panel.ts';

/** A chain that a payment can be made on, its amounts read. */
export interface Chain {
  readonly network: Network;
  readonly name: string;
  readonly amount: MicroUsdc;
  /** What the wallet there has; absent while that is not known. */
  readonly balance?: MicroUsdc;
}

/** The chains of a card; one whose amount is unreadable is none. */
export function readChains(payment: ApprovalCard['payment']): readonly Chain[] {
  return (payment?.chains ?? []).flatMap(({ network, networkName: name, ...chain }) => {
    const amount = parseMicroUsdc(chain.amount);
    const balance = parseMicroUsdc(chain.balance);
    if (amount === undefined) return [];
    return [{ network, name, amount, ...(balance === undefined ? {} : { balance }) }];
  });
}

/** The chain that the card is about, with what the wallet has that is chosen on it. */
export function shownChain(
  { payment, wallets }: ApprovalCard,
  chains: readonly Chain[],
  wallet: string | undefined,
): Chain | undefined {
  const shown = chains.find(({ network }) => network === payment?.network);
  const { balance: _ofAnotherWallet, ...chain } = shown ?? {};
  const chosen = wallets.find(({ id }) => id === wallet);
  if (!shown || !chosen) return shown;
  const balance = parseMicroUsdc(chosen.balance);
  return { ...(chain as Chain), ...(balance === undefined ? {} : { balance }) };
}

/** Where it could be paid instead: a chain that is not known to have too little as well. */
export function otherThanShort(chains: readonly Chain[], short: Chain): Chain | undefined {
  return chains.find(
    ({ network, amount, balance }) =>
      network !== short.network && (balance === undefined || balance >= amount),
  );
}
