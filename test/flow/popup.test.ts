import { expect, it } from 'vitest';
import type { PopupEvent } from '../../src/protocol/panel.ts';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

it('follows a live answer by its text, each piece at its place', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage({ tabId: 3 });
  const events: PopupEvent[] = [];
  world.screens.watch('popup.watch', { tabId: 3 }, (event) => events.push(event));
  world.gateway.faults.set('slowHeaders', 1);
  world.gateway.faults.set('holdStream', 1);
  const chat = page.chat();
  const stage = () => events.findLast((event) => event.type === 'state')?.state.runs[0]?.stage;
  for (const waiting of ['settling', 'streaming']) {
    await eventually(`the popup to show ${waiting}`, () => stage() === waiting);
    // The stage is told before the gateway has the request that it holds.
    await world.quiet();
    world.gateway.release();
  }
  await resultOf(chat);
  await world.quiet();
  let text = '';
  for (const event of events) {
    if (event.type !== 'text') continue;
    expect(event.at).toBe(text.length);
    text += event.text;
  }
  expect(text).toBe(answerWords.join(''));
  expect(stage()).toBe('done');
});

it('shows a tab its own answers only, and says nothing after it has closed', async () => {
  const world = await startWorld();
  await allow(world);
  const events: PopupEvent[] = [];
  const unwatch = world.screens.watch('popup.watch', { tabId: 4 }, (event) => events.push(event));
  await resultOf(world.openPage({ tabId: 3 }).chat());
  await world.quiet();
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) expect(event).toMatchObject({ type: 'state', state: { runs: [] } });
  unwatch();
  const heard = events.length;
  await resultOf(world.openPage({ tabId: 4 }).chat());
  await world.quiet();
  expect(events).toHaveLength(heard);
});

it('brings our scripts into the page below it, and shows the site also where no page may be touched', async () => {
  const world = await startWorld();
  let brought = 0;
  world.tabs.set(5, { url: 'https://early.example/', bringScripts: () => void (brought += 1) });
  world.tabs.set(6, {
    url: 'https://store.example/',
    bringScripts: () => {
      throw new Error('The extensions gallery cannot be scripted.');
    },
  });
  expect((await world.screens.popup(5)).site?.origin).toBe('https://early.example');
  expect((await world.screens.popup(6)).site?.origin).toBe('https://store.example');
  expect(brought).toBe(1);
});

it('shows mode, limits, what is used of them and when a grant ends', async () => {
  const world = await startWorld();
  await allow(world, { request: '60000', day: '100000', month: '200000' });
  await resultOf(world.openPage().chat());
  const { site, all, paused, ledgerReady } = await world.screens.popup(1);
  expect(site).toEqual({
    origin: 'https://shop.example',
    mode: 'auto',
    caps: { request: '60000', day: '100000', month: '200000' },
    use: [
      { limit: 'site-day', cap: '100000', used: '4424', held: '0' },
      { limit: 'site-month', cap: '200000', used: '4424', held: '0' },
    ],
    grantEndsAtMs: world.clock.nowMs() + 30 * 24 * 3_600_000,
  });
  expect(all).toEqual([
    { limit: 'all-day', cap: '2000000', used: '4424', held: '0' },
    { limit: 'all-month', cap: '20000000', used: '4424', held: '0' },
  ]);
  expect({ paused, ledgerReady }).toEqual({ paused: false, ledgerReady: true });
});

it('shows no site for a tab that has none of ours', async () => {
  const world = await startWorld();
  world.tabs.set(5, { url: 'chrome://settings/' });
  world.tabs.set(6, { url: 'https://quiet.example/path' });
  expect((await world.screens.popup(5)).site).toBeUndefined();
  expect((await world.screens.popup(6)).site).toMatchObject({ origin: 'https://quiet.example', mode: 'ask' });
  expect((await world.screens.popup(7)).site).toBeUndefined();
});

it('lists payments with their links, and a refusal with why and until when it counts', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  const { receipt } = await resultOf(page.chat());
  await world.pass(1);
  page.wallet.signing = 'reject';
  const { receiptId } = await errorOf(page.chat());
  const { payments, held } = await world.screens.popup(1);
  expect(payments).toMatchObject([
    { id: receiptId, status: 'pending', trouble: 'wallet-rejected' },
    {
      id: receipt.id,
      status: 'settled',
      explorerUrl: `https://basescan.org/tx/${world.gateway.charges[0]?.transaction}`,
    },
  ]);
  expect(held.map(({ id }) => id)).toEqual([receiptId]);
});

it('counts the cards that wait, and takes a new limit at once', async () => {
  const world = await startWorld();
  world.openPage().chat();
  await eventually('a card', () => world.badge.waiting === 1);
  expect((await world.screens.popup(1)).waiting).toBe(1);
  const caps = { request: '1', day: '2', month: '3' };
  await world.screens.call('site.setCaps', { site: 'https://shop.example', caps });
  expect((await world.screens.popup(1)).site?.caps).toEqual(caps);
});
