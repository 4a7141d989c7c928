import type { Usdc } from '../../core/assets.ts';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import type { Authorization } from '../../core/ledger.ts';
import type { Http } from '../../gateway/http.ts';
import type { WalletAsk } from '../../protocol/wallet.ts';
import {
  checkSignature,
  digestOf,
  isContractSignature,
  isOfUndeployed,
  readTypedData,
  typedDataJson,
} from '../../x402/evmGate.ts';
import type { Offer } from '../../x402/offer.ts';
import { checkTransaction, readTransaction, unsignedTransaction } from '../../x402/svmGate.ts';
import type { BuiltTransaction, OwnBlockhash } from '../../x402/svmGate.ts';
import { askContract } from '../chains/contractWallet.ts';

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

/** What a wallet's answer turned out to be. */
export type Verified =
  /** The signature, or the signed transaction in base64. */
  | { readonly verdict: 'valid'; readonly signature: string }
  /** Not what was asked. */
  | { readonly verdict: 'mismatch' }
  /** Of a contract wallet, as it seems: its account is not deployed, or our nodes do not say whether it signed. */
  | { readonly verdict: 'undeployed' | 'unverified' };

/** The gate after the wallet. Only what the account's key has not signed is asked about on the chain. */
export async function verifiedAnswer(
  deps: { readonly http: Http; readonly clock: Clock },
  answer: unknown,
  authorization: Authorization,
  usdc: Usdc,
): Promise<Verified> {
  if (authorization.kind === 'svm') {
    const checked = checkTransaction(answer, authorization);
    return checked.verdict === 'valid'
      ? { verdict: 'valid', signature: checked.transaction }
      : { verdict: 'mismatch' };
  }
  const checked = await checkSignature(answer, authorization, evm(usdc));
  if (checked.verdict === 'valid') return checked;
  if (!isContractSignature(answer)) return { verdict: 'mismatch' };
  if (isOfUndeployed(answer)) return { verdict: 'undeployed' };
  const digest = digestOf(authorization, evm(usdc));
  const verdict = await askContract(deps, evm(usdc), authorization.from, digest, answer);
  return verdict === 'valid' ? { verdict, signature: answer } : { verdict };
}

function evm(usdc: Usdc) {
  if (usdc.kind !== 'evm') throw new TypeError('An EIP-3009 authorization is for an EVM chain.');
  return usdc;
}
