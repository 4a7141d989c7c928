/** The reasons that lie in the wallet, or in what it is asked again: a part of the catalogue. */
export const walletFailures = {
  walletSilent: {
    type: 'payment_unknown',
    phase: 'sign',
    text: 'The wallet has not answered: the amount stays counted until the request can no longer be used.',
  },
  walletConnectSilent: {
    type: 'chain_disconnected',
    phase: 'sign',
    text: 'The wallet has not answered: nothing was paid; open the wallet and try again.',
    retryable: true,
  },
  walletRejected: {
    type: 'user_rejected',
    phase: 'sign',
    text: 'The wallet refused to sign: not paid, and the amount stays counted until a signature can no longer be used, in case the page kept one.',
  },
  walletFailed: {
    type: 'payment_unknown',
    phase: 'sign',
    text: 'The wallet could not sign: not paid, and the amount stays counted until a signature can no longer be used, in case the page kept one.',
  },
  walletMismatch: {
    type: 'unsafe_payment_request',
    phase: 'sign',
    text: 'The wallet signed something else than it was asked, or as another account: nothing was sent and the amount stays counted.',
  },
  walletUndeployed: {
    type: 'payment_unknown',
    phase: 'sign',
    text: 'Your wallet’s account is not deployed on Base yet: send a transaction with it once, then try again; nothing was sent, and the amount stays counted until the signature can no longer be used.',
  },
  walletUnverified: {
    type: 'payment_unknown',
    phase: 'sign',
    text: 'The signature is not of the account’s own key, and PaidChat could not ask Base whether it is of a contract wallet: nothing was sent and the amount stays counted; try again in some minutes.',
  },
  walletRefusedConnect: {
    type: 'user_rejected',
    phase: 'sign',
    text: 'The wallet did not connect to this page: nothing was paid; allow the connection and try again.',
    retryable: true,
  },
  walletWrongChain: {
    type: 'chain_disconnected',
    phase: 'sign',
    text: 'The wallet did not switch to Base: nothing was paid; choose Base in the wallet and try again.',
    retryable: true,
  },
  noWallet: {
    type: 'chain_disconnected',
    phase: 'sign',
    text: 'No wallet was found in this page that can pay on Base or Solana: install one or unlock it, then reload the page.',
    retryable: true,
  },
  walletsUnknown: {
    type: 'chain_disconnected',
    phase: 'sign',
    text: 'The page is too busy to say which wallets it has: nothing was paid; try again, and reload the page if that does not help.',
    retryable: true,
  },
  cannotAskAgain: {
    type: 'invalid_params',
    phase: 'sign',
    text: 'PaidChat no longer has what this payment was for, or it is over: ask the question again in its page.',
  },
  tooLateToAskAgain: {
    type: 'invalid_params',
    phase: 'sign',
    text: 'The offer is about to end, so the wallet is not asked for it again: ask the question again in its page.',
  },
  otherAccount: {
    type: 'chain_disconnected',
    phase: 'sign',
    text: 'The wallet is on another account than before: choose that account in the wallet and ask it again; nothing was asked.',
    retryable: true,
  },
} as const;
