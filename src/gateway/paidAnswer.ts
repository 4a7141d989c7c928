import { Failure } from '../core/failure.ts';
import type { AnswerItem } from './answerFrames.ts';
import type { AnswerOptions } from './chunks.ts';
import { readAnswer } from './sse.ts';
import { readWholeAnswer } from './wholeAnswer.ts';

/**
 * Reads a paid answer in the form that its content type names: one JSON object, or else a stream of events.
 *
 * @throws {Failure} as `readAnswer` and `readWholeAnswer` do
 */
export function readPaidAnswer(
  { body, headers }: Response,
  options: AnswerOptions,
): AsyncGenerator<readonly AnswerItem[], void, void> {
  if (!body) throw new Failure('streamBroken', options.facts);
  return isJson(headers.get('content-type')) ? readWholeAnswer(body, options) : readAnswer(body, options);
}

function isJson(contentType: string | null): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '');
}
