import { createTestClient, encodeFunctionData, http, publicActions, toHex } from 'viem';
import type { Address, Hex } from 'viem';
import { base } from 'viem/chains';
import { startAnvil } from './anvil.ts';
import { people } from './keys.ts';
import { installMulticall } from './multicall.ts';
import { receiptOf } from './receipt.ts';
import { installUsdc, usdcAbi, usdcAddress } from './usdc.ts';

/** Seconds between blocks as on Base; a block for each transaction at once; or none but those of `mine`. */
export type BlockTime = 2 | 'instant' | 'manual';

/** USDC that moved: one row per Transfer, with the nonce of the authorization that moved it. */
export interface Transfer {
  readonly from: Address;
  readonly to: Address;
  /** In micro-USDC. */
  readonly value: bigint;
  /** From AuthorizationUsed in the same transaction; absent for mints and plain transfers. */
  readonly nonce?: Hex;
  readonly transaction: Hex;
  readonly block: bigint;
}

/** A local Base with Circle's USDC. */
export interface Chain {
  readonly rpcUrl: string;
  readonly port: number;
  /** The process id of anvil. */
  readonly pid: number;
  /** In micro-USDC, at the latest block. */
  balanceOf(address: Address): Promise<bigint>;
  /** The faucet. Returns when the USDC are there. */
  mint(address: Address, microUsdc: bigint): Promise<void>;
  /** Mines at once. `finalized` is the latest block minus two. */
  mine(blocks: number): Promise<void>;
  /** Moves the chain's clock forward, with a block that shows it. */
  advance(seconds: number): Promise<void>;
  blockNumber(): Promise<bigint>;
  /** Every USDC transfer in blocks after `block`, oldest first. */
  transfersSince(block: bigint): Promise<Transfer[]>;
  stop(): Promise<void>;
}

/** How a chain is started. */
export interface ChainOptions {
  readonly port?: number;
  readonly blockTime?: BlockTime;
  /** Another than Base's: a developer's own network. */
  readonly chainId?: number;
}

/** Starts anvil as Base and installs USDC and Multicall3 at their real addresses. */
export async function startChain(options: ChainOptions = {}): Promise<Chain> {
  const { blockTime = 2, chainId = base.id } = options;
  const anvil = await startAnvil(options);
  try {
    return await prepare(anvil, blockTime, chainId);
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function prepare(
  anvil: Awaited<ReturnType<typeof startAnvil>>,
  blockTime: BlockTime,
  chainId: number,
): Promise<Chain> {
  const client = createTestClient({
    mode: 'anvil',
    chain: { ...base, id: chainId },
    transport: http(anvil.rpcUrl, { retryCount: 0 }),
    cacheTime: 0,
  }).extend(publicActions);

  await Promise.all([installMulticall(client), installUsdc(client, people.owner)]);
  await client.mine({ blocks: 1 });
  if (blockTime === 'instant') await client.setAutomine(true);
  if (blockTime === 2) await client.setIntervalMining({ interval: blockTime });

  return {
    rpcUrl: anvil.rpcUrl,
    port: anvil.port,
    pid: anvil.pid,
    balanceOf: (address) =>
      client.readContract({ address: usdcAddress, abi: usdcAbi, functionName: 'balanceOf', args: [address] }),
    async mint(address, microUsdc) {
      const data = encodeFunctionData({ abi: usdcAbi, functionName: 'mint', args: [address, microUsdc] });
      const hash = await client.request<{ Method: string; Parameters: [unknown]; ReturnType: Hex }>({
        method: 'eth_sendTransaction',
        params: [{ from: people.owner, to: usdcAddress, data, gas: toHex(300_000) }],
      });
      if (blockTime !== 'instant') await client.mine({ blocks: 1 });
      const { status } = await receiptOf(client, hash);
      if (status !== 'success') throw new Error(`The faucet could not mint to ${address}.`);
    },
    mine: (blocks) => client.mine({ blocks }),
    async advance(seconds) {
      await client.increaseTime({ seconds });
      await client.mine({ blocks: 1 });
    },
    blockNumber: () => client.getBlockNumber(),
    async transfersSince(block) {
      if (block >= (await client.getBlockNumber())) return [];
      const range = { address: usdcAddress, fromBlock: block + 1n, toBlock: 'latest' } as const;
      const [moved, used] = await Promise.all([
        client.getContractEvents({ ...range, abi: usdcAbi, eventName: 'Transfer', strict: true }),
        client.getContractEvents({ ...range, abi: usdcAbi, eventName: 'AuthorizationUsed', strict: true }),
      ]);
      const nonces = new Map(used.map((log) => [log.transactionHash, log.args.nonce]));
      return moved.map(({ args, transactionHash, blockNumber }) => {
        const nonce = nonces.get(transactionHash);
        return {
          ...args,
          ...(nonce !== undefined && { nonce }),
          transaction: transactionHash,
          block: blockNumber,
        };
      });
    },
    stop: () => anvil.stop(),
  };
}
