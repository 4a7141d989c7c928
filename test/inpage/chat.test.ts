import { describe, expect, it } from 'vitest';
import { createCalls } from '../../src/inpage/calls.ts';
import { createAsk, createCreate } from '../../src/inpage/chat.ts';
import type { ChatCompletionStream } from '../../src/inpage/types.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeBridge, noWallet, rejectionOf } from './fakeBridge.ts';

const messages = [{ role: 'user', content: 'Why?' }];
const receipt = { id: 'receipt-1', amountUsdc: '0.004424' };
const chunk = (text: string) => ({ choices: [{ index: 0, delta: { content: text } }] });

function page() {
  const bridge = fakeBridge();
  const clock = fakeClock();
  const ask = createAsk(createCalls(bridge, bridge.newId, noWallet), (ms, callback) =>
    clock.after(ms, callback),
  );
  const create = createCreate(ask);
  const frame = (rest: object) => bridge.say({ v: 1, id: bridge.lastId, ...rest });
  return {
    bridge,
    clock,
    create,
    event: (offset: number, ...event: unknown[]) => frame({ kind: 'event', offset, event }),
    end: (result: unknown) => frame({ kind: 'end', result }),
    fail: (error: object) =>
      frame({
        kind: 'fail',
        error: {
          type: 'user_rejected',
          message: 'No.',
          phase: 'approve',
          paid: 'no',
          retryable: false,
          ...error,
        },
      }),
  };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await Promise.resolve();
  return (await Promise.race([promise.catch(() => undefined), Promise.resolve(pending)])) !== pending;
}

describe('chat.completions.create', () => {
  it('sends the request, the options and which kind of answer is wanted', () => {
    const { bridge, create } = page();
    void create({ messages, stream: true, model: undefined }, { maxSpend: '0.01' });
    expect(bridge.sent).toEqual([
      {
        v: 1,
        id: bridge.lastId,
        kind: 'call',
        method: 'chat',
        params: { request: { messages, stream: true }, options: { maxSpend: '0.01' }, stream: true },
      },
    ]);
  });

  it('resolves with the whole answer', async () => {
    const { create, end } = page();
    const answer = create({ messages });
    end({ completion: { id: 'c1' }, receipt });
    expect(await answer).toEqual({ id: 'c1' });
  });

  it('resolves with a stream when the first chunk is there', async () => {
    const { create, event, end } = page();
    const call = create({ messages, stream: true });
    expect(await isSettled(call)).toBe(false);
    event(0, chunk('It '), chunk('scatters.'));
    const stream = (await call) as ChatCompletionStream;
    end({ receipt });
    const texts: unknown[] = [];
    for await (const { choices } of stream) texts.push(choices[0]?.delta.content);
    expect(texts).toEqual(['It ', 'scatters.']);
    expect(await stream.receipt).toEqual(receipt);
  });

  it('resolves with an empty stream where no chunk came', async () => {
    const { create, end } = page();
    const call = create({ messages, stream: true });
    end({ receipt });
    const stream = (await call) as ChatCompletionStream;
    for await (const _ of stream) expect.unreachable();
    expect(await stream.receipt).toEqual(receipt);
  });

  it('rejects with the failure before the first chunk', async () => {
    const { create, fail } = page();
    const call = create({ messages, stream: true });
    fail({ receiptId: 'receipt-1', paid: 'unknown', type: 'payment_unknown' });
    const error = await rejectionOf(call);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'PaidChatError',
      code: 4924,
      type: 'payment_unknown',
      message: 'No.',
      phase: 'approve',
      paid: 'unknown',
      retryable: false,
      receiptId: 'receipt-1',
    });
    expect(error.stack).toMatch(/^PaidChatError: No\./);
  });

  it('rejects the iterator and the receipt with a failure after it', async () => {
    const { create, event, fail } = page();
    const call = create({ messages, stream: true });
    event(0, chunk('It'));
    const stream = (await call) as ChatCompletionStream;
    fail({ type: 'disconnected', phase: 'stream', paid: 'yes' });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    expect(await rejectionOf(iterator.next())).toMatchObject({ code: 4900, paid: 'yes' });
    expect(await rejectionOf(stream.receipt)).toMatchObject({ code: 4900 });
  });

  it('rejects a bad request without sending anything', async () => {
    const { bridge, create } = page();
    expect(await rejectionOf(create({ messages: [] }))).toMatchObject({ code: -32602, paid: 'no' });
    expect(await rejectionOf(create({ messages }, { signal: {} }))).toMatchObject({ code: -32602 });
    expect(bridge.sent).toEqual([]);
  });

  it('cancels on break and resolves the receipt when the paid answer is over', async () => {
    const { bridge, create, event, end } = page();
    const call = create({ messages, stream: true });
    event(0, chunk('a'));
    const stream = (await call) as ChatCompletionStream;
    for await (const _ of stream) break;
    expect(bridge.sent.at(-1)).toMatchObject({ kind: 'cancel' });
    event(1, chunk('b'));
    expect(await isSettled(stream.receipt)).toBe(false);
    end({ receipt });
    expect(await stream.receipt).toEqual(receipt);
  });
});

