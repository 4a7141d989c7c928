import type { PaidChat } from '../inpage/types.ts';

export type * from '../inpage/types.ts';

declare global {
  interface Window {
    /** Present where the visitor has PaidChat. */
    readonly paidChat?: PaidChat;
  }
}

/** Why there is no PaidChat: in the order that they are looked for. */
export type MissingReason = 'worker' | 'iframe' | 'insecure' | 'not-installed';

/** What `getPaidChat` finds. */
export type Found =
  | { readonly status: 'ready'; readonly paidChat: PaidChat }
  | { readonly status: 'missing'; readonly reason: MissingReason };

/** Long enough for any browser: PaidChat is there before a page's first script. */
const defaultTimeoutMs = 200;

/**
 * Finds PaidChat, and says why where there is none. Safe where there is no window: server rendering gets `worker`.
 *
 * @param timeoutMs how long to wait for it; only a page that was open when PaidChat was installed has to
 * @example
 * const found = await getPaidChat();
 * if (found.status === 'missing') showWhy(found.reason);
 */
export function getPaidChat({ timeoutMs = defaultTimeoutMs }: { timeoutMs?: number } = {}): Promise<Found> {
  const reason = reasonWithout();
  if (reason !== undefined) return Promise.resolve({ status: 'missing', reason });
  const found = present();
  if (found) return Promise.resolve(found);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener(initialized, end);
      resolve(present() ?? { status: 'missing', reason: 'not-installed' });
    };
    const timer = setTimeout(end, timeoutMs);
    window.addEventListener(initialized, end);
  });
}

const initialized = 'paidChat#initialized';

function present(): Found | undefined {
  const { paidChat } = window;
  return paidChat?.isPaidChat ? { status: 'ready', paidChat } : undefined;
}

/** Where it can never be. */
function reasonWithout(): MissingReason | undefined {
  if (typeof window === 'undefined') return 'worker';
  if (window.top !== window) return 'iframe';
  const { protocol, hostname } = window.location;
  return protocol === 'https:' || (protocol === 'http:' && isLocalhost(hostname)) ? undefined : 'insecure';
}

function isLocalhost(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}
