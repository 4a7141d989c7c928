import { expect, it } from 'vitest';
import { startWorld } from '../fakes/world.ts';
import { resultOf, statesOf } from './steps.ts';

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
