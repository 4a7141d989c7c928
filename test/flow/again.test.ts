import { expect, it } from 'vitest';
import type { PaymentView } from '../../src/protocol/panel.ts';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { fakeWallet } from '../fakes/wallet.ts';
import type { FakeWallet, SigningMode } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, errorOf, examplePrice, resultOf, statesOf, usedToday } from './steps.ts';

/** A payment that the wallet met so. */
async function asked(signing: SigningMode, nodes: readonly string[] = []) {
  const world = await startWorld({ nodes });
  await allow(world);
  const wallet = fakeWallet();
  wallet.signing = signing;
  const page = world.openPage({ wallet });
  const chat = page.chat();
  await page.asked('signTypedData');
  await world.quiet();
  return { world, wallet, page, chat };
}

const messages = ({ asked: asks }: FakeWallet) =>
  asks.flatMap((ask) => (ask.type === 'signTypedData' ? [ask.typedData] : []));

async function held(world: World): Promise<PaymentView> {
  const [payment] = (await world.screens.popup(1)).held;
  if (!payment) throw new Error('Nothing is held.');
  return payment;
}

const askAgain = async (world: World) =>
  world.screens.call('payment.askAgain', { paymentId: (await held(world)).id });
const payAgain = async (world: World) =>
  world.screens.call('payment.payAgain', { paymentId: (await held(world)).id });

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PanelRefusal)) throw new Error('It was not refused.');
  return error.wire.message;
}

/** The popup's run, once it is over. */
const over = (world: World) =>
  eventually('the end of the run', async () => {
    await world.quiet();
    const [run] = (await world.screens.popup(1)).runs;
    return run && ['done', 'failed', 'stopped'].includes(run.stage) ? run : undefined;
  });

it('asks the wallet again for the same message after a refusal: one nonce, one row, one hold, and the answer comes', async () => {
  const { world, wallet, chat } = await asked('reject');
  expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', paid: 'no' });
  expect((await held(world)).again).toMatchObject({ kind: 'wallet' });

  wallet.signing = 'sign';
  await askAgain(world);
  expect(await over(world)).toMatchObject({ stage: 'done', paid: 'yes', text: answerWords.join('') });
  const [first, second, ...more] = messages(wallet);
  expect(second).toBe(first);
  expect(more).toEqual([]);
  expect(await statesOf(world)).toEqual(['settled']);
  expect(world.gateway.charges).toHaveLength(1);
  expect(world.gateway.of('quote')).toHaveLength(1);
  expect(await usedToday(world)).toBe(examplePrice);
});

it('asks again after a restart of the background, where the same document is still there', async () => {
  const { world, wallet } = await asked('reject');
  world.restart();
  wallet.signing = 'sign';
  await askAgain(world);
  expect(await over(world)).toMatchObject({ stage: 'done', paid: 'yes' });
  expect(await statesOf(world)).toEqual(['settled']);
});

it('asks a wallet that hangs anew, within the same call: the page gets its answer', async () => {
  const { world, wallet, chat } = await asked('hang');
  await world.pass(20_000);
  wallet.signing = 'sign';
  await askAgain(world);
  await resultOf(chat);
  const [first, second] = messages(wallet);
  expect(second).toBe(first);
  expect(await statesOf(world)).toEqual(['settled']);
  expect(world.gateway.charges).toHaveLength(1);
});

it('offers to ask a wallet again that hangs only after some patience', async () => {
  const { world } = await asked('hang');
  const { again, atMs } = await held(world);
  expect(again).toEqual({ kind: 'wallet', fromMs: atMs + 15_000, untilMs: expect.any(Number) as number });
});

it('stays one hold however often the wallet says no', async () => {
  const { world, wallet } = await asked('reject');
  for (let time = 0; time < 3; time += 1) {
    await askAgain(world);
    await eventually('the refusal', async () => {
      await world.quiet();
      return (await world.screens.popup(1)).runs[0]?.stage === 'failed';
    });
  }
  expect(messages(wallet)).toHaveLength(4);
  expect(new Set(messages(wallet)).size).toBe(1);
  expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-rejected' }]);
  expect(await usedToday(world)).toBe(examplePrice);
});

it('asks nothing again with less than a minute of validity left', async () => {
  const { world, wallet } = await asked('reject');
  await world.pass(241_000);
  expect(await refusal(askAgain(world))).toContain('about to end');
  expect(messages(wallet)).toHaveLength(1);
});

