/** A blockchain by its CAIP-2 name. */
export type Network = 'eip155:8453';

/** What makes USDC on one chain: pinned here, never taken from a gateway or a page. */
export interface EvmUsdc {
  readonly network: Network;
  readonly chainId: number;
  /** The chain id as wallets want it: lowercase hex without padding. */
  readonly chainIdHex: `0x${string}`;
  readonly networkName: string;
  readonly asset: `0x${string}`;
  /** EIP-712 domain name and version of the token contract. */
  readonly domainName: string;
  readonly domainVersion: string;
  /** Without a trailing slash. */
  readonly explorerUrl: string;
  /** How long after its time a block usually takes to be final. */
  readonly finalityMs: number;
  readonly rpcUrls: readonly [string, ...string[]];
}

/**
 * USDC on Base. Address: Circle's list of USDC contracts (developers.circle.com/stablecoins/usdc-contract-addresses);
 * domain: FiatTokenV2_2's `name()` and `version()`.
 */
export const baseUsdc: EvmUsdc = {
  network: 'eip155:8453',
  chainId: 8453,
  chainIdHex: '0x2105',
  networkName: 'Base',
  asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  domainName: 'USD Coin',
  domainVersion: '2',
  explorerUrl: 'https://basescan.org',
  // Base's blocks are final with Ethereum's (docs.base.org, transaction finality).
  finalityMs: 20 * 60_000,
  rpcUrls: ['https://mainnet.base.org', 'https://base-rpc.publicnode.com'],
};

/** USDC by network: a network that is not here is never paid on. */
export const usdcByNetwork: Readonly<Record<Network, EvmUsdc>> = { 'eip155:8453': baseUsdc };
