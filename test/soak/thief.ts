import { createWalletClient, http, parseAbi, publicActions } from 'viem';
import type { Hex, TypedDataDefinition } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { base } from 'viem/chains';
import { keys } from '../rig/keys.ts';
import { receiptOf } from '../rig/receipt.ts';
import { usdcAddress } from '../rig/usdc.ts';
import type { TypedData } from '../rig/wallet/provider.ts';
import type { World } from '../rig/world.ts';
import { solanaOf } from './charges.ts';
import type { WalletRequest } from './marksOf.ts';
import { chargeOnSolana } from './solanaThief.ts';

const abi = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
]);

/** Whoever keeps a signature from PaidChat and hands it to the chain: a page whose wallet says "no" and signs. */
export interface Thief {
  /** Signs what the page's wallet was asked for and charges it. @returns whether the chain took it */
  charge(asked: WalletRequest): Promise<boolean>;
}

/** A thief with the payer's key, as any script around the payer's wallet would have its signature. */
export function createThief(world: World): Thief {
  const { chain } = world;
  const payer = privateKeyToAccount(keys.payer);
  // Pays its own gas, from an account that sends nothing else.
  const client = createWalletClient({
    account: privateKeyToAccount(keys.payee),
    chain: base,
    transport: http(chain.rpcUrl, { retryCount: 0 }),
    pollingInterval: 20,
  }).extend(publicActions);
  let last: Promise<unknown> = Promise.resolve();

  async function submit(typedData: TypedData): Promise<boolean> {
    const { from, to, value, validAfter, validBefore, nonce } = typedData.message as Record<string, Hex>;
    const signature = await payer.signTypedData(typedData as unknown as TypedDataDefinition);
    const hash = await client.writeContract({
      address: usdcAddress,
      abi,
      functionName: 'transferWithAuthorization',
      args: [
        from ?? '0x',
        to ?? '0x',
        BigInt(value ?? 0),
        BigInt(validAfter ?? 0),
        BigInt(validBefore ?? 0),
        nonce ?? '0x',
        signature,
      ],
      gas: 300_000n,
    });
    return (await receiptOf(client, hash)).status === 'success';
  }

  return {
    // One after the other: two at once would take the same account nonce.
    charge(asked) {
      if (asked.kind === 'transaction')
        return chargeOnSolana(solanaOf(world).nodes[0].rpcUrl, asked.transaction);
      const done = last.then(() => submit(asked.typedData));
      last = done.catch(() => undefined);
      return done;
    },
  };
}
