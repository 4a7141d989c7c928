import { parseMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { LimitName, LimitUse } from '../protocol/panel.ts';

/** A limit with its amounts as numbers that can be reckoned with. */
export interface Limit {
  readonly limit: LimitName;
  readonly cap: MicroUsdc;
  readonly used: MicroUsdc;
  readonly held: MicroUsdc;
}

/** Reads one limit; undefined when an amount is none. */
function readLimit(use: LimitUse): Limit | undefined {
  const cap = parseMicroUsdc(use.cap);
  const used = parseMicroUsdc(use.used);
  const held = parseMicroUsdc(use.held);
  if (cap === undefined || used === undefined || held === undefined) return undefined;
  return { limit: use.limit, cap, used, held: held > used ? used : held };
}

/** Reads limits; what cannot be read is left out. */
export function readLimits(uses: readonly LimitUse[]): readonly Limit[] {
  return uses.map(readLimit).filter((limit) => limit !== undefined);
}

/** Limits that money fills up: what bars can show. */
export function fillsUp({ limit }: Limit): boolean {
  return limit !== 'request' && limit !== 'per-minute';
}
