/** How much of a stream is read, in bytes as they are decoded. */
export interface StreamLimits {
  readonly total: number;
  /** From one blank line to the next. */
  readonly event: number;
  readonly line: number;
}

/** No answer is longer: beyond it a stream is endless or hostile. */
export const answerLimits: StreamLimits = { total: 16 * 1024 * 1024, event: 1024 * 1024, line: 256 * 1024 };

const LF = 10;
const CR = 13;

/**
 * Counts a server-sent event stream before anything is decoded or kept.
 *
 * @returns a function that tells how many bytes of the next chunk are within the limits: fewer than it has when one is
 *   passed, and then nothing more is to be read
 */
export function createMeter(limits: StreamLimits): (chunk: Uint8Array) => number {
  let total = 0;
  let event = 0;
  let line = 0;
  let afterCr = false;
  return (chunk) => {
    for (const [index, byte] of chunk.entries()) {
      total += 1;
      if (total > limits.total) return index;
      const isSecondHalf = byte === LF && afterCr;
      afterCr = byte === CR;
      if (isSecondHalf) continue;
      if (byte === LF || byte === CR) {
        event = line === 0 ? 0 : event;
        line = 0;
        continue;
      }
      line += 1;
      event += 1;
      if (line > limits.line || event > limits.event) return index;
    }
    return chunk.byteLength;
  };
}
