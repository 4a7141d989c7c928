import { formatUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';

/** An exact amount as a price or a limit: "$0.004424", "$0.50". Never rounded. */
export function dollars(amount: MicroUsdc): string {
  return `$${formatUsdc(amount)}`;
}

/** An exact amount in the token that moves: "0.004424 USDC". */
export function usdc(amount: MicroUsdc): string {
  return `${formatUsdc(amount)} USDC`;
}

/** An address with both ends, as wallets show it: "0x1234…abcd". */
export function shortAddress(address: string): string {
  return address.length <= 14 ? address : `${address.slice(0, 6)}…${address.slice(-4)}`;
}

/** A count with the locale's grouping: "1,024". */
export function count(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

const dayMs = 24 * 3_600_000;

/** A moment to the minute; the day is named when it is not within the next or last twelve hours. */
export function clockTime(atMs: number, nowMs: number, locale: string): string {
  const near = Math.abs(atMs - nowMs) < dayMs / 2;
  return new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(near ? {} : { day: 'numeric', month: 'short' }),
  }).format(atMs);
}

/** A day: "4 March 2027" in the locale's order. */
export function calendarDay(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' }).format(atMs);
}

/** How long ago, in one unit: "now", "5 minutes ago", "yesterday"; a moment ahead of the clock counts as now. */
export function timeAgo(atMs: number, nowMs: number, locale: string): string {
  const seconds = Math.max(0, Math.floor((nowMs - atMs) / 1000));
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds < 60) return relative.format(0, 'second');
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
  return relative.format(-Math.floor(seconds / 86_400), 'day');
}
