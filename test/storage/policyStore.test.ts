import { describe, expect, it } from 'vitest';
import { defaultGlobalCaps, defaultSiteCaps } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import type { Payees } from '../../src/core/payees.ts';
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
      grantedAtMs: clock.nowMs(),
    });
    await policies.setMode(shop, 'blocked');
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'blocked' });
  });

  it('is nothing again once the site is forgotten', async () => {
    const { policies } = await ledgerRig();
    await policies.put({ site: shop, mode: 'auto', caps, grantedAtMs: 1 });
    await policies.put({ site: news, mode: 'blocked' });
    await policies.forget(shop);
    await expect(policies.get(shop)).resolves.toBeUndefined();
    await expect(policies.list()).resolves.toEqual([{ site: news, mode: 'blocked' }]);
  });

  it('keeps its limits when the mode changes and its mode when the limits do', async () => {
    const { policies } = await ledgerRig();
    await policies.changeSiteCaps(shop, () => caps);
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'ask', caps });
    await policies.setMode(shop, 'blocked');
    await policies.changeSiteCaps(shop, () => defaultSiteCaps);
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'blocked', caps: defaultSiteCaps });
  });

  it('loses neither of two changes at once', async () => {
    const { policies } = await ledgerRig();
    await Promise.all([policies.changeSiteCaps(shop, () => caps), policies.setMode(shop, 'blocked')]);
    await expect(policies.get(shop)).resolves.toEqual({ site: shop, mode: 'blocked', caps });
  });

  it('begins limits of its own at those of any site, and keeps every other change of them at once', async () => {
    const { policies } = await ledgerRig();
    const [day, month] = [microUsdc(5n), microUsdc(6n)];
    await Promise.all([
      policies.setMode(shop, 'auto'),
      policies.changeSiteCaps(shop, (known) => ({ ...known, day })),
      policies.changeSiteCaps(shop, (known) => ({ ...known, month })),
    ]);
    const policy = await policies.get(shop);
    expect(policy).toMatchObject({ mode: 'auto', caps: { ...defaultSiteCaps, day, month } });
  });

  it('is refused when it could not be read back, and when it cannot be read', async () => {
    const rig = await ledgerRig();
    const tooMuch = { ...caps, day: microUsdc(10n ** 12n) };
    await expect(rig.policies.changeSiteCaps(shop, () => tooMuch)).rejects.toMatchObject(unavailable);
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
    const global = { allDay: microUsdc(1n), allMonth: microUsdc(2n), panelDay: microUsdc(3n), site: caps };
    await policies.changeGlobalCaps(() => global);
    await policies.setPaused(true);
    await expect(policies.rules(news)).resolves.toEqual({ policy: undefined, global, paused: true });
    await policies.setPaused(false);
    await expect(policies.rules(news)).resolves.toMatchObject({ paused: false });
  });

  it('is refused when it could not be read back, and when it cannot be read', async () => {
    const rig = await ledgerRig();
    const tooMuch = { ...defaultGlobalCaps, allDay: microUsdc(10n ** 12n) };
    await expect(rig.policies.changeGlobalCaps(() => tooMuch)).rejects.toMatchObject(unavailable);
    await rig.db.write(['settings'], (tx) => tx.objectStore('settings').put('no', 'paused'));
    await expect(rig.policies.rules(shop)).rejects.toMatchObject(unavailable);
  });
});

describe('payees', () => {
  const address = (digit: number) => `0x${String(digit).repeat(40)}`;

  it('are those of one gateway on one network, and last', async () => {
    const rig = await ledgerRig();
    await expect(rig.policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [] });
    const known = { payTo: [address(2), address(1)], paidSinceChange: 3, trustedOrigin: 'https://a.example' };
    await rig.policies.updatePayees('jumpgate', base, () => known);
    await expect(rig.policies.payees('other', base)).resolves.toEqual({ payTo: [] });
    const later = await ledgerRig(rig);
    await expect(later.policies.payees('jumpgate', base)).resolves.toEqual(known);
  });

  it('change one after the other, also when changed at once', async () => {
    const { policies } = await ledgerRig();
    const add = (n: number) =>
      policies.updatePayees('jumpgate', base, ({ payTo }) => ({ payTo: [...payTo, address(n)] }));
    await Promise.all([1, 2, 3].map(add));
    await expect(policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [1, 2, 3].map(address) });
  });

  it('are read anew after each change, and not before', async () => {
    const rig = await ledgerRig();
    const { policies } = rig;
    await policies.updatePayees('jumpgate', base, () => ({ payTo: [address(1)] }));
    await expect(policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [address(1)] });
    await tamper(rig, 'payees', (row) => ({ ...row, payTo: [address(9)] }));
    await expect(policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [address(1)] });
    // Nothing to change is nothing to write.
    await policies.updatePayees('jumpgate', base, (known) => known);
    await expect(policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [address(1)] });
    const add = (payees: Payees) => ({ payTo: [...payees.payTo, address(2)] });
    await policies.updatePayees('jumpgate', base, add);
    await expect(policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [address(9), address(2)] });
  });

  it('are looked up each time while there are none: the first payment pins one', async () => {
    const rig = await ledgerRig();
    await expect(rig.policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [] });
    const other = await ledgerRig(rig);
    await other.policies.updatePayees('jumpgate', base, () => ({ payTo: [address(1)] }));
    await expect(rig.policies.payees('jumpgate', base)).resolves.toEqual({ payTo: [address(1)] });
  });

  it('are refused when they could not be read back, or cannot be read', async () => {
    const rig = await ledgerRig();
    const six = { payTo: [1, 2, 3, 4, 5, 6].map(address) };
    await expect(rig.policies.updatePayees('jumpgate', base, () => six)).rejects.toMatchObject(unavailable);
    await rig.policies.updatePayees('jumpgate', base, () => ({ payTo: [address(1)] }));
    await tamper(rig, 'payees', (row) => ({ ...row, payTo: [1] }));
    await expect(rig.policies.payees('jumpgate', base)).rejects.toMatchObject(unavailable);
  });
});
