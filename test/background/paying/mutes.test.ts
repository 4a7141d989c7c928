import { expect, it } from 'vitest';
import { createMutes } from '../../../src/background/paying/mutes.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { fakeKeyValue } from '../../fakes/keyValues.ts';
import { news, shop, site } from '../../fakes/payments.ts';

function rig() {
  const clock = fakeClock();
  const session = fakeKeyValue();
  return { clock, session, mutes: createMutes(session, clock) };
}

it('mutes for ten minutes from the third refusal within 30 s', async () => {
  const { clock, mutes } = rig();
  for (const ms of [0, 15_000, 15_000]) {
    clock.advance(ms);
    expect(await mutes.mutedUntilMs(shop)).toBeUndefined();
    await mutes.refused(shop);
  }
  const untilMs = clock.nowMs() + 600_000;
  expect(await mutes.mutedUntilMs(shop)).toBe(untilMs);
  clock.advance(599_999);
  expect(await mutes.mutedUntilMs(shop)).toBe(untilMs);
  clock.advance(1);
  expect(await mutes.mutedUntilMs(shop)).toBeUndefined();
});

it('forgives refusals that are further apart', async () => {
  const { clock, mutes } = rig();
  for (let refusal = 0; refusal < 5; refusal += 1) {
    await mutes.refused(shop);
    clock.advance(15_001);
  }
  expect(await mutes.mutedUntilMs(shop)).toBeUndefined();
});

it('counts all names of one owner together and shared hosts apart', async () => {
  const { mutes } = rig();
  for (const name of ['a', 'b', 'c']) await mutes.refused(site(`https://${name}.shop.example`));
  expect(await mutes.mutedUntilMs(shop)).toBeDefined();
  expect(await mutes.mutedUntilMs(site('https://deep.under.shop.example:8443'))).toBeDefined();
  expect(await mutes.mutedUntilMs(news)).toBeUndefined();

  for (let refusal = 0; refusal < 3; refusal += 1) await mutes.refused(site('https://ada.github.io'));
  expect(await mutes.mutedUntilMs(site('https://ada.github.io'))).toBeDefined();
  expect(await mutes.mutedUntilMs(site('https://bob.github.io'))).toBeUndefined();
});

it('lets a site ask again where the person says so, and mutes it anew after three more refusals', async () => {
  const { mutes } = rig();
  for (let refusal = 0; refusal < 3; refusal += 1) await mutes.refused(shop);
  await mutes.forgive(shop);
  for (let refusal = 0; refusal < 3; refusal += 1) {
    expect(await mutes.mutedUntilMs(shop)).toBeUndefined();
    await mutes.refused(shop);
  }
  expect(await mutes.mutedUntilMs(shop)).toBeDefined();
});

it('outlives the background', async () => {
  const { clock, session, mutes } = rig();
  for (let refusal = 0; refusal < 3; refusal += 1) await mutes.refused(shop);
  expect(await createMutes(session, clock).mutedUntilMs(shop)).toBeDefined();
});

it.each([null, 7, [], { atMs: 'x' }, { atMs: ['x', null, {}] }])('reads %j as no refusal', async (stored) => {
  const { session, mutes } = rig();
  await session.set('refusals:shop.example', stored);
  expect(await mutes.mutedUntilMs(shop)).toBeUndefined();
});
