import type { NodeMode } from './nodes.ts';
import { blockhashBlocks, jsonOf } from './solana.ts';
import type { Landed, Solana } from './solana.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Farther behind the newest block, beside one that lies, would be two that are wrong. */
const latestLagMs = 2_000;
const emptyTokenAccount = Buffer.alloc(165).toString('base64');

/** How a node of Solana answers a method, by what it does at the moment. @throws what it refuses with */
export function answerOfSolana(
  chain: Solana,
  mode: NodeMode,
  trueMs: number,
  method: string,
  [first, second]: readonly unknown[],
): unknown {
  const lagMs = mode === 'behind' ? hourMs : 0;
  const finalMs = chain.finalMs() - lagMs;
  const aheadMs = mode === 'ahead' ? dayMs : 0;
  const final = chain.momentAt(finalMs);
  const blocksAhead = aheadMs / 400;
  const landed = (): readonly Landed[] =>
    mode === 'blind' || mode === 'ahead' ? [] : chain.landedBy(finalMs);
  switch (method) {
    case 'getEpochInfo':
      return { absoluteSlot: final.slot + blocksAhead, blockHeight: final.blockHeight + blocksAhead };
    case 'getFirstAvailableBlock':
      return mode === 'forgetful' ? final.slot : 0;
    case 'getLatestBlockhash': {
      const { blockhash, slot, blockHeight } = chain.blockhashAt(trueMs - Math.min(lagMs, latestLagMs));
      // Whoever shows a later slot and an earlier end wants the hold to look over and the charge not to be found.
      const isEarly = mode === 'ahead';
      const lastValidBlockHeight = blockHeight + (isEarly ? 5 : blockhashBlocks);
      return withSlot(isEarly ? slot + 140 : slot, { blockhash, lastValidBlockHeight });
    }
    case 'getAccountInfo':
      return withSlot(final.slot, { data: [emptyTokenAccount, 'base64'] });
    case 'getSignaturesForAddress': {
      const { minContextSlot, limit, before } = second as Record<'minContextSlot' | 'limit', number> & {
        readonly before?: string;
      };
      if (minContextSlot > final.slot + blocksAhead)
        throw new Error('Minimum context slot has not been reached');
      const all = landed();
      const from = before === undefined ? 0 : all.findIndex(({ transaction }) => transaction === before) + 1;
      return all
        .slice(from, from + mode === 'brief' ? 1 : limit)
        .map(({ transaction, slot, message, atMs }) => ({
          signature: transaction,
          slot,
          memo: `[${message.memo.length}] ${message.memo}`,
          err: null,
          blockTime: Math.floor((atMs - (mode === 'old' ? dayMs : 0)) / 1000),
        }));
    }
    case 'getBlockTime':
      return Math.floor((chain.timeOf(Number(first)) - (mode === 'old' ? dayMs : 0)) / 1000);
    case 'getTransaction': {
      const found = landed().find(({ transaction }) => transaction === first);
      return found ? { transaction: jsonOf(found), meta: {} } : null;
    }
    default:
      throw new Error(`The simulated node has no ${method}.`);
  }
}

function withSlot(slot: number, value: unknown): unknown {
  return { context: { slot }, value };
}
