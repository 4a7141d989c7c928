import { getBase58Encoder } from '@solana/kit';
import { isJsonObject } from '../core/json.ts';
import type { SvmAuthorization } from '../core/svmAuthorization.ts';
import { programs, tokenAccountOf } from './svmMessage.ts';
import type { MessageInstruction } from './svmMessage.ts';

/** A transaction that has landed, of whatever version, with the accounts that it looks up. */
export interface LandedTransaction {
  readonly signers: readonly string[];
  readonly instructions: readonly MessageInstruction[];
}

/** Whether it is the payment's: its signer, memo, amount and payee, whatever else is in it and however it is written. */
export async function paysFor(
  { signers, instructions }: LandedTransaction,
  { from, to, value, memo }: SvmAuthorization,
  mint: string,
  source: string,
): Promise<boolean> {
  // Anybody can put the memo into a transaction of his own.
  if (!signers.includes(from)) return false;
  const destination = await tokenAccountOf(to, mint);
  const hasMemo = instructions.some(({ program, data }) => program === programs.memo && text(data) === memo);
  const hasTransfer = instructions.some(({ program, accounts, data }) => {
    const destinationAt = program === programs.token ? destinationIndex[data[0] ?? -1] : undefined;
    return (
      destinationAt !== undefined &&
      littleEndian(data.slice(1, 9)) === BigInt(value) &&
      accounts[0] === source &&
      accounts[destinationAt] === destination
    );
  });
  return hasMemo && hasTransfer;
}

/** Where SPL Token's transfers name who gets it: Transfer, and TransferChecked, which names the mint before. */
const destinationIndex: Readonly<Record<number, number>> = { 3: 1, 12: 2 };

/**
 * Reads a node's answer to `getTransaction` with the encoding `json` (solana.com/docs/rpc/http/gettransaction).
 *
 * @throws where it is not one
 */
export function readLanded(answer: unknown): LandedTransaction {
  const { transaction, meta } = objectOf(answer);
  const { accountKeys, header, instructions } = objectOf(objectOf(transaction)['message']);
  const { writable = [], readonly = [] } = objectOf(objectOf(meta)['loadedAddresses'] ?? {});
  const accounts = [accountKeys, writable, readonly].flatMap((some) => listOf(some).map(textOf));
  const at = (index: unknown): string => textOf(accounts[Number(index)]);
  const signerCount = objectOf(header)['numRequiredSignatures'];
  if (typeof signerCount !== 'number' || !(signerCount >= 1 && signerCount <= accounts.length))
    throw unreadable();
  return {
    signers: accounts.slice(0, signerCount),
    instructions: listOf(instructions).map((one) => {
      const { programIdIndex, accounts: indices, data } = objectOf(one);
      return {
        program: at(programIdIndex),
        accounts: listOf(indices).map(at),
        data: bytesOf(textOf(data)),
      };
    }),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw unreadable();
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable();
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw unreadable();
  return value;
}

/** No transaction of any version is longer than 4096 bytes; decoding takes the square of the length. */
const maxBase58 = 6_000;

function bytesOf(base58: string): Uint8Array {
  if (base58.length > maxBase58) throw unreadable();
  return Uint8Array.from(getBase58Encoder().encode(base58));
}

function unreadable(): Error {
  return new Error('The node gave no transaction.');
}

function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) value = value * 256n + BigInt(bytes[index] ?? 0);
  return value;
}
