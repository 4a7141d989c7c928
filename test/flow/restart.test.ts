import { expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import type { FakePage, OpenPageCall } from '../fakes/page.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endOf, errorOf, resultOf, statesOf, usedToday } from './steps.ts';

/** Brings a call to a step and returns when it stands there. */
type Reach = (world: World, page: FakePage, begin: () => OpenPageCall) => Promise<OpenPageCall>;

/** The background dies just before it does this. */
const dyingAt =
  (action: string): Reach =>
  async (world, _page, begin) => {
    let died = false;
    world.onAction = (next) => {
      if (next !== action || died) return;
      died = true;
      world.kill();
    };
    const call = begin();
    await eventually(action, () => died);
    return call;
  };

const steps: Readonly<Record<string, Reach>> = {
  async quoting(world, _page, begin) {
    world.gateway.faults.set('quoteSilent');
    const call = begin();
    await eventually('the quote', () => world.gateway.of('quote')[0]);
    return call;
  },
  async reserved(_world, page, begin) {
    page.wallet.connecting = 'hang';
    const call = begin();
    await page.asked('connect');
    return call;
  },
  'reserved, as its row is written': dyingAt('commit reserved'),
  'signing, before the wallet is asked': dyingAt('post ask signTypedData'),
  async signing(_world, page, begin) {
    page.wallet.signing = 'hang';
    const call = begin();
    await page.asked('signTypedData');
    return call;
  },
  'sent, as its row is written': dyingAt('commit sent'),
  'sent, before the bytes leave': dyingAt('fetch paid'),
  async sent(world, _page, begin) {
    world.gateway.faults.set('slowHeaders');
    const call = begin();
    await eventually('the charge', () => world.gateway.charges[0]);
    return call;
  },
  settled: dyingAt('commit settled'),
  async streaming(world, _page, begin) {
    world.gateway.faults.set('holdStream');
    const call = begin();
    await eventually('two words', () => call.text === 'Base is ');
    await world.pass(250);
    return call;
  },
};

it.each([
  ['quoting', [], 'no', 'approve'],
  ['reserved', ['released'], 'no', 'approve'],
  ['reserved, as its row is written', ['released'], 'no', 'approve'],
  ['signing, before the wallet is asked', ['signing'], 'unknown', 'send'],
  ['signing', ['signing'], 'unknown', 'send'],
  ['sent, as its row is written', ['sent'], 'unknown', 'send'],
  ['sent, before the bytes leave', ['sent'], 'unknown', 'send'],
  ['sent', ['sent'], 'unknown', 'send'],
  ['settled', ['settled'], 'yes', 'stream'],
  ['streaming', ['settled'], 'yes', 'stream'],
] as const)(
  'ends a call that was %s when the background died with 4900',
  async (step, states, paid, phase) => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    const call = await steps[step]?.(world, page, () => page.chat());
    if (!call) throw new Error('no call');
    world.kill();
    const asked = page.wallet.asked.length;
    const sent = world.gateway.of('paid').length;
    world.onAction = () => undefined;
    world.restart();

    const rowId = async () => (await world.rows())[0]?.id;
    const error = await errorOf(call);
    expect(error).toMatchObject({ type: 'disconnected', phase, paid, retryable: paid === 'no' });
    expect(error.receiptId).toBe(paid === 'no' ? undefined : await rowId());
    await world.pass(30_000);
    expect(await statesOf(world)).toEqual(states);
    expect(await usedToday(world)).toBe(paid === 'no' ? 0n : 4424n);
    const why = { signing: 'wallet-silent', sent: 'no-answer' };
    const held = states.flatMap((state) =>
      state in why ? [{ trouble: why[state as keyof typeof why] }] : [],
    );
    expect((await world.screens.popup(1)).held).toMatchObject(held);
    expect((await world.screens.popup(1)).runs).toMatchObject([
      {
        stage: 'failed',
        paid,
        incomplete: step === 'streaming',
        text: step === 'streaming' ? 'Base is ' : '',
      },
    ]);
    // Recovery reads chains; it never sends, and it asks no wallet.
    expect(world.gateway.of('paid')).toHaveLength(sent);
    expect(page.wallet.asked).toHaveLength(asked);
    expect(world.gateway.charges.length).toBe(sent);
    expect(world.holds).toBe(0);
  },
);

