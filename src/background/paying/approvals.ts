import { Failure } from '../../core/failure.ts';
import type { PayeeTrust } from '../../core/payees.ts';
import type { Site } from '../../core/site.ts';
import type { ApprovalAnswer, ApprovalCard, ApprovalView, VoidReason } from '../../protocol/panel.ts';
import type { Changes } from '../changes.ts';

/** Our windows, as far as approvals need them. */
export interface ApprovalWindows {
  open(cardId: string): Promise<number>;
  focus(windowId: number): Promise<boolean>;
  close(windowId: number): Promise<void>;
  onClosed(listener: (windowId: number) => void): void;
}

/** A card without its name and version. */
export type CardContent = Omit<ApprovalCard, 'id' | 'version'>;

/** What the person decided, and with which wallet. */
export interface Answered {
  readonly answer: ApprovalAnswer;
  readonly wallet?: string | undefined;
  /** What a new payee may be from now on. */
  readonly payee?: PayeeTrust | undefined;
}

/** One card from its first showing to its end; every change of its content is a new version. */
export interface Card {
  readonly id: string;
  /**
   * Shows this content, in its turn, and waits for the answer to exactly this version.
   *
   * @param whenFirst its turn has come
   */
  show(content: CardContent, whenFirst?: () => void): Promise<Answered>;
  /** What is shown beside the terms has become known: the same version, which can still be answered. */
  amend(content: CardContent): void;
  /** Ends the card and closes its window. Safe to call twice. */
  close(reason: VoidReason): void;
}

/** Cards, one at a time. */
export interface Approvals {
  open(signal: AbortSignal): Card;
  /** What a card's window shows, from now on. @returns the undo */
  watch(cardId: string, onView: (view: ApprovalView) => void): () => void;
  /** @returns false when the card is not at that version any more, or has been answered */
  answer(cardId: string, version: number, answered: Answered): boolean;
  /** Opens the first waiting card's window, or brings it to the front. */
  reopen(): Promise<void>;
  /** Ends the wait of every card of such sites. */
  refuse(isRefused: (site: Site) => boolean, failure: Failure): void;
  waiting(): number;
}

interface Waiting {
  readonly id: string;
  card: ApprovalCard;
  /** The person closed its window: it comes back only when they ask for it. */
  dismissed: boolean;
  answered: boolean;
  /** Called when its turn comes, once. */
  whenFirst: (() => void) | undefined;
  readonly settle: (answered: Answered) => void;
  readonly reject: (failure: Failure) => void;
}

interface ApprovalsDeps {
  readonly windows: ApprovalWindows;
  readonly newId: () => string;
  readonly changes: Changes;
  readonly showWaiting: (count: number) => void;
}

/**
 * A queue of cards: the first is shown in a window of ours, the others wait. A closed window answers nothing: its card
 * waits on, the badge says so and the popup opens it again.
 */
