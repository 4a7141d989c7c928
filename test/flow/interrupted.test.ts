import { expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, resultOf, usedToday } from './steps.ts';

async function shopWorld(): Promise<World> {
  const world = await startWorld();
  await allow(world);
  return world;
}

const claim = async (world: World) => {
  const [row] = await world.rows();
  const { json } = await world.screens.call('payment.claim', { paymentId: row?.id ?? '' });
  return JSON.parse(json) as Record<string, unknown>;
};

it('disputes what a receipt had settled when the background died, before a word had come', async () => {
  const world = await shopWorld();
  world.gateway.faults.set('holdStream');
  let isSettled = false;
  world.onAction = (action) => {
    if (isSettled && world.lives === 1 && action === 'session run') world.kill();
    isSettled ||= action === 'commit settled';
  };
  const chat = world.openPage().chat();
  await world.reaches('settled');
  await world.quiet();
  world.restart();
  await world.quiet();
  expect(chat.text).toBe('');
  expect(await world.rows()).toMatchObject([{ state: 'settled', dispute: 'unanswered' }]);
  expect((await world.screens.popup(1)).payments).toMatchObject([
    { status: 'settled', dispute: 'unanswered' },
  ]);
  expect(await claim(world)).toMatchObject({ dispute: 'unanswered', quote: { amountMicroUsdc: '4424' } });
  expect(await usedToday(world)).toBe(4424n);
});

it('calls an answer broken off of which words were kept', async () => {
  const world = await shopWorld();
  world.gateway.faults.set('holdStream');
  const chat = world.openPage().chat();
  await eventually('the first words', () => chat.text !== '' && chat.text);
  await world.pass(1_000);
  world.kill();
  world.restart();
  await world.quiet();
  expect(await world.rows()).toMatchObject([{ state: 'settled', dispute: 'broken-off' }]);
  const [run] = (await world.screens.popup(1)).runs;
  const reason = 'restartedAfterPaying';
  expect(run).toMatchObject({ stage: 'failed', incomplete: true, paid: 'yes', reason });
  expect(answerWords.join('').startsWith(run?.text ?? '?')).toBe(true);
  expect(await claim(world)).toMatchObject({ dispute: 'broken-off' });
});

it('disputes nothing that was answered, however often the background starts', async () => {
  const world = await shopWorld();
  await resultOf(world.openPage().chat());
  for (let starts = 0; starts < 3; starts += 1) {
    world.restart();
    await world.quiet();
  }
  expect(await world.rows()).toMatchObject([{ state: 'settled' }]);
  expect((await world.rows())[0]).not.toHaveProperty('dispute');
});

it('disputes once, and keeps what it said', async () => {
  const world = await shopWorld();
  world.gateway.faults.set('emptyAnswer');
  await resultOf(world.openPage().chat());
  world.restart();
  await world.quiet();
  expect(await world.rows()).toMatchObject([{ state: 'settled', dispute: 'empty' }]);
});
