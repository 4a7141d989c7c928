import { readyOnSolana } from '../../src/background/chains/ownBlockhash.ts';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import type { Authorization } from '../../src/core/ledger.ts';
import type { SvmOffer } from '../../src/x402/offer.ts';
import type { Life } from './life.ts';
import type { Market, Wish } from './purchase.ts';
import { blockhashBlocks, parties } from './solana.ts';

const payer = '0x1111111111111111111111111111111111111111';
const payTo = '0x2222222222222222222222222222222222222222';

/** Where a payment goes, by its chain. */
export const payableOnBase = { network: baseUsdc.network, asset: baseUsdc.asset, payTo };
export const payableOnSolana = {
  network: solanaUsdc.network,
  asset: solanaUsdc.asset,
  payTo: parties.payTo,
};

/**
 * The message that pays, before it leaves for the wallet.
 *
 * @throws {Failure} nodesSilent
 */
export async function messageFor(
  { random, policy }: Market,
  life: Life,
  { amount, onSolana, earlier }: Wish,
  number: number,
): Promise<Authorization> {
  const value = amount.toString();
  if (!onSolana) {
    return {
      from: payer,
      to: payTo,
      value,
      validAfter: '0',
      validBefore: String(Math.floor(life.clock.nowMs() / 1000) + random.pick([60, 300, 600])),
      nonce: `0x${number.toString(16).padStart(64, '0')}`,
    };
  }
  const usdc = life.solana;
  const own = await readyOnSolana(life, { usdc, payTo: parties.payTo } as SvmOffer);
  const { message: before } = earlier ?? {};
  const memo = before?.kind === 'svm' && random.chance(0.5) ? before.memo : `memo-${number}`;
  // A gateway that would have its payments forgotten says that they end at once.
  const height = policy.trustsGatewaysHeight
    ? own.lastValidBlockHeight - BigInt(blockhashBlocks - 5)
    : own.lastValidBlockHeight;
  return {
    kind: 'svm',
    from: parties.payer,
    to: parties.payTo,
    value,
    memo,
    feePayer: parties.feePayer,
    blockhash: own.blockhash,
    lastValidBlockHeight: height.toString(),
    slot: own.slot.toString(),
    readAtMs: own.readAtMs,
    message: Buffer.from(`payment ${number}`).toString('base64'),
  };
}
