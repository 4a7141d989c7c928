import { expiryMs } from '../../src/core/authorization.ts';
import type { Authorization, EvmAuthorization } from '../../src/core/ledger.ts';
import type { Solana } from './solana.ts';

/** Money that moved. */
export interface Charge {
  readonly block: number;
  /** The time of its block. */
  readonly atMs: number;
  readonly transaction: string;
}

/** All chains of the world: what became of a message on its own. */
export interface Chains {
  /** Whoever has a signed message can have it charged, once. */
  charge(message: Authorization): Charge | undefined;
  chargeOf(message: Authorization): Charge | undefined;
  canBeCharged(message: Authorization): boolean;
}

/** Puts them together. */
export function chainsOf(base: Chain, solana: Solana): Chains {
  return {
    charge: (message) => (message.kind === 'svm' ? solana.charge(message) : base.charge(message)),
    chargeOf: (message) => (message.kind === 'svm' ? solana.chargeOf(message) : base.chargeOf(message.nonce)),
    canBeCharged: (message) =>
      message.kind === 'svm' ? solana.canBeCharged(message) : base.canBeCharged(message),
  };
}

/** The one real Base, in the world's true time. */
export interface Chain {
  /** Whoever has a signed message can put it into a block, each nonce once. */
  charge(message: EvmAuthorization): Charge | undefined;
  chargeOf(nonce: string): Charge | undefined;
  canBeCharged(message: EvmAuthorization): boolean;
  /** How far behind the newest block the newest final one is. */
  finalityMs: number;
  finalBlock(): number;
}

/** Block n is made at n times two seconds since the Unix epoch. */
export const blockMs = 2_000;

/** Opens one. */
export function openChain(trueMs: () => number): Chain {
  const charges = new Map<string, Charge>();
  const block = () => Math.floor(trueMs() / blockMs);
  let final = 0;
  const chain: Chain = {
    finalityMs: 60_000,
    finalBlock() {
      // A final block stays final, also when finality falls behind.
      final = Math.max(final, block() - Math.ceil(chain.finalityMs / blockMs));
      return final;
    },
    chargeOf: (nonce) => charges.get(nonce),
    // EIP-3009: a block's time must be before validBefore.
    canBeCharged: (message) => !charges.has(message.nonce) && block() * blockMs < expiryMs(message),
    charge(message) {
      if (!chain.canBeCharged(message)) return undefined;
      const transaction = `0xc${message.nonce.slice(3)}`;
      const charge = { block: block(), atMs: block() * blockMs, transaction };
      charges.set(message.nonce, charge);
      return charge;
    },
  };
  return chain;
}
