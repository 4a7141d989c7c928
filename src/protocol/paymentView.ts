import type { Usdc } from '../core/assets.ts';
import type { Silence } from '../core/silence.ts';
import type { Dispute, Trouble } from '../core/trouble.ts';

/**
 * What may be done again about a payment that is open. `wallet`: the wallet can be asked for the same signature, from
 * and until then. `pay`: the same can be bought once more, beside what may still be charged.
 */
export type Again =
  { readonly kind: 'wallet'; readonly fromMs?: number; readonly untilMs: number } | { readonly kind: 'pay' };

/** One payment in a list. */
export interface PaymentView {
  readonly id: string;
  readonly site: string;
  readonly model: string;
  /** Micro-USDC as decimal digits. */
  readonly amount: string;
  readonly networkName: string;
  /** What its wallet is asked to sign; absent for a chain that is not known any more. */
  readonly kind?: Usdc['kind'];
  /** In test USDC of the person's own test network. */
  readonly isTest?: true;
  readonly atMs: number;
  readonly status: 'settled' | 'pending' | 'not-paid';
  readonly explorerUrl?: string;
  /** For pending ones: why it is still counted, and about until when. */
  readonly trouble?: Trouble;
  readonly heldUntilMs?: number;
  /** Silent nodes that have to answer before anything is proved. */
  readonly waitsFor?: readonly Silence[];
  /** For paid ones: why it was not worth its money. There is a claim then. */
  readonly dispute?: Dispute;
  readonly gateway: string;
  /** Where the gateway's people are reached, where that is known. */
  readonly contactUrl?: string;
  readonly again?: Again;
}

/** A claim as a file: JSON text without the signature and without a word of the question. */
export interface Claim {
  readonly fileName: string;
  readonly json: string;
}
