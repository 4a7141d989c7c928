import { createKeyPairSignerFromPrivateKeyBytes, getBase58Decoder } from '@solana/kit';
import type { KeyPairSigner } from '@solana/kit';

/**
 * The rig's people on Solana: private keys of one byte repeated, so that everybody can see that nobody will ever keep
 * real money on them.
 */
export const solanaSeeds = {
  /** Pays the fees of settlements, and is every challenge's fee payer. */
  facilitator: seed(1),
  /** The person with the test wallet. */
  payer: seed(2),
  /** Whoever runs the gateway. */
  payee: seed(3),
  /** A payee that no honest challenge names. */
  stranger: seed(4),
} as const;

/** One of {@link solanaSeeds}. */
type SolanaPerson = keyof typeof solanaSeeds;

/** The addresses that belong to {@link solanaSeeds}. */
export const solanaAddresses: Readonly<Record<SolanaPerson, string>> = {
  facilitator: 'AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9',
  payer: '9hSR6S7WPtxmTojgo6GG3k4yDPecgJY292j7xrsUGWBu',
  payee: 'GyGKxMyg1p9SsHfm15MkNUu1u9TN2JtTspcdmrtGUdse',
  stranger: 'EdmxWPmx2WH6WgFfTdu9xfkYf3k1g5wD1zccTVySEEh1',
};

/** The key pair of one of the rig's people. */
export function solanaSigner(person: SolanaPerson): Promise<KeyPairSigner> {
  return createKeyPairSignerFromPrivateKeyBytes(solanaSeeds[person]);
}

/** 32 bytes as base58, as Solana writes addresses and blockhashes. */
export function base58(bytes: Uint8Array): string {
  return getBase58Decoder().decode(bytes);
}

function seed(byte: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(32).fill(byte);
}
