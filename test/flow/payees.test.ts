import { expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import { otherPayee, payee } from '../fakes/gateway.ts';
import { fakeWallet } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, errorOf, resultOf, statesOf } from './steps.ts';

const gatewayOrigin = 'https://jumpgate.ambient.xyz';

/** A world in which one payment with a grant has pinned the gateway's address. */
async function pinnedWorld() {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await resultOf(page.chat());
  return { world, page };
}

async function paidTo(world: World) {
  return (await world.rows()).map(({ payTo, state, approvedBy }) => [payTo, state, approvedBy]);
}

it('shows a red card that names the pinned and the new address, and never pays a new one with a grant', async () => {
  const { world, page } = await pinnedWorld();
  world.gateway.faults.set('otherPayee');
  const chat = page.chat();
  const card = await world.screens.card();
  expect(card.payment).toMatchObject({
    payTo: otherPayee,
    newPayee: { payTo: otherPayee, pinned: [payee], canAdd: true },
  });
  expect(card.payment?.newPayee).not.toHaveProperty('trustable');
  expect(await statesOf(world)).toEqual(['settled']);
  await world.screens.click({ choice: 'deny' });
  expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', paid: 'no' });
  expect(world.gateway.charges).toHaveLength(1);
});

it('refuses a new address where no card may open: without a click nothing is paid', async () => {
  const { world, page } = await pinnedWorld();
  world.gateway.faults.set('otherPayee');
  const error = await errorOf(page.chat({ active: false }));
  expect(error).toMatchObject({ type: 'unsafe_payment_request', paid: 'no' });
  expect(world.windows.opened).toEqual([]);
  expect(world.badge.marked).toEqual([1]);
  expect(await statesOf(world)).toEqual(['settled']);
});

it('pays a new address once, and asks again the next time', async () => {
  const { world, page } = await pinnedWorld();
  world.gateway.faults.set('otherPayee');
  const once = page.chat();
  await world.screens.click({ choice: 'once' });
  await resultOf(once);
  page.chat();
  expect((await world.screens.card()).payment?.newPayee).toMatchObject({ pinned: [payee] });
  expect(await paidTo(world)).toEqual([
    [payee, 'settled', 'grant'],
    [otherPayee, 'settled', 'card'],
  ]);
});

it('adds an address by the person’s word, for good: both are then paid with the grant', async () => {
  const { world, page } = await pinnedWorld();
  world.gateway.faults.set('otherPayee');
  const added = page.chat();
  await world.screens.click({ choice: 'once' }, { payee: 'address' });
  await resultOf(added);
  world.restart();
  await resultOf(page.chat());
  world.gateway.faults.clear();
  await resultOf(page.chat());
  expect(world.windows.opened).toHaveLength(1);
  expect((await paidTo(world)).map(([to]) => to)).toEqual([payee, otherPayee, otherPayee, payee]);
});

it('offers to trust the gateway’s origin at a second change within ten payments, and then pays any address', async () => {
  const { world, page } = await pinnedWorld();
  world.gateway.faults.set('otherPayee', 1);
  const added = page.chat();
  await world.screens.click({ choice: 'once' }, { payee: 'address' });
  await resultOf(added);
  world.gateway.faults.set('thirdPayee');
  const second = page.chat();
  const card = await world.screens.click({ choice: 'once' }, { payee: 'origin' });
  expect(card.payment?.newPayee).toMatchObject({ trustable: gatewayOrigin, pinned: [payee, otherPayee] });
  await resultOf(second);
  await resultOf(page.chat({ active: false }));
  expect(world.windows.opened).toHaveLength(2);
});

it('trusts no origin that the card did not offer', async () => {
  const { world, page } = await pinnedWorld();
  world.gateway.faults.set('otherPayee');
  const chat = page.chat();
  await world.screens.click({ choice: 'once' }, { payee: 'origin' });
  await resultOf(chat);
  page.chat();
  expect((await world.screens.card()).payment?.newPayee).toBeDefined();
});

