import type { x402Facilitator } from '@x402/core/facilitator';
import { toFacilitatorSvmSigner } from '@x402/svm';
import { registerExactSvmScheme } from '@x402/svm/exact/facilitator';
import { solanaNetwork } from './usdc.ts';
import { solanaSigner } from './keys.ts';

/**
 * Lets the official facilitator settle on Solana too, as the fee payer of every payment.
 * @param rpcUrl - of one of the rig's nodes
 */
export async function settleOnSolana(rpcUrl: string): Promise<(facilitator: x402Facilitator) => void> {
  const signer = toFacilitatorSvmSigner(await solanaSigner('facilitator'), { defaultRpcUrl: rpcUrl });
  return (facilitator) => registerExactSvmScheme(facilitator, { signer, networks: solanaNetwork });
}
