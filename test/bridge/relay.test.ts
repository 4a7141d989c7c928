import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRelay } from '../../src/bridge/relay.ts';
import { wireLimits } from '../../src/protocol/wire.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { fakePort } from './fakePort.ts';
import type { FakePort } from './fakePort.ts';

const callId = 'call-0001';
const askId = 'ask-00001';
const chat: Frame = { v: 1, id: callId, kind: 'call', method: 'chat', params: { n: 1 } };

/** A bridge whose page and background the test plays. */
function bridge({ awake = true } = {}) {
  const ports: FakePort[] = [];
  const heard: Frame[] = [];
  let listener: (text: string) => void = () => undefined;
  let gone = false;
  let active = false;
  let refusing = false;
  const relay = createRelay({
    page: {
      post: (text) => void heard.push(JSON.parse(text) as Frame),
      onText: (given) => {
        listener = given;
      },
    },
    connect() {
      if (gone) throw new Error('Extension context invalidated.');
      const port = fakePort();
      ports.push(port);
      if (refusing) queueMicrotask(() => port.die());
      return port;
    },
    hasActivation: () => active,
    nowMs: () => 0,
  });
  if (awake) relay.wake();
  return {
    relay,
    ports,
    heard,
    port: (index = ports.length - 1) => ports[index] as FakePort,
    page: (frame: unknown) => listener(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    click: () => {
      active = true;
    },
    update: () => {
      gone = true;
      for (const port of ports) port.die();
    },
    refuse: () => {
      refusing = true;
    },
  };
}

describe('a page that watches its site', () => {
  const watch: Frame = { v: 1, id: 'watch-001', kind: 'call', method: 'watch', params: {} };
  const notice: Frame = { v: 1, id: 'watch-001', kind: 'notice', notice: { type: 'payment', detail: {} } };

  it('is told, after its call has ended too', () => {
    const { page, port, heard } = bridge();
    page(watch);
    port().say({ v: 1, id: 'watch-001', kind: 'end', result: null });
    port().say(notice);
    expect(heard.map(({ kind }) => kind)).toEqual(['end', 'notice']);
  });

  it('keeps no background alive, and watches the next one that a call or a change brings', () => {
    const { relay, page, port, ports, heard } = bridge();
    page(watch);
    port().say({ v: 1, id: 'watch-001', kind: 'end', result: null });
    port().die();
    expect(ports).toHaveLength(1);
    relay.connectWatching();
    expect(port(1).posted).toMatchObject([{ method: 'watch' }]);
    port(1).say({ v: 1, id: 'watch-001', kind: 'end', result: null });
    expect(heard).toHaveLength(1);
  });

  it('is the only one that a change reaches', () => {
    const { relay, ports } = bridge();
    relay.connectWatching();
    expect(ports).toHaveLength(0);
  });
});

describe('the bridge, upward', () => {
  it('opens no port before the page uses it, and one for all that follows', () => {
    const { ports, page } = bridge();
    expect(ports).toHaveLength(0);
    page(chat);
    page({ ...chat, id: 'call-0002' });
    expect(ports).toHaveLength(1);
    expect(ports[0]?.posted).toHaveLength(2);
  });

  it('sets activation itself, whatever the page says', () => {
    const { page, port, click } = bridge();
    page({ ...chat, active: true });
    click();
    page({ ...chat, id: 'call-0002', active: false });
    expect(port().posted).toEqual([
      { ...chat, active: false },
      { ...chat, id: 'call-0002', active: true },
    ]);
  });

  it('refuses a frame over 4 MiB with a sentence and sends nothing of it', () => {
    const { page, ports, heard } = bridge();
    const params = { text: 'x'.repeat(wireLimits.pageFrame) };
    page({ v: 1, id: callId, kind: 'call', method: 'chat', params });
    expect(ports).toHaveLength(0);
    expect(heard).toEqual([
      {
        v: 1,
        id: callId,
        kind: 'fail',
        error: {
          type: 'invalid_params',
          message: 'The request is larger than 4 MiB: send less text.',
          phase: 'validate',
          paid: 'no',
          retryable: false,
        },
      },
    ]);
  });

  it('says nothing to a text over 4 MiB that is no frame', () => {
    const { page, ports, heard } = bridge();
    page('x'.repeat(wireLimits.pageFrame + 1));
    expect(ports).toHaveLength(0);
    expect(heard).toHaveLength(0);
  });

  it('passes a frame of exactly 4 MiB', () => {
    const { page, port } = bridge();
    const frame = (text: string) =>
      JSON.stringify({ v: 1, id: callId, kind: 'call', method: 'chat', params: { text } });
    page(frame('x'.repeat(wireLimits.pageFrame - frame('').length)));
    expect(port().posted).toHaveLength(1);
  });

  it('lets nothing up that is not an upward frame', () => {
    const { page, ports, heard } = bridge();
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        page(text);
        expect(ports).toHaveLength(0);
      }),
    );
    const strangers = [
      { ...chat, v: 2 },
      { ...chat, id: 'short' },
      { ...chat, extra: 1 },
      { ...chat, method: '' },
      { ...chat, kind: 'event', offset: 0, event: [] },
      { v: 1, id: callId, kind: 'end', result: null },
      { v: 1, id: callId, kind: 'ask', ask: { type: 'list' } },
      { v: 1, id: callId, kind: 'fail', error: {} },
      { v: 1, id: callId, kind: 'resume', offset: 0 },
      { v: 1, id: callId, kind: 'cancel' },
      { v: 1, id: callId, kind: 'answer', ok: true, value: null },
      [chat],
    ];
    for (const stranger of strangers) page(stranger);
    expect(ports).toHaveLength(0);
    expect(heard).toHaveLength(0);
  });

  it('drops a second call under an id that is open', () => {
    const { page, port } = bridge();
    page(chat);
    page({ ...chat, params: { n: 2 } });
    expect(port().posted).toHaveLength(1);
  });

  it('passes a cancel of an open call and still tells its end', () => {
    const { page, port, heard } = bridge();
    page(chat);
    page({ v: 1, id: callId, kind: 'cancel' });
    expect(port().posted.at(-1)).toEqual({ v: 1, id: callId, kind: 'cancel' });
    port().say({ v: 1, id: callId, kind: 'end', result: 'kept' });
    expect(heard).toEqual([{ v: 1, id: callId, kind: 'end', result: 'kept' }]);
  });

  it('waits with everything while the page is prerendered', () => {
    const { relay, page, ports, port } = bridge({ awake: false });
    page(chat);
    page({ v: 1, id: callId, kind: 'cancel' });
    expect(ports).toHaveLength(0);
    relay.wake();
    expect(port().posted.map(({ kind }) => kind)).toEqual(['call', 'cancel']);
  });
});

