import { expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import { announcement } from '../fakes/wallet.ts';
import { shopOrigin, startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

it('asks again for the next payment after "Pay once"', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const first = page.chat();
  await world.screens.payOnce();
  await resultOf(first);
  page.chat();
  const card = await world.screens.card();
  expect(card.mode).toBe('ask');
  expect(card.use[0]).toEqual({ limit: 'site-day', cap: '500000', used: '4424', held: '0' });
});

it('pays on without cards after "Allow up to", within the limit that was given', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const first = page.chat();
  await world.screens.click({ choice: 'allow', day: '9000' });
  await resultOf(first);
  await resultOf(page.chat({ active: false }));
  expect(world.windows.opened).toHaveLength(1);
  expect((await world.rows()).map(({ approvedBy }) => approvedBy)).toEqual(['card', 'grant']);

  page.chat();
  const card = await world.screens.card();
  expect(card.exceeded).toEqual([{ limit: 'site-day', cap: '9000', used: '8848', held: '0' }]);
});

it.each(['https://more.shop.example', 'https://shop.example:8443', 'https://example', 'http://localhost'])(
  'takes the permission of a site for no other one: %s',
  async (origin) => {
    const world = await startWorld();
    await allow(world);
    const other = world.openPage({ origin, tabId: 2 });
    expect(await errorOf(other.chat({ active: false }))).toMatchObject({
      type: 'unauthorized',
      phase: 'approve',
    });
    expect(await world.rows()).toEqual([]);
    await resultOf(world.openPage().chat({ active: false }));
    expect(await world.rows()).toMatchObject([{ site: shopOrigin, state: 'settled' }]);
  },
);

it('shows the card again where the limit that was given is too small for this very payment', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  const first = await world.screens.click({ choice: 'allow', day: '4000' });
  const second = await world.screens.card();
  expect(second).toMatchObject({ id: first.id, version: 2, exceeded: [{ limit: 'site-day', cap: '4000' }] });
  expect(await world.rows()).toEqual([]);
  await world.screens.click({ choice: 'deny' });
  await errorOf(chat);
});

it('raises the limits that a payment would pass and pays', async () => {
  const world = await startWorld();
  await allow(world, { day: '4000', month: '4000' });
  const page = world.openPage();
  const chat = page.chat();
  const { exceeded } = await world.screens.click({
    choice: 'raise',
    limits: [
      { limit: 'site-day', cap: '10000' },
      { limit: 'site-month', cap: '20000' },
    ],
  });
  expect(exceeded.map(({ limit }) => limit)).toEqual(['site-day', 'site-month']);
  await resultOf(chat);
  const { site } = await world.screens.popup(1);
  expect(site?.caps).toMatchObject({ day: '10000', month: '20000' });
  expect(await world.rows()).toMatchObject([{ approvedBy: 'card', state: 'settled' }]);
});

it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 12])(
  'keeps a limit that the person lowers %i turns after the click that raises another',
  async (turns) => {
    const world = await startWorld();
    await allow(world, { day: '4000' });
    const chat = world.openPage().chat();
    await world.screens.card();
    const raised = world.screens.click({ choice: 'raise', limits: [{ limit: 'site-day', cap: '10000' }] });
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const lowered = world.screens.call('limits.set', { allMonth: '5001' });
    await Promise.all([raised, lowered]);
    await resultOf(chat);
    let shown: string | undefined;
    const unwatch = world.screens.watch('options.watch', {}, ({ state }) => {
      shown = state.limits.find(({ limit }) => limit === 'all-month')?.cap;
    });
    expect(await eventually('the options', () => shown)).toBe('5001');
    unwatch();
  },
);

it('leaves a site without limits of its own at those of any site when one over all sites is raised', async () => {
  const world = await startWorld();
  await world.screens.call('limits.set', { allDay: '4000' });
  const chat = world.openPage().chat();
  await world.screens.click({ choice: 'raise', limits: [{ limit: 'all-day', cap: '10000' }] });
  await resultOf(chat);
  await world.screens.call('limits.set', { site: { request: '1', day: '2', month: '3' } });
  expect((await world.screens.popup(1)).site?.caps).toMatchObject({ request: '1', day: '2', month: '3' });
});

it('raises exactly this payment, once, on "Pay once anyway"', async () => {
  const world = await startWorld();
  await allow(world, { day: '4000' });
  const page = world.openPage();
  const chat = page.chat();
  await world.screens.click({ choice: 'once-anyway' });
  await resultOf(chat);
  const [row] = await world.rows();
  expect(row).toMatchObject({ approvedBy: 'override', state: 'settled' });
  expect(row?.overrideId).toBeDefined();
  expect((await world.screens.popup(1)).site?.caps.day).toBe('4000');

  page.chat();
  expect((await world.screens.card()).exceeded).toMatchObject([{ limit: 'site-day', used: '4424' }]);
});

it('opens no card without a click: the call fails at once, before any request, and the tab is marked', async () => {
  const world = await startWorld();
  const page = world.openPage({ tabId: 7 });
  expect(await errorOf(page.chat({ active: false }))).toMatchObject({
    type: 'unauthorized',
    phase: 'approve',
    paid: 'no',
    message: expect.stringContaining('call this from a click') as string,
  });
  expect(world.badge.marked).toEqual([7]);
  expect(world.gateway.requests).toEqual([]);
  expect(world.windows.opened).toEqual([]);
});

