import { configurationLimits } from '../../core/configuration.ts';
import type { TestNetwork } from '../../core/configuration.ts';
import { readNodeUrl } from '../../core/serverUrl.ts';
import type { UrlProblem } from '../../core/serverUrl.ts';

/** What can be wrong with an address here. */
export type AddressProblem = UrlProblem | 'needsDeveloper';

/** Nodes as they are typed, or what is wrong with which line. */
export type TypedNodes =
  | { readonly rpcUrls: readonly string[] }
  | { readonly problem: 'none' | 'tooMany' }
  | { readonly problem: AddressProblem; readonly line: number };

interface Machine {
  readonly allowsLocalhost: boolean;
}

/** Reads one address a line; empty lines and repeats are left out. */
export function readNodes(typed: string, machine: Machine): TypedNodes {
  const rpcUrls = new Set<string>();
  for (const [index, line] of typed.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readAddress(line, machine);
    if ('problem' in read) return { problem: read.problem, line: index + 1 };
    rpcUrls.add(read.url);
  }
  if (rpcUrls.size === 0) return { problem: 'none' };
  return rpcUrls.size > configurationLimits.nodes ? { problem: 'tooMany' } : { rpcUrls: [...rpcUrls] };
}

/** A test network as it stands in its form. */
export type TypedTestNetwork = Readonly<Record<keyof TestNetwork, string>>;

/** What is wrong with each field. */
export type TestNetworkProblems = Partial<Record<keyof TestNetwork, AddressProblem | 'missing'>>;

/** The form of a test network: a new one has USDC's usual domain. */
export function typedTestNetwork(known: TestNetwork | undefined): TypedTestNetwork {
  return {
    name: known?.name ?? '',
    chainId: known === undefined ? '' : String(known.chainId),
    asset: known?.asset ?? '',
    domainName: known?.domainName ?? 'USD Coin',
    domainVersion: known?.domainVersion ?? '2',
    rpcUrl: known?.rpcUrl ?? '',
    explorerUrl: known?.explorerUrl ?? '',
  };
}

/** The test network that a form describes, or what is wrong with it. */
export function readTestNetwork(
  typed: TypedTestNetwork,
  machine: Machine,
): { readonly testNetwork: TestNetwork } | { readonly problems: TestNetworkProblems } {
  const name = typed.name.trim().slice(0, 60);
  const domainName = typed.domainName.trim().slice(0, 60);
  const domainVersion = typed.domainVersion.trim().slice(0, 60);
  const chainId = /^[1-9]\d{0,14}$/.test(typed.chainId.trim()) ? Number(typed.chainId) : undefined;
  const asset = typed.asset.trim();
  const rpc = readAddress(typed.rpcUrl, machine);
  const explorer = typed.explorerUrl.trim() === '' ? undefined : readAddress(typed.explorerUrl, machine);
  const problems: TestNetworkProblems = {
    ...(name === '' ? { name: 'missing' } : {}),
    ...(domainName === '' ? { domainName: 'missing' } : {}),
    ...(domainVersion === '' ? { domainVersion: 'missing' } : {}),
    ...(chainId === undefined ? { chainId: 'unclear' } : {}),
    ...(isAddressText(asset) ? {} : { asset: 'unclear' }),
    ...('problem' in rpc ? { rpcUrl: rpc.problem } : {}),
    ...(explorer !== undefined && 'problem' in explorer ? { explorerUrl: explorer.problem } : {}),
  };
  const isSound = Object.keys(problems).length === 0;
  if (!isSound || chainId === undefined || !isAddressText(asset) || 'problem' in rpc) return { problems };
  return {
    testNetwork: {
      name,
      chainId,
      asset,
      domainName,
      domainVersion,
      rpcUrl: rpc.url,
      ...(explorer !== undefined && 'url' in explorer ? { explorerUrl: explorer.url } : {}),
    },
  };
}

function readAddress(
  typed: string,
  { allowsLocalhost }: Machine,
): { readonly url: string } | { readonly problem: AddressProblem } {
  const read = readNodeUrl(typed);
  return 'isLocal' in read && read.isLocal && !allowsLocalhost ? { problem: 'needsDeveloper' } : read;
}

function isAddressText(text: string): text is `0x${string}` {
  return /^0x[0-9a-fA-F]{40}$/.test(text);
}
