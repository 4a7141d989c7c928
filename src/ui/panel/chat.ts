import { computed, effect, signal, untracked } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Network } from '../../core/assets.ts';
import { parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { panelSite } from '../../core/site.ts';
import type { PayeeTrust } from '../../core/payees.ts';
import type { PanelChannel, PanelState, RunView } from '../../protocol/panel.ts';
import type { PanelModel } from '../../protocol/panelChat.ts';
import { applyRunEvent, isLive } from '../popup/popupModel.ts';
import { agreedBound, usageOf } from './estimate.ts';
import { createModelChoice, nothingAgreed } from './modelChoice.ts';
import type { ModelChoice } from './modelChoice.ts';
import { messagesOf, rides } from './messages.ts';
import type { Turn } from './messages.ts';
import type { PageNote } from './pageNote.ts';
import type { TabView } from './tabView.ts';

/** A question on its way from Send to its run. */
export interface Pending {
  readonly question: string;
  readonly note: PageNote | undefined;
  readonly stage: 'quoting' | 'asking' | 'starting';
  /** While asking: the figure that stood beside Send, and what it costs at most. */
  readonly price?: { readonly shown: MicroUsdc | undefined; readonly most: MicroUsdc };
}

/** Why the last thing asked of the background did not come about; without words where it did not say. */
export interface Trouble {
  readonly message: string | undefined;
}

/** One chat with its page, its price and what can be done. */
export interface Chat {
  readonly state: ReadonlySignal<PanelState | undefined>;
  readonly turns: ReadonlySignal<readonly Turn[]>;
  readonly live: ReadonlySignal<RunView | undefined>;
  readonly pending: ReadonlySignal<Pending | undefined>;
  /** How the page stands to the next question. */
  readonly pagePlace: ReadonlySignal<'none' | 'along' | 'left-out' | 'in-chat'>;
  readonly typed: Signal<string>;
  readonly maxTokens: Signal<number>;
  /** The figure beside Send; nothing leaves for it. Undefined where the model's price is not known. */
  readonly price: ReadonlySignal<MicroUsdc | undefined>;
  readonly choice: ModelChoice;
  /** The same figure for another model. */
  readonly priceWith: (model: PanelModel) => MicroUsdc | undefined;
  readonly findModels: () => void;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** Follows the background until the undo is called. */
  readonly start: () => () => void;
  readonly leaveOut: () => void;
  readonly takeAlong: () => void;
  /** Sends what is typed. */
  readonly send: () => void;
  readonly agree: () => void;
  /** Stops what is under way; before anything is paid the question comes back into the field. */
  readonly stop: () => void;
  /** Asks a question again that failed without costing anything. */
  readonly again: (run: RunView) => void;
  readonly raiseAndSend: (run: RunView, cap: MicroUsdc) => void;
  /** The panel pays on this chain from now on; asks again. */
  readonly payOn: (run: RunView, network: Network) => void;
  /** Lets the new address be paid from now on, and asks again. */
  readonly acceptPayee: (run: RunView, trust: PayeeTrust) => void;
  /** The same payment by the same wallet once more. */
  readonly askWalletAgain: (run: RunView) => void;
  readonly againPrice: (run: RunView) => MicroUsdc | undefined;
  readonly resume: () => void;
  /** Goes on over a lost record of payments. */
  readonly goOn: () => Promise<unknown>;
  readonly newChat: () => void;
}

/** What no tab has. */
const noTab = -1;

interface Draft {
  readonly tabId: number;
  readonly question: string;
  readonly note: PageNote | undefined;
  readonly maxTokens: number;
  readonly shown: MicroUsdc | undefined;
  readonly model: PanelModel | undefined;
  readonly turns: readonly Turn[];
}

/** Builds a chat. Everything it knows of answers and money comes from the background and is only shown. */
export function createChat(channel: PanelChannel, tab: TabView): Chat {
  const state = signal<PanelState | undefined>(undefined);
  const { page } = tab;
  const leftOut = signal<ReadonlySet<string>>(new Set());
  const notes = signal<ReadonlyMap<string, PageNote>>(new Map());
  const hidden = signal<ReadonlySet<string>>(new Set());
  const pending = signal<Pending | undefined>(undefined);
  const trouble = signal<Trouble | undefined>(undefined);
  const typed = signal('');
  const maxTokens = signal(1000);
  const choice = createModelChoice(channel);
  /** What is being sent; another one, or none, makes the answers to it void. */
  let draft: Draft | undefined;
  let agreed: MicroUsdc | undefined;
  let startedRun: string | undefined;

  const turns = computed<readonly Turn[]>(() =>
    (state.value?.runs ?? [])
      .filter(({ id }) => !hidden.value.has(id))
      .map((run) => ({ run, note: notes.value.get(run.id) }))
      .reverse(),
  );
  const live = computed(() => turns.value.findLast(({ run }) => isLive(run.stage))?.run);
  const pagePlace = computed(() => {
    if (page.value === undefined) return 'none';
    if (rides(turns.value, page.value)) return 'in-chat';
    return leftOut.value.has(page.value.key) ? 'left-out' : 'along';
  });
  const along = () => (pagePlace.value === 'along' ? page.value : undefined);
  const priceOf = (past: readonly Turn[], question: string, note: PageNote | undefined, model?: PanelModel) =>
    choice.priceOf(usageOf(messagesOf(past, question, note), maxTokens.value), model);
  const price = computed(() => priceOf(turns.value, typed.value, along()));

  const fail = (error: unknown) => {
    // Only the background's own refusals have sentences for the person.
    const message = error instanceof Error && error.name === 'PanelError' ? error.message : undefined;
    trouble.value = { message };
  };
  const giveBack = () => {
    if (typed.value === '') typed.value = draft?.question ?? '';
    draft = undefined;
    pending.value = undefined;
  };
  const settle = () => {
    if (startedRun === undefined || !state.value?.runs.some(({ id }) => id === startedRun)) return;
    startedRun = undefined;
    pending.value = undefined;
  };

  const begin = async (started: Draft) => {
    draft = started;
    agreed = undefined;
    trouble.value = undefined;
    const { question, note, shown } = started;
    pending.value = { question, note, stage: 'quoting' };
    try {
      const quote = await channel.call('panel.quote', { tabId: started.tabId, chat: chatOf(started) });
      if (draft !== started) return;
      choice.learn(quote, usageOf(chatOf(started).messages, started.maxTokens));
      const amount = parseMicroUsdc(quote.amount);
      const bound = shown === undefined ? nothingAgreed : agreedBound(shown);
      // Where no most is promised, what Send has agreed to leaves room for a price that moves.
      const most = quote.maxAmount === undefined ? amount : parseMicroUsdc(quote.maxAmount);
      if (amount === undefined || most === undefined || most < amount) {
        giveBack();
        trouble.value = { message: undefined };
      } else if (amount <= bound) {
        await deliver(started, quote.maxAmount !== undefined && most <= bound ? most : bound);
      } else {
        agreed = most;
        pending.value = { question, note, stage: 'asking', price: { shown, most } };
      }
    } catch (error) {
      if (draft !== started) return;
      giveBack();
      fail(error);
    }
  };

  const deliver = async (started: Draft, maxAmount: MicroUsdc) => {
    const { question, note } = started;
    pending.value = { question, note, stage: 'starting' };
    try {
      const { runId } = await channel.call('panel.send', {
        tabId: started.tabId,
        chat: chatOf(started),
        maxAmount: maxAmount.toString(),
      });
      if (note !== undefined) notes.value = new Map(notes.value).set(runId, note);
      if (draft !== started) {
        // Stop came first.
        await channel.call('run.stop', { runId });
        return;
      }
      draft = undefined;
      startedRun = runId;
      settle();
    } catch (error) {
      if (draft !== started) return;
      giveBack();
      fail(error);
    }
  };

  const ask = (question: string, note: PageNote | undefined, without: RunView | undefined) => {
    const tabId = tab.id.value;
    if (tabId === undefined || pending.value !== undefined || live.value !== undefined) return false;
    if (tab.wallet.value !== 'ready' || state.value?.paused !== false || !state.value.ledgerReady)
      return false;
    if (without !== undefined) hidden.value = new Set(hidden.value).add(without.id);
    const past = turns.value;
    const shown = priceOf(past, question, note);
    const model = choice.chosen.value;
    void begin({ tabId, question, note, maxTokens: maxTokens.value, shown, model, turns: past });
    return true;
  };

  const call = (called: Promise<unknown>) => {
    trouble.value = undefined;
    called.catch(fail);
  };

  return {
    state,
    turns,
    live,
    pending,
    pagePlace,
    typed,
    maxTokens,
    price,
    choice,
    priceWith: (model) => priceOf(turns.value, typed.value, along(), model),
    findModels: () => call(choice.find()),
    trouble,
    start() {
      // Without it the default gateway's own model is asked.
      choice.recall().catch(() => undefined);
      return effect(() => {
        const tabId = tab.id.value ?? noTab;
        return untracked(() =>
          channel.watch('panel.watch', { tabId }, (event) => {
            state.value = applyRunEvent(state.value, event);
            if (event.type === 'state') settle();
          }),
        );
      });
    },
    leaveOut() {
      const { value } = page;
      if (value !== undefined) leftOut.value = new Set(leftOut.value).add(value.key);
    },
    takeAlong() {
      leftOut.value = new Set([...leftOut.value].filter((key) => key !== page.value?.key));
    },
    send() {
      const question = typed.value.trim();
      if (question !== '' && ask(question, along(), undefined)) typed.value = '';
    },
    agree() {
      if (draft !== undefined && agreed !== undefined) void deliver(draft, agreed);
      agreed = undefined;
    },
    stop() {
      if (draft !== undefined) giveBack();
      else if (live.value !== undefined) call(channel.call('run.stop', { runId: live.value.id }));
    },
    again: (run) => void ask(run.question, notes.value.get(run.id), run),
    raiseAndSend(run, cap) {
      const raised = channel
        .call('panel.setDayCap', { cap: cap.toString() })
        .then(() => ask(run.question, notes.value.get(run.id), run));
      call(raised);
    },
    payOn(run, network) {
      const chosen = channel
        .call('site.setNetwork', { site: panelSite, network })
        .then(() => ask(run.question, notes.value.get(run.id), run));
      call(chosen);
    },
    acceptPayee(run, trust) {
      const accepted = channel
        .call('payee.accept', { runId: run.id, trust })
        .then(() => ask(run.question, notes.value.get(run.id), run));
      call(accepted);
    },
    askWalletAgain({ paymentId }) {
      if (paymentId !== undefined) call(channel.call('payment.askAgain', { paymentId }));
    },
    againPrice: (run) =>
      priceOf(
        turns.value.filter((turn) => turn.run !== run),
        run.question,
        notes.value.get(run.id),
      ),
    goOn: () => channel.call('ledger.rearm', {}),
    resume: () => call(channel.call('pause.set', { paused: false })),
    newChat: () => call(channel.call('panel.newChat', {})),
  };
}

function chatOf({ turns, question, note, maxTokens, model }: Draft) {
  return {
    ...(model === undefined ? {} : { model: model.id, gateway: model.gateway }),
    maxTokens,
    messages: messagesOf(turns, question, note),
  };
}
