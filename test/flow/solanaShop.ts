import type { FakePage } from '../fakes/page.ts';
import type { FakeSolana } from '../fakes/solanaChain.ts';
import type { SolanaNodeMode } from '../fakes/solanaNode.ts';
import { fakeSolanaWallet } from '../fakes/solanaWallet.ts';
import type { FakeSolanaWallet } from '../fakes/solanaWallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow } from './steps.ts';

/** A site that may pay by itself, with a Solana wallet, and the chain behind it. */
export interface SolanaShop {
  readonly world: World;
  readonly page: FakePage;
  readonly wallet: FakeSolanaWallet;
  readonly chain: FakeSolana;
}

/** Opens it, in a world whose Solana has these nodes. */
export async function solanaShop(names: readonly string[] = ['one', 'two']): Promise<SolanaShop> {
  const solanaNodes = names.map((name) => `https://${name}.example/solana`);
  const world = await startWorld({ solanaNodes });
  await allow(world);
  const wallet = fakeSolanaWallet();
  const { solana: chain } = world.gateway;
  if (!chain) throw new Error('The world has no Solana.');
  return { world, page: world.openPage({ wallet }), wallet, chain };
}

/** What has left the payer. */
export function moved({ landed }: FakeSolana): bigint {
  return landed.reduce((sum, { value }) => sum + value, 0n);
}

/** How the nodes answer from now on, in their order. */
export function nodesAre({ solanaNodes }: World, ...modes: readonly SolanaNodeMode[]): void {
  for (const [index, node] of solanaNodes.entries()) node.mode = modes[index] ?? node.mode;
}