describe('the bridge, downward', () => {
  it('passes what belongs to open calls, and nothing else', () => {
    const { page, port, heard } = bridge();
    page(chat);
    const foreign = 'call-9999';
    const event: Frame = { v: 1, id: callId, kind: 'event', offset: 0, event: ['a'] };
    port().say({ ...event, id: foreign });
    port().say({ v: 1, id: foreign, kind: 'end', result: null });
    port().say({ v: 1, id: foreign, kind: 'fail', error: {} });
    port().say({ v: 1, id: foreign, kind: 'cancel' });
    port().say('text');
    port().say(null);
    port().say({ ...chat, id: foreign });
    port().say(event);
    port().say({ v: 1, id: callId, kind: 'end', result: 1 });
    port().say(event);
    expect(heard.map(({ kind }) => kind)).toEqual(['event', 'end']);
  });

  it('lets one answer pass for each ask, and none for an ask that never was', () => {
    const { page, port, heard } = bridge();
    page(chat);
    const ask: Frame = { v: 1, id: askId, kind: 'ask', ask: { type: 'list' } };
    const answer: Frame = { v: 1, id: askId, kind: 'answer', ok: true, value: ['w'] };
    page(answer);
    port().say(ask);
    page({ ...answer, id: 'ask-00002' });
    page(answer);
    page({ ...answer, value: ['other'] });
    expect(heard).toEqual([ask]);
    expect(port().posted.slice(1)).toEqual([answer]);
  });

  it('tells the page that an ask is withdrawn, and still passes its late answer once', () => {
    const { page, port, heard } = bridge();
    page(chat);
    port().say({ v: 1, id: askId, kind: 'ask', ask: {} });
    port().say({ v: 1, id: askId, kind: 'cancel' });
    const answer: Frame = { v: 1, id: askId, kind: 'answer', ok: true, value: '0x' };
    page(answer);
    page(answer);
    expect(heard.map(({ kind }) => kind)).toEqual(['ask', 'cancel']);
    expect(port().posted.slice(1)).toEqual([answer]);
  });
});

