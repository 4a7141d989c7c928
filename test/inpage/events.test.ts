import { describe, expect, it } from 'vitest';
import { createCalls } from '../../src/inpage/calls.ts';
import { createEvents } from '../../src/inpage/events.ts';
import { fakeBridge, noWallet } from './fakeBridge.ts';

const granted = { state: 'granted', autoApprove: true };
const asks = { state: 'prompt', autoApprove: false };

function page() {
  const bridge = fakeBridge();
  const target = new EventTarget();
  const calls = createCalls(bridge, bridge.newId, noWallet);
  const add = createEvents(target, calls);
  const heard: unknown[] = [];
  const hear = (type: string) =>
    add(type, (event) => heard.push([event.type, (event as CustomEvent).detail]));
  const notice = (type: string, detail: unknown) =>
    bridge.say({ v: 1, id: bridge.lastId, kind: 'notice', notice: { type, detail } });
  return { bridge, hear, heard, notice };
}

describe('the events of window.paidChat', () => {
  it('ask for nothing until somebody listens, and then once', () => {
    const { bridge, hear } = page();
    expect(bridge.sent).toEqual([]);
    hear('permissionchange');
    hear('payment');
    expect(bridge.sent).toMatchObject([{ kind: 'call', method: 'watch' }]);
  });

  it('tell what is told, with its detail', () => {
    const { hear, heard, notice } = page();
    hear('payment');
    notice('payment', { receiptId: 'r' });
    expect(heard).toEqual([['payment', { receiptId: 'r' }]]);
  });

  it('tell a permission only when it has changed, also over a restart of the background', () => {
    const { hear, heard, notice } = page();
    hear('permissionchange');
    notice('permissionchange', asks);
    notice('permissionchange', asks);
    expect(heard).toEqual([]);
    notice('permissionchange', granted);
    // Each use of a grant moves its end.
    notice('permissionchange', { ...granted, expiresAt: 1 });
    notice('permissionchange', { ...granted, expiresAt: 2 });
    expect(heard).toEqual([['permissionchange', granted]]);
  });

  it('tell that PaidChat has gone, and watch the next bridge without being asked', () => {
    const { bridge, hear, heard } = page();
    hear('disconnect');
    bridge.replace();
    expect(heard).toEqual([['disconnect', null]]);
    expect(bridge.sent.filter(({ kind }) => kind === 'call')).toHaveLength(2);
  });
});
