/** Chance that a seed repeats. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number, at least 0 and less than `limit`. */
  below(limit: number): number;
  chance(part: number): boolean;
  /** @throws where there is nothing to pick from */
  pick<T>(items: readonly T[]): T;
}

/** Mulberry32: small, and good enough to spread kills over moments. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (part) => next() < part,
    pick(items) {
      const at = below(items.length);
      if (items.length === 0) throw new Error('There is nothing to pick from.');
      return items[at] as (typeof items)[number];
    },
  };
}
