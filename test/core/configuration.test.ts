import { describe, expect, it } from 'vitest';
import { baseUsdc, pinnedAssets, solanaUsdc, usdcOn } from '../../src/core/assets.ts';
import {
  defaultConfiguration,
  gatewaysOf,
  knownAssets,
  payableAssets,
} from '../../src/core/configuration.ts';
import type { Configuration } from '../../src/core/configuration.ts';
import { freshGatewayId, isGatewayId, jumpGate } from '../../src/core/gateways.ts';
import { ownGateway, testNetwork } from '../fakes/services.ts';

const configured = (change: Partial<Configuration>): Configuration => ({
  ...defaultConfiguration,
  ...change,
});

describe('the gateways', () => {
  it('are the built-in ones where the person has changed nothing', () => {
    expect(gatewaysOf([jumpGate], defaultConfiguration)).toEqual([jumpGate]);
  });

  it('begin with the one that the person prefers, and with a built-in one where that has gone', () => {
    const gateways = [ownGateway];
    expect(gatewaysOf([jumpGate], configured({ gateways }))).toEqual([jumpGate, ownGateway]);
    expect(gatewaysOf([jumpGate], configured({ gateways, defaultGateway: ownGateway.id }))).toEqual([
      ownGateway,
      jumpGate,
    ]);
    expect(gatewaysOf([jumpGate], configured({ defaultGateway: ownGateway.id }))).toEqual([jumpGate]);
  });

  it('get names that nothing else has', () => {
    expect(freshGatewayId('My Gateway!', [])).toBe('my-gateway');
    expect(freshGatewayId('My Gateway', ['my-gateway'])).toBe('my-gateway-2');
    expect(freshGatewayId('JumpGate', ['jumpgate', 'jumpgate-2'])).toBe('jumpgate-3');
    expect(freshGatewayId('網関', [])).toBe('gateway');
    expect(isGatewayId(freshGatewayId('x'.repeat(300), []))).toBe(true);
    expect(['', '-a', 'A', 'a b', '__proto__', 'a'.repeat(41)].filter(isGatewayId)).toEqual([]);
  });
});

describe('the money that may be paid in', () => {
  it('is the pinned USDC, whatever test network is set, while developer mode is off', () => {
    expect(payableAssets(pinnedAssets, configured({ testNetwork }))).toEqual([baseUsdc, solanaUsdc]);
  });

  it('is the test network’s first in developer mode: no gateway that takes test money is paid with real', () => {
    const [first, ...more] = payableAssets(pinnedAssets, configured({ testNetwork, developerMode: true }));
    expect(first).toMatchObject({
      network: 'eip155:31337',
      chainIdHex: '0x7a69',
      asset: testNetwork.asset,
      isTest: true,
    });
    expect(more).toEqual([baseUsdc, solanaUsdc]);
  });

  it('keeps what is known of a test network while developer mode is off: its payments are still looked up', () => {
    const known = knownAssets(pinnedAssets, configured({ testNetwork }));
    expect(usdcOn(known, 'eip155:31337')).toMatchObject({ rpcUrls: [testNetwork.rpcUrl] });
  });

  it('never lets a test network take the place of a pinned one', () => {
    const posing = configured({ testNetwork: { ...testNetwork, chainId: 8453 }, developerMode: true });
    expect(payableAssets(pinnedAssets, posing)).toEqual([baseUsdc, solanaUsdc]);
    expect(knownAssets(pinnedAssets, posing)).toEqual([baseUsdc, solanaUsdc]);
  });

  it('is looked up at the nodes that the person chose, which no wallet in a page hears of', () => {
    const rpcUrls = ['https://node.example/v2?key=secret'] as const;
    const known = knownAssets(pinnedAssets, configured({ nodes: [{ network: 'eip155:8453', rpcUrls }] }));
    expect(known).toEqual([{ ...baseUsdc, rpcUrls }, solanaUsdc]);
    expect(known[0]).toMatchObject({ walletRpcUrl: 'https://mainnet.base.org' });
  });
});
