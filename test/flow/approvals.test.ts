import { expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import { announcement } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf, statesOf } from './steps.ts';

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

it('gives no way round a limit by "Pay once"', async () => {
  const world = await startWorld();
  await allow(world, { day: '4000' });
  const chat = world.openPage().chat();
  await world.screens.payOnce();
  const again = await world.screens.card();
  expect(again).toMatchObject({ version: 2, exceeded: [{ limit: 'site-day' }] });
  expect(chat.ended).toBeUndefined();
  expect(await world.rows()).toEqual([]);
});

it('ends as refused, with nothing reserved, when the person does not allow it', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.click({ choice: 'deny' });
  expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', phase: 'approve', paid: 'no' });
  await world.quiet();
  expect(await world.rows()).toEqual([]);
  expect(world.windows.shown).toEqual([]);
});

it('blocks a site for good, before any request of it leaves', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat();
  await world.screens.click({ choice: 'block' });
  expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', paid: 'no' });
  const asked = world.gateway.requests.length;
  expect(await errorOf(page.chat())).toMatchObject({ type: 'unauthorized', phase: 'approve', paid: 'no' });
  expect(world.gateway.requests).toHaveLength(asked);
  expect(world.windows.opened).toHaveLength(1);
});

it('mutes a site and its subdomains for ten minutes after three refusals within 30 s', async () => {
  const world = await startWorld();
  const page = world.openPage();
  for (let refusal = 0; refusal < 3; refusal += 1) {
    const chat = page.chat();
    await world.screens.click({ choice: 'deny' });
    await errorOf(chat);
    await world.pass(10_000);
  }
  const subdomain = world.openPage({ origin: 'https://more.shop.example', tabId: 2 });
  for (const muted of [page.chat(), subdomain.chat(), page.call('requestPermission')]) {
    expect(await errorOf(muted)).toMatchObject({ type: 'unauthorized', paid: 'no' });
  }
  expect((await world.screens.popup(1)).site?.mutedUntilMs).toBeGreaterThan(world.clock.nowMs());
  const other = world.openPage({ origin: 'https://news.example', tabId: 3 }).chat();
  await world.screens.payOnce();
  await resultOf(other);

  await world.pass(10 * 60_000);
  page.chat();
  await world.screens.card();
});

it('shows no card for a muted site either where its grant does not reach', async () => {
  const world = await startWorld();
  await allow(world, { day: '4000' });
  const page = world.openPage();
  for (let refusal = 0; refusal < 3; refusal += 1) {
    const chat = page.chat();
    await world.screens.click({ choice: 'deny' });
    await errorOf(chat);
  }
  expect(await errorOf(page.chat())).toMatchObject({ type: 'unauthorized', phase: 'approve' });
});

it('takes away the cards that a site has waiting when it is muted', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chats = Array.from({ length: 4 }, () => page.chat());
  const other = world.openPage({ origin: 'https://news.example', tabId: 2 }).chat();
  await eventually('five cards', () => world.badge.waiting === 5);
  for (let refusal = 0; refusal < 3; refusal += 1) await world.screens.click({ choice: 'deny' });
  const ends = await Promise.all(chats.map(errorOf));
  expect(ends.map(({ type }) => type).sort()).toEqual([
    'unauthorized',
    'user_rejected',
    'user_rejected',
    'user_rejected',
  ]);
  await world.screens.payOnce();
  await resultOf(other);
  expect(world.windows.opened).toHaveLength(4);
});

it('takes away the cards that a site has waiting when it is blocked', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chats = [page.chat(), page.chat()];
  await eventually('two cards', () => world.badge.waiting === 2);
  await world.screens.click({ choice: 'block' });
  const ends = await Promise.all(chats.map(errorOf));
  expect(ends.map(({ type }) => type).sort()).toEqual(['unauthorized', 'user_rejected']);
  expect(world.badge.waiting).toBe(0);
});

it('forgets no refusal when it restarts', async () => {
  const world = await startWorld();
  const page = world.openPage();
  for (let refusal = 0; refusal < 3; refusal += 1) {
    const chat = page.chat();
    await world.screens.click({ choice: 'deny' });
    await errorOf(chat);
  }
  world.restart();
  expect(await errorOf(page.chat())).toMatchObject({ type: 'unauthorized', phase: 'approve' });
});

it('does not mute for refusals that are further apart', async () => {
  const world = await startWorld();
  const page = world.openPage();
  for (let refusal = 0; refusal < 4; refusal += 1) {
    const chat = page.chat();
    await world.screens.click({ choice: 'deny' });
    expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected' });
    await world.pass(16_000);
  }
});

it('asks for the price again when a card is answered after a minute', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.card();
  await world.pass(61_000);
  await world.screens.payOnce();
  await resultOf(chat);
  expect(world.gateway.requests.map(({ kind }) => kind)).toEqual([
    'quote',
    'challenge',
    'quote',
    'challenge',
    'paid',
  ]);
  expect(world.windows.opened).toHaveLength(1);
});

it('shows a price that rose while the card was open as a new version, and takes no click on the old one', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.card();
  await world.pass(61_000);
  world.gateway.priceOf = () => 5000n;
  const old = await world.screens.payOnce();
  const renewed = await world.screens.card();
  expect(renewed).toMatchObject({ id: old.id, version: 2, payment: { amount: '5000', changedFrom: '4424' } });
  const late = { cardId: old.id, version: 1, answer: { choice: 'once' as const } };
  expect(await world.screens.call('approval.answer', late)).toEqual({ accepted: false });
  expect(await world.rows()).toEqual([]);
  await world.screens.payOnce();
  expect((await resultOf(chat)).receipt.amountUsdc).toBe('0.005');
});

it('pays a price that fell while the card was open without asking again', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.card();
  await world.pass(61_000);
  world.gateway.priceOf = () => 4000n;
  await world.screens.payOnce();
  expect((await resultOf(chat)).receipt.amountUsdc).toBe('0.004');
  expect(world.gateway.charges).toMatchObject([{ value: 4000n }]);
});

it('gives the reservation back and asks anew when the price rose while the wallet was being connected', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  const chat = page.chat();
  const first = await world.screens.payOnce();
  await page.asked('connect');
  await world.pass(61_000);
  world.gateway.priceOf = () => 5000n;
  page.wallet.connecting = 'connect';
  await page.wallet.goOn();

  const second = await world.screens.card();
  expect(second.id).not.toBe(first.id);
  expect(second.payment).toMatchObject({ amount: '5000', changedFrom: '4424' });
  expect(await world.rows()).toMatchObject([{ state: 'released', releasedReason: 'offer-changed' }]);
  await world.screens.payOnce();
  await resultOf(chat);
  expect(world.gateway.charges).toMatchObject([{ value: 5000n }]);
  expect(await statesOf(world)).toEqual(['released', 'settled']);
});

it('fetches the challenge again when connecting the wallet took over a minute', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  const chat = page.chat();
  await world.screens.payOnce();
  await page.asked('connect');
  await world.pass(61_000);
  await page.wallet.goOn();
  await resultOf(chat);
  expect(world.gateway.of('challenge')).toHaveLength(2);
  expect(await statesOf(world)).toEqual(['settled']);
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
  const first = await world.screens.click({ choice: 'once' }, 'uuid-of-blue');
  expect(first.chosenWallet).toBe('uuid-of-red');
  await resultOf(chat);
  expect(page.wallet.asked).toMatchObject([
    { type: 'list' },
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
