import { ed25519 } from '@noble/curves/ed25519';
import {
  address,
  compileTransaction,
  decompileTransactionMessage,
  getBase58Decoder,
  getBase64Decoder,
  getCompiledTransactionMessageDecoder,
  getCompiledTransactionMessageEncoder,
  getTransactionDecoder,
  getTransactionEncoder,
} from '@solana/kit';
import type {
  CompiledTransactionMessage,
  CompiledTransactionMessageWithLifetime,
  Instruction,
  Transaction,
} from '@solana/kit';
import { solanaUsdc } from '../../src/core/assets.ts';
import { microUsdc } from '../../src/core/money.ts';
import { waysToPay, readChallenge } from '../../src/x402/offer.ts';
import type { SvmOffer } from '../../src/x402/offer.ts';
import type { BuiltTransaction, OwnBlockhash } from '../../src/x402/svmGate.ts';
import { pinnedSvmScheme } from '../../src/x402/svmScheme.ts';
import { headerOf, honestChallenge, requestUrl, solanaAccepted } from './challenges.ts';

const seed = new Uint8Array(32).fill(7);

/** The key that pays in the fixtures, and the gateway's people. */
export const account = getBase58Decoder().decode(ed25519.getPublicKey(seed));
export const feePayer = String(solanaAccepted.extra['feePayer']);

/** Ours, as two nodes gave it. */
export const ownBlockhash: OwnBlockhash = {
  blockhash: '9sHcv6xwn9YkB8nxTUGKDwPwNnmqVp5oAXxU8Fdkm4J6',
  lastValidBlockHeight: 279_000_150n,
  slot: 300_000_000n,
  readAtMs: 1_790_000_000_000,
};

/** JumpGate's Solana offer, with some fields changed. */
export function solanaOffer(change: Readonly<Record<string, unknown>> = {}): SvmOffer {
  const header = headerOf({ ...honestChallenge, accepts: [{ ...solanaAccepted, ...change }] });
  const wishes = { requestUrl, maxAmount: microUsdc(4474n), networks: [solanaUsdc.network] };
  const [offer] = waysToPay(readChallenge(header, [solanaUsdc]), wishes);
  if (offer.kind !== 'svm') throw new Error('The offer is not on Solana.');
  return offer;
}

/** What the official scheme builds for an offer. */
export async function builtFor(offer: SvmOffer, blockhash = ownBlockhash): Promise<Transaction> {
  let built: Transaction | undefined;
  const scheme = pinnedSvmScheme(offer, account, blockhash, (transaction) => {
    built = transaction;
    return Promise.reject(new Error('built'));
  });
  await scheme.createPaymentPayload(2, offer.accepted).catch(() => undefined);
  if (!built) throw new Error('The official scheme built nothing.');
  return built;
}

/** A message taken apart, so that a test can put it together wrongly. */
export interface Parts {
  feePayer: string;
  blockhash: string;
  instructions: Instruction[];
}

/** The same transaction, put together again after a change, as its bytes have to be. */
export function rebuilt(transaction: BuiltTransaction, change: (parts: Parts) => void): Transaction {
  const compiled = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  const message = decompileTransactionMessage(compiled);
  const parts: Parts = {
    feePayer: message.feePayer.address,
    blockhash: compiled.lifetimeToken,
    instructions: [...(message.instructions as readonly Instruction[])],
  };
  change(parts);
  return compileTransaction({
    ...message,
    feePayer: { address: address(parts.feePayer) },
    instructions: parts.instructions,
    lifetimeConstraint: { blockhash: parts.blockhash, lastValidBlockHeight: 0n },
  } as unknown as Parameters<typeof compileTransaction>[0]);
}

type Compiled = CompiledTransactionMessage & CompiledTransactionMessageWithLifetime;

/** The same transaction with its compiled message changed field by field. */
export function recompiled(
  transaction: BuiltTransaction,
  change: (message: Compiled) => Partial<Record<keyof Compiled | 'addressTableLookups', unknown>>,
): Transaction {
  const compiled = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  const messageBytes = getCompiledTransactionMessageEncoder().encode({
    ...compiled,
    ...change(compiled),
  } as Compiled);
  return { ...transaction, messageBytes } as Transaction;
}

/** An instruction with its data changed. */
export function withData(
  instruction: Instruction | undefined,
  change: (data: Uint8Array) => Uint8Array | void,
): Instruction {
  if (!instruction?.data) throw new Error('The instruction has no data.');
  const data = Uint8Array.from(instruction.data);
  return { ...instruction, data: change(data) ?? data };
}

/** The transaction signed by a key, as a wallet hands it back: base64. */
export function signedBy(transaction: BuiltTransaction, key = seed): string {
  const signer = getBase58Decoder().decode(ed25519.getPublicKey(key));
  const signature = ed25519.sign(new Uint8Array(transaction.messageBytes), key);
  const slot = signer in transaction.signatures ? signer : account;
  return wire({
    ...transaction,
    signatures: { ...transaction.signatures, [slot]: signature },
  });
}

/** The bytes of a transaction, base64. */
export function wire(transaction: Transaction): string {
  return getBase64Decoder().decode(getTransactionEncoder().encode(transaction));
}

/** The other way round. */
export function unwire(base64: string): Transaction {
  return getTransactionDecoder().decode(Buffer.from(base64, 'base64'));
}
