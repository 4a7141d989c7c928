import { expect, it } from 'vitest';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

const down = { type: 'gateway_unavailable', phase: 'quote', paid: 'no', retryable: true };
const unclear = { type: 'gateway_unavailable', phase: 'quote', paid: 'no', retryable: false };
const unsafe = { type: 'unsafe_payment_request', phase: 'quote', paid: 'no', retryable: false };

it.each<[GatewayFault, object]>([
  ['quoteUnreachable', down],
  ['quote500', down],
  ['quoteHtml', unclear],
  ['quoteHuge', unclear],
  ['quoteHostileHeaders', unsafe],
  ['unknownModel', { type: 'invalid_params', phase: 'quote', paid: 'no', retryable: false }],
  ['challengeUnreachable', down],
  ['noWorkers', down],
  ['challengeFree', unclear],
  ['challengeMissing', unclear],
  ['challengeMalformed', unclear],
  ['challengeHuge', unclear],
  ['aboveQuote', { type: 'price_changed', phase: 'quote', paid: 'no', retryable: true }],
  ['otherNetwork', unsafe],
  ['otherAsset', unsafe],
  ['otherResource', unsafe],
  ['longTimeout', unsafe],
  ['permit2', unsafe],
])('ends with nothing reserved and nothing signed where the gateway has %s', async (fault, error) => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set(fault);
  const page = world.openPage();
  expect(await errorOf(page.chat())).toMatchObject(error);
  expect(await world.rows()).toEqual([]);
  expect(page.wallet.asked.map(({ type }) => type)).toEqual(['list']);
  expect(world.gateway.of('paid')).toEqual([]);
  expect(world.windows.opened).toEqual([]);
  await world.quiet();
  expect(world.holds).toBe(0);
});

it('waits half a minute for a quote and gives up', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('quoteSilent');
  const chat = world.openPage().chat();
  await world.pass(29_999);
  expect(chat.ended).toBeUndefined();
  await world.pass(1);
  expect(await errorOf(chat)).toMatchObject(down);
});

it('shows the words of a gateway that refuses the request, and none of a firewall', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  world.gateway.faults.set('unknownModel', 1);
  expect((await errorOf(page.chat())).message).toContain('unknown model');
  world.gateway.faults.set('quote500', 1);
  expect((await errorOf(page.chat())).message).toContain('503');
});

it('recovers with the next call when the gateway does', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  world.gateway.faults.set('quoteUnreachable', 1);
  await errorOf(page.chat());
  await resultOf(page.chat());
});
