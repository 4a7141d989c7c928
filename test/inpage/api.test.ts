import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/inpage/api.ts';
import { createCalls } from '../../src/inpage/calls.ts';
import { createAsk, createCreate } from '../../src/inpage/chat.ts';
import { createFetch } from '../../src/inpage/fetch.ts';
import { fakeBridge, noWallet, rejectionOf } from './fakeBridge.ts';

function page() {
  const bridge = fakeBridge();
  const calls = createCalls(bridge, bridge.newId, noWallet);
  const after = () => () => undefined;
  const ask = createAsk(calls, after);
  const api = createApi('1.2.3', calls, createCreate(ask), createFetch(ask, calls, after));
  return { bridge, api };
}

describe('window.paidChat', () => {
  it('is an EventTarget that says what it is', () => {
    const { api } = page();
    expect(api).toBeInstanceOf(EventTarget);
    expect(api).toMatchObject({ isPaidChat: true, version: '1.2.3', apiVersion: 1 });
    let heard = 0;
    api.addEventListener('permissionchange', () => {
      heard += 1;
    });
    api.dispatchEvent(new Event('permissionchange'));
    expect(heard).toBe(1);
  });

  it('is frozen in every part', () => {
    const { api } = page();
    const seen = new Set<unknown>();
    const visit = (value: unknown) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value))
        return;
      seen.add(value);
      expect(Object.isFrozen(value)).toBe(true);
      for (const key of Reflect.ownKeys(value)) {
        // Node keeps the listeners of an EventTarget under symbols of its own.
        if (typeof key === 'string') visit(Reflect.get(value, key));
      }
    };
    visit(api);
    expect(seen.size).toBeGreaterThan(10);
  });

  it('has nothing beyond its published parts', () => {
    const { api } = page();
    expect(Object.keys(api).sort()).toEqual([
      'addEventListener',
      'apiVersion',
      'availability',
      'baseURL',
      'chat',
      'fetch',
      'isPaidChat',
      'models',
      'permission',
      'quote',
      'receipts',
      'requestPermission',
      'revoke',
      'version',
    ]);
  });

  it('sends each method with its parameters, also without its `this`', () => {
    const { api, bridge } = page();
    const request = { messages: [{ role: 'user' as const, content: 'Why?' }] };
    // oxlint-disable-next-line typescript/unbound-method -- they need no `this`, as this shows.
    const { availability, requestPermission, permission, models, quote, receipts } = api;
    void availability();
    void availability({ model: 'm' });
    void requestPermission({ reason: 'Summaries', budget: { amount: '0.25', per: 'day' } });
    void requestPermission();
    void permission();
    void models();
    void quote(request);
    void receipts.get('receipt-1');
    void receipts.list();
    expect(
      bridge.sent.map((frame) => (frame.kind === 'call' ? [frame.method, frame.params] : frame)),
    ).toEqual([
      ['availability', {}],
      ['availability', { model: 'm' }],
      ['requestPermission', { reason: 'Summaries', budget: { amount: '0.25', per: 'day' } }],
      ['requestPermission', {}],
      ['permission', {}],
      ['models', {}],
      ['quote', { request }],
      ['receipts.get', { id: 'receipt-1' }],
      ['receipts.list', {}],
    ]);
  });

  it('resolves with the result and rejects with a PaidChatError', async () => {
    const { api, bridge } = page();
    const answered = api.permission();
    bridge.say({ v: 1, id: bridge.lastId, kind: 'end', result: { state: 'prompt', autoApprove: false } });
    expect(await answered).toEqual({ state: 'prompt', autoApprove: false });
    const refused = api.models();
    const error = { type: 'unauthorized', message: 'No.', phase: 'validate', paid: 'no', retryable: true };
    bridge.say({ v: 1, id: bridge.lastId, kind: 'fail', error });
    expect(await rejectionOf(refused)).toMatchObject({ name: 'PaidChatError', code: 4100, retryable: true });
    expect(await rejectionOf(api.quote({ messages: [] }))).toMatchObject({ code: -32602 });
    expect(await rejectionOf(api.receipts.get((() => 1) as never))).toMatchObject({ code: -32602 });
  });
});
