import type { Network, Usdc } from '../core/assets.ts';
import type { LimitName } from '../core/limits.ts';
import type { NewPayee } from '../core/payees.ts';
import type { SiteMode } from '../core/policy.ts';
import type { LimitUse } from './siteView.ts';
import type { MicroText } from './microText.ts';
import type { AnnouncedWallet } from './wallet.ts';

/** A chain that a payment can be made on. */
export interface ChainView {
  readonly network: Network;
  readonly networkName: string;
  readonly isTest?: true;
  readonly amount: MicroText;
  /** What the wallet that would pay there has; absent while that is not known. */
  readonly balance?: MicroText;
}

/** A wallet on a card. */
export interface CardWallet extends AnnouncedWallet {
  /** What it has on the card's chain; absent while that is not known. */
  readonly balance?: MicroText;
}

/** What the approval window shows: the very offer that will be signed. */
export interface ApprovalCard {
  readonly id: string;
  /** Names this version of the card: an answer to an older one is void, so that a changed price is never approved. */
  readonly version: number;
  readonly site: string;
  /** The site's own words, untrusted. */
  readonly reason?: string;
  /** Absent when the site asks for permission only. */
  readonly payment?: {
    readonly question: string;
    readonly model: string;
    readonly gateway: string;
    readonly network: Network;
    readonly networkName: string;
    /** What the wallet will be asked: to sign a message of Base, or a transaction of Solana. */
    readonly kind: Usdc['kind'];
    /** In test USDC of the person's own test network. */
    readonly isTest?: true;
    readonly amount: MicroText;
    /** The chains it can be paid on, this one among them. */
    readonly chains: readonly ChainView[];
    readonly payTo: string;
    readonly inputTokens?: number;
    readonly maxOutputTokens: number;
    /** Methods of MPP by which the gateway could be paid too; they are not used. */
    readonly alsoOffered?: readonly string[];
    /** The gateway was not paid at this address before. */
    readonly newPayee?: NewPayee;
    /** What an earlier payment for the same may still be charged, besides this one. */
    readonly earlier?: MicroText;
    /** The amount that an earlier version of this card showed. */
    readonly changedFrom?: MicroText;
  };
  /** The limits this payment would pass; empty when it fits. */
  readonly exceeded: readonly LimitUse[];
  /** This site's limits and what is used, and those over all sites. */
  readonly use: readonly LimitUse[];
  readonly mode: SiteMode;
  /** The site's wish for a budget a day; only the person sets one. */
  readonly suggestedDay?: MicroText;
  /** Wallets of the page that can pay this; names and icons are the page's claim. Empty: none found, or not looked yet. */
  readonly wallets: readonly CardWallet[];
  readonly chosenWallet?: string;
}

/** Why an open card can no longer be answered. */
export type VoidReason = 'page-gone' | 'restarted' | 'answered' | 'stopped';

/** What `approval.watch` streams; the window closes itself on `void` after showing why. */
export type ApprovalView =
  | { readonly state: 'card'; readonly card: ApprovalCard; readonly waiting: number }
  | { readonly state: 'void'; readonly reason: VoidReason };

/** An answer that ends the card. */
export type Decision = Exclude<ApprovalAnswer, { choice: 'network' }>;

/** What the person clicked. */
export type ApprovalAnswer =
  | { readonly choice: 'once' }
  /** A grant: no card of ours up to this much a day. */
  | { readonly choice: 'allow'; readonly day: MicroText }
  /** A one-time raise of exactly this payment's amount. */
  | { readonly choice: 'once-anyway' }
  /** Sets the limits that were passed to these amounts, and pays. */
  | {
      readonly choice: 'raise';
      readonly limits: readonly { readonly limit: LimitName; readonly cap: MicroText }[];
    }
  /** Decides nothing: another version of the card shows what it costs on this chain. */
  | { readonly choice: 'network'; readonly network: Network }
  | { readonly choice: 'deny' }
  | { readonly choice: 'block' };
