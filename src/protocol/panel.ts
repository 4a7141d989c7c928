import type { Network, Usdc } from '../core/assets.ts';
import type { ErrorType } from '../core/errorCodes.ts';
import type { LimitName } from '../core/limits.ts';
import type { NewPayee, PayeeTrust } from '../core/payees.ts';
import type { SiteMode } from '../core/policy.ts';
import type { Reason } from '../core/reasons.ts';
import type { Dispute } from '../core/trouble.ts';
import type {
  ApprovalAnswer,
  ApprovalCard,
  ApprovalView,
  CardWallet,
  ChainView,
  Decision,
  VoidReason,
} from './approvalCard.ts';
import type { CarriedView, LossView } from './loss.ts';
import type { MicroText } from './microText.ts';
import type { OptionsCalls, OptionsStreams } from './options.ts';
import type { Again, Claim, PaymentView } from './paymentView.ts';
import type { PanelChat, PanelModel, PanelQuote } from './panelChat.ts';
import type { GatewayChoice, LimitUse, SiteCapsChange, SiteCapsView, SiteView } from './siteView.ts';

export type {
  Again,
  ApprovalAnswer,
  ApprovalCard,
  ApprovalView,
  CardWallet,
  ChainView,
  Claim,
  Decision,
  GatewayChoice,
  LimitName,
  LimitUse,
  PaymentView,
  SiteCapsChange,
  SiteCapsView,
  SiteMode,
  SiteView,
  VoidReason,
};

/** How far a run has come, in the words of the waits that screens show. */
export type RunStage =
  'quoting' | 'approval' | 'wallet' | 'settling' | 'streaming' | 'done' | 'stopped' | 'failed';

/** One question and its answer, live or finished. */
export interface RunView {
  readonly id: string;
  readonly site: string;
  readonly question: string;
  readonly model: string;
  readonly gateway: string;
  readonly networkName?: string;
  /** What its wallet is asked to sign; absent for a chain that is not known any more. */
  readonly kind?: Usdc['kind'];
  /** Paid in test USDC of the person's own test network. */
  readonly isTest?: true;
  readonly stage: RunStage;
  /** The answer so far. */
  readonly text: string;
  /** What the model has thought before or between, where it says. */
  readonly reasoning?: string;
  /** Tokens as the gateway counted them. */
  readonly tokens?: { readonly input: number; readonly output: number };
  /** The gateway's word that the answer was verified, or was not. */
  readonly verified?: boolean;
  /** The answer broke off or was stopped. */
  readonly incomplete: boolean;
  /** What is or will be paid, once known. */
  readonly amount?: MicroText;
  /** What the wallet has, where that is too little to pay. */
  readonly balance?: MicroText;
  /** Another chain that it could be paid on then. */
  readonly insteadOn?: { readonly network: Network; readonly networkName: string };
  readonly paid: 'no' | 'yes' | 'unknown';
  /** What it came to, where that was not known when it ended. */
  readonly turnedOut?: 'paid' | 'not-paid' | Dispute;
  readonly paymentId?: string;
  /** It was not paid because the gateway was not paid at this address before. */
  readonly newPayee?: NewPayee;
  /** What may be done again about its payment. */
  readonly again?: Again;
  readonly explorerUrl?: string;
  /** Why it failed, by its name in the catalogue. */
  readonly reason?: Reason;
  /** Why it failed, a sentence for the person. */
  readonly problem?: string;
  /** What kind of failure, for what a screen can offer to do about it. */
  readonly problemType?: ErrorType;
  readonly startedAtMs: number;
}

/** What the popup shows for one tab. */
export interface PopupState {
  readonly version: string;
  /** Absent on pages where PaidChat is not: browser pages, files, http. */
  readonly site?: SiteView;
  readonly gateways: readonly GatewayChoice[];
  /** Limits over all sites. */
  readonly all: readonly LimitUse[];
  readonly paused: boolean;
  /** False: the record of payments cannot be used, so nothing is paid. */
  readonly ledgerReady: boolean;
  /** Why, where the person can go on with what is known. */
  readonly loss?: LossView;
  /** Why otherwise, and what to do: a sentence. */
  readonly problem?: string;
  /** What counts for every site since they did. */
  readonly carried?: CarriedView;
  /** Cards that wait for the person. */
  readonly waiting: number;
  /** Of this tab, newest first: live ones and finished ones to reread. */
  readonly runs: readonly RunView[];
  /** Payments that are counted but neither settled nor released. */
  readonly held: readonly PaymentView[];
  /** The latest, all sites, newest first. */
  readonly payments: readonly PaymentView[];
}

/** What `popup.watch` streams: the whole state on every change, and answer text as it comes. */
export type PopupEvent =
  | { readonly type: 'state'; readonly state: PopupState }
  /** Append `text` to the run whose text is `at` UTF-16 units long; a mismatch is mended by the next state. */
  | RunTextEvent;

/** A piece of a run's answer, or of what its model thinks. */
export interface RunTextEvent {
  readonly type: 'text' | 'reasoning';
  readonly runId: string;
  readonly at: number;
  readonly text: string;
}

