import { expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

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

it('shows a muted site’s card again once the person lets it ask', async () => {
  const world = await startWorld();
  const page = world.openPage();
  for (let refusal = 0; refusal < 3; refusal += 1) {
    const chat = page.chat();
    await world.screens.click({ choice: 'deny' });
    await errorOf(chat);
  }
  const { site } = await world.screens.popup(1);
  if (site === undefined) throw new Error('The popup has no site.');
  await world.screens.call('site.forgive', { site: site.origin });
  expect((await world.screens.popup(1)).site).not.toHaveProperty('mutedUntilMs');
  const chat = page.chat();
  await world.screens.payOnce();
  await resultOf(chat);
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
