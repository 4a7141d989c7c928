import { address, getBase64Encoder, getTransactionDecoder } from '@solana/kit';
import type { Transaction, TransactionModifyingSigner } from '@solana/kit';
import type { SchemeNetworkClient } from '@x402/core/types';
import { ExactSvmScheme } from '@x402/svm/exact/client';
import type { SvmOffer } from './offer.ts';
import type { OwnBlockhash } from './svmGate.ts';
import { programs } from './svmMessage.ts';

/**
 * The official scheme, given a copy of the offer with our own blockhash and height, and what it would ask a node about
 * the mint: it reaches no network, and nothing of the gateway's own says when a payment ends.
 *
 * @param signTransaction gets the built transaction, for `readTransaction`; resolves to the signed one, base64. A
 *   wallet may have added to it, which is why the signer is one that may change what it signs
 */
export function pinnedSvmScheme(
  offer: SvmOffer,
  account: string,
  { blockhash, lastValidBlockHeight }: OwnBlockhash,
  signTransaction: (transaction: Transaction) => Promise<string>,
): SchemeNetworkClient {
  const signer: TransactionModifyingSigner = {
    address: address(account),
    modifyAndSignTransactions: (transactions) =>
      Promise.all(
        transactions.map(async (one) => ({ ...one, ...decode(await signTransaction(one)) }) as Signed),
      ),
  };
  const official = new ExactSvmScheme(signer);
  const { network, asset, amount, payTo, maxTimeoutSeconds, feePayer, memo } = offer;
  const mints = (official as unknown as { readonly mintCache: Map<string, Promise<Mint>> }).mintCache;
  mints.set(`${network}:${asset}`, Promise.resolve({ decimals: 6, programAddress: programs.token }));
  const copy = {
    scheme: 'exact',
    network,
    asset,
    amount: amount.toString(),
    payTo,
    maxTimeoutSeconds,
    extra: {
      feePayer,
      ...(memo === undefined ? {} : { memo }),
      recentBlockhash: blockhash,
      lastValidBlockHeight: lastValidBlockHeight.toString(),
    },
  };
  return { scheme: 'exact', createPaymentPayload: (version) => official.createPaymentPayload(version, copy) };
}

type Signed = Awaited<ReturnType<TransactionModifyingSigner['modifyAndSignTransactions']>>[number];

/** What the official scheme knows of a mint: in 2.27 the only way to tell it without a node. */
interface Mint {
  readonly decimals: number;
  readonly programAddress: string;
}

function decode(transaction: string): Pick<Transaction, 'messageBytes' | 'signatures'> {
  return getTransactionDecoder().decode(getBase64Encoder().encode(transaction));
}
