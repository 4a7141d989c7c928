/** The reasons that lie in PaidChat itself, its restarts and its record of payments: a part of the catalogue. */
export const ownFailures = {
  restarted: {
    type: 'disconnected',
    phase: 'approve',
    text: 'PaidChat restarted, nothing was paid: try again.',
    retryable: true,
  },
  restartedAfterSigning: {
    type: 'disconnected',
    phase: 'send',
    text: 'PaidChat restarted while a payment was under way: it stays counted until the chain shows whether it was paid.',
  },
  restartedAfterPaying: {
    type: 'disconnected',
    phase: 'stream',
    text: 'PaidChat restarted while the paid answer was coming: the part that came is kept in the PaidChat popup.',
  },
  screenTooLarge: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This chat is larger than 16 MiB: remove some of its text, or start a new chat.',
  },
  ledgerUnavailable: {
    type: 'ledger_unavailable',
    phase: 'approve',
    text: 'PaidChat cannot read or write its record of payments, so it pays nothing: free some disk space and restart the browser.',
  },
  quarantined: {
    type: 'ledger_unavailable',
    phase: 'approve',
    text: 'PaidChat’s record of payments is missing, damaged or older than it was, so it pays nothing: the PaidChat popup says how to go on.',
  },
  storageSilent: {
    type: 'ledger_unavailable',
    phase: 'approve',
    text: 'The browser’s storage for PaidChat cannot be read, so it pays nothing: restart the browser, and if this stays, remove PaidChat and add it again, which begins a new record of payments.',
  },
  superseded: {
    type: 'disconnected',
    phase: 'approve',
    text: 'PaidChat was started anew while this was under way: the PaidChat popup shows what became of it.',
  },
} as const;
