import { describe, expect, it } from 'vitest';
import { defaultGlobalCaps, defaultSiteCaps } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import type { SitePolicy } from '../../src/core/policy.ts';
import { createPolicyStore } from '../../src/storage/policyStore.ts';
import { news, shop } from '../fakes/payments.ts';
import { ledgerRig, tamper } from './ledgerRig.ts';

const base = 'eip155:8453';
const unavailable = { name: 'Failure', reason: 'ledgerUnavailable' };
const caps = { request: microUsdc(1n), day: microUsdc(2n), month: microUsdc(3n) };

describe('what the person has decided about a site', () => {
  it('is nothing at first, so that it asks', async () => {
    const { policies } = await ledgerRig();
    await expect(policies.get(shop)).resolves.toBeUndefined();
    await expect(policies.list()).resolves.toEqual([]);
    await expect(policies.rules(shop)).resolves.toEqual({
      policy: undefined,
      global: defaultGlobalCaps,
      paused: false,
    });
  });

  it('comes back as it was put, after a restart too', async () => {
    const rig = await ledgerRig();
    const policy: SitePolicy = {
      site: shop,
      mode: 'auto',
      caps,
      grantedAtMs: 5,
      lastUsedAtMs: 6,
      gateway: 'jumpgate',
      walletRdns: 'com.wallet',
      walletId: 'w1',
    };
    await rig.policies.put(policy);
    await rig.policies.put({ site: news, mode: 'blocked', caps: defaultSiteCaps });
    rig.db.close();
    const { policies } = await ledgerRig(rig);
    await expect(policies.get(shop)).resolves.toEqual(policy);
    expect((await policies.list()).map(({ site }) => site)).toEqual([news, shop]);
  });

  it('begins a grant when allowed and ends it when not', async () => {
    const { policies, clock } = await ledgerRig();
    await policies.setMode(shop, 'auto');
    await expect(policies.get(shop)).resolves.toEqual({
      site: shop,
      mode: 'auto',
      caps: defaultSiteCaps,
      grantedAtMs: clock.nowMs(),
    });
    await policies.setMode(shop, 'blocked');
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'blocked', caps: defaultSiteCaps });
  });

  it('keeps its limits when the mode changes and its mode when the limits do', async () => {
    const { policies } = await ledgerRig();
    await policies.setCaps(shop, caps);
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'ask', caps });
    await policies.setMode(shop, 'blocked');
    await policies.setCaps(shop, defaultSiteCaps);
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'blocked', caps: defaultSiteCaps });
  });

  it('loses neither of two changes at once', async () => {
    const { policies } = await ledgerRig();
    await Promise.all([policies.setCaps(shop, caps), policies.setMode(shop, 'blocked')]);
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'blocked', caps });
  });

  it('is refused when it could not be read back, and when it cannot be read', async () => {
    const rig = await ledgerRig();
    const tooMuch = { ...caps, day: microUsdc(10n ** 12n) };
    await expect(rig.policies.setCaps(shop, tooMuch)).rejects.toMatchObject(unavailable);
    await expect(rig.policies.get(shop)).resolves.toBeUndefined();
    await rig.policies.setMode(shop, 'auto');
    await tamper(rig, 'policies', (row) => ({ ...row, caps: { ...caps, day: 'Infinity' } }));
    await expect(rig.policies.get(shop)).rejects.toMatchObject(unavailable);
    await expect(rig.policies.list()).rejects.toMatchObject(unavailable);
    await expect(rig.policies.rules(shop)).rejects.toMatchObject(unavailable);
  });

  it('fails with the database that did not open', async () => {
    const { clock } = await ledgerRig();
    const db = Promise.reject(new Error('not opened'));
    const policies = createPolicyStore({ db, clock });
    await expect(policies.rules(shop)).rejects.toThrow('not opened');
    await expect(policies.setPaused(true)).rejects.toThrow('not opened');
  });
});

describe('what holds for all sites', () => {
  it('is kept: limits and pause', async () => {
    const { policies } = await ledgerRig();
    const global = { allDay: microUsdc(1n), allMonth: microUsdc(2n), panelDay: microUsdc(3n) };
    await policies.setGlobalCaps(global);
    await policies.setPaused(true);
    await expect(policies.rules(news)).resolves.toEqual({ policy: undefined, global, paused: true });
    await policies.setPaused(false);
    await expect(policies.rules(news)).resolves.toMatchObject({ paused: false });
  });

  it('is refused when it could not be read back, and when it cannot be read', async () => {
    const rig = await ledgerRig();
    const tooMuch = { ...defaultGlobalCaps, allDay: microUsdc(10n ** 12n) };
    await expect(rig.policies.setGlobalCaps(tooMuch)).rejects.toMatchObject(unavailable);
    await rig.db.write(['settings'], (tx) => tx.objectStore('settings').put('no', 'paused'));
    await expect(rig.policies.rules(shop)).rejects.toMatchObject(unavailable);
  });
});

describe('pinned payees', () => {
  const address = (digit: number) => `0x${String(digit).repeat(40)}`;

  it('are those of one gateway on one network, in the order of their pinning', async () => {
    const { policies } = await ledgerRig();
    await expect(policies.pinnedPayees('jumpgate', base)).resolves.toEqual([]);
    await expect(policies.pinPayee('jumpgate', base, address(2))).resolves.toBe(true);
    await expect(policies.pinPayee('jumpgate', base, address(1))).resolves.toBe(true);
    await expect(policies.pinnedPayees('jumpgate', base)).resolves.toEqual([address(2), address(1)]);
    await expect(policies.pinnedPayees('other', base)).resolves.toEqual([]);
  });

  it('are pinned once, whatever the capitals of their checksum', async () => {
    const { policies } = await ledgerRig();
    const lower = '0xabcdefabcdefabcdefabcdefabcdefabcdefabcd';
    await policies.pinPayee('jumpgate', base, lower);
    await policies.pinPayee('jumpgate', base, '0xABCDEFabcdefabcdefabcdefabcdefabcdefabcd');
    await expect(policies.pinnedPayees('jumpgate', base)).resolves.toEqual([lower]);
    // Base58 means something by its capitals.
    await policies.pinPayee('jumpgate', base, 'aBc');
    await policies.pinPayee('jumpgate', base, 'abc');
    await expect(policies.pinnedPayees('jumpgate', base)).resolves.toEqual([lower, 'aBc', 'abc']);
  });

  it('are at most five, also when pinned at once', async () => {
    const { policies } = await ledgerRig();
    const pinned = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => policies.pinPayee('jumpgate', base, address(n))),
    );
    expect(pinned).toEqual([true, true, true, true, true, false]);
    await expect(policies.pinnedPayees('jumpgate', base)).resolves.toHaveLength(5);
    await expect(policies.pinPayee('jumpgate', base, address(3))).resolves.toBe(true);
  });

  it('are refused when they cannot be read', async () => {
    const rig = await ledgerRig();
    await rig.policies.pinPayee('jumpgate', base, address(1));
    await tamper(rig, 'payees', (row) => ({ ...row, payTo: [1] }));
    await expect(rig.policies.pinnedPayees('jumpgate', base)).rejects.toMatchObject(unavailable);
  });
});