/** A tab's page as the panel may put it into a chat. */
export interface PageContent {
  readonly title: string;
  readonly url: string;
  /** The serialised document; the panel makes text of it. */
  readonly html: string;
  /** What the person has selected, as text. */
  readonly selection: string;
}

/** Whether the panel can pay from a tab. `none`: no wallet in its page; `unreachable`: nothing of ours runs there. */
export type TabWallet = 'ready' | 'none' | 'unreachable';

/** What the side panel shows beside its chat. */
export interface PanelState {
  /** The tab's site; absent where PaidChat is not: browser pages, files, http. */
  readonly site?: string;
  readonly defaultMaxTokens: number;
  /** The panel's own bucket. */
  readonly use: readonly LimitUse[];
  readonly paused: boolean;
  readonly ledgerReady: boolean;
  readonly loss?: LossView;
  readonly problem?: string;
  /** The runs of the panel's chat in this browser session, newest first. */
  readonly runs: readonly RunView[];
}

/** What `panel.watch` streams, as `popup.watch` does. */
export type PanelEvent = { readonly type: 'state'; readonly state: PanelState } | RunTextEvent;

/** The calls of our own screens, one answer each. */
export interface PanelCalls extends OptionsCalls {
  'approval.answer': {
    params: { cardId: string; version: number; answer: ApprovalAnswer; wallet?: string; payee?: PayeeTrust };
    /** `stale`: the card has changed since, look again. */
    result: { accepted: boolean };
  };
  /** Opens the waiting card's window again. */
  'approval.reopen': { params: Record<string, never>; result: null };
  'site.setMode': { params: { site: string; mode: SiteMode }; result: null };
  /** Lets a site ask again that was refused three times in a row. */
  'site.forgive': { params: { site: string }; result: null };
  /** Who answers where a call leaves it open. No gateway: the default one; no model: the gateway's own. */
  'site.setGateway': { params: { site: string; gateway?: string; model?: string }; result: null };
  /** The chain to pay on; without one, the one whose wallet is connected. */
  'site.setNetwork': { params: { site: string; network?: Network }; result: null };
  /** Changes those that are named: the others may have changed since they were shown. */
  'site.setCaps': { params: { site: string; caps: SiteCapsChange }; result: null };
  /** Goes on over a lost record: grants are gone, and what is known of it counts for every site. */
  'ledger.rearm': { params: Record<string, never>; result: null };
  'pause.set': { params: { paused: boolean }; result: null };
  /** The same message to the same wallet once more. */
  'payment.askAgain': { params: { paymentId: string }; result: { runId: string } };
  /** What to send to the gateway about a disputed payment. */
  'payment.claim': { params: { paymentId: string }; result: Claim };
  /** Opens a card to buy the same once more. */
  'payment.payAgain': { params: { paymentId: string }; result: { runId: string } };
  /** Lets the new address that a run stopped at be paid from now on. */
  'payee.accept': { params: { runId: string; trust: PayeeTrust }; result: null };
  'run.stop': { params: { runId: string }; result: null };
  /** The exact price; the chat leaves the machine with it. */
  'panel.quote': { params: { tabId: number; chat: PanelChat }; result: PanelQuote };
  /** Pays with the tab's wallet, at most so much, and streams into `panel.watch`. */
  'panel.send': {
    params: { tabId: number; chat: PanelChat; maxAmount: MicroText };
    result: { runId: string };
  };
  /** Null where nothing of ours runs in the tab. Nothing of it leaves the machine. */
  'panel.readPage': { params: { tabId: number }; result: PageContent | null };
  'panel.wallet': { params: { tabId: number }; result: TabWallet };
  /** The models that are known without asking a gateway. */
  'panel.knownModels': { params: Record<string, never>; result: readonly PanelModel[] };
  /** Asks the gateways for theirs. */
  'panel.models': {
    params: Record<string, never>;
    result: readonly PanelModel[];
  };
  /** Begins another chat: the runs so far are no longer part of the panel's state. */
  'panel.newChat': { params: Record<string, never>; result: null };
  /** The panel's own limit, a day. */
  'panel.setDayCap': { params: { cap: MicroText }; result: null };
}

/** The streams of our own screens; they end when the screen leaves. */
export interface PanelStreams extends OptionsStreams {
  'approval.watch': { params: { cardId: string }; event: ApprovalView };
  'popup.watch': { params: { tabId: number }; event: PopupEvent };
  'panel.watch': { params: { tabId: number }; event: PanelEvent };
}

/** How a screen talks to the background. The UI gets one; a test or a preview gives it a fake. */
export interface PanelChannel {
  call<M extends keyof PanelCalls>(
    method: M,
    params: PanelCalls[M]['params'],
  ): Promise<PanelCalls[M]['result']>;
  /** Watches until the returned undo is called; comes back by itself after the background restarts. */
  watch<M extends keyof PanelStreams>(
    method: M,
    params: PanelStreams[M]['params'],
    onEvent: (event: PanelStreams[M]['event']) => void,
  ): () => void;
}
