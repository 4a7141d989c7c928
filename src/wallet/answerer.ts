import { createFifo } from '../core/fifo.ts';
import { askEvmWallet } from './evm.ts';
import type { Clock } from '../core/clock.ts';
import type { AskAnswerer, WalletAsk } from '../protocol/wallet.ts';
import { problem } from './call.ts';
import type { Wallets } from './discover.ts';
import { askSolanaWallet } from './solana.ts';
import type { StandardWallets } from './standard.ts';

/** Wallets that answer a request for announcements do so at once or in one of the next tasks. */
const announceMs = 200;

interface Turn {
  readonly id: string;
  readonly ask: Exclude<WalletAsk, { type: 'list' }>;
  readonly done: (ok: boolean, value: unknown) => void;
  wanted: boolean;
}

/** Answers asks with this document's wallets: one at a time, since two windows at once hide each other. */
export function createAskAnswerer(
  wallets: Wallets,
  standard: StandardWallets,
  after: Clock['after'],
): AskAnswerer {
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
    const { ask } = turn;
    const way = { after, isWanted: () => turn.wanted, done };
    const onSolana = standard.wallet(ask.wallet);
    const provider = wallets.provider(ask.wallet);
    if (!turn.wanted) done(false, problem('failed', ''));
    else if (onSolana) askSolanaWallet(onSolana, ask, way);
    else if (provider && ask.type !== 'signTransaction') askEvmWallet(provider, ask, way);
    else done(false, problem('not-found', ''));
  };

  const all = () => standard.list(wallets.list());
  const list = (done: Turn['done']) => {
    wallets.refresh();
    standard.refresh();
    const now = all();
    if (now.length > 0) done(true, now);
    else after(announceMs, () => done(true, all()));
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
