/** The reasons that the bridge gives by itself; apart, because every page loads them. */
export const bridgeFailures = {
  tooLarge: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'The request is larger than 4 MiB: send less text.',
  },
  tooManyCalls: {
    type: 'request_pending',
    phase: 'validate',
    text: 'This site asks too much at once: wait for a call to end.',
    retryable: true,
  },
  updated: {
    type: 'disconnected',
    phase: 'validate',
    text: 'PaidChat was updated, reload the page.',
  },
  unreachable: {
    type: 'disconnected',
    phase: 'validate',
    text: 'PaidChat does not answer this page: reload it, and if that does not help, reload the extension.',
  },
} as const;
