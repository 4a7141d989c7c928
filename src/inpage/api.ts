import { defineProperty, each, freeze, keys, PristinePromise } from '../core/pristine.ts';
import { PaidChatError } from './error.ts';
import { createEvents } from './events.ts';
import { baseURL } from './fetch.ts';
import { toPlain } from './plain.ts';
import { readRequest } from './request.ts';
import type { Json } from '../core/json.ts';
import type { PageMethod } from '../protocol/page.ts';
import type { Calls } from './calls.ts';
import type { Create } from './chat.ts';
import type { PaidChat } from './types.ts';

/**
 * Builds `window.paidChat`: an EventTarget of which nothing can be changed. Its methods need no `this`, and nothing
 * that can be reached from it holds the channel.
 */
export function createApi(version: string, calls: Calls, create: Create, fetch: PaidChat['fetch']): PaidChat {
  const call = (method: PageMethod, readParams: () => Json) =>
    new PristinePromise<never>((resolve, reject) => {
      calls.open(method, readParams(), {
        onEnd: (result) => resolve(result as never),
        onFail: (error) => reject(new PaidChatError(error)),
      });
    });
  const nothing = () => toPlain({ __proto__: null }, 'options');

  const target = new EventTarget();
  const api: Omit<PaidChat, 'dispatchEvent' | 'removeEventListener'> = {
    isPaidChat: true,
    version,
    apiVersion: 1,
    availability: (options) => call('availability', () => toPlain(options ?? {}, 'options')),
    requestPermission: (options) => call('requestPermission', () => toPlain(options ?? {}, 'options')),
    permission: () => call('permission', nothing),
    revoke: () => call('revoke', nothing),
    models: () => call('models', nothing),
    quote: (request) => call('quote', () => ({ __proto__: null, request: readRequest(request) })),
    addEventListener: createEvents(target, calls) as PaidChat['addEventListener'],
    fetch,
    baseURL,
    chat: { completions: { create: create as PaidChat['chat']['completions']['create'] } },
    receipts: {
      get: (id) => call('receipts.get', () => toPlain({ __proto__: null, id }, 'receipts.get')),
      list: () => call('receipts.list', nothing),
    },
  };

  each(keys(api) as (keyof typeof api)[], (name) => {
    defineProperty(target, name, {
      __proto__: null,
      value: api[name],
      enumerable: true,
    } as PropertyDescriptor);
  });
  return freezeDeep(target) as PaidChat;
}

function freezeDeep<T extends object>(value: T): T {
  each(keys(value) as (keyof T)[], (name) => {
    const part = value[name];
    if (typeof part === 'function' || (typeof part === 'object' && part !== null)) freezeDeep(part);
  });
  return freeze(value);
}
