import { privateKeyToAccount } from 'viem/accounts';

/**
 * The rig's people. These are the published keys of anvil's default mnemonic ("test test … junk"):
 * known to everyone, so nobody will ever keep real money on them.
 */
export const keys = {
  /** Deploys and owns the token, and mints. */
  owner: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  /** Pays the gas of settlements. */
  facilitator: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  /** The person with the test wallet. */
  payer: '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  /** Whoever runs the gateway. */
  payee: '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
} as const;

/** The addresses that belong to {@link keys}. */
export const people = {
  owner: privateKeyToAccount(keys.owner).address,
  payer: privateKeyToAccount(keys.payer).address,
  payee: privateKeyToAccount(keys.payee).address,
} as const;

/** A payee that no honest challenge names: where the money goes when a fault redirects it. */
export const strangerAddress = '0x00000000000000000000000000000000DeaDBeef' as const;
