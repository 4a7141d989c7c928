import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { AnswerItem } from '../../src/gateway/answerFrames.ts';
import { idleMs } from '../../src/gateway/chunks.ts';
import type { AnswerOptions } from '../../src/gateway/chunks.ts';
import { readAnswer } from '../../src/gateway/sse.ts';
import { fakeClock } from '../fakes/clock.ts';

const encoder = new TextEncoder();

/** JumpGate's documented stream, with characters of one to four bytes. */
const documented = [
  'data: {"Content":{"choices":[{"delta":{"content":"Hello"}}]}}',
  'data: {"Content":{"choices":[{"delta":{"content":" Grüße €🙂"}}]}}',
  'data: {"Usage":{"usage":{"prompt_tokens":5,"completion_tokens":10,"total_tokens":15}}}',
  'data: {"Verification":{"verified":true}}',
  'data: [DONE]',
  '',
].join('\n\n');

const documentedItems: readonly AnswerItem[] = [
  delta({ content: 'Hello' }),
  delta({ content: ' Grüße €🙂' }),
  { type: 'usage', usage: { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15 } },
  { type: 'verification', verified: true },
  { type: 'done' },
];

function delta(change: Record<string, unknown>): AnswerItem {
  return { type: 'delta', choices: [{ index: 0, delta: change, finish_reason: null }] };
}

