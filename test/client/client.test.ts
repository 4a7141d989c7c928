import { afterEach, describe, expect, it, vi } from 'vitest';
import { getPaidChat } from '../../src/client/index.ts';

const paidChat = { isPaidChat: true };

/** A window as far as the client looks at one. */
function stubWindow(url: string, { framed = false, paidChat }: { framed?: boolean; paidChat?: object } = {}) {
  const target = new EventTarget();
  const window = Object.assign(target, { location: new URL(url), paidChat });
  vi.stubGlobal('window', Object.assign(window, { top: framed ? {} : window }));
  return window;
}

afterEach(() => vi.useRealTimers());

describe('getPaidChat', () => {
  it('gives what is there', async () => {
    stubWindow('https://shop.example/', { paidChat });
    expect(await getPaidChat()).toEqual({ status: 'ready', paidChat });
  });

  it.each([
    ['http://shop.example/', {}, 'insecure'],
    ['file:///index.html', {}, 'insecure'],
    ['https://shop.example/', { framed: true }, 'iframe'],
    ['http://localhost.shop.example/', {}, 'insecure'],
  ])('says at once why there is none on %s %j: %s', async (url, options, reason) => {
    stubWindow(url, options);
    expect(await getPaidChat()).toEqual({ status: 'missing', reason });
  });

  it('says "worker" where there is no window, as in server rendering', async () => {
    expect(await getPaidChat()).toEqual({ status: 'missing', reason: 'worker' });
  });

  it.each(['http://localhost:3000/', 'http://shop.localhost/', 'http://127.0.0.1/', 'http://[::1]/'])(
    'waits on %s, and then says that it is not installed',
    async (url) => {
      vi.useFakeTimers();
      stubWindow(url);
      const found = getPaidChat({ timeoutMs: 50 });
      await vi.advanceTimersByTimeAsync(50);
      expect(await found).toEqual({ status: 'missing', reason: 'not-installed' });
    },
  );

  it('takes one that comes while it waits', async () => {
    const window = stubWindow('https://shop.example/');
    const found = getPaidChat();
    window.paidChat = paidChat;
    window.dispatchEvent(new Event('paidChat#initialized'));
    expect(await found).toEqual({ status: 'ready', paidChat });
  });

  it('takes nothing that does not say that it is PaidChat', async () => {
    stubWindow('https://shop.example/', { paidChat: {} });
    expect(await getPaidChat({ timeoutMs: 1 })).toMatchObject({ status: 'missing' });
  });
});
