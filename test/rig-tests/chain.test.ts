import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createPublicClient, http, parseAbi } from 'viem';
import { base } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startChain } from '../rig/chain.ts';
import type { Chain } from '../rig/chain.ts';
import { people } from '../rig/keys.ts';
import { usdcAddress } from '../rig/usdc.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the local Base', () => {
  let chain: Chain;
  const client = () => createPublicClient({ chain: base, transport: http(chain.rpcUrl) });

  beforeAll(async () => {
    chain = await startChain({ blockTime: 'instant' });
  });
  afterAll(() => chain.stop());

  it("has Circle's USDC at its address, with the domain that wallets sign", async () => {
    const abi = parseAbi([
      'function name() view returns (string)',
      'function symbol() view returns (string)',
      'function version() view returns (string)',
      'function decimals() view returns (uint8)',
      'function DOMAIN_SEPARATOR() view returns (bytes32)',
    ]);
    const read = (functionName: 'name' | 'symbol' | 'version' | 'decimals') =>
      client().readContract({ address: usdcAddress, abi, functionName });
    expect(await client().getChainId()).toBe(8453);
    expect(await Promise.all([read('name'), read('symbol'), read('version'), read('decimals')])).toEqual([
      'USD Coin',
      'USDC',
      '2',
      6,
    ]);
  });

  it('has Multicall3 at its address', async () => {
    const abi = parseAbi(['function getChainId() view returns (uint256)']);
    const address = '0xcA11bde05977b3631167028862bE2a173976CA11';
    expect(await client().readContract({ address, abi, functionName: 'getChainId' })).toBe(8453n);
  });

  it('has a faucet, and reads transfers from the logs', async () => {
    const block = await chain.blockNumber();
    await chain.mint(people.payer, 20_000_000n);
    expect(await chain.balanceOf(people.payer)).toBe(20_000_000n);
    expect(await chain.transfersSince(block)).toMatchObject([{ to: people.payer, value: 20_000_000n }]);
    expect(await chain.transfersSince(await chain.blockNumber())).toEqual([]);
  });

  it('finalizes a block once two more are mined', async () => {
    const block = await chain.blockNumber();
    await chain.mine(2);
    expect((await client().getBlock({ blockTag: 'finalized' })).number).toBe(block);
  });

  it('moves its clock forward on demand', async () => {
    const before = (await client().getBlock()).timestamp;
    await chain.advance(600);
    expect((await client().getBlock()).timestamp).toBeGreaterThanOrEqual(before + 600n);
  });

  it('keeps true time when it starts', async () => {
    const fresh = await startChain({ blockTime: 2 });
    const block = await createPublicClient({ chain: base, transport: http(fresh.rpcUrl) }).getBlock();
    await fresh.stop();
    expect(Math.abs(Number(block.timestamp) - Date.now() / 1000)).toBeLessThan(5);
  });
});

describe('anvil', () => {
  it('is gone after stop()', async () => {
    const chain = await startChain({ blockTime: 'instant' });
    expect(isAlive(chain.pid)).toBe(true);
    await chain.stop();
    expect(isAlive(chain.pid)).toBe(false);
  });

  it('is gone after the process that started it was killed', async () => {
    const tsx = createRequire(import.meta.url).resolve('tsx');
    const script = fileURLToPath(new URL('orphan.ts', import.meta.url));
    const parent = spawn(process.execPath, ['--import', tsx, script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(parent.stdout, 'data');
    const pid = Number(said);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000, interval: 20 });
  });
});
