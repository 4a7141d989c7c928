import { decodePaymentSignatureHeader } from '@x402/core/http';
import { getCompiledTransactionMessageDecoder, getTransactionDecoder } from '@solana/kit';
import { programs } from '../../src/x402/svmMessage.ts';
import type { TypedData } from '../rig/wallet/provider.ts';

/** What a page's wallet was asked to sign. */
export type WalletRequest =
  | { readonly kind: 'typed data'; readonly typedData: TypedData }
  /** Base64. */
  | { readonly kind: 'transaction'; readonly transaction: string };

/** Reads what a wallet says that it was asked. @returns undefined for what moves no money */
export function readWalletRequest(method: string, params: unknown): WalletRequest | undefined {
  const values = params as readonly unknown[];
  if (method === 'eth_signTypedData_v4')
    return { kind: 'typed data', typedData: JSON.parse(String(values[1])) as TypedData };
  if (method === 'solana:signTransaction') return { kind: 'transaction', transaction: String(values[0]) };
  return undefined;
}

/** The nonce or the memo of what is to be signed. */
export function markOf(request: WalletRequest): string {
  if (request.kind === 'typed data') return String(request.typedData.message['nonce']);
  return memoIn(request.transaction);
}

/** The nonce or the memo of what a payment header carries. */
export function markInHeader(header: string): string {
  const { payload } = decodePaymentSignatureHeader(header);
  const { authorization, transaction } = payload as {
    authorization?: { nonce: string };
    transaction?: string;
  };
  return authorization ? authorization.nonce : memoIn(transaction ?? '');
}

function memoIn(transaction: string): string {
  const { messageBytes } = getTransactionDecoder().decode(Buffer.from(transaction, 'base64'));
  const { staticAccounts, instructions } = getCompiledTransactionMessageDecoder().decode(messageBytes);
  const memo = instructions.find(
    ({ programAddressIndex }) => staticAccounts[programAddressIndex] === programs.memo,
  );
  return Buffer.from(memo?.data ?? []).toString();
}
