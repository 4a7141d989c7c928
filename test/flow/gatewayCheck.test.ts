import { expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import { payee } from '../fakes/gateway.ts';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { ownGateway } from '../fakes/services.ts';
import { startWorld } from '../fakes/world.ts';

it('checks a gateway up to where a wallet would be asked, in plain words and without paying', async () => {
  const world = await startWorld({ gateways: [jumpGate, rungate] });
  world.gateway.faults.set('mppBeside');
  expect(await world.screens.call('gateway.check', { id: 'rungate' })).toEqual({
    models: { count: 1, names: ['deepseek/deepseek-v3.2'] },
    price: {
      amount: '1344',
      model: 'deepseek/deepseek-v3.2',
      maxOutputTokens: 300,
      networkName: 'Base',
      payTo: payee,
      alsoOffered: ['tempo', 'evm'],
    },
  });
  expect(await world.screens.call('gateway.check', { id: 'jumpgate' })).toMatchObject({
    models: { names: ['ambient/large'] },
    price: { amount: '1344', model: 'ambient/large' },
  });
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await world.rows()).toEqual([]);
  expect(world.windows.opened).toEqual([]);
});

it.each<[GatewayFault, string]>([
  ['challengeMissing', 'did not ask for a payment'],
  ['longTimeout', 'refuses to sign'],
  ['otherNetwork', 'no payment in USDC'],
  ['challengeUnreachable', 'cannot be reached'],
])('says in a check what is wrong with a gateway that has %s', async (fault, words) => {
  const world = await startWorld({ gateways: [jumpGate, rungate] });
  world.gateway.faults.set('catalogueDown');
  world.gateway.faults.set(fault);
  expect(await world.screens.call('gateway.check', { id: 'rungate' })).toEqual({
    models: { problem: expect.stringContaining('cannot be reached') },
    price: { problem: expect.stringContaining(words) },
  });
  await expect(world.screens.call('gateway.check', { id: 'gone' })).rejects.toThrow('removed');
});

it('says of a gateway without a list of models which one it answers with', async () => {
  const world = await startWorld();
  world.gateway.baseUrl = ownGateway.baseUrl;
  const { id: _id, ...draft } = ownGateway;
  const { id } = await world.screens.call('gateway.save', { gateway: draft });
  expect(await world.screens.call('gateway.check', { id })).toMatchObject({
    models: { only: 'own/large' },
    price: { model: 'own/large' },
  });
});
