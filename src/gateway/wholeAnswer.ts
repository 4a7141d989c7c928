import { Failure } from '../core/failure.ts';
import { answerError, readCompletion } from './answerFrames.ts';
import type { AnswerItem } from './answerFrames.ts';
import { nextChunk, tooLarge } from './chunks.ts';
import type { AnswerOptions } from './chunks.ts';
import { answerLimits } from './streamLimits.ts';

/**
 * Reads an answer that comes whole, as one JSON object, and gives it as one batch that ends with `done`.
 *
 * @throws {Failure} streamBroken where the object does not come to its end, streamIdle, streamTooLarge, streamError; the
 *   signal's reason where it aborted
 */
export async function* readWholeAnswer(
  body: ReadableStream<Uint8Array>,
  options: AnswerOptions,
): AsyncGenerator<readonly AnswerItem[], void, void> {
  const items = readCompletion(parse(await readText(body, options), options));
  if (!items) throw new Failure('streamBroken', options.facts);
  const failure = items.find((item) => item.type === 'error');
  if (failure) throw answerError(failure, options);
  yield items.filter((item) => item.type !== 'error');
}

async function readText(body: ReadableStream<Uint8Array>, options: AnswerOptions): Promise<string> {
  const { total } = options.limits ?? answerLimits;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const chunk = await nextChunk(reader, options);
      if (!chunk) return text + decoder.decode();
      bytes += chunk.byteLength;
      if (bytes > total) throw tooLarge(options);
      text += decoder.decode(chunk, { stream: true });
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function parse(text: string, { facts = {} }: AnswerOptions): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('streamBroken', { ...facts, cause });
  }
}
