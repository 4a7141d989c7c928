import { getBase58Decoder, getCompiledTransactionMessageDecoder, getTransactionDecoder } from '@solana/kit';

/** A transaction as nodes write it with the encoding `json`; without what lookup tables would add. */
export function transactionAsJson(wire: Uint8Array): object {
  const { messageBytes, signatures } = getTransactionDecoder().decode(wire);
  const { header, staticAccounts, instructions, lifetimeToken } =
    getCompiledTransactionMessageDecoder().decode(messageBytes);
  const text = (bytes: ArrayLike<number>) => getBase58Decoder().decode(Uint8Array.from(bytes));
  return {
    signatures: Object.values(signatures).map((signature) => (signature === null ? '' : text(signature))),
    message: {
      header: {
        numRequiredSignatures: header.numSignerAccounts,
        numReadonlySignedAccounts: header.numReadonlySignerAccounts,
        numReadonlyUnsignedAccounts: header.numReadonlyNonSignerAccounts,
      },
      accountKeys: staticAccounts,
      recentBlockhash: lifetimeToken,
      instructions: instructions.map(({ programAddressIndex, accountIndices = [], data }) => ({
        programIdIndex: programAddressIndex,
        accounts: accountIndices,
        data: text(data ?? []),
        stackHeight: null,
      })),
      addressTableLookups: [],
    },
  };
}
