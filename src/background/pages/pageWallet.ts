import { readWalletProblem } from '../../protocol/wallet.ts';
import type { Clock } from '../../core/clock.ts';
import type { Json } from '../../core/json.ts';
import type { WalletAsk, WalletProblem } from '../../protocol/wallet.ts';
import type { Port } from '../../protocol/port.ts';

/** How an ask ended; `gone`: the document has left, `cancelled`: the call no longer wants to know. */
export type AskOutcome =
  | { readonly ok: true; readonly value: Json }
  | {
      readonly ok: false;
      readonly kind: WalletProblem['kind'] | 'silent' | 'gone' | 'cancelled';
      readonly message: string;
    };

/** How to ask. */
export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Names the ask, for an answer that comes when nobody waits any more; any name where that does not matter. */
  readonly id?: string;
}

/** The wallet in one document. */
export interface PageWallet {
  ask(ask: WalletAsk, options: AskOptions): Promise<AskOutcome>;
  /** Takes an `answer` frame. @returns whether anybody waited for it */
  answer(id: string, ok: boolean, value: Json): boolean;
}

/** Asks over the document's port. An answer is matched by the ask's id, counts once, and only from this document. */
export function createPageWallet(port: Port, clock: Clock, newId: () => string): PageWallet {
  const asks = new Map<string, (ok: boolean, value: Json) => void>();
  let gone = false;
  const whenGone = new Set<() => void>();
  port.onClose(() => {
    gone = true;
    asks.clear();
    for (const listener of whenGone) listener();
  });

  return {
    answer(id, ok, value) {
      const take = asks.get(id);
      asks.delete(id);
      take?.(ok, value);
      return take !== undefined;
    },
    ask(ask, { timeoutMs, signal, id = newId() }) {
      return new Promise((resolve) => {
        if (gone || signal.aborted) {
          resolve({ ok: false, kind: gone ? 'gone' : 'cancelled', message: '' });
          return;
        }
        const end = (outcome: AskOutcome) => {
          cancelTimer();
          whenGone.delete(onGone);
          signal.removeEventListener('abort', onAbort);
          resolve(outcome);
        };
        const giveUp = (kind: 'gone' | 'cancelled' | 'silent') => {
          asks.delete(id);
          // Frees the page for the next ask, and opens no further window; an answer may still come.
          port.post({ v: 1, id, kind: 'cancel' });
          end({ ok: false, kind, message: '' });
        };
        const onGone = () => giveUp('gone');
        const onAbort = () => giveUp('cancelled');
        const cancelTimer = clock.after(timeoutMs, () => giveUp('silent'));
        whenGone.add(onGone);
        signal.addEventListener('abort', onAbort, { once: true });
        asks.set(id, (ok, value) => end(ok ? { ok, value } : { ok, ...readWalletProblem(value) }));
        port.post({ v: 1, id, kind: 'ask', ask: ask as unknown as Json });
      });
    },
  };
}
