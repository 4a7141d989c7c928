import { expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endOf, examplePrice, resultOf } from './steps.ts';

const price = Number(examplePrice);

/** A world in which one site may pay for exactly two answers. */
async function openShop(): Promise<World> {
  const world = await startWorld();
  await allow(world, { day: String(2 * price) });
  await world.quiet();
  return world;
}

/** Everything that the background does for one paid answer, in order. */
async function actionsOfOnePayment(): Promise<readonly string[]> {
  const world = await openShop();
  const begun = world.journal.length;
  await resultOf(world.openPage().chat({ active: false }));
  await world.quiet();
  return world.journal.slice(begun);
}

it('loses no payment and passes no limit wherever in a payment it dies', async () => {
  const actions = await actionsOfOnePayment();
  expect(actions.length).toBeGreaterThan(30);
  for (const [at, action] of actions.entries()) {
    const where = `died at action ${at}, "${action}"`;
    const world = await openShop();
    const page = world.openPage();
    const diesAt = world.journal.length + at + 1;
    let died = false;
    world.onAction = () => {
      if (world.journal.length !== diesAt) return;
      died = true;
      world.kill();
    };
    const chat = page.chat({ active: false });
    await world.quiet();
    expect(died, where).toBe(true);
    world.onAction = () => undefined;
    world.restart();

    const end = await endOf(chat);
    await world.quiet();
    const [row, ...others] = await world.rows();
    expect(others, where).toEqual([]);
    const { charges } = world.gateway;
    // Whatever was charged stands in the ledger, as sent or settled.
    if (charges.length > 0) expect(['sent', 'settled'], where).toContain(row?.state);
    expect(row?.state, where).not.toBe('reserved');
    if (end.ok) expect(chat.text, where).toBe(answerWords.join(''));
    else {
      const paid = { released: 'no', signing: 'unknown', signed: 'unknown', sent: 'unknown', settled: 'yes' };
      const state = row?.state ?? 'released';
      expect(end.error, where).toMatchObject({
        type: 'disconnected',
        paid: state === 'reserved' ? undefined : paid[state],
      });
    }

    // What is held or spent leaves room for one more answer, and for two where nothing is.
    const room = row === undefined || row.state === 'released' ? 2 : 1;
    for (let bought = 0; bought < room; bought += 1) await resultOf(page.chat({ active: false }));
    expect((await endOf(page.chat({ active: false }))).ok, where).toBe(false);
    const total = charges.reduce((sum, { value }) => sum + value, 0n);
    expect(total, where).toBeLessThanOrEqual(2n * examplePrice);
    world.kill();
  }
});
