import type {
  ApprovalView,
  PanelCalls,
  PanelChannel,
  PanelStreams,
  PopupEvent,
  PopupState,
} from '../../../src/protocol/panel.ts';

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
}

/** A panel channel with a small background behind it. */
export function fakeBackground(start: FakeStart): FakeBackground {
  const calls: SeenCall[] = [];
  const cardWatchers = new Set<(view: ApprovalView) => void>();
  const popupWatchers = new Set<(event: PopupEvent) => void>();
  let { view, popup } = start;
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

  const handlers: { [M in keyof PanelCalls]: (params: PanelCalls[M]['params']) => PanelCalls[M]['result'] } =
    {
      'approval.answer': ({ version }) => ({
        accepted: !late && view?.state === 'card' && view.card.version === version,
      }),
      'approval.reopen': () => null,
      'site.setMode': ({ mode }) => {
        if (popup?.site !== undefined) setPopup({ ...popup, site: { ...popup.site, mode } });
        return null;
      },
      'site.setCaps': ({ caps }) => {
        if (popup?.site !== undefined) setPopup({ ...popup, site: { ...popup.site, caps } });
        return null;
      },
      'pause.set': ({ paused }) => {
        if (popup !== undefined) setPopup({ ...popup, paused });
        return null;
      },
      'run.stop': ({ runId }) => {
        if (popup === undefined) return null;
        const runs = popup.runs.map((run) =>
          run.id === runId ? { ...run, stage: 'stopped' as const, incomplete: true } : run,
        );
        setPopup({ ...popup, runs });
        return null;
      },
      'panel.quote': ({ chat }) => ({
        model: chat.model ?? 'ambient/large',
        amount: '4424',
        maxAmount: '4474',
        inputTokens: 17,
        maxOutputTokens: chat.maxTokens,
      }),
      'panel.send': () => ({ runId: 'run-of-the-panel' }),
      'panel.readPage': () => null,
      'panel.wallet': () => 'ready',
      'panel.models': () => [{ id: 'ambient/large', gateway: 'jumpgate' }],
      'panel.newChat': () => null,
      'panel.setDayCap': () => null,
    };

  const channel: PanelChannel = {
    async call(method, params) {
      calls.push({ method, params });
      if (broken) throw new Error('The background has gone.');
      return handlers[method](params);
    },
    watch(method, _params, onEvent) {
      if (method === 'approval.watch') {
        const watcher = onEvent as (event: PanelStreams['approval.watch']['event']) => void;
        cardWatchers.add(watcher);
        if (view !== undefined) watcher(view);
        return () => cardWatchers.delete(watcher);
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
    popup: () => popup,
    breakCalls: () => {
      broken = true;
    },
    refuseAnswers: () => {
      late = true;
    },
  };
}
