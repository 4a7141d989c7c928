import { describe, expect, it } from 'vitest';
import { createCalls } from '../../src/inpage/calls.ts';
import type { CallListener } from '../../src/inpage/calls.ts';
import type { AskAnswerer } from '../../src/protocol/wallet.ts';
import { fakeBridge, noWallet } from './fakeBridge.ts';

function heardOf() {
  const heard: unknown[] = [];
  const listener: CallListener = {
    onItem: (item) => heard.push(item),
    onEnd: (result) => heard.push({ end: result }),
    onFail: ({ type, paid }) => heard.push({ fail: type, paid }),
  };
  return { heard, listener };
}

function openCall() {
  const bridge = fakeBridge();
  const { heard, listener } = heardOf();
  const call = createCalls(bridge, bridge.newId, noWallet).open('chat', { a: 1 }, listener);
  const id = bridge.lastId;
  const event = (offset: number, ...items: unknown[]) =>
    bridge.say({ v: 1, id, kind: 'event', offset, event: items });
  return { bridge, call, heard, id, event };
}

describe('the calls of a page', () => {
  it('are sent as frames and hear their items and end', () => {
    const { bridge, heard, id, event } = openCall();
    expect(bridge.sent).toEqual([{ v: 1, id, kind: 'call', method: 'chat', params: { a: 1 } }]);
    event(0, 'a', 'b');
    event(2, 'c');
    bridge.say({ v: 1, id, kind: 'end', result: 1 });
    bridge.say({ v: 1, id, kind: 'end', result: 2 });
    event(3, 'd');
    expect(heard).toEqual(['a', 'b', 'c', { end: 1 }]);
  });

  it('hear each item once when a resumed stream repeats some', () => {
    const { heard, event } = openCall();
    event(0, 'a', 'b');
    event(0, 'a', 'b', 'c');
    event(1, 'b');
    event(3, 'd');
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('fail when a part of the stream is missing, rather than leave it out', () => {
    const { bridge, heard, id, event } = openCall();
    event(0, 'a');
    event(2, 'c');
    event(3, 'd');
    expect(heard).toEqual(['a', { fail: 'disconnected', paid: 'yes' }]);
    expect(bridge.sent.at(-1)).toEqual({ v: 1, id, kind: 'cancel' });
  });

  it('hear nothing of other calls, nor of names from the prototype', () => {
    const { bridge, heard } = openCall();
    bridge.say({ v: 1, id: 'toString', kind: 'end', result: 1 });
    bridge.say({ v: 1, id: '__proto__', kind: 'event', offset: 0, event: ['x'] });
    bridge.say({ v: 1, id: 'call-9999', kind: 'fail', error: {} });
    expect(heard).toEqual([]);
  });

  it('cancel once they are no longer wanted, unless they have ended', () => {
    const { bridge, call, id } = openCall();
    call.cancel();
    expect(bridge.sent.at(-1)).toEqual({ v: 1, id, kind: 'cancel' });
    bridge.say({ v: 1, id, kind: 'end', result: null });
    call.cancel();
    expect(bridge.sent).toHaveLength(2);
  });

  it('hear nothing after they are forgotten', () => {
    const { bridge, call, heard, id } = openCall();
    call.forget();
    bridge.say({ v: 1, id, kind: 'end', result: null });
    expect(heard).toEqual([]);
  });
});

describe('when PaidChat goes without a word', () => {
  it('an answer under way has been paid once its first item is there, and nobody knows before', () => {
    const streaming = openCall();
    streaming.event(0, 'a');
    streaming.bridge.replace();
    expect(streaming.heard).toEqual(['a', { fail: 'disconnected', paid: 'yes' }]);
    streaming.event(1, 'b');
    expect(streaming.heard).toHaveLength(2);

    const asking = openCall();
    asking.bridge.replace();
    expect(asking.heard).toEqual([{ fail: 'disconnected', paid: 'unknown' }]);
  });

  it('a call that cannot pay fails as not paid', () => {
    const bridge = fakeBridge();
    const { heard, listener } = heardOf();
    createCalls(bridge, bridge.newId, noWallet).open('models', {}, listener);
    bridge.replace();
    expect(heard).toEqual([{ fail: 'disconnected', paid: 'no' }]);
  });

  it('an open call finds out by itself', () => {
    const { bridge, heard, event } = openCall();
    event(0, 'a');
    bridge.wait();
    expect(heard).toEqual(['a']);
    bridge.die();
    bridge.wait();
    expect(heard).toEqual(['a', { fail: 'disconnected', paid: 'yes' }]);
  });

  it('a new call is not sent and fails as not paid; with a new bridge the next one is', () => {
    const bridge = fakeBridge();
    const calls = createCalls(bridge, bridge.newId, noWallet);
    bridge.die();
    const first = heardOf();
    calls.open('chat', {}, first.listener);
    expect(first.heard).toEqual([{ fail: 'disconnected', paid: 'no' }]);
    expect(bridge.sent).toEqual([]);

    bridge.replace();
    const second = heardOf();
    calls.open('chat', {}, second.listener);
    expect(bridge.sent).toHaveLength(1);
    expect(second.heard).toEqual([]);
  });
});

describe('asks of the background', () => {
  function asked(answer: AskAnswerer['answer']) {
    const bridge = fakeBridge();
    const cancelled: string[] = [];
    createCalls(bridge, bridge.newId, { answer, cancel: (id) => void cancelled.push(id) });
    bridge.say({ v: 1, id: 'ask-00001', kind: 'ask', ask: { type: 'list' } });
    return { bridge, cancelled };
  }

  it('are answered once, however often the wallet answers', () => {
    const { bridge } = asked((_id, _ask, done) => {
      done(true, ['0xabc']);
      done(true, ['0xdef']);
      done(false, { kind: 'rejected', message: '' });
    });
    expect(bridge.sent).toEqual([{ v: 1, id: 'ask-00001', kind: 'answer', ok: true, value: ['0xabc'] }]);
  });

  it('are answered with a failure where the answer cannot be sent', () => {
    const { bridge } = asked((_id, _ask, done) => done(true, () => 1));
    expect(bridge.sent).toEqual([{ v: 1, id: 'ask-00001', kind: 'answer', ok: false, value: null }]);
  });

  it('are withdrawn by a cancel', () => {
    const { bridge, cancelled } = asked(() => undefined);
    bridge.say({ v: 1, id: 'ask-00001', kind: 'cancel' });
    expect(cancelled).toEqual(['ask-00001']);
    expect(bridge.sent).toEqual([]);
  });
});
