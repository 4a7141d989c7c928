import { address } from '@solana/kit';
import type { Address } from '@solana/kit';
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token';

/** CAIP-2 name of Solana's mainnet. */
export const solanaNetwork = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/** USDC's mint on Solana (developers.circle.com/stablecoins/usdc-contract-addresses). */
export const solanaUsdc = address('EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v');

/** The one account of an owner that wallets and facilitators use for USDC. */
export async function tokenAccountOf(owner: string): Promise<Address> {
  const [account] = await findAssociatedTokenPda({
    owner: address(owner),
    mint: solanaUsdc,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  return account;
}
