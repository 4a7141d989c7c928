import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerItem } from '../../src/gateway/answerFrames.ts';
import { idleMs } from '../../src/gateway/chunks.ts';
import { readPaidAnswer } from '../../src/gateway/paidAnswer.ts';
import { fakeClock } from '../fakes/clock.ts';

const facts = { paid: 'yes', receiptId: 'r-1' } as const;
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };

/** Everything that is read of an answer, and how it fails. */
async function read(response: Response, signal?: AbortSignal) {
  const items: AnswerItem[] = [];
  let failure: unknown;
  try {
    const options = { clock: fakeClock(), facts, ...(signal ? { signal } : {}) };
    for await (const batch of readPaidAnswer(response, options)) items.push(...batch);
  } catch (error) {
    failure = error;
  }
  return { items, failure };
}

function json(value: unknown, contentType = 'application/json'): Response {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return new Response(text, { headers: { 'content-type': contentType } });
}

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Grüße 🙂', reasoning_content: 'Hm.' },
      finish_reason: 'stop',
    },
  ],
  usage,
};

describe('an answer that comes whole', () => {
  it('says what a stream of it would say', async () => {
    expect(await read(json(completion))).toEqual({
      failure: undefined,
      items: [
        {
          type: 'delta',
          id: 'chatcmpl-1',
          choices: [
            {
              index: 0,
              delta: { role: 'assistant', content: 'Grüße 🙂', reasoning: 'Hm.' },
              finish_reason: 'stop',
            },
          ],
        },
        { type: 'usage', usage },
        { type: 'done' },
      ],
    });
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/problem+json'])(
    'is known by its content type: %s',
    async (contentType) => {
      expect((await read(json(completion, contentType))).items).toHaveLength(3);
    },
  );

  it.each(['text/event-stream', 'text/plain', 'application/jsonlines', 'text/html', ''])(
    'is a stream under any other content type: %j',
    async (contentType) => {
      const stream = `data: ${JSON.stringify({ choices: [{ delta: { content: 'a' } }] })}\n\ndata: [DONE]\n\n`;
      expect((await read(json(stream, contentType))).items).toHaveLength(2);
    },
  );

  it('carries tool calls', async () => {
    const tool_calls = [{ id: 'c1', type: 'function', function: { name: 'now', arguments: '{}' } }];
    const { items } = await read(
      json({ choices: [{ message: { role: 'assistant', content: null, tool_calls } }] }),
    );
    expect(items[0]).toMatchObject({
      choices: [{ delta: { tool_calls: [{ index: 0, ...tool_calls[0] }] } }],
    });
  });

  it('says its verification where it has one', async () => {
    const { items } = await read(json({ ...completion, Verification: { verified: false } }));
    expect(items).toContainEqual({ type: 'verification', verified: false });
  });

  it.each([
    ['cut off', JSON.stringify(completion).slice(0, -3), 'streamBroken'],
    ['nothing', '', 'streamBroken'],
    ['a list', '[]', 'streamBroken'],
    ['text', '"hello"', 'streamBroken'],
    ['an error', '{"error":{"message":"out of memory"}}', 'streamError'],
  ])('fails as a paid one where it is %s', async (_, text, reason) => {
    const { items, failure } = await read(json(text));
    expect(items).toEqual([]);
    expect(failure).toMatchObject({ reason, ...facts });
  });

  it('without a body fails as a paid one', async () => {
    const { failure } = await read(new Response(null, { headers: { 'content-type': 'application/json' } }));
    expect(failure).toMatchObject({ reason: 'streamBroken', ...facts });
  });

  it('is cut off at 16 MiB', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const { failure } = await read(new Response(body, { headers: { 'content-type': 'application/json' } }));
    expect(failure).toMatchObject({ reason: 'streamTooLarge', ...facts });
    expect(pulled).toBeLessThan(17 * 1024 * 1024);
  });

  it('is given up when it stands still for three minutes', async () => {
    const clock = fakeClock();
    const headers = { 'content-type': 'application/json' };
    const reading = readPaidAnswer(new Response(new ReadableStream(), { headers }), { clock, facts }).next();
    reading.catch(() => undefined);
    await new Promise<void>((resolve) => setImmediate(resolve));
    clock.advance(idleMs);
    await expect(reading).rejects.toMatchObject({ reason: 'streamIdle', ...facts });
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('stopped');
    expect((await read(json(completion), AbortSignal.abort(reason))).failure).toBe(reason);
  });

  it('never throws anything but a Failure, whatever JSON comes', async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((message) => ({ choices: [{ message }, message], usage: message })),
      fc.jsonValue().map((choices) => ({ choices, Usage: choices, error: choices })),
    );
    await fc.assert(
      fc.asyncProperty(value, async (any) => {
        const { items, failure } = await read(json(any));
        if (failure === undefined) expect(items.at(-1)).toEqual({ type: 'done' });
        else expect(failure).toMatchObject({ name: 'Failure', paid: 'yes' });
      }),
      { numRuns: 500 },
    );
  });
});
