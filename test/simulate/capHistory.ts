/** Values that a cap had, so that a payment is held against every one that may have stood when it was let through. */
export interface CapHistory {
  /** The person sets it: from now on it may stand, and surely does once `kept` is called with the time of that. */
  set(cap: bigint): { readonly kept: (mark: number) => void };
  /** The most that it may have been since then. */
  mostSince(mark: number): bigint;
}

/** Begins with one value. */
export function capHistory(first: bigint): CapHistory {
  const values = [{ cap: first, until: Infinity }];
  return {
    set(cap) {
      const value = { cap, until: Infinity };
      values.push(value);
      return {
        kept(mark) {
          for (const other of values) if (other !== value && other.until === Infinity) other.until = mark;
        },
      };
    },
    mostSince: (mark) =>
      values.reduce((most, { cap, until }) => (until > mark && cap > most ? cap : most), 0n),
  };
}
