import { defineProperty, freeze, hasOwn } from '../core/pristine.ts';
import { openPageEnd } from '../platform/channel.ts';
import { createApi } from './api.ts';
import { listen, tell } from './browserFunctions.ts';
import { createCalls } from './calls.ts';
import { createAsk, createCreate } from './chat.ts';
import { createFetch } from './fetch.ts';
import type { Clock } from '../core/clock.ts';
import type { AskAnswerer } from '../protocol/wallet.ts';

/** What the entrypoint brings together. */
export interface InpageParts {
  readonly version: string;
  /** Begins to look for wallets. */
  readonly startWallets: (after: Clock['after']) => AskAnswerer;
}

/** Puts `window.paidChat` into this page. Where it is already, that one goes on, with whichever bridge comes. */
export function startInpage({ version, startWallets }: InpageParts): void {
  if (hasOwn(window, 'paidChat')) return;
  const page = openPageEnd();
  const calls = createCalls(page, page.newId, startWallets(page.after));
  const ask = createAsk(calls, page.after);
  const api = createApi(version, calls, createCreate(ask), createFetch(ask, calls, page.after));
  defineProperty(window, 'paidChat', { __proto__: null, value: api, enumerable: true } as PropertyDescriptor);
  window.dispatchEvent(new Event('paidChat#initialized'));
  // As wallets do (EIP-6963), for pages that look for it by event.
  const announce = () =>
    tell(window, 'paidChat:announceProvider', freeze({ __proto__: null, provider: api }));
  listen(window, 'paidChat:requestProvider', announce);
  announce();
}
