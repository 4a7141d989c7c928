import { solanaAddresses } from '../rig/solana/keys.ts';
import type { World } from '../rig/world.ts';

/** USDC that left the payer, by a chain's own record. */
export interface Charge {
  readonly chain: 'Base' | 'Solana';
  /** What tells a payment's transfer from all others: its nonce on Base, its memo on Solana. */
  readonly mark?: string;
  readonly to: string;
  /** In micro-USDC. */
  readonly value: bigint;
  readonly transaction: string;
}

/** The local Solana. @throws where the world has none */
export function solanaOf({ solana }: World): NonNullable<World['solana']> {
  if (!solana) throw new Error('The world has no Solana.');
  return solana;
}

/** Everything that left the payer since then, on both chains. */
export async function chargesOf(
  world: World,
  since: { block: bigint; slot: bigint },
): Promise<readonly Charge[]> {
  const onBase = (await world.chain.transfersSince(since.block))
    .filter(({ from }) => from === world.payer.address)
    .map(({ nonce, to, value, transaction }): Charge => {
      const rest = { to, value, transaction };
      return { chain: 'Base', ...(nonce === undefined ? {} : { mark: nonce }), ...rest };
    });
  const onSolana = (await solanaOf(world).transfersSince(since.slot))
    .filter(({ from }) => from === solanaAddresses.payer)
    .map(({ memo, to, value, signature }): Charge => {
      const rest = { to, value, transaction: signature };
      return { chain: 'Solana', ...(memo === null ? {} : { mark: plainMemo(memo) }), ...rest };
    });
  return [...onBase, ...onSolana];
}

/** Nodes write a memo's length before it. */
function plainMemo(memo: string): string {
  return memo.replace(/^\[\d+\] /, '');
}
