/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly [T, ...T[]]): T;
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/** Makes the numbers of one schedule: its own for each pair of seed and number. */
export function seededRandom(seed: number, schedule: number): Random {
  // sfc32, https://pracrand.sourceforge.net/RNG_engines.txt
  let a = seed | 0;
  let b = schedule | 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 15; round += 1) next();

  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (values) => values[int(0, values.length - 1)] ?? values[0],
    weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
      let sum = 0;
      for (const key in weights) sum += weights[key];
      let left = next() * sum;
      for (const key in weights) {
        left -= weights[key];
        if (left < 0) return key;
      }
      throw new Error('Nothing to choose from.');
    },
  };
}
