import { microUsdc, oneUsdc, parseUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';

const cent = oneUsdc / 100n;

/**
 * Reads an amount as people type it: "0.5", "$0.50", ".5", "1.", and a comma for the point. Nothing is rounded and
 * nothing is grouped, so "1,000" is not a thousand but refused.
 *
 * @returns undefined when it is no such amount
 */
export function readTypedAmount(typed: string): MicroUsdc | undefined {
  const bare = typed.trim().replace(/^\$\s*/u, '');
  if (!/^\d{0,6}([.,]\d{0,6})?$/u.test(bare) || !/\d/u.test(bare)) return undefined;
  if (/^[1-9]\d{0,2},\d{3}$/u.test(bare)) return undefined;
  const [whole = '', decimals = ''] = bare.replace(',', '.').split('.');
  return parseUsdc(decimals === '' ? plain(whole) : `${plain(whole)}.${decimals}`);
}

function plain(whole: string): string {
  const digits = whole.replace(/^0+/u, '');
  return digits === '' ? '0' : digits;
}

/** What a newly typed limit means: only a raise needs more than leaving the field. */
export type CapChange =
  | { readonly kind: 'unclear' }
  | { readonly kind: 'same' }
  | { readonly kind: 'lower' | 'raise'; readonly cap: MicroUsdc };

/** Compares what was typed with the limit as it is. */
export function judgeCap(current: MicroUsdc, typed: string): CapChange {
  const cap = readTypedAmount(typed);
  if (cap === undefined) return { kind: 'unclear' };
  if (cap === current) return { kind: 'same' };
  return { kind: cap < current ? 'lower' : 'raise', cap };
}

/**
 * The least handy amount that covers this one, so that a proposed limit is easy to read and hardly above what is
 * needed: whole cents up to ten, then steps of 5 in the second digit. 0.061 becomes 0.07, 0.53 becomes 0.55.
 */
export function roundUpHandily(amount: MicroUsdc): MicroUsdc {
  let step = amount <= cent * 10n ? cent : cent * 5n;
  while (amount > step * 20n) step *= 10n;
  return microUsdc(((amount + step - 1n) / step) * step);
}

/** The parts of a limit's bar, in thousandths of its width; they never add up to more than the whole. */
export interface BarParts {
  readonly settled: number;
  readonly held: number;
  /** What is asked for now. */
  readonly asked: number;
  readonly over: boolean;
}

/** Divides a limit's bar. `held` is a part of `used`. */
export function barParts(
  use: { readonly cap: MicroUsdc; readonly used: MicroUsdc; readonly held: MicroUsdc },
  asked: bigint = 0n,
): BarParts {
  const total = use.used + asked;
  const whole = total > use.cap ? total : use.cap;
  if (whole === 0n) return { settled: 0, held: 0, asked: 0, over: false };
  const share = (part: bigint) => Number((part * 1000n) / whole);
  return {
    settled: share(use.used - use.held),
    held: share(use.held),
    asked: share(asked),
    over: total > use.cap,
  };
}
