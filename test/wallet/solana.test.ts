import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createAskAnswerer } from '../../src/wallet/answerer.ts';
import { discoverStandardWallets } from '../../src/wallet/standard.ts';
import type { WalletAsk } from '../../src/protocol/wallet.ts';
import { fakeClock } from '../fakes/clock.ts';
import { settle } from './fakeWallet.ts';

const address = '9hSR6S7WPtxmTojgo6GG3k4yDPecgJY292j7xrsUGWBu';
const account = { address, chains: ['solana:mainnet'] };
const icon = 'data:image/png;base64,iVBORw0KGgo=';
const id = 'solana:Test';

interface Fake {
  readonly name?: unknown;
  readonly chains?: unknown;
  readonly accounts?: unknown;
  readonly connect?: () => unknown;
  readonly sign?: (input: { readonly transaction: Uint8Array }) => unknown;
  readonly versions?: unknown;
}

function fake({
  name = 'Test',
  chains = ['solana:mainnet'],
  accounts = [account],
  versions = [0],
  ...does
}: Fake = {}) {
  const signTransaction = vi.fn(
    does.sign ?? (({ transaction }) => Promise.resolve([{ signedTransaction: transaction }])),
  );
  const connect = vi.fn(does.connect ?? (() => Promise.resolve({ accounts })));
  const features = {
    'standard:connect': { connect },
    'solana:signTransaction': { signTransaction, supportedTransactionVersions: versions },
  };
  return { name, icon, chains, accounts, features, signTransaction };
}

let page: EventTarget;
beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('window', page);
});

function register(wallet: unknown) {
  const detail = (api: { register(wallet: unknown): void }) => api.register(wallet);
  page.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail }));
}

function answerer(...wallets: unknown[]) {
  const standard = discoverStandardWallets();
  for (const wallet of wallets) register(wallet);
  const clock = fakeClock();
  const none = { refresh: () => undefined, list: () => [], provider: () => undefined };
  const asks = createAskAnswerer(none, standard, (ms, callback) => clock.after(ms, callback));
  return (ask: WalletAsk) =>
    new Promise<[boolean, unknown]>((resolve) => asks.answer('a', ask, (ok, value) => resolve([ok, value])));
}

const signAsk: WalletAsk = { type: 'signTransaction', wallet: id, account: address, transaction: 'AQIDgP8=' };

describe('Wallet Standard wallets', () => {
  it('are found whether they came before us, on request or later, once each', () => {
    const early = fake({ name: 'Early' });
    page.addEventListener('wallet-standard:app-ready', (event) =>
      ((event as CustomEvent).detail as { register(wallet: unknown): void }).register(early),
    );
    const standard = discoverStandardWallets();
    register(fake({ name: 'Late', accounts: [] }));
    register(fake({ name: 'Late' }));
    standard.refresh();
    expect(standard.list([])).toEqual([
      { id: 'solana:Early', name: 'Early', rdns: 'solana:Early', icon, kind: 'svm', account: address },
      { id: 'solana:Late', name: 'Late', rdns: 'solana:Late', icon, kind: 'svm', account: undefined },
    ]);
  });

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a text', 'wallet'],
    ['another chain', fake({ chains: ['solana:devnet'] })],
    ['no chains', fake({ chains: 'solana:mainnet' })],
    ['legacy transactions only', fake({ versions: ['legacy'] })],
    ['no name', fake({ name: '' })],
    ['a name that is none', fake({ name: 7 })],
    ['no features', { ...fake(), features: {} }],
    [
      'a getter that throws',
      Object.defineProperty(fake(), 'name', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('are left out where they are %s', (_name, wallet) => {
    const standard = discoverStandardWallets();
    register(wallet);
    page.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: 'no function' }));
    expect(standard.list([])).toEqual([]);
  });

  it('connect with the addresses of their accounts on Solana', async () => {
    const other = { address: '0x12', chains: ['eip155:1'] };
    const ask = answerer(fake({ accounts: [other, account] }));
    expect(await ask({ type: 'connect', wallet: id })).toEqual([true, [address]]);
  });

  it('give no account before their first unlock', async () => {
    const ask = answerer(fake({ accounts: [] }));
    expect(await ask({ type: 'connect', wallet: id })).toMatchObject([false, { kind: 'failed' }]);
  });

  it('get the bytes of the transaction, and answer with bytes', async () => {
    const wallet = fake();
    expect(await answerer(wallet)(signAsk)).toEqual([true, 'AQIDgP8=']);
    expect(wallet.signTransaction.mock.calls[0]?.[0]).toMatchObject({
      account,
      chain: 'solana:mainnet',
      transaction: Uint8Array.of(1, 2, 3, 128, 255),
    });
  });

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['no list', { signedTransaction: Uint8Array.of(1) }],
    ['an empty list', []],
    ['no bytes', [{ signedTransaction: 'AQID' }]],
    ['no bytes at all', [{ signedTransaction: [] }]],
    ['numbers that are no bytes', [{ signedTransaction: [1, 256] }]],
    ['too much', [{ signedTransaction: new Uint8Array(5000) }]],
  ])('have failed where they answer with %s', async (_name, answer) => {
    const ask = answerer(fake({ sign: () => Promise.resolve(answer) }));
    expect(await ask(signAsk)).toMatchObject([false, { kind: 'failed' }]);
  });

  it.each([{ code: 4001, message: 'no' }, 'User rejected the request.', new Error('Approval denied')])(
    'have said no with %j',
    async (thrown) => {
      const ask = answerer(fake({ sign: () => Promise.reject(thrown) }));
      expect(await ask(signAsk)).toMatchObject([false, { kind: 'rejected' }]);
    },
  );

  it('are never asked for what only an EVM wallet can do', async () => {
    const wallet = fake();
    const ask = answerer(wallet);
    const typed = {
      type: 'signTypedData',
      wallet: id,
      account: address,
      chainIdHex: '0x2105',
      typedData: '{}',
    } as const;
    expect(await ask(typed)).toMatchObject([false, { kind: 'failed' }]);
    expect(await ask({ ...signAsk, wallet: 'solana:Nobody' })).toMatchObject([false, { kind: 'not-found' }]);
    await settle();
    expect(wallet.signTransaction).not.toHaveBeenCalled();
  });
});
