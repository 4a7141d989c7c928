import type { WireError } from '../../src/core/failure.ts';
import type { PayeeTrust } from '../../src/core/payees.ts';
import type {
  ApprovalAnswer,
  ApprovalCard,
  ApprovalView,
  PanelCalls,
  PanelStreams,
  PopupEvent,
  PopupState,
} from '../../src/protocol/panel.ts';
import type { Port } from '../../src/protocol/port.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { eventually } from './eventually.ts';
import type { FakeWindows } from './windows.ts';

/** A panel call that the background refused. */
export class PanelRefusal extends Error {
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.message);
    this.wire = wire;
  }
}

/** Our own screens: every approval window that opens watches its card, and a person who answers them. */
export interface FakeScreens {
  call<M extends keyof PanelCalls>(
    method: M,
    params: PanelCalls[M]['params'],
  ): Promise<PanelCalls[M]['result']>;
  watch<M extends keyof PanelStreams>(
    method: M,
    params: PanelStreams[M]['params'],
    onEvent: (event: PanelStreams[M]['event']) => void,
  ): () => void;
  /** The card on the screen that waits for an answer. */
  card(): Promise<ApprovalCard>;
  /** What a card's window shows now. */
  view(cardId: string): ApprovalView | undefined;
  /** Waits for a card and answers it. @returns the card as it was answered */
  click(answer: ApprovalAnswer, choices?: { wallet?: string; payee?: PayeeTrust }): Promise<ApprovalCard>;
  payOnce(): Promise<ApprovalCard>;
  /** What the popup shows for a tab. */
  popup(tabId: number): Promise<PopupState>;
  /** Says anything at all through the panel's door. */
  say(message: unknown): void;
  readonly heard: readonly Frame[];
  /** After a restart: connects again and watches the cards of the windows that are still there. */
  reconnect(): void;
}

let lastId = 0;

/** Opens them. @param connect opens a panel port to the living background */
export function fakeScreens(connect: () => Port, windows: FakeWindows): FakeScreens {
  const heard: Frame[] = [];
  const views = new Map<string, ApprovalView>();
  const answered = new Set<string>();
  const listeners = new Map<string, (frame: Frame) => void>();
  let port: Port | undefined;

  const opened = (): Port => {
    const fresh = connect();
    fresh.onMessage((message) => {
      heard.push(message as Frame);
      listeners.get((message as Frame).id)?.(message as Frame);
    });
    fresh.onClose(() => {
      if (port === fresh) port = undefined;
    });
    return fresh;
  };
  const say = (message: unknown) => (port ??= opened()).post(message as Frame);
  const send = (method: string, params: unknown, listener: (frame: Frame) => void): string => {
    lastId += 1;
    const id = `screen-call-${lastId}`;
    listeners.set(id, listener);
    say({ v: 1, id, kind: 'call', method, params });
    return id;
  };
  const watchCard = (cardId: string) =>
    screens.watch('approval.watch', { cardId }, (view) => views.set(cardId, view));
  windows.onOpened(watchCard);

  const screens: FakeScreens = {
    heard,
    say,
    call: (method, params) =>
      new Promise((resolve, reject) => {
        send(method, params, (frame) => {
          if (frame.kind === 'end') resolve(frame.result as never);
          if (frame.kind === 'fail') reject(new PanelRefusal(frame.error));
        });
      }),
    watch(method, params, onEvent) {
      const id = send(method, params, (frame) => {
        if (frame.kind === 'event') onEvent(frame.event as never);
      });
      return () => {
        listeners.delete(id);
        say({ v: 1, id, kind: 'cancel' });
      };
    },
    view: (cardId) => views.get(cardId),
    card: () =>
      eventually('a card that waits for an answer', () => {
        for (const cardId of windows.shown) {
          const view = views.get(cardId);
          if (view?.state === 'card' && !answered.has(versionOf(view.card))) return view.card;
        }
        return undefined;
      }),
    async click(answer, choices = {}) {
      const card = await screens.card();
      const { id: cardId, version } = card;
      answered.add(versionOf(card));
      const params = { cardId, version, answer, ...choices };
      const { accepted } = await screens.call('approval.answer', params);
      if (!accepted) throw new Error('The card had changed under the click.');
      return card;
    },
    payOnce: () => screens.click({ choice: 'once' }),
    async popup(tabId) {
      let state: PopupState | undefined;
      const unwatch = screens.watch('popup.watch', { tabId }, (event: PopupEvent) => {
        if (event.type === 'state') state = event.state;
      });
      const shown = await eventually('the popup', () => state);
      unwatch();
      return shown;
    },
    reconnect() {
      port?.close();
      port = opened();
      for (const cardId of windows.shown) watchCard(cardId);
    },
  };
  return screens;
}

function versionOf({ id, version }: ApprovalCard): string {
  return `${id}@${version}`;
}
