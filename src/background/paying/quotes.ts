import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject } from '../../core/json.ts';
import { parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { Site } from '../../core/site.ts';
import type { KeyValue } from '../../platform/keyValue.ts';

/** A quote is good for so long, in milliseconds. */
export const quoteValidMs = 60_000;

const perMinute = 10;
const kept = 200;

/** What a page was quoted: it may name the quote later to pay at most that. */
export interface GivenQuote {
  readonly id: string;
  readonly site: Site;
  readonly gatewayId: string;
  readonly bodyDigest: string;
  readonly maxAmount: MicroUsdc;
  readonly expiresAtMs: number;
}

/** Quotes given to pages. */
export interface Quotes {
  /** Counts one more quote of the site. @throws {Failure} tooManyQuotes */
  admit(site: Site): void;
  remember(quote: GivenQuote): Promise<void>;
  /** @throws {Failure} unknownQuote */
  find(site: Site, id: string): Promise<GivenQuote>;
}

/** Keeps quotes for the browser's session, so that a restart of the background does not forget them. */
export function createQuotes(session: KeyValue, clock: Clock): Quotes {
  const asked = new Map<Site, readonly number[]>();
  return {
    admit(site) {
      const nowMs = clock.nowMs();
      const recent = (asked.get(site) ?? []).filter((atMs) => atMs > nowMs - 60_000);
      if (recent.length >= perMinute) throw new Failure('tooManyQuotes');
      asked.set(site, [...recent, nowMs]);
    },
    async remember(quote) {
      const old = await session.entries('quote:');
      if (old.length >= kept) await session.remove(old.map(([key]) => key));
      await session.set(`quote:${quote.id}`, { ...quote, maxAmount: quote.maxAmount.toString() });
    },
    async find(site, id) {
      const stored = await session.get(`quote:${id}`);
      const quote = isJsonObject(stored) ? (stored as unknown as GivenQuote) : undefined;
      const maxAmount = parseMicroUsdc(quote?.maxAmount);
      if (!quote || maxAmount === undefined || quote.site !== site || quote.expiresAtMs < clock.nowMs()) {
        throw new Failure('unknownQuote');
      }
      return { ...quote, maxAmount };
    },
  };
}
