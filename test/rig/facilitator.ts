import { x402Facilitator } from '@x402/core/facilitator';
import type { FacilitatorClient } from '@x402/core/server';
import type { Network } from '@x402/core/types';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { registerExactEvmScheme } from '@x402/evm/exact/facilitator';
import { createWalletClient, http, publicActions } from 'viem';
import type { VerifyTypedDataParameters } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { base } from 'viem/chains';
import { createNonceManager, jsonRpc } from 'viem/nonce';
import { keys } from './keys.ts';
import { receiptOf } from './receipt.ts';

/** CAIP-2 name of Base. */
export const baseNetwork = 'eip155:8453';

/**
 * The official facilitator, in this process: verifies a payment and settles it on the given chain.
 * @param rpcUrl - of the rig's Base, or of what stands in for it
 * @param options.chainId - of that chain. 8453 where absent
 * @param options.addChain - registers another chain
 */
export function createFacilitator(
  rpcUrl: string,
  options: { readonly chainId?: number; readonly addChain?: (facilitator: x402Facilitator) => void } = {},
): FacilitatorClient {
  const { chainId = base.id } = options;
  const client = createWalletClient({
    // Two settlements in one block need two nonces. Not viem's shared manager: each chain counts from zero.
    account: privateKeyToAccount(keys.facilitator, {
      nonceManager: createNonceManager({ source: jsonRpc() }),
    }),
    chain: { ...base, id: chainId },
    transport: http(rpcUrl, { retryCount: 0 }),
    pollingInterval: 20,
    cacheTime: 0,
  }).extend(publicActions);
  const facilitator = new x402Facilitator();
  registerExactEvmScheme(facilitator, {
    networks: `eip155:${chainId}`,
    signer: toFacilitatorEvmSigner({
      address: client.account.address,
      getCode: client.getCode,
      readContract: client.readContract,
      sendTransaction: (args) => client.sendTransaction(args),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- viem wants the types spelt out, x402 has them as records
      verifyTypedData: (args) => client.verifyTypedData(args as VerifyTypedDataParameters),
      waitForTransactionReceipt: ({ hash }) => receiptOf(client, hash),
      writeContract: (args) => client.writeContract(args),
    }),
  });
  options.addChain?.(facilitator);
  return {
    verify: (payload, requirements) => facilitator.verify(payload, requirements),
    settle: (payload, requirements) => facilitator.settle(payload, requirements),
    getSupported() {
      const { kinds, ...rest } = facilitator.getSupported();
      // Kinds without a CAIP-2 network are those of x402 v1.
      const known = kinds.flatMap((kind) =>
        isCaip2(kind.network) ? [{ ...kind, network: kind.network }] : [],
      );
      return Promise.resolve({ ...rest, kinds: known });
    },
  };
}

function isCaip2(network: string): network is Network {
  return network.includes(':');
}
