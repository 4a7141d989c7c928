/** What can end a payment on Solana before anything was signed. */
export const solanaFailures = {
  nodesSilent: {
    type: 'chain_disconnected',
    phase: 'sign',
    text: 'Too few Solana nodes answer PaidChat to be sure of anything, so nothing was signed and nothing was paid: try again in a minute, or pay on Base.',
    retryable: true,
  },
  payeeWithoutAccount: {
    type: 'unsafe_payment_request',
    phase: 'sign',
    text: 'The gateway asks to be paid at a Solana address that cannot take USDC, so nothing was signed: pay on Base, or tell the gateway.',
  },
} as const;
