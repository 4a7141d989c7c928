/** The reasons that lead to the options page, and those that only it meets: there nothing has changed then. */
export const optionsFailures = {
  gatewayNotAllowed: {
    type: 'gateway_unavailable',
    phase: 'quote',
    text: 'The browser does not let PaidChat reach this gateway: nothing was paid; allow it in PaidChat’s options, under Gateways.',
  },
  builtInGateway: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This gateway comes with PaidChat and stays as it is: add one of your own instead.',
  },
  unknownService: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This has been removed meanwhile: look at the list again.',
  },
  tooManyGateways: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'PaidChat keeps twenty gateways of your own: remove one first.',
  },
  localWithoutDeveloper: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'An address on this machine needs developer mode: switch it on under Developer mode first.',
  },
  badToken: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'The token’s address is not one: it is 0x and 40 hex digits, and its capitals have to fit.',
  },
  testNetworkPinned: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This chain id belongs to a network with real money that PaidChat knows: a test network needs another.',
  },
  testNetworkBusy: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'A payment on the present test network is not proved yet, and its node is asked about it: change the network when nothing of it is held any more.',
  },
  fileUnreadable: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This is no settings file of PaidChat, so nothing was changed: choose one that was exported here.',
  },
  fileNewer: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'This settings file is from a newer PaidChat, so nothing was changed: update PaidChat first.',
  },
  fileChanged: {
    type: 'invalid_params',
    phase: 'validate',
    text: 'Your settings have changed since this list was made, so nothing was changed: choose the file again.',
  },
} as const;
