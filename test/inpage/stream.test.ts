import { describe, expect, it } from 'vitest';
import { createStream } from '../../src/inpage/stream.ts';
import type { ChatChunk, Receipt } from '../../src/inpage/types.ts';
import { rejectionOf } from './fakeBridge.ts';

const receipt = { id: 'r1', amountUsdc: '0.004424' } as Receipt;
const chunk = (text: string) => ({ id: text }) as ChatChunk;

function open() {
  let stops = 0;
  const feed = createStream(() => {
    stops += 1;
  });
  return { ...feed, stops: () => stops };
}

async function idsOf(stream: AsyncIterable<ChatChunk>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of stream) ids.push(id);
  return ids;
}

describe('a streamed answer', () => {
  it('gives its chunks in order, those that came before it was read and those after', async () => {
    const { stream, chunk: push, end } = open();
    push(chunk('a'));
    const reading = idsOf(stream);
    push(chunk('b'));
    await Promise.resolve();
    push(chunk('c'));
    end(receipt);
    expect(await reading).toEqual(['a', 'b', 'c']);
    expect(await stream.receipt).toEqual(receipt);
  });

  it('answers several waiting reads in their order', async () => {
    const { stream, chunk: push, end } = open();
    const iterator = stream[Symbol.asyncIterator]();
    const reads = [iterator.next(), iterator.next(), iterator.next()];
    push(chunk('a'));
    push(chunk('b'));
    end(receipt);
    expect(await Promise.all(reads)).toEqual([
      { value: chunk('a'), done: false },
      { value: chunk('b'), done: false },
      { value: undefined, done: true },
    ]);
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
  });

  it('gives what came before an error, then the error once, then nothing', async () => {
    const { stream, chunk: push, fail } = open();
    push(chunk('a'));
    fail(new Error('broken'));
    push(chunk('late'));
    const iterator = stream[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ value: chunk('a'), done: false });
    expect((await rejectionOf(iterator.next())).message).toBe('broken');
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
    expect((await rejectionOf(stream.receipt)).message).toBe('broken');
  });

  it('ends at once when the call is aborted, whatever has come', async () => {
    const { stream, chunk: push, abort } = open();
    push(chunk('a'));
    abort(new Error('aborted'));
    expect((await rejectionOf(idsOf(stream))).message).toBe('aborted');
  });

  it('can be read once', async () => {
    const { stream, end } = open();
    end(receipt);
    expect(await idsOf(stream)).toEqual([]);
    expect(await rejectionOf(idsOf(stream))).toMatchObject({ name: 'PaidChatError', type: 'invalid_params' });
    expect(() => stream.toReadableStream()).toThrow('read already');
  });

  it('stops listening on break, once, and still tells what was paid', async () => {
    const { stream, chunk: push, end, stops } = open();
    push(chunk('a'));
    push(chunk('b'));
    const seen: string[] = [];
    for await (const { id } of stream) {
      seen.push(id);
      break;
    }
    expect(seen).toEqual(['a']);
    expect(stops()).toBe(1);
    push(chunk('c'));
    end(receipt);
    expect(await stream.receipt).toEqual(receipt);
    expect(stops()).toBe(1);
  });

  it('does not stop what is over', async () => {
    const { stream, end, stops } = open();
    const iterator = stream[Symbol.asyncIterator]();
    end(receipt);
    expect(await iterator.return?.()).toEqual({ value: undefined, done: true });
    expect(stops()).toBe(0);
  });

  it('raises no unhandled rejection by a receipt that nobody reads', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    open().fail(new Error('nobody looks'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(open().stream)).toBe(true);
  });
});

describe('a streamed answer as a ReadableStream', () => {
  it('is a line of JSON for each chunk', async () => {
    const { stream, chunk: push, end } = open();
    push(chunk('ä'));
    const text = new Response(stream.toReadableStream()).text();
    push(chunk('b'));
    end(receipt);
    expect(await text).toBe('{"id":"ä"}\n{"id":"b"}\n');
  });

  it('fails as the stream does', async () => {
    const { stream, fail } = open();
    const reader = stream.toReadableStream().getReader();
    fail(new Error('broken'));
    expect((await rejectionOf(reader.read())).message).toBe('broken');
  });

  it('stops listening when it is cancelled', async () => {
    const { stream, chunk: push, stops } = open();
    push(chunk('a'));
    await stream.toReadableStream().cancel();
    expect(stops()).toBe(1);
  });
});
