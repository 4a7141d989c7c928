import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microUsdc } from '../../../src/core/money.ts';
import type { PanelQuote } from '../../../src/protocol/panelChat.ts';
import { agreedBound, estimate, estimateByPrices, rateOf, usageOf } from '../../../src/ui/panel/estimate.ts';

const question = 'Explain verifiable inference in one paragraph.';
const quoted: PanelQuote = {
  model: 'ambient/large',
  amount: '4424',
  maxAmount: '4474',
  inputTokens: 17,
  maxOutputTokens: 1000,
};
const sent = { inputTokens: 24n, maxOutputTokens: 1000n };
const counts = fc.nat({ max: 2_000_000 });
const usages = fc.record({
  inputTokens: counts.map(BigInt),
  maxOutputTokens: counts.map((n) => BigInt(n + 1)),
});

describe('the figure of a model that was not quoted yet', () => {
  it('is what the catalogue says for a million tokens, rounded up to two digits', () => {
    const usage = { inputTokens: 17n, maxOutputTokens: 1000n };
    expect(estimateByPrices(usage, { input: '1400000', output: '4400000' })).toBe(4500n);
    expect(estimateByPrices(usage, { input: '280000', output: '420000' })).toBe(430n);
    expect(estimateByPrices(usage, { input: '0', output: '0' })).toBe(0n);
    expect(estimateByPrices(usage, { input: 'much', output: '1' })).toBeUndefined();
  });
});

describe('the figure beside Send', () => {
  it('is the documented price of a short question, rounded up to two digits', () => {
    const usage = usageOf([{ role: 'user', content: question }], 1000);
    expect(usage).toEqual({ inputTokens: 24n, maxOutputTokens: 1000n });
    expect(estimate(usage, undefined)).toBe(4500n);
  });

  it('counts a quarter of the characters of every message, and a dozen tokens around each', () => {
    const messages = [
      { role: 'user', content: 'x'.repeat(24_000) },
      { role: 'user', content: 'abcde' },
    ] as const;
    expect(usageOf(messages, 250)).toEqual({ inputTokens: 6000n + 12n + 2n + 12n, maxOutputTokens: 250n });
  });

  it('follows the last quote, for a model that costs half', () => {
    const rate = rateOf({ ...quoted, amount: '2212' }, sent);
    expect(estimate({ inputTokens: 17n, maxOutputTokens: 1000n }, rate)).toBe(2300n);
    expect(estimate({ inputTokens: 17n, maxOutputTokens: 4000n }, rate)).toBe(8900n);
  });

  it('is never less than the rate says, and never a tenth more', () => {
    fc.assert(
      fc.property(usages, fc.option(fc.bigInt({ min: 1n, max: 10n ** 9n })), (usage, amount) => {
        const rate = amount === null ? undefined : rateOf({ ...quoted, amount: amount.toString() }, sent);
        const shown = estimate(usage, rate);
        const weight = 140n * usage.inputTokens + 440n * usage.maxOutputTokens;
        const [top, bottom] =
          rate === undefined ? [weight, 100n] : [weight * rate.amount, 140n * 17n + 440_000n];
        expect(shown * bottom >= top).toBe(true);
        expect((shown - 1n) * bottom * 10n <= top * 11n).toBe(true);
      }),
    );
  });

  it.each([
    { amount: '0' },
    { amount: '-5' },
    { amount: 'much' },
    { inputTokens: -1 },
    { inputTokens: 1.5 },
    { inputTokens: 0, maxOutputTokens: 0 },
    { maxOutputTokens: Number.NaN },
  ])('does not follow a quote that says %j', (nonsense) => {
    expect(rateOf({ ...quoted, ...nonsense }, sent)).toBeUndefined();
  });
});

describe('what Send agrees to', () => {
  it('is a fifth above the figure, and not a millionth more', () => {
    expect(agreedBound(microUsdc(4500n))).toBe(5400n);
    expect(agreedBound(microUsdc(4n))).toBe(4n);
  });
});
