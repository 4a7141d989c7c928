import { usdcOn } from './assets.ts';
import type { EvmNetwork, EvmUsdc, Network, Usdc } from './assets.ts';
import type { Gateway } from './gateways.ts';

/** A developer's own chain and token. */
export interface TestNetwork {
  readonly name: string;
  readonly chainId: number;
  /** Checksummed. */
  readonly asset: `0x${string}`;
  /** EIP-712 domain name and version of the token contract. */
  readonly domainName: string;
  readonly domainVersion: string;
  readonly rpcUrl: string;
  readonly explorerUrl?: string;
}

/** Which services the person trusts beyond the built-in ones. */
export interface Configuration {
  /** The person's own, in the order of their adding. */
  readonly gateways: readonly Gateway[];
  /** Asked where neither a site nor a call names another; absent: the first built-in one. */
  readonly defaultGateway?: string;
  /** In place of the pinned nodes of a network. */
  readonly nodes: readonly NodeChoice[];
  /** Plain http to this machine, and payments on the test network. */
  readonly developerMode: boolean;
  readonly testNetwork?: TestNetwork;
}

/** The nodes that the person chose for a pinned network. */
export interface NodeChoice {
  readonly network: Network;
  readonly rpcUrls: readonly [string, ...string[]];
}

/** What a person has who has changed nothing. */
export const defaultConfiguration: Configuration = { gateways: [], nodes: [], developerMode: false };

/** How many own gateways, and nodes of a network, a person may have. */
export const configurationLimits = { gateways: 20, nodes: 5 } as const;

/** The gateways that may be asked, the default one first. */
export function gatewaysOf(
  builtIn: readonly [Gateway, ...Gateway[]],
  { gateways, defaultGateway }: Configuration,
): readonly [Gateway, ...Gateway[]] {
  const all = [...builtIn, ...gateways];
  const first = all.find(({ id }) => id === defaultGateway) ?? builtIn[0];
  return [first, ...all.filter((gateway) => gateway !== first)];
}

/** Every USDC that is known, with the nodes to ask: also the test network's while developer mode is off. */
export function knownAssets(pinned: readonly Usdc[], configuration: Configuration): readonly Usdc[] {
  const { nodes, testNetwork } = configuration;
  const chosen = pinned.map((usdc) => {
    const choice = nodes.find(({ network }) => network === usdc.network);
    return choice === undefined ? usdc : { ...usdc, rpcUrls: choice.rpcUrls };
  });
  if (testNetwork === undefined || usdcOn(pinned, networkOf(testNetwork)) !== undefined) return chosen;
  return [...chosen, testUsdc(testNetwork)];
}

/**
 * What may be paid in now, in the order of preference: a gateway that takes test money is never paid with real money
 * while developer mode is on.
 */
export function payableAssets(pinned: readonly Usdc[], configuration: Configuration): readonly Usdc[] {
  const known = knownAssets(pinned, configuration);
  const real = known.filter(({ isTest }) => !isTest);
  return configuration.developerMode ? [...known.filter(({ isTest }) => isTest), ...real] : real;
}

/** The test network by its CAIP-2 name. */
export function networkOf({ chainId }: Pick<TestNetwork, 'chainId'>): EvmNetwork {
  return `eip155:${chainId}`;
}

/** Its blocks are taken to be final soon; a proof waits for the node's own word all the same. */
const testFinalityMs = 2 * 60_000;

function testUsdc(test: TestNetwork): EvmUsdc {
  const { name, chainId, asset, domainName, domainVersion, rpcUrl, explorerUrl } = test;
  return {
    kind: 'evm',
    network: networkOf(test),
    chainId,
    chainIdHex: `0x${chainId.toString(16)}`,
    networkName: name,
    asset,
    domainName,
    domainVersion,
    finalityMs: testFinalityMs,
    rpcUrls: [rpcUrl],
    walletRpcUrl: rpcUrl,
    isTest: true,
    ...(explorerUrl === undefined ? {} : { explorerUrl }),
  };
}
