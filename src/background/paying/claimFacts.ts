import type { Priced } from './pricing.ts';

/** A longer challenge is not kept: a claim then names the payment without it. */
const maxLength = 24 * 1024;

/** What a claim needs of a quote and its challenge, as JSON text; no word of the question. */
export function claimFactsOf({ price, challenge, offer, pricedAtMs }: Priced): string {
  const { amount, maxAmount, inputTokens, maxOutputTokens } = price;
  const facts = {
    pricedAtMs,
    quote: {
      amountMicroUsdc: amount.toString(),
      ...(maxAmount === undefined ? {} : { maxAmountMicroUsdc: maxAmount.toString() }),
      inputTokens,
      maxOutputTokens,
    },
  };
  const text = JSON.stringify({ ...facts, challenge: { ...challenge.raw, accepts: [offer.accepted] } });
  return text.length > maxLength ? JSON.stringify(facts) : text;
}