it('opens no card without a click where a grant is used up', async () => {
  const world = await startWorld();
  await allow(world, { day: '4000' });
  const page = world.openPage({ tabId: 7 });
  expect(await errorOf(page.chat({ active: false }))).toMatchObject({
    type: 'limit_exceeded',
    phase: 'approve',
    paid: 'no',
  });
  expect(world.badge.marked).toEqual([7]);
  expect(world.windows.opened).toEqual([]);
  expect(await world.rows()).toEqual([]);
});

it('asks in spite of a grant when one payment is above the threshold', async () => {
  const world = await startWorld();
  await allow(world, { request: '4000' });
  const chat = world.openPage().chat();
  const card = await world.screens.payOnce();
  expect(card.exceeded).toEqual([{ limit: 'request', cap: '4000', used: '0', held: '0' }]);
  await resultOf(chat);
});

it('keeps a card whose window was closed waiting, and opens it again on demand', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  const card = await world.screens.card();
  world.windows.dismiss(card.id);
  await world.quiet();
  expect(chat.ended).toBeUndefined();
  expect(world.badge.waiting).toBe(1);
  await world.screens.call('approval.reopen', {});
  await world.screens.payOnce();
  await resultOf(chat);
});

it('voids the card of a page that has gone: nothing is paid', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.chat();
  const card = await world.screens.card();
  page.leave();
  await eventually('the void', () => world.screens.view(card.id)?.state === 'void');
  expect(world.screens.view(card.id)).toEqual({ state: 'void', reason: 'page-gone' });
  const answer = { cardId: card.id, version: card.version, answer: { choice: 'once' as const } };
  expect(await world.screens.call('approval.answer', answer)).toEqual({ accepted: false });
  expect(await world.rows()).toEqual([]);
  expect(world.badge.waiting).toBe(0);
});

it('shows one card at a time', async () => {
  const world = await startWorld();
  const shop = world.openPage().chat();
  await world.screens.card();
  const news = world.openPage({ origin: 'https://news.example', tabId: 2 }).chat();
  await eventually('two cards', () => world.badge.waiting === 2);
  await world.quiet();
  expect(world.windows.shown).toHaveLength(1);
  expect((await world.screens.payOnce()).site).toBe('https://shop.example');
  await resultOf(shop);
  expect((await world.screens.payOnce()).site).toBe('https://news.example');
  await resultOf(news);
});

it('asks the wallet that was chosen on the card, and that one first the next time', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.announced = [announcement('red'), announcement('blue')];
  const chat = page.chat();
  const first = await world.screens.click({ choice: 'once' }, { wallet: 'uuid-of-blue' });
  expect(first.chosenWallet).toBe('uuid-of-red');
  await resultOf(chat);
  expect(page.wallet.asked).toMatchObject([
    { type: 'list' },
    // For what both have, which opens no window.
    ...['uuid-of-red', 'uuid-of-blue'].map((wallet) => ({ type: 'accounts', wallet })),
    ...['connect', 'switchChain', 'signTypedData'].map((type) => ({ type, wallet: 'uuid-of-blue' })),
  ]);
  page.chat();
  expect((await world.screens.card()).chosenWallet).toBe('uuid-of-blue');
});

it('takes one answer for each version of a card', async () => {
  const world = await startWorld();
  world.openPage().chat();
  const { id: cardId, version } = await world.screens.card();
  const click = (choice: 'once' | 'deny') =>
    world.screens.call('approval.answer', { cardId, version, answer: { choice } });
  const clicks = await Promise.all([click('once'), click('deny')]);
  expect(clicks).toEqual([{ accepted: true }, { accepted: false }]);
  await world.reaches('settled');
});

it('lets a site ask for permission with its own words and a wish, which decide nothing', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const asked = page.call('requestPermission', {
    reason: 'To answer your questions',
    budget: { amount: '0.25', per: 'day' },
  });
  const card = await world.screens.click({ choice: 'allow', day: '100000' });
  expect(card).toMatchObject({ reason: 'To answer your questions', suggestedDay: '250000' });
  expect(card.payment).toBeUndefined();
  const ninetyDays = world.clock.nowMs() + 30 * 24 * 3_600_000;
  expect(await resultOf(asked)).toEqual({ state: 'granted', autoApprove: true, expiresAt: ninetyDays });
  expect((await world.screens.popup(1)).site?.caps.day).toBe('100000');
  expect(await resultOf(page.call('requestPermission'))).toMatchObject({ state: 'granted' });
  expect(world.windows.opened).toHaveLength(1);
});

it('asks for permission only after a click, and a refusal is an error', async () => {
  const world = await startWorld();
  const page = world.openPage();
  expect(await errorOf(page.call('requestPermission', {}, false))).toMatchObject({ type: 'unauthorized' });
  expect(world.windows.opened).toEqual([]);
  const asked = page.call('requestPermission');
  await world.screens.click({ choice: 'deny' });
  expect(await errorOf(asked)).toMatchObject({ type: 'user_rejected', paid: 'no' });
  expect(await resultOf(page.call('permission'))).toEqual({ state: 'prompt', autoApprove: false });
  expect(world.holds).toBe(0);
});

it('asks for each of twenty calls that a page makes at once, one card at a time, and gives each its answer', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chats = Array.from({ length: 20 }, (_, at) =>
    page.chat({ request: { messages: [{ role: 'user', content: `Question ${at}` }] } }),
  );
  const asked = new Set<string | undefined>();
  for (const _ of chats) {
    const { payment } = await world.screens.payOnce();
    asked.add(payment?.question);
    expect(world.windows.shown.length).toBeLessThan(2);
  }
  const receipts = await Promise.all(chats.map(async (chat) => (await resultOf(chat)).receipt.id));
  expect(asked.size).toBe(20);
  expect(new Set(receipts).size).toBe(20);
  expect(world.gateway.charges).toHaveLength(20);
});
