import { solanaUsdc } from '../../src/core/assets.ts';
import { transactionAsJson } from '../rig/solana/json.ts';
import { solanaPayee, solanaPayer } from './solanaChain.ts';
import type { FakeSolana, SolanaLanded } from './solanaChain.ts';

/** How a node answers. */
export type SolanaNodeMode =
  | 'honest'
  | 'down'
  | 'garbage'
  | 'silent'
  /** An hour behind. */
  | 'behind'
  /** Says that the chain is a thousand blocks further. */
  | 'ahead'
  /** Has pruned all but the latest blocks. */
  | 'pruned'
  /** The same, and its times are a day old. */
  | 'pruned, old times'
  /** Never lists more than a hundred transactions at once. */
  | 'short lists'
  /** Says that nothing has ever landed. */
  | 'blind'
  /** Lists transactions without the times of their blocks. */
  | 'dateless list'
  /** Has no times of blocks at all. */
  | 'timeless';

/** One RPC node of Solana, over what has really landed. */
export interface SolanaNode {
  readonly url: string;
  mode: SolanaNodeMode;
  /** What every account has, in micro-USDC. */
  balance: bigint;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

interface Call {
  readonly method: string;
  readonly params: readonly [never, never];
}

const lag = 9_000n;
const lead = 1_000n;

/** Opens one. */
export function solanaNode(url: string, chain: FakeSolana): SolanaNode {
  const off = () => (node.mode === 'behind' ? -lag : node.mode === 'ahead' ? lead : 0n);
  const finalSlot = () => chain.slot('finalized') - (node.mode === 'behind' ? lag : 0n);
  const context = () => ({ slot: Number(chain.slot('confirmed')) });
  const seen = (): readonly SolanaLanded[] =>
    node.mode === 'blind' ? [] : chain.landed.filter(({ slot }) => slot <= finalSlot());
  const seconds = ({ atMs }: SolanaLanded) =>
    node.mode === 'timeless' || node.mode === 'dateless list' ? null : Math.floor(atMs / 1000);

  const listed = (account: string, { limit = 1_000, before }: { limit?: number; before?: string }) => {
    const all = seen()
      .filter(({ accounts }) => accounts.includes(account))
      .toReversed();
    const from = before === undefined ? 0 : all.findIndex(({ signature }) => signature === before) + 1;
    return all.slice(from, from + Math.min(limit, node.mode === 'short lists' ? 100 : 1_000));
  };

  const answer = ({ method, params }: Call): unknown => {
    const [first, options] = params as readonly unknown[] as readonly [
      string,
      { minContextSlot?: number; limit?: number; before?: string },
    ];
    switch (method) {
      case 'getLatestBlockhash': {
        const { blockhash, lastValidBlockHeight, slot } = chain.latestBlockhash();
        return {
          context: { slot: Number(slot) },
          value: { blockhash, lastValidBlockHeight: Number(lastValidBlockHeight) },
        };
      }
      case 'getAccountInfo': {
        const { payer, payee } = chain.accounts;
        const owner = first === payer ? solanaPayer : first === payee ? solanaPayee : undefined;
        const isThere = owner !== undefined && chain.hasAccount(owner);
        return {
          context: context(),
          value: isThere ? { data: [tokenAccount(node.balance), 'base64'] } : null,
        };
      }
      case 'getEpochInfo': {
        const slot = chain.slot('finalized') + off();
        return { absoluteSlot: Number(slot), blockHeight: Number(chain.height(slot)) };
      }
      case 'getFirstAvailableBlock':
        return node.mode.startsWith('pruned') ? Number(finalSlot() - 5n) : 0;
      case 'getBlockTime': {
        if (node.mode === 'timeless') return null;
        return (
          Math.floor(chain.timeOf(BigInt(first)) / 1000) - (node.mode === 'pruned, old times' ? 86_400 : 0)
        );
      }
      case 'getSignaturesForAddress':
        if (BigInt(options.minContextSlot ?? 0) > finalSlot()) throw new Refusal();
        return listed(first, options).map((one) => ({
          signature: one.signature,
          slot: Number(one.slot),
          err: null,
          memo: one.memo,
          blockTime: seconds(one),
        }));
      case 'getTransaction': {
        const one = seen().find(({ signature }) => signature === first);
        if (!one) return null;
        const transaction = transactionAsJson(Buffer.from(one.wire, 'base64'));
        return { slot: Number(one.slot), transaction, meta: { err: null } };
      }
      default:
        throw new Error(`The fake node has no ${method}.`);
    }
  };

  const node: SolanaNode = {
    url,
    mode: 'honest',
    balance: 20_000_000n,
    async fetch(_url, { body }) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (node.mode === 'down') throw new TypeError('Failed to fetch');
      if (node.mode === 'garbage') return new Response('<html>rate limited</html>');
      if (node.mode === 'silent') return new Promise(() => undefined);
      try {
        const result = answer(JSON.parse(typeof body === 'string' ? body : '') as Call);
        return Response.json({ jsonrpc: '2.0', id: 1, result });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return Response.json({ jsonrpc: '2.0', id: 1, error: { code: -32_016, message: 'not yet' } });
      }
    },
  };
  return node;
}

class Refusal extends Error {}

/** Mint and owner, which nobody looks at here, then the amount. */
function tokenAccount(amount: bigint): string {
  const bytes = Buffer.alloc(165);
  bytes.write(solanaUsdc.asset.slice(0, 32));
  bytes.writeBigUInt64LE(amount, 64);
  return bytes.toString('base64');
}
