import { expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { expiryMs } from '../../src/core/authorization.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, errorOf, resultOf } from './steps.ts';

/** Where each of these actions first stands in the journal; all of them do. */
function places({ journal }: World, ...actions: readonly string[]): readonly number[] {
  return actions.map((action) => {
    const place = journal.indexOf(action);
    expect(place, action).toBeGreaterThanOrEqual(0);
    return place;
  });
}

function expectRising(numbers: readonly number[]): void {
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
}

it('writes each state down before what it stands for leaves', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.payOnce();
  await resultOf(chat);
  expectRising(
    places(
      world,
      'fetch quote',
      'fetch challenge',
      'open window',
      'commit reserved',
      'post ask connect',
      'post ask switchChain',
      'commit signing',
      'post ask signTypedData',
      'commit sent',
      'fetch paid',
      'commit settled',
    ),
  );
});

it('has no request to sign leave before the witness knows of it', async () => {
  const world = await startWorld();
  await allow(world);
  let witnessed: Json | undefined;
  world.onAction = (action) => {
    if (action === 'post ask signTypedData') [witnessed] = world.local.values.values();
  };
  const [asked] = await Promise.all([world.reaches('settled'), resultOf(world.openPage().chat())]);
  const { journal } = world;
  const between = journal.slice(journal.indexOf('commit signing'), journal.indexOf('post ask signTypedData'));
  expect(between).toContain('witness');
  const latestExpiryMs = asked.state === 'settled' ? expiryMs(asked.authorization) : 0;
  expect(witnessed).toMatchObject({ openTotal: '4424', settledTotal: '0', latestExpiryMs });
});

it('passes the first piece of an answer on only after the receipt is on disk', async () => {
  const world = await startWorld();
  await allow(world);
  const chat = world.openPage().chat();
  await resultOf(chat);
  const { journal } = world;
  const settled = journal.indexOf('commit settled');
  const paid = journal.indexOf('fetch paid');
  const pieces = journal.flatMap((action, place) => (place > paid && action === 'post event' ? [place] : []));
  expect(pieces.length).toBeGreaterThan(4);
  expect(Math.min(...pieces)).toBeGreaterThan(settled);
});

it('writes down each attempt before its bytes leave', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('resetBefore');
  const attempts: number[] = [];
  world.onAction = (action) => {
    if (action === 'fetch paid')
      attempts.push(world.journal.filter((a) => a.startsWith('commit sent')).length);
  };
  await endInTime(world, world.openPage().chat());
  const steps = world.journal.filter((action) => /^(commit (signed|sent)|fetch paid)/.test(action));
  expect(steps).toEqual([
    'commit sent',
    'fetch paid',
    'commit sent+no-answer',
    'commit sent+no-answer',
    'fetch paid',
    'commit sent+no-answer',
    'commit sent+no-answer',
    'fetch paid',
    'commit sent+no-answer',
  ]);
  expect(attempts).toEqual([1, 3, 5]);
});

it('asks for no signature when the witness cannot be written', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  const chat = page.chat();
  await page.asked('connect');
  await world.quiet();
  world.local.mode = 'fail';
  await page.wallet.goOn();
  expect(await errorOf(chat)).toMatchObject({ type: 'ledger_unavailable', paid: 'unknown' });
  expect(world.journal).not.toContain('post ask signTypedData');
  expect(await world.rows()).toMatchObject([{ state: 'signing' }]);
});

it('asks for no signature when the witness does not answer', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  const chat = page.chat();
  await page.asked('connect');
  await world.quiet();
  world.local.mode = 'hang';
  await page.wallet.goOn();
  await world.pass(5_000);
  expect(await errorOf(chat)).toMatchObject({ type: 'ledger_unavailable' });
  expect(world.journal).not.toContain('post ask signTypedData');
});
