import { describe, expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

const down = { type: 'gateway_unavailable', phase: 'quote', paid: 'no', retryable: true };
const unclear = { type: 'gateway_unavailable', phase: 'quote', paid: 'no', retryable: false };
const unsafe = { type: 'unsafe_payment_request', phase: 'quote', paid: 'no', retryable: false };

const priceFaults: readonly (readonly [GatewayFault, object])[] = [
  ['quoteUnreachable', down],
  ['quote500', down],
  ['quoteHtml', unclear],
  ['quoteHuge', unclear],
  ['unknownModel', { type: 'invalid_params', phase: 'quote', paid: 'no', retryable: false }],
  ['challengeUnreachable', down],
  ['noWorkers', down],
  ['challengeFree', unclear],
  ['challengeMissing', unclear],
  ['challengeMalformed', unclear],
  ['challengeHuge', unclear],
  ['otherNetwork', unsafe],
  ['otherAsset', unsafe],
  ['otherResource', unsafe],
  ['longTimeout', unsafe],
  ['permit2', unsafe],
];

describe.each([
  {
    gateway: jumpGate,
    faults: [
      ...priceFaults,
      ['quoteHostileHeaders', unsafe],
      ['aboveQuote', { type: 'price_changed', phase: 'quote', paid: 'no', retryable: true }],
    ] as const,
  },
  { gateway: rungate, faults: priceFaults },
])('$gateway.name', ({ gateway, faults }) => {
  it.each(faults)(
    'ends a call with nothing reserved and nothing signed where it has %s',
    async (fault, error) => {
      const world = await startWorld({ gateways: [gateway] });
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
    },
  );

  it('is waited for half a minute, for its price', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('quoteSilent');
    const chat = world.openPage().chat();
    await world.pass(29_999);
    expect(chat.ended).toBeUndefined();
    await world.pass(1);
    expect(await errorOf(chat)).toMatchObject(down);
  });

  it('is quoted where it refuses the request, and not where a firewall does', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    const page = world.openPage();
    world.gateway.faults.set('unknownModel', 1);
    expect((await errorOf(page.chat())).message).toContain('unknown model');
    world.gateway.faults.set('quote500', 1);
    expect((await errorOf(page.chat())).message).toContain('503');
  });

  it('is asked again by the next call when it has recovered', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    const page = world.openPage();
    world.gateway.faults.set('quoteUnreachable', 1);
    await errorOf(page.chat());
    await resultOf(page.chat());
  });
});

it('takes a challenge that comes with 401', async () => {
  const world = await startWorld({ gateways: [rungate] });
  await allow(world);
  world.gateway.faults.set('challengeAs401');
  await resultOf(world.openPage().chat());
  expect(world.gateway.charges).toHaveLength(1);
});

it('says that a gateway wants a key, or MPP, where it asks for nothing else', async () => {
  const world = await startWorld({ gateways: [rungate] });
  await allow(world);
  const page = world.openPage();
  world.gateway.faults.set('challengeMissing');
  world.gateway.faults.set('challengeAs401', 1);
  expect((await errorOf(page.chat())).message).toContain('API key');
  world.gateway.faults.set('mppBeside', 1);
  expect((await errorOf(page.chat())).message).toMatch(/MPP alone.*\(tempo, evm\)/);
  expect(await world.rows()).toEqual([]);
});

it('holds a price that is its challenge against what the call allows', async () => {
  const world = await startWorld({ gateways: [rungate] });
  await allow(world);
  const page = world.openPage();
  expect(await errorOf(page.chat({ options: { maxSpend: '0.004423' } }))).toMatchObject({
    type: 'price_changed',
    paid: 'no',
  });
  expect(await world.rows()).toEqual([]);
  await resultOf(page.chat({ options: { maxSpend: '0.004424' } }));
});

it('asks the person where such a price passes a limit, as for any other', async () => {
  const world = await startWorld({ gateways: [rungate] });
  await allow(world, { day: '4423' });
  const page = world.openPage();
  expect(await errorOf(page.chat({ active: false }))).toMatchObject({ type: 'limit_exceeded', paid: 'no' });
  expect(await world.rows()).toEqual([]);
});
