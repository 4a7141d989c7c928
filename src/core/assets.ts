/** An EVM chain by its CAIP-2 name. */
export type EvmNetwork = `eip155:${number}`;

/** A Solana chain by its CAIP-2 name: the first 32 characters of its genesis block's hash. */
export type SvmNetwork = `solana:${string}`;

/** A blockchain by its CAIP-2 name. */
export type Network = EvmNetwork | SvmNetwork;

/** What makes USDC on one EVM chain: pinned here or set by the person, never taken from a gateway or a page. */
export interface EvmUsdc {
  readonly kind: 'evm';
  readonly network: EvmNetwork;
  readonly chainId: number;
  /** The chain id as wallets want it: lowercase hex without padding. */
  readonly chainIdHex: `0x${string}`;
  readonly networkName: string;
  /** Checksummed. */
  readonly asset: `0x${string}`;
  /** EIP-712 domain name and version of the token contract. */
  readonly domainName: string;
  readonly domainVersion: string;
  /** Without a trailing slash. */
  readonly explorerUrl?: string;
  /** How long after its time a block usually takes to be final. */
  readonly finalityMs: number;
  /** Asked what became of payments. */
  readonly rpcUrls: readonly string[];
  /** For a wallet that does not know the chain. On a pinned chain never one that the person set: it may hold a key. */
  readonly walletRpcUrl: string;
  /** The person's own test network of developer mode: shown as test USDC, counted like any other. */
  readonly isTest: boolean;
}

/** What makes USDC on Solana. */
export interface SvmUsdc {
  readonly kind: 'svm';
  readonly network: SvmNetwork;
  readonly networkName: string;
  /** The mint. */
  readonly asset: string;
  readonly explorerUrl?: string;
  /** How long after a transaction can no longer land this is usually final. */
  readonly finalityMs: number;
  /** Asked for blockhashes, and what became of payments. */
  readonly rpcUrls: readonly string[];
  readonly isTest: boolean;
}

/** USDC on one chain. */
export type Usdc = EvmUsdc | SvmUsdc;

/**
 * USDC on Base. Address: Circle's list of USDC contracts (developers.circle.com/stablecoins/usdc-contract-addresses);
 * domain: FiatTokenV2_2's `name()` and `version()`.
 */
export const baseUsdc: EvmUsdc = {
  kind: 'evm',
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
  walletRpcUrl: 'https://mainnet.base.org',
  isTest: false,
};

/**
 * USDC on Solana. Mint: Circle's list of USDC contracts; network: CAIP-2 for Solana (chainagnostic.org, solana/caip2).
 * Nodes: three without keys that answer browsers, of whom two are enough; api.mainnet-beta.solana.com refuses them.
 */
export const solanaUsdc: SvmUsdc = {
  kind: 'svm',
  network: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
  networkName: 'Solana',
  asset: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  explorerUrl: 'https://solscan.io',
  finalityMs: 30_000,
  rpcUrls: [
    'https://solana-rpc.publicnode.com',
    'https://solana.api.onfinality.io/public',
    'https://rpc.solanatracker.io/public',
  ],
  isTest: false,
};

/** The pinned ones. What may be paid in besides is set by the person and comes as an argument. */
export const pinnedAssets: readonly Usdc[] = [baseUsdc, solanaUsdc];

/** USDC on a chain, where it is one of these. */
export function usdcOn(assets: readonly Usdc[], network: string): Usdc | undefined {
  return assets.find((usdc) => usdc.network === network);
}

/** Whether a text is the CAIP-2 name of a chain that can be paid on, known or not. */
export function isNetwork(text: unknown): text is Network {
  return typeof text === 'string' && /^(eip155:[1-9]\d{0,15}|solana:[1-9A-HJ-NP-Za-km-z]{32})$/.test(text);
}
