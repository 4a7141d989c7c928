/** The reasons that the bridge and the page's own side give; apart, because every page loads them. */
export const channelFailures = {
  tooLarge: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'The request is larger than 4 MiB: send less text.',
  },
  updated: {
    type: 'disconnected',
    phase: 'validate',
    text: 'PaidChat was updated, reload the page.',
  },
} as const;

/** All reasons that the bridge gives by itself. */
export const bridgeFailures = {
  ...channelFailures,
  tooManyCalls: {
    type: 'request_pending',
    phase: 'validate',
    text: 'This site asks too much at once: wait for a call to end.',
    retryable: true,
  },
  unreachable: {
    type: 'disconnected',
    phase: 'validate',
    text: 'PaidChat does not answer: reload the page, or else the extension.',
  },
} as const;
