import { expect, it } from 'vitest';
import { createQuotes } from '../../../src/background/paying/quotes.ts';
import type { GivenQuote } from '../../../src/background/paying/quotes.ts';
import { microUsdc } from '../../../src/core/money.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { fakeKeyValue } from '../../fakes/keyValues.ts';
import { news, shop } from '../../fakes/payments.ts';

function rig() {
  const clock = fakeClock();
  const session = fakeKeyValue();
  const quotes = createQuotes(session, clock);
  const given: GivenQuote = {
    id: 'quote-0001',
    site: shop,
    gatewayId: 'jumpgate',
    bodyDigest: 'ab'.repeat(32),
    maxAmount: microUsdc(4474n),
    expiresAtMs: clock.nowMs() + 60_000,
  };
  return { clock, session, quotes, given };
}

it('finds what it was given for the site it was given to, until it expires', async () => {
  const { clock, quotes, given } = rig();
  await quotes.remember(given);
  expect(await quotes.find(shop, given.id)).toEqual(given);
  await expect(quotes.find(news, given.id)).rejects.toMatchObject({ reason: 'unknownQuote' });
  await expect(quotes.find(shop, 'quote-0002')).rejects.toMatchObject({ reason: 'unknownQuote' });
  clock.advance(60_000);
  expect(await quotes.find(shop, given.id)).toEqual(given);
  clock.advance(1);
  await expect(quotes.find(shop, given.id)).rejects.toMatchObject({ reason: 'unknownQuote' });
});

it('outlives the background', async () => {
  const { clock, session, quotes, given } = rig();
  await quotes.remember(given);
  expect(await createQuotes(session, clock).find(shop, given.id)).toEqual(given);
});

it.each([null, 'quote', { site: shop }, { site: shop, maxAmount: '-1', expiresAtMs: 9e15 }])(
  'takes a stored %j for no quote',
  async (stored) => {
    const { session, quotes } = rig();
    await session.set('quote:quote-0001', stored);
    await expect(quotes.find(shop, 'quote-0001')).rejects.toMatchObject({ reason: 'unknownQuote' });
  },
);

it('clears old quotes away before they fill the session', async () => {
  const { session, quotes, given } = rig();
  for (let count = 0; count < 250; count += 1) await quotes.remember({ ...given, id: `quote-${count}` });
  expect(session.values.size).toBeLessThanOrEqual(200);
  expect(await quotes.find(shop, 'quote-249')).toMatchObject({ id: 'quote-249' });
});

it('admits ten a minute for each site', () => {
  const { clock, quotes } = rig();
  for (let count = 0; count < 10; count += 1) {
    quotes.admit(shop);
    clock.advance(1_000);
  }
  expect(() => quotes.admit(shop)).toThrow(expect.objectContaining({ reason: 'tooManyQuotes' }) as Error);
  quotes.admit(news);
  clock.advance(50_000);
  quotes.admit(shop);
  expect(() => quotes.admit(shop)).toThrow();
});
