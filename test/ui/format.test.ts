import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { microUsdc, parseUsdc } from '../../src/core/money.ts';
import { clockTime, count, dollars, shortAddress, timeAgo, usdc } from '../../src/ui/format.ts';

const nowMs = Date.UTC(2026, 2, 4, 12, 50);
const minuteMs = 60_000;

test('shows an amount exactly, as a price and in the token that moves', () => {
  expect(dollars(microUsdc(4424n))).toBe('$0.004424');
  expect(dollars(microUsdc(500_000n))).toBe('$0.50');
  expect(usdc(microUsdc(4424n))).toBe('0.004424 USDC');
});

test('never rounds: what is shown reads back as the same amount', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 999_999_999_999n), (amount) => {
      expect(parseUsdc(dollars(microUsdc(amount)).slice(1))).toBe(amount);
    }),
  );
});

test('shows both ends of an address, and short ones whole', () => {
  expect(shortAddress('0x12aB34Cd56eF7890aBcDeF1234567890AbCdEf89')).toBe('0x12aB…Ef89');
  expect(shortAddress('0x1234')).toBe('0x1234');
});

test('groups counts', () => {
  expect(count(18_000, 'en-GB')).toBe('18,000');
});

test('names the day of a moment only when it is not near', () => {
  expect(clockTime(nowMs + 8 * minuteMs, nowMs, 'en-GB')).toMatch(/^\d\d:\d\d$/u);
  expect(clockTime(nowMs + 26 * 60 * minuteMs, nowMs, 'en-GB')).toMatch(/^5 Mar, \d\d:\d\d$/u);
});

test('says how long ago in one unit, and a moment ahead of the clock is now', () => {
  const ago = (ms: number) => timeAgo(nowMs - ms, nowMs, 'en-GB');
  expect(ago(59_999)).toBe('now');
  expect(ago(minuteMs)).toBe('1 minute ago');
  expect(ago(60 * minuteMs)).toBe('1 hour ago');
  expect(ago(24 * 60 * minuteMs)).toBe('yesterday');
  expect(ago(-5 * minuteMs)).toBe('now');
});
