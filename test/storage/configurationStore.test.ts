import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/core/configuration.ts';
import type { Configuration } from '../../src/core/configuration.ts';
import { createConfigurationStore } from '../../src/storage/configurationStore.ts';
import { ownGateway, testNetwork } from '../fakes/services.ts';
import { ledgerRig } from './ledgerRig.ts';

const whole: Configuration = {
  gateways: [ownGateway],
  defaultGateway: ownGateway.id,
  nodes: [{ network: 'eip155:8453', rpcUrls: ['https://node.example/v2?key=1', 'https://other.example'] }],
  developerMode: true,
  testNetwork,
};

describe('the person’s own services', () => {
  it('are none at first', async () => {
    const { db } = await ledgerRig();
    await expect(createConfigurationStore(db).read()).resolves.toEqual(defaultConfiguration);
  });

  it('come back as they were set, after a restart too', async () => {
    const rig = await ledgerRig();
    await expect(createConfigurationStore(rig.db).change(() => whole)).resolves.toEqual(whole);
    rig.db.close();
    const again = await ledgerRig(rig);
    await expect(createConfigurationStore(again.db).read()).resolves.toEqual(whole);
  });

  it('keep both of two changes at once', async () => {
    const { db } = await ledgerRig();
    const store = createConfigurationStore(db);
    await Promise.all([
      store.change((known) => ({ ...known, developerMode: true })),
      store.change((known) => ({ ...known, gateways: [...known.gateways, ownGateway] })),
    ]);
    expect(await store.read()).toEqual({
      ...defaultConfiguration,
      developerMode: true,
      gateways: [ownGateway],
    });
  });

  it('stay as they were when a change is not one that could be read back', async () => {
    const { db } = await ledgerRig();
    const store = createConfigurationStore(db);
    const bad = { ...ownGateway, baseUrl: 'http://elsewhere.example' };
    await expect(store.change((known) => ({ ...known, gateways: [bad] }))).rejects.toMatchObject({
      reason: 'ledgerUnavailable',
    });
    await expect(store.read()).resolves.toEqual(defaultConfiguration);
  });

  it.each([
    [
      'a gateway on plain http',
      { ...whole, gateways: [{ ...ownGateway, baseUrl: 'http://gateway.example' }] },
    ],
    ['an unknown field', { ...whole, surprise: 1 }],
    ['a token that is no address', { ...whole, testNetwork: { ...testNetwork, asset: '0x12' } }],
    ['no nodes', { ...whole, nodes: [{ network: 'eip155:8453', rpcUrls: [] }] }],
  ])('are not believed with %s: such a record is damaged', async (_what, stored) => {
    const rig = await ledgerRig();
    await rig.db.write(['settings'], (tx) => tx.objectStore('settings').put(stored, 'configuration'));
    await expect(createConfigurationStore(rig.db).read()).rejects.toMatchObject({
      reason: 'ledgerUnavailable',
    });
  });
});
