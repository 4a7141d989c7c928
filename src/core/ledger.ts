import type { Network } from './assets.ts';
import type { MicroUsdc } from './money.ts';
import type { Site } from './site.ts';

/** Who holds the key: the page's own wallet; others may follow without a change above the signer. */
export type SignerKind = 'page';

/** What let a payment past the caps' gate. */
export type ApprovedBy = 'card' | 'grant' | 'override';

/** The exact EIP-3009 message of a Base payment; amounts and times are decimal strings, times in unix seconds. */
export interface EvmAuthorization {
  readonly from: `0x${string}`;
  readonly to: `0x${string}`;
  readonly value: string;
  readonly validAfter: string;
  readonly validBefore: string;
  readonly nonce: `0x${string}`;
}

/** Why a payment that is not settled still counts, as its row remembers it. */
export type Trouble =
  'wallet-rejected' | 'wallet-silent' | 'wallet-mismatch' | 'not-sent' | 'no-answer' | 'refused';

/** Why a reservation was given back: nothing that could be charged ever left, or the chain proved it. */
export type ReleaseReason =
  | 'restart'
  | 'page-gone'
  | 'stopped'
  | 'no-wallet'
  | 'connect-refused'
  | 'wrong-chain'
  | 'offer-changed'
  | 'failed-before-signing'
  | 'expired-on-chain';

/** What every payment carries from its reservation on. */
interface PaymentFacts {
  /** Version of this row's shape, for migrations. */
  readonly schema: 1;
  /** Unguessable; the page knows it as the receipt's id. */
  readonly id: string;
  readonly site: Site;
  /** The page call and the run that this payment serves. */
  readonly callId: string;
  readonly runId: string;
  readonly gateway: string;
  readonly model: string;
  readonly network: Network;
  readonly asset: string;
  readonly payTo: string;
  /** What counts against the caps: the chosen offer's amount. */
  readonly amount: MicroUsdc;
  readonly resource: string;
  /** SHA-256 of the frozen request body, hex. */
  readonly bodyDigest: string;
  readonly approvedBy: ApprovedBy;
  /** The one-use raise that this payment consumed. */
  readonly overrideId?: string;
  readonly signer: SignerKind;
  readonly reservedAtMs: number;
}

/** What is known once a message was on its way to the wallet. */
interface Dispatched {
  readonly payer: `0x${string}`;
  readonly authorization: EvmAuthorization;
  readonly trouble?: Trouble;
}

/** One row of the spend ledger (MONEY.md §2). */
export type Payment = PaymentFacts &
  (
    | { readonly state: 'reserved' }
    | ({ readonly state: 'signing' } & Dispatched)
    | ({ readonly state: 'signed'; readonly signature: `0x${string}` } & Dispatched)
    | ({ readonly state: 'sent'; readonly signature: `0x${string}`; readonly attempts: number } & Dispatched)
    | ({
        readonly state: 'settled';
        readonly signature: `0x${string}`;
        readonly attempts: number;
        /** The gateway's word, or the chain's. */
        readonly proof: 'receipt' | 'chain';
        readonly transaction?: string;
        /** From when on the rolling windows count it: the block's time, or validBefore while that is unknown. */
        readonly countsFromMs: number;
        readonly settledAtMs: number;
      } & Dispatched)
    | { readonly state: 'released'; readonly releasedReason: ReleaseReason; readonly releasedAtMs: number }
  );

/** The name of a ledger state. */
export type PaymentState = Payment['state'];

/** Everything that can happen to a payment. */
export type LedgerEvent =
  | { readonly type: 'sign'; readonly payer: `0x${string}`; readonly authorization: EvmAuthorization }
  | { readonly type: 'signed'; readonly signature: `0x${string}` }
  | { readonly type: 'send' }
  | {
      readonly type: 'settle';
      readonly proof: 'receipt' | 'chain';
      readonly transaction?: string;
      readonly blockTimeMs?: number;
      readonly atMs: number;
    }
  | { readonly type: 'trouble'; readonly trouble: Trouble }
  | { readonly type: 'release'; readonly reason: ReleaseReason; readonly atMs: number };
