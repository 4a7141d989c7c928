import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { FailureFacts } from '../core/failure.ts';
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
 * What one `read()` of an answer brings.
 *
 * @returns undefined at the end of the stream
 * @throws {Failure} streamBroken, streamIdle; the signal's reason where it aborted
 */
export async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { clock, signal, facts = {} }: AnswerOptions,
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

/** An answer beyond its limits. */
export function tooLarge({ facts = {} }: AnswerOptions): Failure {
  return new Failure('streamTooLarge', facts);
}
