import { encodeEventTopics, parseAbi } from 'viem';
import { blockMs } from './chain.ts';
import type { Chain } from './chain.ts';
import type { Solana } from './solana.ts';
import { answerOfSolana } from './solanaNode.ts';

/** How a node answers for a while. */
export type NodeMode =
  | 'honest'
  | 'down'
  | 'garbage'
  | 'behind'
  /** Solana's: knows nothing of what is past. */
  | 'forgetful'
  /** Solana's: lists one transaction at a time, whatever it is asked for. */
  | 'brief'
  | Lie;

/** What only the one lying node of a schedule does. */
export type Lie =
  /** Nothing was ever charged. */
  | 'blind'
  /** Everything was charged. */
  | 'inventive'
  /** Everything was charged, long ago. */
  | 'old'
  /** Its final block is a day ahead, and nothing was charged. */
  | 'ahead';

/** One RPC node. */
export interface Node {
  readonly url: string;
  mode: NodeMode;
  /** The JSON text of an answer. @throws where it cannot be reached */
  answer(body: string): string;
}

interface Call {
  readonly method: string;
  readonly params: readonly [unknown, string];
}

const [usedTopic] = encodeEventTopics({
  abi: parseAbi(['event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)']),
  eventName: 'AuthorizationUsed',
});
const dayBlocks = (24 * 3_600_000) / blockMs;
const hourBlocks = 3_600_000 / blockMs;

/** Opens a node of both chains. */
export function openNode(url: string, chain: Chain, solana: Solana, trueMs: () => number): Node {
  const node: Node = {
    url,
    mode: 'honest',
    answer(body) {
      if (node.mode === 'down') throw new TypeError('Failed to fetch');
      if (node.mode === 'garbage') return '<html>rate limited</html>';
      const { method, params } = JSON.parse(body) as Call;
      const result = method.startsWith('eth_')
        ? resultOf(method, params)
        : answerOfSolana(solana, node.mode, trueMs(), method, params);
      return JSON.stringify({ jsonrpc: '2.0', id: 1, result });
    },
  };

  const finalBlock = () => {
    const final = chain.finalBlock();
    if (node.mode === 'behind') return final - hourBlocks;
    return node.mode === 'ahead' ? final + dayBlocks : final;
  };
  const chargeOf = (nonce: string, upTo: number) => {
    const charge = chain.chargeOf(nonce);
    return charge && charge.block <= upTo ? charge : undefined;
  };
  const denies = () => node.mode === 'blind' || node.mode === 'ahead';
  const invents = () => node.mode === 'inventive' || node.mode === 'old';

  function resultOf(method: string, [first, second]: Call['params']): unknown {
    switch (method) {
      case 'eth_getBlockByNumber': {
        const number = first === 'finalized' ? finalBlock() : Number(first);
        return { number: hex(number), timestamp: hex((number * blockMs) / 1000) };
      }
      case 'eth_call': {
        const nonce = `0x${(first as { data: string }).data.slice(-64)}`;
        const used = invents() || (!denies() && chargeOf(nonce, Number(second)) !== undefined);
        return `0x${used ? '1'.padStart(64, '0') : '0'.repeat(64)}`;
      }
      case 'eth_getLogs': {
        const { topics, fromBlock, toBlock } = first as Record<'fromBlock' | 'toBlock', string> & {
          topics: readonly [string, string, string];
        };
        if (topics[0] !== usedTopic) return [];
        const [from, to] = [Number(fromBlock), Number(toBlock)];
        const charge = chargeOf(topics[2], to);
        const made = node.mode === 'old' ? from : node.mode === 'inventive' ? to : charge?.block;
        const shown = made !== undefined && made >= from && made <= to;
        const transactionHash = charge?.transaction ?? `0x${'cd'.repeat(32)}`;
        return shown ? [{ transactionHash, blockNumber: hex(made) }] : [];
      }
      default:
        throw new Error(`The simulated node has no ${method}.`);
    }
  }
  return node;
}

function hex(value: number): string {
  return `0x${Math.max(0, value).toString(16)}`;
}
