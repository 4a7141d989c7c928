import { solanaUsdc } from '../../../src/core/assets.ts';
import type { ListedSite, OptionsState, SettingsReview } from '../../../src/protocol/options.ts';
import { loss, previewNowMs } from './popupStates.ts';

const dayMs = 24 * 3_600_000;

const jumpGate = {
  id: 'jumpgate',
  name: 'Ambient JumpGate',
  kind: 'jumpgate',
  baseUrl: 'https://jumpgate.ambient.xyz',
  catalogueUrl: 'https://api.ambient.xyz/v1/models',
  defaultModel: 'ambient/large',
  defaultMaxTokens: 1024,
  isBuiltIn: true,
  isDefault: true,
} as const;

const own = {
  id: 'my-gateway',
  name: 'My gateway',
  kind: 'openai',
  baseUrl: 'https://gateway.example/v1',
  catalogueUrl: 'https://gateway.example/v1/models',
  defaultModel: 'own/large',
  defaultMaxTokens: 500,
  isBuiltIn: false,
  isDefault: false,
} as const;

const site = (origin: string, changes: Partial<ListedSite> = {}): ListedSite => ({
  origin,
  mode: 'ask',
  caps: { request: '50000', day: '500000', month: '5000000' },
  use: [
    { limit: 'site-day', cap: '500000', used: '0', held: '0' },
    { limit: 'site-month', cap: '5000000', used: '212400', held: '0' },
  ],
  hasOwnCaps: false,
  ...changes,
});

const plain: OptionsState = {
  version: '0.1.0',
  ledgerReady: true,
  gateways: [jumpGate],
  networks: [
    {
      network: 'eip155:8453',
      name: 'Base',
      rpcUrls: ['https://mainnet.base.org', 'https://base-rpc.publicnode.com'],
      pinnedRpcUrls: ['https://mainnet.base.org', 'https://base-rpc.publicnode.com'],
      silent: [],
    },
    {
      network: solanaUsdc.network,
      name: solanaUsdc.networkName,
      rpcUrls: solanaUsdc.rpcUrls,
      pinnedRpcUrls: solanaUsdc.rpcUrls,
      silent: [],
    },
  ],
  developerMode: false,
  allowsLocalhost: false,
  limits: [
    { limit: 'all-day', cap: '2000000', used: '124400', held: '4424' },
    { limit: 'all-month', cap: '20000000', used: '2124400', held: '4424' },
    { limit: 'panel-day', cap: '1000000', used: '0', held: '0' },
  ],
  siteDefaults: { request: '50000', day: '500000', month: '5000000' },
  sites: [],
};

const sites: readonly ListedSite[] = [
  site('https://reader.example', {
    mode: 'auto',
    grantEndsAtMs: previewNowMs + 80 * dayMs,
    hasOwnCaps: true,
    caps: { request: '50000', day: '250000', month: '5000000' },
    use: [
      { limit: 'site-day', cap: '250000', used: '124400', held: '4424' },
      { limit: 'site-month', cap: '5000000', used: '1912000', held: '4424' },
    ],
  }),
  site('https://docs.example.org', { gateway: 'my-gateway', model: 'own/small' }),
  site('https://a-site-with-a-rather-long-name.shop.example.co.uk:8443', { mode: 'blocked' }),
];

/** Named states of the options page. */
export const optionsStates: Readonly<Record<string, OptionsState>> = {
  plain,
  full: {
    ...plain,
    gateways: [
      { ...jumpGate, isDefault: false },
      { ...own, isDefault: true },
    ],
    networks: plain.networks.map((network) => ({
      ...network,
      rpcUrls: ['https://node.example/v2?key=0123456789abcdef0123456789abcdef'],
    })),
    developerMode: true,
    allowsLocalhost: true,
    testNetwork: {
      name: 'My chain',
      chainId: 31337,
      asset: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
      domainName: 'Test USD',
      domainVersion: '1',
      rpcUrl: 'http://localhost:9545',
    },
    sites,
  },
  'silent-nodes': {
    ...plain,
    networks: plain.networks.map((network) => ({
      ...network,
      silent: network.rpcUrls
        .slice(0, 1)
        .map((url) => ({ url, sinceMs: Date.UTC(2026, 0, 13, 9), misses: 9 })),
    })),
  },
  'lost-damaged': {
    ...plain,
    ledgerReady: false,
    gateways: [],
    networks: [],
    limits: [],
    loss: loss('damaged'),
  },
  'no-ledger': { ...plain, ledgerReady: false, gateways: [], networks: [], limits: [] },
};

/** What the fake background finds in any settings file. */
export const previewReview: SettingsReview = {
  changes: [
    { kind: 'limit', limit: 'all-day', from: '2000000', to: '5000000', loosens: true },
    {
      kind: 'limit',
      limit: 'site-day',
      site: 'https://reader.example',
      from: '250000',
      to: '900000',
      loosens: true,
    },
    { kind: 'gateway', name: 'Another', baseUrl: 'https://another.example/v1', isNew: true, loosens: true },
    { kind: 'nodes', networkName: 'Base', rpcUrls: ['https://node.example'], loosens: true },
    { kind: 'limit', limit: 'panel-day', from: '1000000', to: '500000', loosens: false },
    { kind: 'block', site: 'https://shop.example', loosens: false },
  ],
  digest: 'review-1',
  urls: ['https://another.example/v1', 'https://node.example'],
};