it('does not pin the address of a payment that the wallet refused', async () => {
  const world = await startWorld();
  const wallet = fakeWallet();
  wallet.signing = 'reject';
  const page = world.openPage({ wallet });
  world.gateway.faults.set('otherPayee', 1);
  const refused = page.chat();
  await world.screens.payOnce();
  await errorOf(refused);
  wallet.signing = 'sign';
  const chat = page.chat();
  expect((await world.screens.payOnce()).payment).not.toHaveProperty('newPayee');
  await resultOf(chat);
  await allow(world);
  world.gateway.faults.set('otherPayee', 1);
  page.chat();
  expect((await world.screens.card()).payment?.newPayee).toMatchObject({ pinned: [payee] });
});

it('does not pin the address of a reservation that was given back', async () => {
  const world = await startWorld();
  const wallet = fakeWallet();
  wallet.connecting = 'reject';
  const page = world.openPage({ wallet });
  world.gateway.faults.set('otherPayee', 1);
  const refused = page.chat();
  await world.screens.payOnce();
  await errorOf(refused);
  expect(await statesOf(world)).toEqual(['released']);
  wallet.connecting = 'connect';
  await allow(world);
  await resultOf(page.chat());
  expect((await paidTo(world)).at(-1)).toEqual([payee, 'settled', 'grant']);
});

it('asks once more where another payment has pinned another address in the meantime', async () => {
  const world = await startWorld();
  await allow(world);
  const wallet = fakeWallet();
  wallet.connecting = 'hang';
  const slow = world.openPage({ tabId: 2, wallet });
  world.gateway.faults.set('otherPayee', 1);
  const waiting = slow.chat();
  await slow.asked('connect');
  await resultOf(world.openPage().chat());
  wallet.connecting = 'connect';
  await wallet.goOn();
  const card = await world.screens.card();
  // Priced again for the card, it is the pinned address or a new one that is shown; never paid unseen.
  expect(card.payment?.newPayee).toMatchObject({ payTo: otherPayee, pinned: [payee] });
  expect(world.gateway.charges).toHaveLength(1);
  await world.screens.click({ choice: 'deny' });
  await errorOf(waiting);
  expect(await statesOf(world)).toEqual(['released', 'settled']);
});

it('asks in the panel, inline: nothing is paid until the person accepts the address and asks again', async () => {
  const { world } = await pinnedWorld();
  world.gateway.faults.set('otherPayee');
  const chat = { messages: [{ role: 'user' as const, content: 'What is Base?' }], maxTokens: 1000 };
  const send = () => world.screens.call('panel.send', { tabId: 1, chat, maxAmount: '4424' });
  const latest = (runId: string) =>
    eventually('the end of the run', async () => {
      let shown;
      const unwatch = world.screens.watch('panel.watch', { tabId: 1 }, (event) => {
        if (event.type === 'state') shown = event.state.runs.find(({ id }) => id === runId);
      });
      await world.quiet();
      unwatch();
      return (shown as { stage: string } | undefined)?.stage.match(/done|failed/) ? shown : undefined;
    });
  const { runId } = await send();
  const stopped = await latest(runId);
  expect(stopped).toMatchObject({
    stage: 'failed',
    paid: 'no',
    problemType: 'unsafe_payment_request',
    newPayee: { payTo: otherPayee, pinned: [payee], canAdd: true },
  });
  expect(world.windows.opened).toEqual([]);
  await world.screens.call('payee.accept', { runId, trust: 'address' });
  const again = await send();
  expect(await latest(again.runId)).toMatchObject({ stage: 'done', paid: 'yes' });
  expect((await paidTo(world)).map(([to]) => to)).toEqual([payee, otherPayee]);
});

it('asks for a new address and a limit on one card', async () => {
  const { world, page } = await pinnedWorld();
  await allow(world, { day: '5000' });
  world.gateway.faults.set('otherPayee');
  const chat = page.chat();
  const card = await world.screens.click({ choice: 'once-anyway' }, { payee: 'address' });
  expect(card.payment?.newPayee).toBeDefined();
  expect(card.exceeded).toMatchObject([{ limit: 'site-day' }]);
  await resultOf(chat);
  expect((await paidTo(world)).at(-1)).toEqual([otherPayee, 'settled', 'override']);
});
