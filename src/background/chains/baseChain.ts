import {
  decodeFunctionResult,
  encodeFunctionData,
  pad,
  parseAbi,
  prepareEncodeFunctionData,
  toEventSelector,
} from 'viem';
import type { EvmUsdc } from '../../core/assets.ts';
import { isJsonObject } from '../../core/json.ts';
import type { EvmAuthorization } from '../../core/ledger.ts';
import { expiryMs } from '../../core/authorization.ts';
import { microUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { Http } from '../../gateway/http.ts';
import type { Evidence, Sighting } from './evidence.ts';
import { askNode } from './nodeRpc.ts';

/** EIP-3009, as FiatTokenV2_2 has it. */
const abi = parseAbi([
  'function balanceOf(address account) view returns (uint256)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
]);
/** With its hash, which takes longer than all else in a look at a payment. */
const authorizationState = prepareEncodeFunctionData({ abi, functionName: 'authorizationState' });
const used = toEventSelector('AuthorizationUsed(address,bytes32)');
const canceled = toEventSelector('AuthorizationCanceled(address,bytes32)');

const blockSeconds = 2;
/** Clocks and block times are not exact: logs are looked for from so many blocks earlier. */
const spareBlocks = 300n;
/** No node is asked for a wider range of logs. */
const maxRange = 9_000n;
/** Two months of blocks: a message that the local clock has dated further ahead stays counted. */
const maxRanges = 300;

/**
 * Asks one node what became of an authorization. A cancel sets the same state as a charge, so the event tells.
 *
 * @throws when the node cannot be reached or answers something that is no answer: that proves nothing
 */
export async function lookUpAuthorization(
  http: Http,
  rpcUrl: string,
  usdc: EvmUsdc,
  authorization: EvmAuthorization,
  reservedAtMs: number,
): Promise<Sighting> {
  const { asset } = usdc;
  const { from, nonce } = authorization;
  const call = (method: string, params: readonly unknown[]) => askNode(http, rpcUrl, method, params);

  const block = readBlock(await call('eth_getBlockByNumber', ['finalized', false]));
  const tag = hex(block.number);
  const data = encodeFunctionData({ ...authorizationState, args: [from, nonce] });
  const state = await call('eth_call', [{ to: asset, data }, tag]);
  if (!isHex(state)) throw new Error('The node gave no state.');
  const isUsed = decodeFunctionResult({ abi, functionName: 'authorizationState', data: state });
  const seen = (evidence: Evidence): Sighting => ({ evidence, blockTimeMs: block.timeMs });
  if (!isUsed) return seen({ kind: block.timeMs >= expiryMs(authorization) ? 'expired' : 'open' });

  for (const { fromBlock, toBlock } of rangesOf(block, reservedAtMs)) {
    for (const event of [used, canceled]) {
      const topics = [event, pad(from), nonce].map((topic) => topic.toLowerCase());
      const filter = { address: asset, topics, fromBlock: hex(fromBlock), toBlock: hex(toBlock) };
      const logs = await call('eth_getLogs', [filter]);
      const [log] = Array.isArray(logs) ? (logs as readonly unknown[]) : [];
      if (!isJsonObject(log)) continue;
      if (event === canceled) return seen({ kind: 'canceled' });
      const { transactionHash, blockNumber } = log;
      if (!isHex(transactionHash) || !isHex(blockNumber)) throw new Error('The node gave an unreadable log.');
      const charged = readBlock(await call('eth_getBlockByNumber', [blockNumber, false]));
      return seen({ kind: 'charged', transaction: transactionHash, blockTimeMs: charged.timeMs });
    }
  }
  throw new Error('The node says that it was used and shows no event.');
}

/**
 * Where the event may be: from the reservation on, as the local clock dated it. That clock may have been wrong, so then
 * from the newest block backwards.
 */
function* rangesOf(
  final: Block,
  reservedAtMs: number,
): Iterable<{ readonly fromBlock: bigint; readonly toBlock: bigint }> {
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const age = BigInt(Math.ceil(Math.max(0, final.timeMs - reservedAtMs) / 1000 / blockSeconds)) + spareBlocks;
  const oldest = final.number - least(age, final.number);
  yield { fromBlock: oldest, toBlock: least(oldest + maxRange, final.number) };
  let toBlock = final.number;
  for (let range = 0; range < maxRanges && toBlock > 0n; range += 1) {
    const fromBlock = toBlock - least(maxRange, toBlock);
    yield { fromBlock, toBlock };
    toBlock = fromBlock;
  }
}

/**
 * What an account has, by one node, in its latest block.
 *
 * @throws when the node gives no such answer
 */
export async function readUsdcBalance(
  http: Http,
  rpcUrl: string,
  usdc: EvmUsdc,
  account: `0x${string}`,
): Promise<MicroUsdc> {
  const data = encodeFunctionData({ abi, functionName: 'balanceOf', args: [account] });
  const balance = await askNode(http, rpcUrl, 'eth_call', [{ to: usdc.asset, data }, 'latest']);
  if (!isHex(balance)) throw new Error('The node gave no balance.');
  return microUsdc(decodeFunctionResult({ abi, functionName: 'balanceOf', data: balance }));
}

interface Block {
  readonly number: bigint;
  readonly timeMs: number;
}

function readBlock(block: unknown): Block {
  if (!isJsonObject(block) || !isHex(block['number']) || !isHex(block['timestamp'])) {
    throw new Error('The node gave no block.');
  }
  return { number: BigInt(block['number']), timeMs: Number(BigInt(block['timestamp'])) * 1000 };
}

function isHex(value: unknown): value is `0x${string}` {
  return typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value);
}

function hex(value: bigint): `0x${string}` {
  return `0x${value.toString(16)}`;
}
