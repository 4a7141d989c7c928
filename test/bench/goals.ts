/** A figure of the bench and the most it may be. */
export interface Goal {
  readonly name: string;
  readonly most: number;
  readonly unit: 'ms' | 'times';
  /** Where the number comes from. */
  readonly why: string;
}

/** How often the gateway writes a token, in milliseconds: a model at an easy pace, and a fast one. */
export const cadences = [20, 5] as const;

/** The goal for what PaidChat adds to a token's way, by cadence. */
export const addedPerToken: Readonly<Record<(typeof cadences)[number], Goal>> = {
  20: {
    name: 'added per token, one every 20 ms',
    most: 1.3,
    unit: 'ms',
    why: 'a prototype of the way worker, bridge, page added 1.0 to 1.3 ms',
  },
  5: {
    name: 'added per token, one every 5 ms',
    most: 0.5,
    unit: 'ms',
    why: 'the same prototype added 0.2 to 0.5 ms, as processes are still awake from the token before',
  },
};

/** The goal for the time from the call to the first token. */
export const firstToken: Goal = {
  name: 'first token',
  most: 1.5,
  unit: 'times',
  why: 'the guards may cost half of what quoting, signing and settling cost when blocks are instant; on Base, where a block takes 2 s, that is a few percent',
};

/** The goal for the check of all limits together with the row that it lets be written, with many payments stored. */
export const reservation: Goal = {
  name: 'reservation, 100,000 payments stored',
  most: 15,
  unit: 'ms',
  why: 'one frame of a screen: nobody notices the ledger, however long they have used it; the 95th percentile',
};

/** The goal for the same beside what it costs with few payments stored. */
export const reservationGrowth: Goal = {
  name: 'reservation, beside 1,000 stored',
  most: 1.5,
  unit: 'times',
  why: 'sums and indexes are read, never the history; medians of the two by turns',
};

/** The goal for the time from a page's call that starts the background to an answer out of the open ledger. */
export const ready: Goal = {
  name: 'ready after a start, 100,000 stored',
  most: 500,
  unit: 'ms',
  why: 'the background starts anew after every 30 s of rest, so a payment often begins with it; the 95th percentile',
};
