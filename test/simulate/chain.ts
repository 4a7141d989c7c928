import { expiryMs } from '../../src/core/ledger.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';

/** Until when a chain takes a signed message: what differs between chains. */
export interface ExpiryRule {
  /** The chain refuses it in blocks of this time and later. */
  readonly endsAtMs: (message: EvmAuthorization) => number;
}

/** EIP-3009: a block's time must be before validBefore. */
const validBefore: ExpiryRule = { endsAtMs: expiryMs };

/** Money that moved. */
export interface Charge {
  readonly block: number;
  /** The time of its block. */
  readonly atMs: number;
}

/** The one real chain, in the world's true time. */
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
export function openChain(trueMs: () => number, rule: ExpiryRule = validBefore): Chain {
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
    canBeCharged: (message) => !charges.has(message.nonce) && block() * blockMs < rule.endsAtMs(message),
    charge(message) {
      if (!chain.canBeCharged(message)) return undefined;
      const charge = { block: block(), atMs: block() * blockMs };
      charges.set(message.nonce, charge);
      return charge;
    },
  };
  return chain;
}
