import { announceProvider } from 'mipd';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { discoverWallets } from '../../src/wallet/discover.ts';
import { fakeWallet } from './fakeWallet.ts';

const png = 'data:image/png;base64,iVBORw0KGgo=';
const uuid = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`;
const info = (digit: number) => ({
  uuid: uuid(digit),
  name: `Wallet ${digit}`,
  rdns: 'org.example',
  icon: png,
});

let page: EventTarget & { ethereum?: unknown };

function announce(detail: unknown) {
  page.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
}

beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('window', page);
});

describe('the wallets of a page', () => {
  it('are found whether they came before, on request or after load', () => {
    const [first, second] = [fakeWallet({}), fakeWallet({})];
    announceProvider({ info: info(1), provider: first } as never);
    const wallets = discoverWallets();
    announceProvider({ info: info(2), provider: second } as never);
    expect(wallets.list()).toEqual([
      { id: uuid(1), name: 'Wallet 1', rdns: 'org.example', icon: png },
      { id: uuid(2), name: 'Wallet 2', rdns: 'org.example', icon: png },
    ]);
    expect(wallets.provider(uuid(2))).toBe(second);
  });

  it('count once, as first announced, however often they announce themselves', () => {
    const first = fakeWallet({});
    const wallets = discoverWallets();
    announceProvider({ info: info(1), provider: first } as never);
    wallets.refresh();
    wallets.refresh();
    announce({ info: { ...info(1), name: 'Impostor' }, provider: fakeWallet({}) });
    expect(wallets.list().map(({ name }) => name)).toEqual(['Wallet 1']);
    expect(wallets.provider(uuid(1))).toBe(first);
  });

  it('are heard again after document.open has removed every listener', () => {
    const wallets = discoverWallets();
    page = new EventTarget();
    vi.stubGlobal('window', page);
    page.addEventListener('eip6963:requestProvider', () =>
      announce({ info: info(3), provider: fakeWallet({}) }),
    );
    wallets.refresh();
    expect(wallets.list()).toHaveLength(1);
  });

  it('stay known when the page breaks its own events', () => {
    const wallets = discoverWallets();
    announce({ info: info(1), provider: fakeWallet({}) });
    vi.stubGlobal('window', { addEventListener: () => expect.unreachable() });
    vi.stubGlobal('CustomEvent', () => expect.unreachable());
    expect(() => wallets.refresh()).not.toThrow();
    expect(wallets.list()).toHaveLength(1);
  });

  it('keep what they were when they were announced', () => {
    const wallets = discoverWallets();
    const detail = { info: info(1), provider: fakeWallet({}) };
    announce(detail);
    detail.info.name = 'Changed';
    expect(wallets.list()[0]?.name).toBe('Wallet 1');
  });

  it('have short names and only small images', () => {
    const icons: Record<string, unknown> = {
      [uuid(1)]: 'https://tracker.example/pixel.png',
      [uuid(2)]: 'data:text/html,<script>',
      [uuid(3)]: `data:image/png;base64,${'A'.repeat(64 * 1024)}`,
      [uuid(4)]: 'data:image/svg+xml,<svg/>',
      [uuid(5)]: 7,
      [uuid(6)]: 'DATA:image/png;base64,AA==',
      [uuid(7)]: 'data:image/pngx;base64,AA==',
    };
    const wallets = discoverWallets();
    for (const [id, icon] of Object.entries(icons)) {
      announce({ info: { uuid: id, name: 'N'.repeat(1000), rdns: 5, icon }, provider: fakeWallet({}) });
    }
    const list = wallets.list();
    expect(list).toHaveLength(7);
    for (const { id, name, rdns, icon } of list) {
      expect([name, rdns]).toEqual(['N'.repeat(64), '']);
      expect(icon).toBe(id === uuid(4) ? 'data:image/svg+xml,<svg/>' : '');
    }
  });

  it('are none of the things that are not wallets', () => {
    const wallets = discoverWallets();
    const provider = fakeWallet({});
    const trap = {
      get info(): never {
        throw new Error('secret');
      },
    };
    const details = [
      undefined,
      null,
      'wallet',
      {},
      trap,
      { info: null, provider },
      { info: { ...info(1), uuid: 7 }, provider },
      { info: { ...info(1), uuid: '' }, provider },
      { info: { ...info(1), uuid: 'injected' }, provider },
      { info: { ...info(1), uuid: 'u'.repeat(65) }, provider },
      { info: info(1), provider: null },
      { info: info(1), provider: { request: 'yes' } },
      { info: info(1) },
    ];
    for (const detail of details) expect(() => announce(detail)).not.toThrow();
    expect(wallets.list()).toEqual([]);
    expect(wallets.provider('toString')).toBeUndefined();
  });

  it('are at most 32', () => {
    const wallets = discoverWallets();
    for (let n = 0; n < 100; n += 1) {
      announce({ info: { ...info(1), uuid: `wallet-${n}` }, provider: fakeWallet({}) });
    }
    expect(wallets.list()).toHaveLength(32);
  });
});

describe('a bare window.ethereum', () => {
  it('is the wallet where none was announced', () => {
    const provider = fakeWallet({});
    page.ethereum = provider;
    const wallets = discoverWallets();
    expect(wallets.list()).toEqual([{ id: 'injected', name: 'Browser wallet', rdns: '', icon: '' }]);
    expect(wallets.provider('injected')).toBe(provider);
    announce({ info: info(1), provider: fakeWallet({}) });
    expect(wallets.list().map(({ id }) => id)).toEqual([uuid(1)]);
  });

  it('is none when it is not a provider', () => {
    const wallets = discoverWallets();
    for (const thing of [undefined, null, 'x', {}, { request: 1 }]) {
      page.ethereum = thing;
      expect(wallets.list()).toEqual([]);
      expect(wallets.provider('injected')).toBeUndefined();
    }
    Object.defineProperty(page, 'ethereum', {
      get() {
        throw new Error('secret');
      },
    });
    expect(wallets.list()).toEqual([]);
  });
});
