import type { PaymentRequirements } from '@x402/core/types';
import type { FaultName, Faults } from '../faults.ts';
import type { Change, PaymentOption } from '../offers.ts';
import { solanaAddresses } from './keys.ts';
import { solanaNetwork, solanaUsdc } from './usdc.ts';

/** Solana USDC, as JumpGate offers it: the resource server adds the facilitator as fee payer. */
export const solanaOption: PaymentOption = {
  network: solanaNetwork,
  asset: solanaUsdc,
  payTo: solanaAddresses.payee,
  extra: {},
};

/** The switches that alter what is asked on Solana only. */
export type SolanaFault = Extract<
  FaultName,
  'repeatedMemo' | 'serverBlockhash' | 'feePayerIsPayer' | 'payeeWithoutAccount'
>;

/** A blockhash that no block of ours has. */
const foreignBlockhash = '4sGjMW1sUnHzSxGspuhpqLDx6wiyjNtZAMdL4VZHirAn';

/** The faults that alter what is asked on Solana, where it is offered. */
export function twistSolana(faults: Faults, made: readonly PaymentRequirements[]): Change | undefined {
  if (!made.some(isSolana)) return undefined;
  const onSolana =
    (change: Change): Change =>
    (offer) =>
      isSolana(offer) ? change(offer) : {};
  const extra = (more: Readonly<Record<string, unknown>>) =>
    onSolana((offer) => ({ extra: { ...offer.extra, ...more } }));
  if (faults.take('repeatedMemo')) return extra({ memo: 'order 1' });
  if (faults.take('serverBlockhash'))
    return extra({ recentBlockhash: foreignBlockhash, lastValidBlockHeight: '1' });
  if (faults.take('feePayerIsPayer')) return extra({ feePayer: solanaAddresses.payer });
  if (faults.take('payeeWithoutAccount')) return onSolana(() => ({ payTo: solanaAddresses.stranger }));
  return undefined;
}

function isSolana({ network }: PaymentRequirements): boolean {
  return network === solanaNetwork;
}