function content(text: string): string {
  return `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;
}

type Piece = string | Uint8Array;

/** A stream that gives one piece a read; a function makes pieces for ever. */
function streamOf(pieces: Iterable<Piece>, end: 'closes' | 'breaks' | 'stays open' = 'closes') {
  const cancelled = vi.fn();
  const iterator = pieces[Symbol.iterator]();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (!done) {
          const bytes = typeof value === 'string' ? encoder.encode(value) : value;
          pulled += bytes.byteLength;
          controller.enqueue(bytes);
        } else if (end === 'closes') controller.close();
        else if (end === 'breaks') controller.error(new TypeError('terminated'));
      },
      cancel: cancelled,
    },
    { highWaterMark: 0 },
  );
  return { body, cancelled, pulled: () => pulled };
}

interface Read {
  readonly batches: readonly (readonly AnswerItem[])[];
  readonly items: readonly AnswerItem[];
  readonly failure: unknown;
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  options: Partial<AnswerOptions> = {},
): Promise<Read> {
  const batches: (readonly AnswerItem[])[] = [];
  let failure: unknown;
  try {
    for await (const batch of readAnswer(body, { clock: fakeClock(), ...options })) batches.push(batch);
  } catch (error) {
    failure = error;
  }
  return { batches, items: batches.flat(), failure };
}

async function itemsOf(...pieces: Piece[]): Promise<readonly AnswerItem[]> {
  const { items, failure } = await readAll(streamOf(pieces).body);
  expect(failure).toBeUndefined();
  return items;
}

/** The answer's text as a reader of all of it sees it. */
function textOf(items: readonly AnswerItem[]): string {
  return items
    .flatMap((item) =>
      item.type === 'delta' ? item.choices.map((choice) => choice.delta.content ?? '') : [],
    )
    .join('');
}

describe('an answer’s stream', () => {
  it('is read in JumpGate’s documented dialect', async () => {
    expect(await itemsOf(documented)).toEqual(documentedItems);
  });

  it('is read in OpenAI’s dialect, with reasoning apart from the text', async () => {
    const chunk = (change: object) =>
      `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', ...change })}\n\n`;
    const stream = [
      chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
      chunk({ choices: [{ index: 0, delta: { reasoning: 'Hm. ' } }] }),
      chunk({ choices: [{ index: 0, delta: { reasoning_content: 'So.' } }] }),
      chunk({ choices: [{ index: 0, delta: { content: 'Yes.' }, finish_reason: 'stop' }] }),
      chunk({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
      'data: [DONE]\n\n',
    ];
    const one = (change: object, finish_reason: string | null = null) => ({
      type: 'delta',
      id: 'c1',
      choices: [{ index: 0, delta: change, finish_reason }],
    });
    expect(await itemsOf(...stream)).toEqual([
      one({ role: 'assistant', content: '' }),
      one({ reasoning: 'Hm. ' }),
      one({ reasoning: 'So.' }),
      one({ content: 'Yes.' }, 'stop'),
      { type: 'usage', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
      { type: 'done' },
    ]);
  });

  it('gives one batch for what one read brought, and none for nothing', async () => {
    const { batches } = await readAll(
      streamOf([
        content('a') + content('b'),
        ': still here\n\n',
        content('c').slice(0, 9),
        content('c').slice(9),
      ]).body,
    );
    expect(batches.map((batch) => textOf(batch))).toEqual(['ab', 'c']);
  });

  it('gives each batch before the next read', async () => {
    const { body, pulled } = streamOf([content('a'), content('b')], 'stays open');
    for await (const batch of readAnswer(body, { clock: fakeClock() })) {
      expect(pulled()).toBe(content('a').length * (textOf(batch) === 'a' ? 1 : 2));
      if (textOf(batch) === 'b') break;
    }
  });

  it('reads the same however the bytes are split', async () => {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const bytes = encoder.encode(`\ufeff${documented.replaceAll('\n', lineEnd)}`);
      for (let at = 0; at <= bytes.length; at += 1) {
        expect(await itemsOf(bytes.slice(0, at), bytes.slice(at))).toEqual(documentedItems);
      }
      expect(await itemsOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(documentedItems);
    }
  });

  it('reads the same with any mix of line ends, comments, fields and splits', async () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const event = fc.record({
      text: fc.string({ unit: 'grapheme', maxLength: 12 }),
      end: lineEnd,
      before: fc.constantFrom('', ': comment', 'id: 7', 'retry: 10', 'event: message', 'nonsense', 'x: y'),
      isSpaced: fc.boolean(),
    });
    const cuts = fc.array(fc.nat({ max: 600 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), cuts, async (events, at) => {
        const stream = events
          .map(({ text, end, before, isSpaced }) => {
            const data = content(text).slice(isSpaced ? 0 : 6, -2);
            return `${before}${end}${isSpaced ? data : `data:${data}`}${end}${end}`;
          })
          .join('');
        const bytes = encoder.encode(stream);
        const bounds = [0, ...at.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = bounds.slice(1).map((bound, i) => bytes.slice(bounds[i], bound));
        expect(textOf(await itemsOf(...pieces))).toBe(events.map(({ text }) => text).join(''));
      }),
      { numRuns: 300 },
    );
  });

  it('joins the data lines of one event', async () => {
    expect(await itemsOf('data: {"choices":\ndata: [{"delta":\ndata: {"content":"a"}}]}\n\n')).toEqual([
      delta({ content: 'a' }),
    ]);
  });

  it('takes an event that the gateway left open at its end', async () => {
    expect(await itemsOf(content('a').trimEnd())).toEqual([delta({ content: 'a' })]);
    expect(await itemsOf('data: [DONE]')).toEqual([{ type: 'done' }]);
    expect(await itemsOf('data: [DONE]\r')).toEqual([{ type: 'done' }]);
    expect(await itemsOf('data: {"choices":[{"del')).toEqual([{ type: 'skipped' }]);
  });

  it('ends without `done` where the stream just ends', async () => {
    expect(await itemsOf(content('a'))).toEqual([delta({ content: 'a' })]);
    expect(await itemsOf()).toEqual([]);
  });

  it('is not read beyond [DONE], and is cancelled there', async () => {
    const { body, cancelled, pulled } = streamOf(
      [`data: [DONE]\n\n${content('late')}`, content('later')],
      'stays open',
    );
    const { items, failure } = await readAll(body);
    expect({ items, failure }).toEqual({ items: [{ type: 'done' }], failure: undefined });
    expect(pulled()).toBe(14 + content('late').length);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it('is cancelled when its reader breaks off', async () => {
    const { body, cancelled } = streamOf([content('a'), content('b')], 'stays open');
    for await (const batch of readAnswer(body, { clock: fakeClock() })) {
      expect(textOf(batch)).toBe('a');
      break;
    }
    expect(cancelled).toHaveBeenCalledOnce();
  });
});

describe('what is in a frame', () => {
  it.each([
    ['no JSON', 'data: {oops'],
    ['an empty event', 'data:'],
    ['a list', 'data: [1]'],
    ['text', 'data: "hello"'],
    ['null', 'data: null'],
    ['a number', 'data: 7'],
    ['nothing that is known', 'data: {"ping":1}'],
    ['choices that are no list', 'data: {"choices":{"0":{"delta":{"content":"x"}}}}'],
    ['choices that are no objects', 'data: {"choices":["x",null,7]}'],
    ['content that is no object', 'data: {"Content":"x"}'],
    ['usage that is no object', 'data: {"Usage":7}'],
    ['usage as text', 'data: {"Usage":{"usage":{"prompt_tokens":"5","completion_tokens":1}}}'],
    ['usage below nothing', 'data: {"usage":{"prompt_tokens":5,"completion_tokens":-1}}'],
    ['usage with a half', 'data: {"usage":{"prompt_tokens":0.5,"completion_tokens":1}}'],
    ['a verification in words', 'data: {"Verification":{"verified":"true"}}'],
    ['a verification of nothing', 'data: {"Verification":null}'],
    ['everything below __proto__', 'data: {"__proto__":{"choices":[{"delta":{"content":"x"}}],"error":"x"}}'],
  ])('is skipped and counted when it is %s', async (_, event) => {
    expect(await itemsOf(`${event}\n\n`, content('on'))).toEqual([
      { type: 'skipped' },
      delta({ content: 'on' }),
    ]);
  });

  it('is taken over only where it is of the right type', async () => {
    const choice = {
      index: '0',
      delta: {
        role: 'system',
        content: ['x'],
        reasoning: { text: 'x' },
        tool_calls: 'x',
        refusal: 'x',
        toString: 'x',
      },
      finish_reason: 7,
      logprobs: {},
    };
    expect(await itemsOf(`data: ${JSON.stringify({ id: 7, choices: [choice] })}\n\n`)).toEqual([delta({})]);
    expect(await itemsOf('data: {"choices":[{"delta":null},{"index":99},{"index":3}]}\n\n')).toEqual([
      {
        type: 'delta',
        choices: [0, 1, 3].map((index) => ({ index, delta: {}, finish_reason: null })),
      },
    ]);
  });

  it('changes no prototype', async () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"content":"a"}';
    const call = `{"index":0,"__proto__":{"polluted":1},"function":{"__proto__":{"polluted":1},"name":"f"}}`;
    const items = await itemsOf(
      `data: {"__proto__":{"polluted":1},"choices":[{"__proto__":{"polluted":1},"delta":${evil}},{"delta":{"tool_calls":[${call}]}}]}\n\n`,
    );
    expect(items).toEqual([
      {
        type: 'delta',
        choices: [
          { index: 0, delta: { content: 'a' }, finish_reason: null },
          {
            index: 1,
            delta: { tool_calls: [{ index: 0, function: { name: 'f' } }] },
            finish_reason: null,
          },
        ],
      },
    ]);
    expect('polluted' in {}).toBe(false);
    expect(JSON.stringify(items)).not.toContain('polluted');
  });

  it('may be tool calls, of which only what OpenAI names is taken', async () => {
    const calls = [
      { index: 1, id: 'call_1', type: 'function', function: { name: 'now', arguments: '{"a":' }, extra: 1 },
      { function: { arguments: '1}' } },
      { index: -1, id: 7, type: 'shell', function: 'rm' },
      'x',
      null,
    ];
    expect(
      await itemsOf(`data: ${JSON.stringify({ choices: [{ delta: { tool_calls: calls } }] })}\n\n`),
    ).toEqual([
      delta({
        tool_calls: [
          { index: 1, id: 'call_1', type: 'function', function: { name: 'now', arguments: '{"a":' } },
          { index: 1, function: { arguments: '1}' } },
          { index: 2, function: {} },
        ],
      }),
    ]);
  });

  it('is of sixteen choices at most', async () => {
    const choices = Array.from({ length: 5000 }, () => ({ delta: { content: 'x' } }));
    expect(textOf(await itemsOf(`data: ${JSON.stringify({ choices })}\n\n`))).toBe('x'.repeat(16));
  });

  it('may be several things at once', async () => {
    const frame = {
      Content: { choices: [{ delta: { content: 'a' } }] },
      Usage: { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
      Verification: { verified: false },
    };
    expect((await itemsOf(`data: ${JSON.stringify(frame)}\n\n`)).map(({ type }) => type)).toEqual([
      'delta',
      'usage',
      'verification',
    ]);
  });

  it('may be bytes that are no UTF-8', async () => {
    const broken = encoder.encode(content('a?b'));
    broken[broken.indexOf(63)] = 0xff;
    expect(textOf(await itemsOf(broken))).toBe('a\ufffdb');
    const cut = encoder.encode(content('🙂')).slice(0, -8);
    expect(await itemsOf(cut)).toEqual([{ type: 'skipped' }]);
  });

  it.each([
    ['data: {"error":{"message":"worker\\nlost"}}', 'worker lost'],
    ['data: {"error":"worker lost"}', 'worker lost'],
    ['data: {"Error":{"message":"worker lost"}}', 'worker lost'],
    ['event: error\ndata: {"message":"worker lost"}', 'worker lost'],
    ['event: error\ndata: worker lost', 'worker lost'],
    ['event: error\ndata: {"choices":[{"delta":{"content":"x"}}]}', undefined],
    ['data: {"error":{"code":7}}', undefined],
    ['data: {"error":true}', undefined],
  ])('may be an error, which ends the answer: %s', async (event, words) => {
    const { body, cancelled } = streamOf([`${content('a')}${event}\n\n${content('b')}`], 'stays open');
    const { items, failure } = await readAll(body, { facts: { paid: 'yes', receiptId: 'r1' } });
    expect(textOf(items)).toBe('a');
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ reason: 'streamError', paid: 'yes', receiptId: 'r1' });
    expect(/\((.*)\)$/.exec(String(failure))?.[1]).toBe(words);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it('is no error where the error is null', async () => {
    expect(await itemsOf('data: {"error":null,"choices":[{"delta":{"content":"a"}}]}\n\n')).toEqual([
      delta({ content: 'a' }),
    ]);
  });
});

describe('a stream that goes wrong', () => {
  it('is broken when the connection is, and what came is kept', async () => {
    const { items, failure } = await readAll(streamOf([content('a')], 'breaks').body, {
      facts: { paid: 'unknown' },
    });
    expect(textOf(items)).toBe('a');
    expect(failure).toMatchObject({ reason: 'streamBroken', paid: 'unknown' });
  });

  it('is idle after three minutes of silence, not before', async () => {
    const clock = fakeClock();
    const { body, cancelled } = streamOf([content('a')], 'stays open');
    const answer = readAnswer(body, { clock });
    expect(textOf((await answer.next()).value ?? [])).toBe('a');
    const waiting = answer.next();
    let ended = false;
    waiting.catch(() => (ended = true));
    await turn();
    clock.advance(idleMs - 1);
    await turn();
    expect(ended).toBe(false);
    clock.advance(1);
    await expect(waiting).rejects.toMatchObject({ reason: 'streamIdle' });
    expect(cancelled).toHaveBeenCalledOnce();
    expect(clock.waiting).toBe(0);
  });

  it('ends with the reason of its signal, at once', async () => {
    const reason = new Error('stopped');
    const controller = new AbortController();
    const { body, cancelled } = streamOf([content('a')], 'stays open');
    const answer = readAnswer(body, { clock: fakeClock(), signal: controller.signal });
    await answer.next();
    const waiting = answer.next();
    await turn();
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(cancelled).toHaveBeenCalled();

    const late = await readAll(streamOf([content('a')]).body, { signal: AbortSignal.abort(reason) });
    expect(late).toMatchObject({ items: [], failure: reason });
  });

  it('ends with the reason of its signal also when the abort breaks the stream', async () => {
    const reason = new Error('stopped');
    const controller = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => controller.signal.addEventListener('abort', () => stream.error(reason)),
      cancel: () => Promise.reject(new Error('cancelling fails too')),
    });
    const reading = readAll(body, { signal: controller.signal });
    await turn();
    controller.abort(reason);
    expect((await reading).failure).toBe(reason);
  });

  it('is cut off at 16 MiB, however small its pieces are', async () => {
    const chunk = encoder.encode(content('x'.repeat(60_000)));
    const { body, cancelled, pulled } = streamOf(forEver(chunk));
    const { items, failure } = await readAll(body);
    expect(failure).toMatchObject({ reason: 'streamTooLarge' });
    expect(pulled()).toBeLessThan(16 * 1024 * 1024 + 2 * chunk.length);
    expect(textOf(items).length).toBeGreaterThan(15_000_000);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it('is cut off at a line of more than 256 KiB', async () => {
    const fits = `data: ${' '.repeat(256 * 1024 - 6)}\n\n`;
    expect(await itemsOf(fits)).toEqual([{ type: 'skipped' }]);
    const { items, failure } = await readAll(streamOf([content('a'), fits.replace('data', 'data:')]).body);
    expect([textOf(items), failure]).toEqual(['a', expect.objectContaining({ reason: 'streamTooLarge' })]);
  });

  it('is cut off at a line that never ends, in one piece or in many', async () => {
    for (const size of [1024, 1024 * 1024]) {
      const { body, pulled } = streamOf(forEver(encoder.encode('x'.repeat(size))));
      expect((await readAll(body)).failure).toMatchObject({ reason: 'streamTooLarge' });
      expect(pulled()).toBeLessThanOrEqual(256 * 1024 + size);
    }
  });

  it.each(['\n', '\r\n', '\r'])(
    'is cut off at an event of more than 1 MiB, with lines that end in %j',
    async (end) => {
      const line = `data: ${'x'.repeat(994)}`;
      const lines = (count: number) => `${line}${end}`.repeat(count) + end;
      expect(await itemsOf(lines(1048), lines(1048))).toEqual([{ type: 'skipped' }, { type: 'skipped' }]);
      const { failure } = await readAll(streamOf([lines(1049)]).body);
      expect(failure).toMatchObject({ reason: 'streamTooLarge' });
    },
  );

  it('keeps what came before the limit in the same read', async () => {
    const { items, failure } = await readAll(streamOf([content('kept') + 'x'.repeat(300_000)]).body);
    expect([textOf(items), failure]).toEqual(['kept', expect.objectContaining({ reason: 'streamTooLarge' })]);
  });

  it('of bare CRs cannot keep the machine busy', async () => {
    const { body } = streamOf([':\r'.repeat(700_000), content('a')]);
    expect(textOf((await readAll(body)).items)).toBe('a');
  });

  it('is cut off at a million lines, which could keep the machine busy', async () => {
    const { body, pulled } = streamOf(forEver(encoder.encode('\n'.repeat(65_536))));
    expect((await readAll(body)).failure).toMatchObject({ reason: 'streamTooLarge' });
    expect(pulled()).toBe(16 * 65_536);
  });

  it('of nothing but bad events is counted, not thrown at', async () => {
    const { body } = streamOf(Array.from({ length: 100 }, () => 'data: {\n\n'.repeat(100)));
    const { batches, failure } = await readAll(body);
    expect([batches.length, batches.flat().length, failure]).toEqual([100, 10_000, undefined]);
  });

  it('never throws anything but a Failure, whatever bytes come', async () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary' }),
      json.map((value) => `data: ${JSON.stringify(value)}\n\n`),
      json.map((value) => `data: ${JSON.stringify({ choices: [{ delta: value }], usage: value })}\n\n`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
        const { items, failure } = await readAll(streamOf(pieces).body);
        if (failure !== undefined) expect(failure).toMatchObject({ reason: 'streamError' });
        expect(typeof textOf(items)).toBe('string');
      }),
      { numRuns: 250 },
    );
  });
});

function* forEver(piece: Uint8Array): Generator<Uint8Array> {
  for (;;) yield piece;
}

/** Lets everything that is ready run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
