import { encodeFunctionData, parseAbi } from 'viem';
import type { EvmUsdc } from '../../core/assets.ts';
import { withTimeout } from '../../core/clock.ts';
import type { Clock } from '../../core/clock.ts';
import type { Http } from '../../gateway/http.ts';
import { askNode, NodeRefusal } from './nodeRpc.ts';

/** What is known about a signature that is not the account's own key's. */
export type ContractVerdict =
  | 'valid'
  /** The account has no contract, or its contract does not take the signature. */
  | 'mismatch'
  /** Too few nodes have said, or they say different things. */
  | 'unverified';

/** ERC-1271. */
const abi = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)']);
const magicValue = '0x1626ba7e';
/** The message grows old meanwhile. */
const withinMs = 8_000;
/** Two must say the same, where two are configured. */
const enoughNodes = 2;

/**
 * Asks the account's contract, by our own nodes, whether it takes a signature. Lying nodes can have a useless
 * signature sent, and nothing more: its amount is counted already.
 */
export async function askContract(
  deps: { readonly http: Http; readonly clock: Clock },
  usdc: EvmUsdc,
  account: string,
  digest: `0x${string}`,
  signature: `0x${string}`,
): Promise<ContractVerdict> {
  const { http, clock } = deps;
  const silent = () => new Error('The node has not answered.');
  const verdicts = await Promise.all(
    usdc.rpcUrls.map((url) =>
      withTimeout(clock, withinMs, verdictOf(http, url, account, digest, signature), silent).catch(
        () => undefined,
      ),
    ),
  );
  const heard = verdicts.filter((verdict) => verdict !== undefined);
  const [first] = heard;
  const isEnough = heard.length >= Math.min(enoughNodes, usdc.rpcUrls.length);
  return first !== undefined && isEnough && heard.every((verdict) => verdict === first)
    ? first
    : 'unverified';
}

async function verdictOf(
  http: Http,
  url: string,
  account: string,
  digest: `0x${string}`,
  signature: `0x${string}`,
): Promise<'valid' | 'mismatch'> {
  const code = await askNode(http, url, 'eth_getCode', [account, 'latest']);
  if (typeof code !== 'string' || !/^0x[0-9a-f]*$/i.test(code)) throw new Error('The node gave no code.');
  if (code === '0x') return 'mismatch';
  const data = encodeFunctionData({ abi, functionName: 'isValidSignature', args: [digest, signature] });
  try {
    const answer = await askNode(http, url, 'eth_call', [{ to: account, data }, 'latest']);
    // One word with the four bytes in front, as USDC wants it; anything else is a no.
    return answer === magicValue.padEnd(66, '0') ? 'valid' : 'mismatch';
  } catch (error) {
    if (error instanceof NodeRefusal && error.isRevert) return 'mismatch';
    throw error;
  }
}
