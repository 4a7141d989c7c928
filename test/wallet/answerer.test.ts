import { describe, expect, it } from 'vitest';
import type { AnnouncedWallet, WalletAsk } from '../../src/protocol/wallet.ts';
import { createAskAnswerer } from '../../src/wallet/answerer.ts';
import type { Wallets } from '../../src/wallet/discover.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeWallet, settle } from './fakeWallet.ts';

const account = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
const connect: WalletAsk = { type: 'connect', wallet: 'w' };

/** A wallet whose windows stay open until the test closes them. */
function windows() {
  const open: ((value: unknown) => void)[] = [];
  const wallet = fakeWallet({
    eth_requestAccounts: () =>
      new Promise((resolve) => {
        open.push(resolve);
      }),
  });
  return { wallet, open };
}

function answerer(wallets: Partial<Wallets>) {
  const clock = fakeClock();
  const answers: [string, boolean, unknown][] = [];
  const asks = createAskAnswerer(
    { refresh: () => undefined, list: () => [], provider: () => undefined, ...wallets },
    { refresh: () => undefined, list: (others) => others, wallet: () => undefined },
    (ms, callback) => clock.after(ms, callback),
  );
  const ask = (id: string, what: WalletAsk) =>
    asks.answer(id, what, (ok, value) => answers.push([id, ok, value]));
  return { clock, answers, asks, ask };
}

describe('the wallet asks of a document', () => {
  it('are answered one after the other', async () => {
    const { wallet, open } = windows();
    const { answers, ask } = answerer({ provider: () => wallet });
    ask('a', connect);
    ask('b', connect);
    expect(open).toHaveLength(1);
    open[0]?.([account]);
    await settle();
    expect(open).toHaveLength(2);
    open[1]?.([]);
    await settle();
    expect(answers.map(([id, ok]) => [id, ok])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('let the next one pass when one is withdrawn, and still tell its late answer', async () => {
    const { wallet, open } = windows();
    const { answers, asks, ask } = answerer({ provider: () => wallet });
    ask('a', connect);
    ask('b', connect);
    asks.cancel('a');
    expect(open).toHaveLength(2);
    open[0]?.([account]);
    await settle();
    expect(answers).toEqual([['a', true, [account]]]);
    ask('c', connect);
    expect(open).toHaveLength(2);
  });

  it('open no window for one that was withdrawn while it waited', async () => {
    const { wallet, open } = windows();
    const { answers, asks, ask } = answerer({ provider: () => wallet });
    ask('a', connect);
    ask('b', connect);
    asks.cancel('b');
    asks.cancel('unknown');
    open[0]?.([account]);
    await settle();
    expect(open).toHaveLength(1);
    expect(answers.map(([id, ok]) => [id, ok])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('are not-found for a wallet that is not in the page', () => {
    const { answers, ask } = answerer({});
    ask('a', connect);
    expect(answers).toMatchObject([['a', false, { kind: 'not-found' }]]);
  });

  it('free the way by themselves when a wallet never answers', () => {
    const { wallet, open } = windows();
    const { clock, ask } = answerer({ provider: () => wallet });
    ask('a', connect);
    ask('b', connect);
    clock.advance(10 * 60_000);
    expect(open).toHaveLength(2);
  });
});

describe('listing wallets', () => {
  const found: AnnouncedWallet = { id: 'w', name: 'W', rdns: '', icon: '' };

  it('asks for announcements and answers at once, also while a window is open', () => {
    const { wallet } = windows();
    let refreshed = 0;
    const { answers, ask } = answerer({
      refresh: () => {
        refreshed += 1;
      },
      list: () => [found],
      provider: () => wallet,
    });
    ask('a', connect);
    ask('b', { type: 'list' });
    expect(answers).toEqual([['b', true, [found]]]);
    expect(refreshed).toBe(1);
  });

  it('waits a moment for wallets that announce themselves in a later task', () => {
    const list: AnnouncedWallet[] = [];
    const { clock, answers, ask } = answerer({ list: () => list });
    ask('a', { type: 'list' });
    expect(answers).toEqual([]);
    list.push(found);
    clock.advance(200);
    expect(answers).toEqual([['a', true, [found]]]);
  });

  it('says that there is none', () => {
    const { clock, answers, ask } = answerer({});
    ask('a', { type: 'list' });
    clock.advance(200);
    expect(answers).toEqual([['a', true, []]]);
  });
});
