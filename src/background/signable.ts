import type { Usdc } from '../core/assets.ts';
import { Failure } from '../core/failure.ts';
import type { Authorization } from '../core/ledger.ts';
import type { WalletAsk } from '../protocol/wallet.ts';
import { checkSignature, readTypedData, typedDataJson } from '../x402/evmGate.ts';
import type { Offer } from '../x402/offer.ts';
import { checkTransaction, readTransaction, unsignedTransaction } from '../x402/svmGate.ts';
import type { BuiltTransaction, OwnBlockhash } from '../x402/svmGate.ts';

/** What an official client built, and what it was built for. */
export interface Built {
  /** An EIP-712 message, or a Solana transaction. */
  readonly message: unknown;
  readonly offer: Offer;
  readonly account: string;
  /** Where the offer is on Solana. */
  readonly blockhash: OwnBlockhash | undefined;
  readonly nowMs: number;
}

/**
 * The gate before the wallet, of the offer's chain.
 *
 * @throws {Failure} unsafeOffer where the message is not exactly what was agreed to
 */
export async function readBuilt({
  message,
  offer,
  account,
  blockhash,
  nowMs,
}: Built): Promise<Authorization> {
  if (offer.kind === 'evm') {
    return readTypedData(message, { account: account as `0x${string}`, offer, nowMs });
  }
  if (!blockhash) throw new Failure('unsafeOffer', { phase: 'sign', detail: 'blockhash' });
  return readTransaction(message as BuiltTransaction, { account, offer, blockhash });
}

/** What the wallet in the page is asked. */
export function askFor(authorization: Authorization, usdc: Usdc, wallet: string, account: string): WalletAsk {
  if (authorization.kind === 'svm') {
    return { type: 'signTransaction', wallet, account, transaction: unsignedTransaction(authorization) };
  }
  const { chainIdHex } = evm(usdc);
  const typedData = typedDataJson(authorization, evm(usdc));
  return { type: 'signTypedData', wallet, account, chainIdHex, typedData };
}

/**
 * The gate after the wallet.
 *
 * @returns the signature, or the signed transaction in base64; undefined for an answer that is not what was asked
 */
export async function verifiedAnswer(
  answer: unknown,
  authorization: Authorization,
  usdc: Usdc,
): Promise<string | undefined> {
  if (authorization.kind === 'svm') {
    const checked = checkTransaction(answer, authorization);
    return checked.verdict === 'valid' ? checked.transaction : undefined;
  }
  const checked = await checkSignature(answer, authorization, evm(usdc));
  return checked.verdict === 'valid' ? checked.signature : undefined;
}

function evm(usdc: Usdc) {
  if (usdc.kind !== 'evm') throw new TypeError('An EIP-3009 authorization is for an EVM chain.');
  return usdc;
}
