import type {
  ApprovalView,
  PanelCalls,
  PanelChannel,
  PanelEvent,
  PanelState,
  PanelStreams,
  PopupEvent,
  PopupState,
  RunView,
} from '../../../src/protocol/panel.ts';
import type { OptionsState } from '../../../src/protocol/options.ts';
import { fakeOptions } from './fakeOptions.ts';
import type { PanelModel } from '../../../src/protocol/panelChat.ts';
import type { PanelStart } from './panelStates.ts';

/** A call as a screen made it, for tests to read. */
export interface SeenCall {
  readonly method: keyof PanelCalls;
  readonly params: unknown;
}

/** A background that exists in the page only, and behaves: states change by what is called. */
export interface FakeBackground {
  readonly channel: PanelChannel;
  readonly calls: SeenCall[];
  /** Shows another view in the approval window. */
  showCard(view: ApprovalView): void;
  /** Streams an event to the popup. */
  send(event: PopupEvent): void;
  /** Shows another state in the side panel. */
  showPanel(state: PanelState): void;
  /** Streams an event to the side panel. */
  sendToPanel(event: PanelEvent): void;
  /** What the popup is shown. */
  popup(): PopupState | undefined;
  /** Makes the calls that follow fail, as when the background has gone. */
  breakCalls(): void;
  /** Makes every answer that follows come too late, as when the card has changed. */
  refuseAnswers(): void;
}

/** What the fake starts with. */
export interface FakeStart {
  readonly view?: ApprovalView;
  readonly popup?: PopupState;
  readonly panel?: PanelStart;
  readonly options?: OptionsState;
}

const previewModels: readonly PanelModel[] = [
  {
    id: 'ambient/large',
    gateway: 'jumpgate',
    gatewayName: 'Ambient JumpGate',
    prices: { input: '1400000', output: '4400000' },
  },
  { id: 'deepseek/deepseek-v3.2', gateway: 'rungate', gatewayName: 'Rungate' },
  { id: 'openai/gpt-oss-120b', gateway: 'rungate', gatewayName: 'Rungate' },
];