export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { windows, newId, changes, showWaiting } = deps;
  const queue: Waiting[] = [];
  const watchers = new Map<string, Set<(view: ApprovalView) => void>>();
  const voided = new Map<string, VoidReason>();
  let window: { readonly cardId: string; id: number | undefined } | undefined;

  windows.onClosed((windowId) => {
    if (window?.id !== windowId) return;
    const waiting = queue.find(({ id }) => id === window?.cardId);
    if (waiting) waiting.dismissed = true;
    window = undefined;
  });

  const tell = (cardId: string, view: ApprovalView) => {
    for (const onView of watchers.get(cardId) ?? []) onView(view);
  };

  const viewOf = (waiting: Waiting): ApprovalView => ({
    state: 'card',
    card: waiting.card,
    waiting: queue.length - 1,
  });

  const changed = () => {
    showWaiting(queue.length);
    changes.notify();
    const [first] = queue;
    if (first) tell(first.id, viewOf(first));
  };

  const openWindow = async (cardId: string) => {
    const opening = { cardId, id: undefined as number | undefined };
    window = opening;
    try {
      opening.id = await windows.open(cardId);
      // The card may have ended while the browser was opening its window.
      if (!queue.some(({ id }) => id === cardId)) await windows.close(opening.id);
    } catch {
      // No window could be opened: the card waits, the badge says so, the popup tries again.
      if (window === opening) window = undefined;
    }
  };

  const advance = () => {
    changed();
    const [first] = queue;
    const { whenFirst } = first ?? {};
    if (first) first.whenFirst = undefined;
    whenFirst?.();
    if (first && !first.dismissed && window?.cardId !== first.id) void openWindow(first.id);
  };

  const end = (cardId: string, reason: VoidReason) => {
    if (voided.has(cardId)) return;
    voided.set(cardId, reason);
    const at = queue.findIndex(({ id }) => id === cardId);
    if (at >= 0) queue.splice(at, 1);
    tell(cardId, { state: 'void', reason });
    watchers.delete(cardId);
    if (window?.cardId === cardId) {
      const { id } = window;
      window = undefined;
      // A card that was answered has nothing more to say; the others' windows show why and close themselves.
      // A window that does not close says that its card is over.
      if (id !== undefined && reason === 'answered') windows.close(id).catch(() => undefined);
    }
    advance();
  };

  return {
    open(signal) {
      const id = newId();
      let version = 0;
      return {
        id,
        show: (content, whenFirst) =>
          new Promise<Answered>((resolve, reject) => {
            if (voided.has(id) || signal.aborted) {
              reject(abortFailure(signal));
              return;
            }
            version += 1;
            const onAbort = () => reject(abortFailure(signal));
            signal.addEventListener('abort', onAbort, { once: true });
            const waiting: Waiting = {
              id,
              card: { ...content, id, version },
              dismissed: false,
              answered: false,
              whenFirst,
              settle(answered) {
                signal.removeEventListener('abort', onAbort);
                resolve(answered);
              },
              reject(failure) {
                signal.removeEventListener('abort', onAbort);
                reject(failure);
              },
            };
            const at = queue.findIndex((other) => other.id === id);
            if (at >= 0) queue[at] = waiting;
            else queue.push(waiting);
            advance();
          }),
        amend(content) {
          const waiting = queue.find((other) => other.id === id);
          if (!waiting || waiting.answered) return;
          waiting.card = { ...content, id, version: waiting.card.version };
          tell(id, viewOf(waiting));
        },
        close: (reason) => end(id, reason),
      };
    },
    watch(cardId, onView) {
      const waiting = queue.find(({ id }) => id === cardId);
      if (!waiting) {
        onView({ state: 'void', reason: voided.get(cardId) ?? 'restarted' });
        return () => undefined;
      }
      const set = watchers.get(cardId) ?? new Set();
      watchers.set(cardId, set.add(onView));
      onView(viewOf(waiting));
      return () => set.delete(onView);
    },
    answer(cardId, version, answered) {
      const waiting = queue.find(({ id }) => id === cardId);
      if (!waiting || waiting.answered || waiting.card.version !== version) return false;
      if (!isOffered(waiting.card, answered.answer)) return false;
      waiting.answered = true;
      waiting.settle(answered);
      return true;
    },
    async reopen() {
      const [first] = queue;
      if (!first) return;
      if (window?.id !== undefined && (await windows.focus(window.id))) return;
      first.dismissed = false;
      await openWindow(first.id);
    },
    refuse(isRefused, failure) {
      for (const { card, answered, reject } of queue)
        if (!answered && isRefused(card.site as Site)) reject(failure);
    },
    waiting: () => queue.length,
  };
}

/** A chain is chosen among those that the card shows. */
function isOffered({ payment }: ApprovalCard, answer: ApprovalAnswer): boolean {
  return (
    answer.choice !== 'network' || payment?.chains.some(({ network }) => network === answer.network) === true
  );
}

function abortFailure(signal: AbortSignal): Failure {
  return signal.reason instanceof Failure ? signal.reason : new Failure('aborted');
}
