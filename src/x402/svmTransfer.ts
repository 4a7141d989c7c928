import { address, getCompiledTransactionMessageDecoder, getTransactionDecoder } from '@solana/kit';
import type { SvmAuthorization } from '../core/svmAuthorization.ts';
import { programs, tokenAccountOf } from './svmMessage.ts';

/**
 * Whether a transaction that has landed is the payment's: its memo, its amount and its payee, whatever else is in it
 * and however it is written.
 *
 * @throws where it cannot be read whole: it may be the payment's
 */
export async function paysFor(
  wire: Uint8Array,
  { from, to, value, memo }: SvmAuthorization,
  mint: string,
  source: string,
): Promise<boolean> {
  const { messageBytes } = getTransactionDecoder().decode(wire);
  const { header, staticAccounts, instructions } =
    getCompiledTransactionMessageDecoder().decode(messageBytes);
  // Anybody can put the memo beside a transfer to the payer; signers are never looked up.
  if (!staticAccounts.slice(0, header.numSignerAccounts).includes(address(from))) return false;
  const destination = await tokenAccountOf(to, mint);
  const at = (index: number | undefined): string => {
    const account = index === undefined ? undefined : staticAccounts[index];
    if (account === undefined) throw new RangeError('The transaction looks an account up.');
    return account;
  };
  let hasMemo = false;
  let hasTransfer = false;
  for (const { programAddressIndex, accountIndices = [], data = new Uint8Array() } of instructions) {
    const program = at(programAddressIndex);
    if (program === programs.memo && text(data) === memo) hasMemo = true;
    const destinationAt = program === programs.token ? destinationIndex[data[0] ?? -1] : undefined;
    if (destinationAt === undefined) continue;
    const amount = littleEndian(data.slice(1, 9));
    hasTransfer ||=
      amount === BigInt(value) &&
      at(accountIndices[0]) === source &&
      at(accountIndices[destinationAt]) === destination;
  }
  return hasMemo && hasTransfer;
}

/** Where SPL Token's transfers name who gets it: Transfer, and TransferChecked, which names the mint before. */
const destinationIndex: Readonly<Record<number, number>> = { 3: 1, 12: 2 };

function text(data: ArrayLike<number>): string {
  return new TextDecoder().decode(Uint8Array.from(data));
}

function littleEndian(bytes: ArrayLike<number>): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) value = value * 256n + BigInt(bytes[index] ?? 0);
  return value;
}