describe("the caller's signal", () => {
  it('that has aborted already sends nothing', async () => {
    const { bridge, create } = page();
    const error = await rejectionOf(create({ messages }, { signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: 'AbortError', paid: 'no', retryable: true });
    expect(bridge.sent).toEqual([]);
  });

  it('stops a call before paying: the background says that nothing was paid', async () => {
    const { bridge, create, fail } = page();
    const controller = new AbortController();
    const call = create({ messages }, { signal: controller.signal });
    controller.abort();
    controller.abort();
    expect(bridge.sent.map(({ kind }) => kind)).toEqual(['call', 'cancel']);
    fail({ paid: 'no' });
    expect(await rejectionOf(call)).toMatchObject({ name: 'AbortError', paid: 'no' });
  });

  it('makes a late end an AbortError that names what was paid', async () => {
    const { create, end } = page();
    const controller = new AbortController();
    const call = create({ messages }, { signal: controller.signal });
    controller.abort();
    end({ completion: {}, receipt });
    const error = await rejectionOf(call);
    expect(error).toMatchObject({
      name: 'AbortError',
      paid: 'yes',
      receiptId: 'receipt-1',
      retryable: false,
    });
  });

  it('does not wait for ever to hear how the call stood', async () => {
    const { clock, create } = page();
    const controller = new AbortController();
    const call = create({ messages }, { signal: controller.signal });
    controller.abort();
    clock.advance(999);
    expect(await isSettled(call)).toBe(false);
    clock.advance(1);
    expect(await rejectionOf(call)).toMatchObject({ name: 'AbortError', paid: 'unknown', retryable: false });
  });

  it('knows that a stream was paid whose first chunk came too late to be given', async () => {
    const { clock, create, event } = page();
    const controller = new AbortController();
    const call = create({ messages, stream: true }, { signal: controller.signal });
    controller.abort();
    event(0, chunk('a'));
    clock.advance(1000);
    expect(await rejectionOf(call)).toMatchObject({ name: 'AbortError', paid: 'yes' });
  });

  it('ends a stream at once with an AbortError that says paid', async () => {
    const { bridge, clock, create, event } = page();
    const controller = new AbortController();
    const call = create({ messages, stream: true }, { signal: controller.signal });
    event(0, chunk('a'));
    const stream = (await call) as ChatCompletionStream;
    controller.abort();
    const error = await rejectionOf(stream[Symbol.asyncIterator]().next());
    expect(error).toMatchObject({ name: 'AbortError', paid: 'yes', phase: 'stream' });
    expect(await rejectionOf(stream.receipt)).toMatchObject({ name: 'AbortError' });
    expect(bridge.sent.at(-1)).toMatchObject({ kind: 'cancel' });
    clock.advance(1000);
    expect(clock.waiting).toBe(0);
  });

  it('does nothing after the end', async () => {
    const { bridge, clock, create, end } = page();
    const controller = new AbortController();
    const call = create({ messages }, { signal: controller.signal });
    end({ completion: { id: 'c1' }, receipt });
    controller.abort();
    expect(await call).toEqual({ id: 'c1' });
    expect(bridge.sent).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });
});