describe('the bridge when the background dies', () => {
  it('reconnects at once and asks for the items that are missing', () => {
    const { page, port, ports, heard } = bridge();
    page(chat);
    page({ ...chat, id: 'call-0002' });
    port().say({ v: 1, id: callId, kind: 'event', offset: 0, event: ['a', 'b'] });
    port().say({ v: 1, id: callId, kind: 'event', offset: 2, event: ['c'] });
    port().die();
    expect(ports).toHaveLength(2);
    expect(port().posted).toEqual([
      { v: 1, id: callId, kind: 'resume', offset: 3 },
      { v: 1, id: 'call-0002', kind: 'resume', offset: 0 },
    ]);
    port().say({ v: 1, id: callId, kind: 'event', offset: 3, event: ['d'] });
    expect(heard).toHaveLength(3);
  });

  it('counts an event that is no array as one item, and items that came twice once', () => {
    const { page, port } = bridge();
    page(chat);
    port().say({ v: 1, id: callId, kind: 'event', offset: 0, event: { one: 1 } });
    port().say({ v: 1, id: callId, kind: 'event', offset: 1, event: ['b', 'c'] });
    port().say({ v: 1, id: callId, kind: 'event', offset: 0, event: ['a'] });
    port().die();
    expect(port().posted).toEqual([{ v: 1, id: callId, kind: 'resume', offset: 3 }]);
  });

  it('stays unconnected while nothing is open, and connects with the next call', () => {
    const { page, port, ports } = bridge();
    page(chat);
    port().say({ v: 1, id: callId, kind: 'end', result: null });
    port().die();
    expect(ports).toHaveLength(1);
    page({ ...chat, id: 'call-0002' });
    expect(ports).toHaveLength(2);
    expect(port().posted.map(({ kind }) => kind)).toEqual(['call']);
  });

  it('withdraws the asks of the dead background and passes a signature that comes late', () => {
    const { page, port, heard } = bridge();
    page(chat);
    port().say({ v: 1, id: askId, kind: 'ask', ask: {} });
    port().die();
    expect(heard.at(-1)).toEqual({ v: 1, id: askId, kind: 'cancel' });
    const answer: Frame = { v: 1, id: askId, kind: 'answer', ok: true, value: '0x' };
    page(answer);
    expect(port().posted.at(-1)).toEqual(answer);
  });

  it('sends a call again that a dead port swallowed, and does not resume it', () => {
    const { page, port, ports } = bridge();
    page(chat);
    port().say({ v: 1, id: callId, kind: 'end', result: null });
    port().rot();
    page({ ...chat, id: 'call-0002' });
    expect(ports).toHaveLength(2);
    expect(port().posted).toEqual([{ ...chat, id: 'call-0002', active: false }]);
  });

  it('gives up after five closes without a word', async () => {
    const { page, ports, heard, refuse } = bridge();
    refuse();
    page(chat);
    await expect.poll(() => heard).toHaveLength(1);
    expect(ports.length).toBeLessThan(8);
    expect(heard[0]).toMatchObject({
      kind: 'fail',
      error: { type: 'disconnected', paid: 'unknown', phase: 'send' },
    });
  });
});

describe('the bridge after an update of the extension', () => {
  const error = { type: 'disconnected', message: 'PaidChat was updated, reload the page.', retryable: false };

  it('fails open calls and says what is known of the money', () => {
    const { page, port, heard, update } = bridge();
    page({ ...chat, id: 'call-read', method: 'models' });
    page(chat);
    page({ ...chat, id: 'call-paid' });
    port().say({ v: 1, id: 'call-paid', kind: 'event', offset: 0, event: ['a'] });
    update();
    expect(heard.slice(1)).toEqual([
      { v: 1, id: 'call-read', kind: 'fail', error: { ...error, paid: 'no', phase: 'validate' } },
      { v: 1, id: callId, kind: 'fail', error: { ...error, paid: 'unknown', phase: 'send' } },
      { v: 1, id: 'call-paid', kind: 'fail', error: { ...error, paid: 'yes', phase: 'stream' } },
    ]);
  });

  it('fails every later call with nothing paid', () => {
    const { page, heard, update } = bridge();
    update();
    page(chat);
    page({ ...chat, id: 'call-0002' });
    expect(heard).toEqual([
      { v: 1, id: callId, kind: 'fail', error: { ...error, paid: 'no', phase: 'validate' } },
      { v: 1, id: 'call-0002', kind: 'fail', error: { ...error, paid: 'no', phase: 'validate' } },
    ]);
  });
});

describe('the bridge of a page in the back/forward cache', () => {
  it('closes its port, and takes calls up again when the page is back', () => {
    const { relay, page, port, ports } = bridge();
    page(chat);
    port().say({ v: 1, id: callId, kind: 'event', offset: 0, event: ['a'] });
    relay.sleep();
    expect(port().isOpen).toBe(false);
    expect(ports).toHaveLength(1);
    relay.wake();
    expect(port().posted).toEqual([{ v: 1, id: callId, kind: 'resume', offset: 1 }]);
  });

  it('opens no port while the page is away, nor afterwards without a use', () => {
    const { relay, page, port, ports } = bridge();
    page(chat);
    port().say({ v: 1, id: callId, kind: 'end', result: null });
    relay.sleep();
    page({ ...chat, id: 'call-0002' });
    expect(ports).toHaveLength(1);
    relay.wake();
    expect(port().posted.map(({ kind }) => kind)).toEqual(['call']);
    port().say({ v: 1, id: 'call-0002', kind: 'end', result: null });
    relay.sleep();
    relay.wake();
    expect(ports).toHaveLength(2);
  });
});