it('releases with the reason that it restarted, and pays anew', async () => {
  const world = await startWorld();
  await allow(world, { day: '4424' });
  const page = world.openPage();
  await steps['reserved']?.(world, page, () => page.chat());
  world.restart();
  page.wallet.connecting = 'connect';
  await resultOf(page.chat());
  expect(await world.rows()).toMatchObject([
    { state: 'released', releasedReason: 'restart' },
    { state: 'settled' },
  ]);
});

it('voids a card that was open: nothing was paid', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat();
  const card = await world.screens.card();
  world.restart();
  await eventually('the void', () => world.screens.view(card.id)?.state === 'void');
  expect(world.screens.view(card.id)).toEqual({ state: 'void', reason: 'restarted' });
  const { id: cardId, version } = card;
  const late = { cardId, version, answer: { choice: 'once' as const } };
  expect(await world.screens.call('approval.answer', late)).toEqual({ accepted: false });
  expect(await errorOf(chat)).toMatchObject({
    type: 'disconnected',
    paid: 'no',
    retryable: true,
    message: 'PaidChat restarted, nothing was paid: try again.',
  });
  expect(await world.rows()).toEqual([]);
  expect(world.badge.waiting).toBe(0);
});

it('ends a request for permission whose card was open', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const asked = page.call('requestPermission');
  await world.screens.card();
  world.restart();
  expect(await errorOf(asked)).toMatchObject({ type: 'disconnected', paid: 'no' });
  expect(await resultOf(page.call('permission'))).toMatchObject({ state: 'prompt' });
});

it('stores a signature that comes after a restart and never sends it', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  const chat = await steps['signing']?.(world, page, () => page.chat());
  world.restart();
  expect(await endOf(chat as OpenPageCall)).toMatchObject({ ok: false, error: { paid: 'unknown' } });
  await page.wallet.goOn();
  await world.reaches('signed');
  await world.pass(60_000);
  expect(await world.rows()).toMatchObject([{ state: 'signed', trouble: 'not-sent' }]);
  expect(world.gateway.of('paid')).toEqual([]);
  world.restart();
  await world.quiet();
  expect(await statesOf(world)).toEqual(['signed']);
});

it('drops a late answer that is no signature of what was asked', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await steps['signing']?.(world, page, () => page.chat());
  world.restart();
  const id = page.askIds.at(-1);
  for (const value of [null, '0x', `0x${'11'.repeat(65)}`, { signature: '0x' }]) {
    page.say({ v: 1, id, kind: 'answer', ok: true, value });
  }
  page.say({ v: 1, id, kind: 'answer', ok: false, value: { kind: 'rejected', message: '' } });
  await world.quiet();
  expect(await statesOf(world)).toEqual(['signing']);
});

it('gives the whole of a finished answer to a page that lost the end of it', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  const page = world.openPage();
  const chat = page.chat();
  await eventually('two words', () => chat.text === 'Base is ');
  page.drop();
  world.gateway.release();
  await eventually('the end', async () => (await world.screens.popup(1)).runs[0]?.stage === 'done');
  expect(chat.ended).toBeUndefined();
  world.restart();
  await resultOf(chat);
  expect(chat.text).toBe(answerWords.join(''));
});

it('takes a live answer up again where the page lost its port', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  const page = world.openPage();
  const chat = page.chat();
  await eventually('two words', () => chat.text === 'Base is ');
  page.reconnect();
  await world.quiet();
  world.gateway.release();
  await resultOf(chat);
  expect(chat.text).toBe(answerWords.join(''));
  expect(await statesOf(world)).toEqual(['settled']);
});

it('keeps finished answers to reread', async () => {
  const world = await startWorld();
  await allow(world);
  await resultOf(world.openPage().chat());
  world.restart();
  expect((await world.screens.popup(1)).runs).toMatchObject([
    { stage: 'done', text: answerWords.join(''), paid: 'yes', amount: '4424', incomplete: false },
  ]);
});

it('keeps grants, limits and what was spent', async () => {
  const world = await startWorld();
  await allow(world, { day: '8847' });
  const page = world.openPage();
  await resultOf(page.chat({ active: false }));
  world.restart();
  expect(await usedToday(world)).toBe(4424n);
  expect(await errorOf(page.chat({ active: false }))).toMatchObject({ type: 'limit_exceeded' });
  expect(world.gateway.charges).toHaveLength(1);
});

it('ends a call that the dead background never saw', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.connect();
  await world.quiet();
  const chat = page.chat();
  world.kill();
  world.restart();
  expect(await errorOf(chat)).toMatchObject({ type: 'disconnected', paid: 'no', retryable: true });
});
