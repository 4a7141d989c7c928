import { solanaAccepted } from '../x402/challenges.ts';

/** A gateway's offer on Solana, with what a test has it say beside the fee payer. */
export function solanaOffer(amount: string, said: Readonly<Record<string, string>>): object {
  return { ...solanaAccepted, amount, extra: { ...solanaAccepted.extra, ...said } };
}

/** The transaction that a header carries, base64, where it pays on Solana. */
export function solanaTransactionIn(header: string): string | undefined {
  const { payload } = JSON.parse(atob(header)) as { payload: { transaction?: string } };
  return payload.transaction;
}
