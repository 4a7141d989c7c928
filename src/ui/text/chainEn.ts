import type { Phrase } from './phrase.ts';

/** The words about the chains that a payment can be made on, in English. */
export const chainEn = {
  payOn: 'Pay on',
  has: (balance: string) => `you have ${balance}`,
  costs: (amount: string) => `costs ${amount}`,
  alone: (network: string, balance: string) => `Your wallet has ${balance} on ${network}.`,
  tooLittle: (has: string, network: string, costs: string) =>
    `Your wallet has ${has} on ${network}; this costs ${costs}.`,
  instead: (network: string) => `Pay on ${network} instead`,
  addUsdc: 'Add USDC to your wallet before you pay.',
  label: 'Paid on',
  panelLabel: 'The side panel pays on',
  byItself: 'The connected wallet’s chain, else Solana',
  /** Solana's counterpart of `approval.walletNext`: each signature there is of a message of its own. */
  walletNext: (connected: boolean, amount: string, to: string): Phrase => [
    connected ? 'Your wallet asks you to sign ' : 'Your wallet asks you to connect, then to sign ',
    { key: 'a transaction' },
    ' that sends ',
    { key: amount },
    ' to ',
    { key: to },
    ' or its token account. It may add guard instructions (Lighthouse). Refuse if either differs.',
  ],
  /** What a wallet that said no or nothing is asked for on Solana. */
  payAgainHint: (amount: string) =>
    `Shows the price first. On Solana it is a new transaction: ${amount} may be charged as well.`,
  sign: (amount: string) =>
    `Your wallet asks in the page’s tab to sign a transaction that sends ${amount}. It may add guard instructions. Refuse if it sends more.`,
};
