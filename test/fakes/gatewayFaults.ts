/** Everything that can go wrong at a gateway, one switch each. */
export type GatewayFault =
  // The quote.
  | 'quoteUnreachable'
  | 'quote500'
  | 'quoteHtml'
  | 'quoteHuge'
  | 'quoteSilent'
  | 'quoteHostileHeaders'
  | 'unknownModel'
  // The unpaid request.
  | 'challengeUnreachable'
  | 'noWorkers'
  | 'challengeFree'
  | 'challengeMissing'
  | 'challengeMalformed'
  | 'challengeHuge'
  | 'aboveQuote'
  | 'otherPayee'
  | 'thirdPayee'
  | 'otherNetwork'
  | 'otherAsset'
  | 'otherResource'
  | 'longTimeout'
  | 'permit2'
  | 'challengeAs401'
  | 'mppBeside'
  // The paid request.
  | 'resetBefore'
  | 'resetAfterSettling'
  | 'error500'
  | 'again402'
  | 'refused400'
  | 'wantsKey401'
  | 'redirect'
  | 'slowHeaders'
  | 'noReceipt'
  | 'failedReceipt'
  | 'falseReceipt'
  | 'garbledReceipt'
  /** Names the transaction of the first payment. */
  | 'repeatedReceipt'
  // The answer.
  | 'resetMidStream'
  | 'noDone'
  | 'holdStream'
  | 'emptyAnswer'
  | 'errorFrame'
  | 'messyFrames'
  | 'wholeAnswer'
  | 'reasoning'
  | 'commands'
  | 'endless'
  | 'hugeEvent'
  | 'longLine'
  // The catalogue.
  | 'catalogueDown';

/** A gateway's switches. */
export interface GatewayFaults {
  /** On for the next requests that meet it; for all where no number is given. */
  set(fault: GatewayFault, times?: number): void;
  clear(): void;
  /** For the gateway: whether it is on, which uses it up once. */
  take(fault: GatewayFault): boolean;
}

/** All switches off. */
export function gatewayFaults(): GatewayFaults {
  const on = new Map<GatewayFault, number>();
  return {
    set: (fault, times = Infinity) => void on.set(fault, times),
    clear: () => on.clear(),
    take(fault) {
      const left = on.get(fault) ?? 0;
      if (left > 0) on.set(fault, left - 1);
      return left > 0;
    },
  };
}