/** A panel channel with a small background behind it. */
export function fakeBackground(start: FakeStart): FakeBackground {
  const calls: SeenCall[] = [];
  const cardWatchers = new Set<(view: ApprovalView) => void>();
  const popupWatchers = new Set<(event: PopupEvent) => void>();
  const panelWatchers = new Set<(event: PanelEvent) => void>();
  const options = fakeOptions(start.options);
  const panelStart = start.panel ?? {};
  let { view, popup } = start;
  let panel = panelStart.state;
  let broken = false;
  let late = false;

  const showCard = (next: ApprovalView) => {
    view = next;
    for (const watcher of cardWatchers) watcher(next);
  };
  const setPopup = (next: PopupState) => {
    popup = next;
    for (const watcher of popupWatchers) watcher({ type: 'state', state: next });
  };

  const setPanel = (next: PanelState) => {
    panel = next;
    for (const watcher of panelWatchers) watcher({ type: 'state', state: next });
  };
  const found = <State extends PopupState | PanelState>({ loss: _over, ...state }: State) =>
    ({ ...state, ledgerReady: true }) as unknown as State;
  const stopRuns = <State extends PopupState | PanelState>(state: State, runId: string): State => ({
    ...state,
    runs: state.runs.map((run) =>
      run.id === runId ? { ...run, stage: 'stopped' as const, incomplete: true } : run,
    ),
  });

  const handlers: { [M in keyof PanelCalls]: (params: PanelCalls[M]['params']) => PanelCalls[M]['result'] } =
    {
      ...options.handlers,
      'approval.answer': ({ version, answer }) => {
        const accepted = !late && view?.state === 'card' && view.card.version === version;
        if (accepted && view && answer.choice === 'network') showCard(onChain(view, answer.network));
        return { accepted };
      },
      'approval.reopen': () => null,
      'site.setMode': ({ site, mode }) => {
        options.changeSite(site, { mode });
        if (popup?.site !== undefined) setPopup({ ...popup, site: { ...popup.site, mode } });
        return null;
      },
      'site.forgive': () => {
        if (popup?.site !== undefined) {
          const { mutedUntilMs: _over, ...rest } = popup.site;
          setPopup({ ...popup, site: rest });
        }
        return null;
      },
      'site.setGateway': ({ site, ...choice }) => {
        options.changeSite(site, choice);
        if (popup?.site !== undefined) {
          const { gateway: _before, model: _own, ...rest } = popup.site;
          setPopup({ ...popup, site: { ...rest, ...choice } });
        }
        return null;
      },
      'site.setNetwork': ({ site, ...choice }) => {
        options.chooseNetwork(site, choice.network);
        return null;
      },
      'site.setCaps': ({ site, caps }) => {
        options.changeCaps(site, caps);
        if (popup?.site !== undefined)
          setPopup({ ...popup, site: { ...popup.site, caps: { ...popup.site.caps, ...caps } } });
        return null;
      },
      'ledger.rearm': () => {
        if (popup !== undefined) setPopup(found(popup));
        if (panel !== undefined) setPanel(found(panel));
        return null;
      },
      'pause.set': ({ paused }) => {
        if (popup !== undefined) setPopup({ ...popup, paused });
        if (panel !== undefined) setPanel({ ...panel, paused });
        return null;
      },
      'payee.accept': () => null,
      'payment.askAgain': () => ({ runId: 'run-again' }),
      'payment.claim': () => ({ fileName: 'paidchat-claim-1.json', json: '{}' }),
      'payment.payAgain': () => ({ runId: 'run-again' }),
      'run.stop': ({ runId }) => {
        if (popup !== undefined) setPopup(stopRuns(popup, runId));
        if (panel !== undefined) setPanel(stopRuns(panel, runId));
        return null;
      },
      'panel.quote': ({ chat }) =>
        panelStart.quote ?? {
          model: chat.model ?? 'ambient/large',
          amount: '4424',
          maxAmount: '4474',
          inputTokens: 17,
          maxOutputTokens: chat.maxTokens,
        },
      'panel.send': ({ chat }) => {
        const question = chat.messages.at(-1)?.content ?? '';
        const runId = `run-sent-${calls.length}`;
        if (panel !== undefined) setPanel({ ...panel, runs: [begunRun(runId, question), ...panel.runs] });
        return { runId };
      },
      'panel.readPage': () => panelStart.page ?? null,
      'panel.wallet': () => panelStart.wallet ?? 'ready',
      'panel.knownModels': () => previewModels.filter(({ id }) => id !== 'openai/gpt-oss-120b'),
      'panel.models': () => previewModels,
      'panel.newChat': () => {
        if (panel !== undefined) setPanel({ ...panel, runs: [] });
        return null;
      },
      'panel.setDayCap': ({ cap }) => {
        if (panel !== undefined) setPanel({ ...panel, use: panel.use.map((limit) => ({ ...limit, cap })) });
        return null;
      },
    };

  const channel: PanelChannel = {
    async call(method, params) {
      calls.push({ method, params });
      if (broken) throw new Error('The background has gone.');
      if (method === 'panel.quote' && panelStart.silent === true) return new Promise(() => undefined);
      return handlers[method](params);
    },
    watch(method, _params, onEvent) {
      if (method === 'approval.watch') {
        const watcher = onEvent as (event: PanelStreams['approval.watch']['event']) => void;
        cardWatchers.add(watcher);
        if (view !== undefined) watcher(view);
        return () => cardWatchers.delete(watcher);
      }
      if (method === 'options.watch') {
        return options.watch(onEvent);
      }
      if (method === 'panel.watch') {
        const watcher = onEvent as (event: PanelEvent) => void;
        panelWatchers.add(watcher);
        if (panel !== undefined) watcher({ type: 'state', state: panel });
        return () => panelWatchers.delete(watcher);
      }
      const watcher = onEvent as (event: PopupEvent) => void;
      popupWatchers.add(watcher);
      if (popup !== undefined) watcher({ type: 'state', state: popup });
      return () => popupWatchers.delete(watcher);
    },
  };
  return {
    channel,
    calls,
    showCard,
    send: (event) => {
      for (const watcher of popupWatchers) watcher(event);
    },
    showPanel: setPanel,
    sendToPanel: (event) => {
      for (const watcher of panelWatchers) watcher(event);
    },
    popup: () => popup,
    breakCalls: () => {
      broken = true;
    },
    refuseAnswers: () => {
      late = true;
    },
  };
}

/** The next version of a card, on another of its chains. */
function onChain(view: ApprovalView, network: string): ApprovalView {
  if (view.state !== 'card' || view.card.payment === undefined) return view;
  const { payment, version, wallets } = view.card;
  const chain = payment.chains.find((other) => other.network === network);
  if (!chain) return view;
  const { balance, ...shown } = chain;
  const kind = network.startsWith('solana:') ? 'svm' : 'evm';
  return {
    ...view,
    card: {
      ...view.card,
      version: version + 1,
      payment: { ...payment, ...shown, kind },
      wallets: wallets.map(({ balance: _there, ...wallet }) => ({
        ...wallet,
        ...(balance === undefined ? {} : { balance }),
      })),
    },
  };
}

function begunRun(id: string, question: string): RunView {
  return {
    id,
    site: 'paidchat:panel',
    question,
    model: 'ambient/large',
    gateway: 'Ambient JumpGate',
    stage: 'quoting',
    text: '',
    incomplete: false,
    paid: 'no',
    startedAtMs: 0,
  };
}
