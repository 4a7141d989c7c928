import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsdc, microUsdc, parseMicroUsdc, parseUsdc, sumMicroUsdc } from '../../src/core/money.ts';

const million = 1_000_000_000_000n;
const amounts = fc.bigInt({ min: 0n, max: million - 1n });

describe('amounts in micro-USDC', () => {
  it('come back from their own digits, all of them', () => {
    fc.assert(fc.property(amounts, (amount) => parseMicroUsdc(amount.toString()) === amount));
  });

  it('are refused in every other spelling', () => {
    const spellings = [
      '',
      '-5',
      '+5',
      '0x10',
      ' 12 ',
      '12 ',
      '1e21',
      '1.0',
      '01',
      '00',
      '1_000',
      '１２',
      '1\n',
      'NaN',
    ];
    for (const text of spellings) expect(parseMicroUsdc(text), JSON.stringify(text)).toBeUndefined();
    for (const value of [12, 12n, null, undefined, {}, ['12'], new String('12')])
      expect(parseMicroUsdc(value)).toBeUndefined();
  });

  it('end below a million USDC', () => {
    expect(parseMicroUsdc('999999999999')).toBe(999_999_999_999n);
    expect(parseMicroUsdc('1000000000000')).toBeUndefined();
  });

  it('are what the digits say or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.bigInt().map(String), fc.double().map(String)), (text) => {
        const amount = parseMicroUsdc(text);
        return amount === undefined || (amount >= 0n && amount < million && amount.toString() === text);
      }),
    );
  });

  it('are never negative', () => {
    expect(() => microUsdc(-1n)).toThrow(RangeError);
    expect(microUsdc(0n)).toBe(0n);
  });

  it('add up', () => {
    expect(sumMicroUsdc([])).toBe(0n);
    fc.assert(
      fc.property(fc.array(amounts), (list) => {
        let total = 0n;
        for (const amount of list) total += amount;
        return sumMicroUsdc(list.map(microUsdc)) === total;
      }),
    );
  });
});

describe('amounts in whole USDC', () => {
  it('are read as a person writes them', () => {
    expect(parseUsdc('0.01')).toBe(10_000n);
    expect(parseUsdc('2')).toBe(2_000_000n);
    expect(parseUsdc('1.50')).toBe(1_500_000n);
    expect(parseUsdc('0.000001')).toBe(1n);
    expect(parseUsdc('999999.999999')).toBe(million - 1n);
  });

  it('are refused rather than rounded or guessed', () => {
    const spellings = [
      '0.0000001',
      '.5',
      '1.',
      '1,5',
      '-1',
      '+1',
      '1e3',
      '0x1',
      '01',
      '1000000',
      ' 1',
      '1 ',
      '$1',
      '',
    ];
    for (const text of spellings) expect(parseUsdc(text), JSON.stringify(text)).toBeUndefined();
    for (const value of [1, 1n, null, undefined, ['1']]) expect(parseUsdc(value)).toBeUndefined();
  });

  it('are shown exactly, with two decimals at least', () => {
    expect(formatUsdc(microUsdc(4424n))).toBe('0.004424');
    expect(formatUsdc(microUsdc(500_000n))).toBe('0.50');
    expect(formatUsdc(microUsdc(2_000_000n))).toBe('2.00');
    expect(formatUsdc(microUsdc(10_100_000n))).toBe('10.10');
  });

  it('come back from what is shown', () => {
    fc.assert(fc.property(amounts, (amount) => parseUsdc(formatUsdc(microUsdc(amount))) === amount));
  });
});
