import { createFifo } from '../core/fifo.ts';
import { askEvmWallet } from './evm.ts';
import type { Clock } from '../core/clock.ts';
import type { AskAnswerer, WalletProblem } from '../protocol/wallet.ts';
import type { Wallets } from './discover.ts';
import type { EvmAsk } from './evm.ts';

/** Wallets that answer a request for announcements do so at once or in one of the next tasks. */
const announceMs = 200;

interface Turn {
  readonly id: string;
  readonly ask: EvmAsk;
  readonly done: (ok: boolean, value: unknown) => void;
  wanted: boolean;
}

/** Answers asks with this document's wallets: one at a time, since two windows at once hide each other. */
export function createAskAnswerer(wallets: Wallets, after: Clock['after']): AskAnswerer {
  const turns = createFifo<Turn>();
  const byId = { __proto__: null } as unknown as Record<string, Turn>;
  let current: Turn | undefined;

  const next = () => {
    current = turns.shift();
    if (!current) return;
    const turn = current;
    const done = (ok: boolean, value: unknown) => {
      delete byId[turn.id];
      turn.done(ok, value);
      if (current === turn) next();
    };
    const provider = wallets.provider(turn.ask.wallet);
    if (!turn.wanted) done(false, problem('failed', 'The ask was withdrawn.'));
    else if (provider) askEvmWallet(provider, turn.ask, { after, isWanted: () => turn.wanted, done });
    else done(false, problem('not-found', 'This wallet is not in the page.'));
  };

  const list = (done: Turn['done']) => {
    wallets.refresh();
    const now = wallets.list();
    if (now.length > 0) done(true, now);
    else after(announceMs, () => done(true, wallets.list()));
  };

  return {
    answer(id, ask, done) {
      if (ask.type === 'list') {
        list(done);
        return;
      }
      const turn: Turn = { id, ask, done, wanted: true };
      byId[id] = turn;
      turns.push(turn);
      if (!current) next();
    },
    cancel(id) {
      const turn = byId[id];
      if (!turn) return;
      turn.wanted = false;
      if (turn === current) next();
    },
  };
}

function problem(kind: WalletProblem['kind'], message: string): WalletProblem {
  return { kind, message };
}
