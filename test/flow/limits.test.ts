import { expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import type { OpenPageCall } from '../fakes/page.ts';
import type { WalletAsk } from '../../src/protocol/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, endOf, errorOf, resultOf, statesOf, usedToday } from './steps.ts';

const wishes = { active: false } as const;

it('pays one of two calls at once where there is room for one', async () => {
  const world = await startWorld();
  await allow(world, { day: '8847' });
  const tabs = [world.openPage(), world.openPage({ tabId: 2 })];
  const ends = await Promise.all(tabs.map((page) => endOf(page.chat(wishes))));
  expect(ends.filter(({ ok }) => ok)).toHaveLength(1);
  expect(ends.find(({ ok }) => !ok)).toMatchObject({ error: { type: 'limit_exceeded', paid: 'no' } });
  expect(world.gateway.charges).toHaveLength(1);
  expect(await statesOf(world)).toEqual(['settled']);
});

it('shows the one that found no room as a card over its limit when it came from a click', async () => {
  const world = await startWorld();
  await allow(world, { day: '8847' });
  const tabs = [world.openPage(), world.openPage({ tabId: 2 })];
  const chats = tabs.map((page) => page.chat());
  const card = await world.screens.click({ choice: 'once-anyway' });
  expect(card.exceeded).toMatchObject([{ limit: 'site-day', cap: '8847' }]);
  await Promise.all(chats.map(resultOf));
  expect(world.gateway.charges).toHaveLength(2);
});

it('holds twelve sites at once to the limit over all sites', async () => {
  const world = await startWorld();
  const origins = Array.from({ length: 12 }, (_, index) => `https://site-${index}.example`);
  for (const origin of origins) await allow(world, { request: '300000' }, origin);
  // Twelve times $0.30 against $2.00 a day.
  world.gateway.priceOf = () => 300_000n;
  const chats = origins.map((origin, index) => world.openPage({ origin, tabId: index }).chat(wishes));
  const ends = await Promise.all(chats.map(endOf));
  expect(ends.filter(({ ok }) => ok)).toHaveLength(6);
  expect(world.gateway.charges.reduce((sum, { value }) => sum + value, 0n)).toBe(1_800_000n);
});

it('counts what a wallet refused to sign until it can no longer be charged', async () => {
  const world = await startWorld();
  await allow(world, { day: '8847' });
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat(wishes));
  expect(await usedToday(world)).toBe(4424n);
  page.wallet.signing = 'sign';
  expect(await errorOf(page.chat(wishes))).toMatchObject({ type: 'limit_exceeded' });
});

it('lets a settled payment out of the window a day after it could last be charged', async () => {
  const world = await startWorld();
  await allow(world, { day: '8847' });
  const page = world.openPage();
  await resultOf(page.chat(wishes));
  await world.pass(24 * 3_600_000);
  expect(await errorOf(page.chat(wishes))).toMatchObject({ type: 'limit_exceeded' });
  await world.pass(2 * 3_600_000);
  await resultOf(page.chat(wishes));
});

it('pays nothing while it is paused', async () => {
  const world = await startWorld();
  await allow(world);
  await world.screens.call('pause.set', { paused: true });
  const page = world.openPage();
  expect(await errorOf(page.chat())).toMatchObject({ type: 'unauthorized', phase: 'approve', paid: 'no' });
  expect(world.gateway.requests).toEqual([]);
  await world.screens.call('pause.set', { paused: false });
  await resultOf(page.chat());
});

it('reserves nothing when it is paused while a card is open', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.card();
  await world.screens.call('pause.set', { paused: true });
  await world.screens.payOnce();
  expect(await errorOf(chat)).toMatchObject({ type: 'unauthorized', paid: 'no' });
  expect(await world.rows()).toEqual([]);
});

it('makes ten payments a minute without a card', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  for (let count = 0; count < 10; count += 1) await resultOf(page.chat(wishes));
  expect(await errorOf(page.chat())).toMatchObject({ type: 'limit_exceeded', retryable: true, paid: 'no' });
  expect(world.windows.opened).toEqual([]);
  await world.pass(60_001);
  await resultOf(page.chat(wishes));
});

it('runs four chats of a site at a time, lets 28 wait in order and refuses the next', async () => {
  const world = await startWorld();
  const page = world.openPage();
  // Held at the price, which is before any limit on payments.
  world.gateway.faults.set('quoteSilent');
  const chats = Array.from({ length: 32 }, () => page.chat());
  await eventually('four quotes', () => world.gateway.of('quote').length === 4);
  expect(await errorOf(page.chat())).toMatchObject({
    type: 'request_pending',
    phase: 'validate',
    retryable: true,
  });
  await world.quiet();
  expect(world.gateway.of('quote')).toHaveLength(4);
  const other = world.openPage({ origin: 'https://news.example', tabId: 2 });
  other.chat();
  await eventually('another site', () => world.gateway.of('quote').length === 5);

  world.gateway.faults.clear();
  const [first, second] = chats as [OpenPageCall, OpenPageCall];
  second.cancel();
  expect(await errorOf(second)).toMatchObject({ paid: 'no' });
  // The place goes to the one that has waited longest.
  await world.screens.click({ choice: 'deny' });
  await errorOf(chats[4] as OpenPageCall);
  expect(first.ended).toBeUndefined();
});

it('runs four of a site’s other calls at a time too, and lets none of them wait for a chat', async () => {
  const world = await startWorld();
  const page = world.openPage();
  world.gateway.faults.set('quoteSilent');
  for (let chat = 0; chat < 4; chat += 1) page.chat();
  await eventually('four quotes', () => world.gateway.of('quote').length === 4);
  expect(await resultOf(page.call('permission'))).toMatchObject({ state: 'prompt' });

  const { asked } = page.wallet;
  const before = asked.length;
  page.wallet.ask = (ask) => void (asked as WalletAsk[]).push(ask);
  const calls = Array.from({ length: 32 }, () => page.call('availability'));
  await eventually('four lists', () => asked.length === before + 4);
  await world.quiet();
  expect(asked).toHaveLength(before + 4);
  expect(await errorOf(page.call('receipts.list'))).toMatchObject({
    type: 'request_pending',
    retryable: true,
  });
  expect(
    await resultOf(world.openPage({ origin: 'https://news.example', tabId: 2 }).call('models')),
  ).not.toEqual([]);

  const [, running, , , waiting] = calls as [
    OpenPageCall,
    OpenPageCall,
    OpenPageCall,
    OpenPageCall,
    OpenPageCall,
  ];
  waiting.cancel();
  expect(await errorOf(waiting)).toMatchObject({ type: 'user_rejected', paid: 'no' });
  expect(asked).toHaveLength(before + 4);
  running.cancel();
  // Whoever waits next has its place.
  await eventually('a fifth list', () => asked.length === before + 5);
  expect((await endOf(running)).ok).toBe(true);
});

it('gives the place of a waiting chat free when its page cancels or leaves', async () => {
  const world = await startWorld();
  world.gateway.faults.set('quoteSilent');
  const page = world.openPage();
  const chats = Array.from({ length: 32 }, () => page.chat());
  await eventually('four quotes', () => world.gateway.of('quote').length === 4);
  chats.at(-1)?.cancel();
  await errorOf(chats.at(-1) as OpenPageCall);
  const next = page.chat();
  await world.quiet();
  expect(next.ended).toBeUndefined();
  page.leave();
  await eventually('nothing kept alive', () => world.holds === 0);
  const again = world.openPage();
  world.gateway.faults.clear();
  again.chat();
  await world.screens.card();
});
