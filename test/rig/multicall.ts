import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Address, Hex, TestClient } from 'viem';

/** Where Multicall3 lives on every chain, Base included (https://www.multicall3.com). */
const multicallAddress: Address = '0xcA11bde05977b3631167028862bE2a173976CA11';

/** The constructor that solc puts before the runtime code: 32 bytes that copy the rest. */
const constructorBytes = 32;

/**
 * Puts Multicall3 on the chain. The facilitator reads several values at once through it when it looks for
 * the reason of a failure; without it every failure reads "simulation_failed". The code is the one that viem
 * carries for calls without deployment (viem/constants/contracts), which viem does not export.
 */
export async function installMulticall(client: TestClient): Promise<void> {
  const require = createRequire(import.meta.url);
  const { multicall3Bytecode }: { multicall3Bytecode: Hex } = require(
    join(dirname(require.resolve('viem')), 'constants', 'contracts.js'),
  );
  await client.setCode({
    address: multicallAddress,
    bytecode: `0x${multicall3Bytecode.slice(2 + constructorBytes * 2)}`,
  });
}