it('asks no other document: neither one of another page in the tab nor none', async () => {
  const { world, page } = await asked('reject');
  const { id: paymentId } = await held(world);
  page.leave();
  const other = fakeWallet();
  const next = world.openPage({ wallet: other });
  next.connect();
  await world.quiet();
  expect((await held(world)).again).toBeUndefined();
  expect(await refusal(world.screens.call('payment.askAgain', { paymentId }))).toContain('page has gone');
  expect(other.asked).toEqual([]);
});

it('asks no other account for the message of the first', async () => {
  const { world, wallet } = await asked('reject');
  wallet.connecting = 'other account';
  wallet.signing = 'sign';
  await askAgain(world);
  expect(await over(world)).toMatchObject({ stage: 'failed' });
  expect(messages(wallet)).toHaveLength(1);
  expect((await world.screens.popup(1)).runs[0]?.problem).toContain('another account');
  expect(await world.rows()).toMatchObject([{ state: 'signing' }]);
});

it('asks nothing again for a site that is blocked, while all is paused, or of a wallet that lied', async () => {
  const { world } = await asked('reject');
  await world.screens.call('pause.set', { paused: true });
  expect(await refusal(askAgain(world))).toContain('paused');
  await world.screens.call('pause.set', { paused: false });
  await world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'blocked' });
  expect(await refusal(askAgain(world))).toContain('blocked');

  const lied = await asked('foreign account', ['https://node.example/rpc']);
  expect((await held(lied.world)).again).toBeUndefined();
  await lied.world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'ask' });
  expect(await refusal(askAgain(lied.world))).toContain('no longer has');
});

it('keeps no word of the question in the ledger, and forgets the attempt once it is paid', async () => {
  const { world, wallet } = await asked('reject');
  expect(JSON.stringify(await world.session.entries('attempt:'))).toContain('What is Base?');
  const rows = (await world.rows()).map((row) => JSON.stringify({ ...row, amount: String(row.amount) }));
  expect(rows.join('')).not.toContain('What is Base?');
  expect(JSON.stringify(await world.local.entries(''))).not.toContain('What is Base?');
  wallet.signing = 'sign';
  await askAgain(world);
  await over(world);
  expect(await world.session.entries('attempt:')).toEqual([]);
});

it('pays again only by a card that shows both amounts, also where the site has a grant, and once', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  world.gateway.faults.set('resetBefore');
  await endInTime(world, page.chat());
  expect((await held(world)).again).toEqual({ kind: 'pay' });
  world.gateway.faults.clear();
  const { id: paymentId } = await held(world);
  await world.screens.call('payment.payAgain', { paymentId });
  const card = await world.screens.payOnce();
  expect(card.payment).toMatchObject({ amount: '4424', earlier: '4424' });
  await eventually('the second payment', async () => (await statesOf(world)).at(-1) === 'settled');
  expect(await statesOf(world)).toEqual(['sent', 'settled']);
  expect(await usedToday(world)).toBe(2n * examplePrice);
  expect(await refusal(world.screens.call('payment.payAgain', { paymentId }))).toContain('no longer has');
});

it('counts both when paying again: the limits hold for the two together', async () => {
  const world = await startWorld();
  await allow(world, { day: '8000' });
  const page = world.openPage();
  world.gateway.faults.set('resetBefore');
  await endInTime(world, page.chat());
  await payAgain(world);
  const card = await world.screens.click({ choice: 'deny' });
  expect(card.exceeded).toMatchObject([{ limit: 'site-day', used: '4424', held: '4424' }]);
  expect(await statesOf(world)).toEqual(['sent']);
});

it('pays nothing again that is unsigned, and two clicks make one more payment at most', async () => {
  const { world } = await asked('reject');
  expect(await refusal(payAgain(world))).toContain('no longer has');

  const twice = await startWorld();
  const page = twice.openPage();
  twice.gateway.faults.set('resetBefore');
  const chat = page.chat();
  await twice.screens.payOnce();
  await endInTime(twice, chat);
  twice.gateway.faults.clear();
  await payAgain(twice);
  expect(await refusal(payAgain(twice))).toContain('no longer has');
  await twice.screens.payOnce();
  await eventually('the second payment', async () => (await statesOf(twice)).at(-1) === 'settled');
  expect(await statesOf(twice)).toEqual(['sent', 'settled']);
});
