import { createParser } from 'eventsource-parser';
import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { FailureFacts } from '../core/failure.ts';
import { gatewayWords } from './answers.ts';
import { readFrame } from './answerFrames.ts';
import type { AnswerError, AnswerItem } from './answerFrames.ts';
import { answerLimits, createMeter } from './streamLimits.ts';
import type { StreamLimits } from './streamLimits.ts';

/** What reading an answer needs. */
export interface AnswerOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** What every failure says beyond its reason: the answer is paid by now. */
  readonly facts?: FailureFacts;
  readonly limits?: StreamLimits;
}

/** How long a gateway may be silent in the middle of an answer, in milliseconds. */
export const idleMs = 3 * 60_000;

/**
 * Reads a streamed answer: one batch for what one `read()` brought, none where that was nothing. Ends after `done`, or
 * without it where the stream just ends; a `break` cancels the stream.
 *
 * @throws {Failure} streamBroken, streamIdle, streamTooLarge, streamError; the signal's reason where it aborted
 */
export async function* readAnswer(
  body: ReadableStream<Uint8Array>,
  { clock, signal, facts = {}, limits = answerLimits }: AnswerOptions,
): AsyncGenerator<readonly AnswerItem[], void, void> {
  const reader = body.getReader();
  const within = createMeter(limits);
  const decode = createDecoder();
  let frames: (AnswerItem | AnswerError)[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'error') frames.push({ type: 'error', words: gatewayWords(data) });
      else frames.push(...readFrame(data));
    },
  });

  try {
    for (;;) {
      const chunk = await nextChunk(reader, clock, signal, facts);
      const allowed = chunk ? within(chunk) : 0;
      frames = [];
      // The blank line completes an event that the gateway left open at the end.
      parser.feed(chunk ? decode(chunk.subarray(0, allowed)) : `${decode()}\n\n`);
      const { items, end } = untilTheEnd(frames);
      if (items.length > 0) yield items;
      if (end?.type === 'error') {
        throw new Failure('streamError', {
          ...facts,
          ...(end.words === undefined ? {} : { detail: end.words }),
        });
      }
      if (end || !chunk) return;
      if (allowed < chunk.byteLength) throw new Failure('streamTooLarge', facts);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** @returns undefined at the end of the stream */
async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  clock: Clock,
  signal: AbortSignal | undefined,
  facts: FailureFacts,
): Promise<Uint8Array | undefined> {
  signal?.throwIfAborted();
  // A cancelled stream answers a waiting read at once.
  const stop = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { value } = await withTimeout(clock, idleMs, reader.read(), () => new Failure('streamIdle', facts));
    signal?.throwIfAborted();
    return value;
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof Failure ? cause : new Failure('streamBroken', { ...facts, cause });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * UTF-8 to text with every line end as LF. The parser takes all three, but looks for both kinds from each line on, which
 * a gateway could make it do for minutes with lines that end in CR alone.
 */
function createDecoder(): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder();
  let afterCr = false;
  return (chunk) => {
    const text = decoder.decode(chunk, { stream: chunk !== undefined });
    const rest = afterCr && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') afterCr = text.endsWith('\r');
    return rest.replace(/\r\n?/g, '\n');
  };
}

/** The items up to the first that ends the answer; `done` is still one of them. */
function untilTheEnd(frames: readonly (AnswerItem | AnswerError)[]) {
  const items: AnswerItem[] = [];
  for (const frame of frames) {
    if (frame.type === 'error') return { items, end: frame };
    items.push(frame);
    if (frame.type === 'done') return { items, end: frame };
  }
  return { items, end: undefined };
}
