import { createParser } from 'eventsource-parser';
import { gatewayWords } from './answers.ts';
import { answerError, readFrame } from './answerFrames.ts';
import type { AnswerError, AnswerItem } from './answerFrames.ts';
import { nextChunk, tooLarge } from './chunks.ts';
import type { AnswerOptions } from './chunks.ts';
import { answerLimits, createMeter } from './streamLimits.ts';

/**
 * Reads a streamed answer: one batch for what one `read()` brought, none where that was nothing. Ends after `done`, or
 * without it where the stream just ends; a `break` cancels the stream.
 *
 * @throws {Failure} streamBroken, streamIdle, streamTooLarge, streamError; the signal's reason where it aborted
 */
export async function* readAnswer(
  body: ReadableStream<Uint8Array>,
  options: AnswerOptions,
): AsyncGenerator<readonly AnswerItem[], void, void> {
  const reader = body.getReader();
  const within = createMeter(options.limits ?? answerLimits);
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
      const chunk = await nextChunk(reader, options);
      const allowed = chunk ? within(chunk) : 0;
      frames = [];
      // The blank line completes an event that the gateway left open at the end.
      parser.feed(chunk ? decode(chunk.subarray(0, allowed)) : `${decode()}\n\n`);
      const { items, end } = untilTheEnd(frames);
      if (items.length > 0) yield items;
      if (end?.type === 'error') throw answerError(end, options);
      if (end || !chunk) return;
      if (allowed < chunk.byteLength) throw tooLarge(options);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
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
