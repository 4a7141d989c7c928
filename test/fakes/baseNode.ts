import { encodeAbiParameters, encodeEventTopics, parseAbi } from 'viem';
import type { Clock } from '../../src/core/clock.ts';
import type { Charge } from './cashier.ts';

/** How a node answers. */
export type NodeMode =
  | 'honest'
  | 'down'
  /** Says that nothing was ever charged. */
  | 'blind'
  /** Says that everything was charged, with an event for it. */
  | 'inventive'
  /** Stands an hour behind. */
  | 'behind'
  | 'garbage'
  /** Takes three and a half seconds for each answer. */
  | 'slow'
  /** Takes every question and never answers. */
  | 'hanging';

/** One RPC node of Base, over the charges that really happened. */
export interface BaseNode {
  readonly url: string;
  mode: NodeMode;
  /** What every account has, in micro-USDC. */
  balance: bigint;
  /** What this node says of every account's contract, which is none where it is absent. */
  contract?: 'accepts' | 'refuses' | 'reverts';
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const abi = parseAbi(['event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)']);
/** The selector of `balanceOf(address)`. */
const balanceOf = '0x70a08231';
/** The selector of `isValidSignature(bytes32,bytes)`, and what a contract answers that takes the signature. */
const isValidSignature = '0x1626ba7e';
const blockMs = 2_000;
const finalityMs = 20 * 60_000;
const hour = 3_600_000;

interface Call {
  readonly method: string;
  readonly params: readonly [never, never];
}

class Reverted extends Error {}

/** Opens one. Block n was made at n times two seconds since the Unix epoch. */
export function baseNode(url: string, clock: Clock, charges: readonly Charge[]): BaseNode {
  const numberAt = (ms: number) => Math.floor(ms / blockMs);
  const finalMs = () => clock.nowMs() - finalityMs - (node.mode === 'behind' ? hour : 0);
  const usedBy = (block: number) => charges.filter(({ atMs }) => numberAt(atMs) <= block);

  const answer = ({ method, params }: Call): unknown => {
    const [first, second] = params as readonly unknown[] as readonly [unknown, string];
    switch (method) {
      case 'eth_getBlockByNumber': {
        const number = first === 'finalized' ? numberAt(finalMs()) : Number(first);
        return { number: hex(number), timestamp: hex((number * blockMs) / 1000) };
      }
      case 'eth_getCode':
        return node.contract ? '0x6001' : '0x';
      case 'eth_call': {
        const { data } = first as { data: string };
        if (data.startsWith(balanceOf)) return encodeAbiParameters([{ type: 'uint256' }], [node.balance]);
        if (data.startsWith(isValidSignature)) {
          if (node.contract === 'reverts') throw new Reverted();
          return (node.contract === 'accepts' ? isValidSignature : '0xffffffff').padEnd(66, '0');
        }
        const isUsed = usedBy(Number(second)).some(({ nonce }) => data.endsWith(nonce.slice(2)));
        const state = node.mode === 'inventive' || (node.mode !== 'blind' && isUsed);
        return encodeAbiParameters([{ type: 'bool' }], [state]);
      }
      case 'eth_getLogs': {
        const { topics, fromBlock, toBlock } = first as {
          topics: readonly string[];
          fromBlock: string;
          toBlock: string;
        };
        const [used] = encodeEventTopics({ abi, eventName: 'AuthorizationUsed' });
        if (topics[0] !== used) return [];
        const made = charges
          .filter(({ nonce }) => nonce === topics[2])
          .map(({ atMs, transaction }) => ({ block: numberAt(atMs), transaction }));
        const invented = { block: Number(fromBlock), transaction: `0x${'cd'.repeat(32)}` };
        return (node.mode === 'inventive' ? [invented] : made)
          .filter(({ block }) => block >= Number(fromBlock) && block <= Number(toBlock))
          .map(({ block, transaction }) => ({ transactionHash: transaction, blockNumber: hex(block) }));
      }
      default:
        throw new Error(`The fake node has no ${method}.`);
    }
  };

  const node: BaseNode = {
    url,
    mode: 'honest',
    balance: 20_000_000n,
    async fetch(_url, { body, signal }) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (node.mode === 'hanging') await cut(signal);
      if (node.mode === 'slow') await new Promise<void>((resolve) => clock.after(3_500, resolve));
      if (node.mode === 'down') throw new TypeError('Failed to fetch');
      if (node.mode === 'garbage') return new Response('<html>rate limited</html>');
      try {
        const result = answer(JSON.parse(typeof body === 'string' ? body : '') as Call);
        return Response.json({ jsonrpc: '2.0', id: 1, result });
      } catch (error) {
        if (!(error instanceof Reverted)) throw error;
        return Response.json({ jsonrpc: '2.0', id: 1, error: { code: 3, message: 'execution reverted' } });
      }
    },
  };
  return node;
}

function cut(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
  );
}

function hex(value: number): `0x${string}` {
  return `0x${value.toString(16)}`;
}
