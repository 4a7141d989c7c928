import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatUsdc, microUsdc } from '../../src/core/money.ts';
import { barParts, judgeCap, readTypedAmount, roundUpHandily } from '../../src/ui/amountEdit.ts';

const amounts = fc.bigInt(0n, 999_999_999_999n).map(microUsdc);

describe('a typed amount', () => {
  test.each([
    ['0.5', 500_000n],
    ['.5', 500_000n],
    ['0,50', 500_000n],
    ['0,500', 500_000n],
    [' $ 1.25 ', 1_250_000n],
    ['1.', 1_000_000n],
    ['007', 7_000_000n],
    ['0.000001', 1n],
    ['0', 0n],
  ])('%j is understood', (typed, amount) => {
    expect(readTypedAmount(typed)).toBe(amount);
  });

  test.each([
    '',
    '.',
    '$',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1 000',
    '1,000',
    '1.2.3',
    '0.0000001',
    '1234567',
    '٣',
    'Infinity',
    'NaN',
    '1\u202e5',
  ])('%j is refused, never guessed', (typed) => {
    expect(readTypedAmount(typed)).toBeUndefined();
  });

  test('reads back whatever we write into the field', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(readTypedAmount(formatUsdc(amount))).toBe(amount);
      }),
    );
  });
});

describe('a typed limit', () => {
  const cap = microUsdc(500_000n);

  test('is a raise as soon as it is a millionth more, and a lowering as soon as it is less', () => {
    expect(judgeCap(cap, '0.500001')).toEqual({ kind: 'raise', cap: 500_001n });
    expect(judgeCap(cap, '0.499999')).toEqual({ kind: 'lower', cap: 499_999n });
    expect(judgeCap(cap, '0.50')).toEqual({ kind: 'same' });
    expect(judgeCap(cap, 'much')).toEqual({ kind: 'unclear' });
  });
});

describe('a proposed limit', () => {
  test.each([
    [1n, 10_000n],
    [61_000n, 70_000n],
    [100_000n, 100_000n],
    [530_000n, 550_000n],
    [1_000_000n, 1_000_000n],
    [1_980_000n, 2_000_000n],
    [12_300_000n, 15_000_000n],
  ])('for %i it is %i', (needed, proposed) => {
    expect(roundUpHandily(microUsdc(needed))).toBe(proposed);
  });

  test('always covers what is needed and is hardly above it', () => {
    fc.assert(
      fc.property(fc.bigInt(100_000n, 999_999_999_999n).map(microUsdc), (needed) => {
        const proposed = roundUpHandily(needed);
        expect(proposed).toBeGreaterThanOrEqual(needed);
        expect(proposed * 2n).toBeLessThanOrEqual(needed * 3n);
      }),
    );
  });
});

describe('a bar', () => {
  const use = (cap: bigint, used: bigint, held: bigint) => ({
    cap: microUsdc(cap),
    used: microUsdc(used),
    held: microUsdc(held),
  });

  test('divides into settled, held and asked for', () => {
    expect(barParts(use(1000n, 500n, 100n), 250n)).toEqual({
      settled: 400,
      held: 100,
      asked: 250,
      over: false,
    });
  });

  test('says when this payment would pass the limit, and not at the limit itself', () => {
    expect(barParts(use(500n, 470n, 0n), 30n).over).toBe(false);
    expect(barParts(use(500n, 470n, 0n), 31n).over).toBe(true);
  });

  test('is empty for a limit of nothing', () => {
    expect(barParts(use(0n, 0n, 0n))).toEqual({ settled: 0, held: 0, asked: 0, over: false });
  });

  test('never grows over its frame', () => {
    fc.assert(
      fc.property(amounts, amounts, amounts, amounts, (cap, used, held, asked) => {
        const { settled, held: heldPart, asked: askedPart } = barParts(use(cap, used + held, held), asked);
        expect(Math.min(settled, heldPart, askedPart)).toBeGreaterThanOrEqual(0);
        expect(settled + heldPart + askedPart).toBeLessThanOrEqual(1000);
      }),
    );
  });
});
