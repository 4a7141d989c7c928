import { concatHex, createTestClient, http } from 'viem';
import type { Address, Hex } from 'viem';
import { base } from 'viem/chains';

/**
 * The smallest contract wallet there is, assembled by hand: `isValidSignature(bytes32 hash, bytes signature)` of
 * ERC-1271 for one owner, whose 65 bytes (r, s, v) are the signature. It reads its arguments where ABI encoders put
 * them and looks at no selector.
 * @param owner - whose key signs for it
 */
function contractWalletCode(owner: Address): Hex {
  return concatHex([
    // memory, as the precompile ecrecover wants it: the hash, v, r and s
    '0x60043560005260a43560f81c602052606435604052608435606052',
    // staticcall(gas, 1, 0, 0x80, 0, 0x20), which leaves the hash where there is no signer
    '0x602060006080600060015afa50',
    // the signer is the owner
    '0x73',
    owner,
    '0x60005114',
    // then 0x1626ba7e, else 0, in front of one word
    '0x631626ba7e60e01b0260005260206000f3',
  ]);
}

/**
 * Puts such a wallet on the rig's Base.
 * @param owner - whose key signs for it
 */
export async function deployContractWallet(rpcUrl: string, account: Address, owner: Address): Promise<void> {
  const client = createTestClient({ mode: 'anvil', chain: base, transport: http(rpcUrl) });
  await client.setCode({ address: account, bytecode: contractWalletCode(owner) });
}
