/** An amount of USDC in millionths (1 USDC = 1_000_000n). `number` never holds money. */
export type MicroUsdc = bigint & { readonly __unit: 'micro-usdc' };

/** One whole USDC. */
export const oneUsdc = 1_000_000n as MicroUsdc;

/** No money. */
export const noMoney = 0n as MicroUsdc;

/** Marks a bigint that is known to be micro-USDC. Throws on a negative one: money here is never owed back. */
export function microUsdc(amount: bigint): MicroUsdc {
  if (amount < 0n) throw new RangeError('A USDC amount cannot be negative.');
  return amount as MicroUsdc;
}

/**
 * Parses an amount in micro-USDC as it stands on wires and in storage: plain decimal digits, no sign, no leading
 * zero, at most twelve digits (under a million USDC). Refuses everything else, never rounds.
 *
 * @returns undefined when the text is not such an amount
 */
export function parseMicroUsdc(text: unknown): MicroUsdc | undefined {
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,11})$/.test(text)) return undefined;
  return BigInt(text) as MicroUsdc;
}

/**
 * Parses a sum of amounts in micro-USDC: years of payments may pass what a single amount can hold.
 *
 * @returns undefined when the text is not such a sum
 */
export function parseSum(text: unknown): MicroUsdc | undefined {
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,29})$/.test(text)) return undefined;
  return BigInt(text) as MicroUsdc;
}

/**
 * Parses an amount in whole USDC as a person or a page writes it: "0.01", "2", "1.50". At most six decimals.
 *
 * @returns undefined when the text is not such an amount; nothing is rounded
 */
export function parseUsdc(text: unknown): MicroUsdc | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(0|[1-9]\d{0,5})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return undefined;
  return (BigInt(match[1] ?? '0') * oneUsdc + BigInt((match[2] ?? '').padEnd(6, '0'))) as MicroUsdc;
}

/** The exact amount in whole USDC without needless zeros, at least two decimals: "0.004424", "0.50". */
export function formatUsdc(amount: MicroUsdc): string {
  const whole = amount / oneUsdc;
  const decimals = (amount % oneUsdc)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${whole}.${decimals}`;
}

/** Adds amounts up. */
export function sumMicroUsdc(amounts: Iterable<MicroUsdc>): MicroUsdc {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total as MicroUsdc;
}
