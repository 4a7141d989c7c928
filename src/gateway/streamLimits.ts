/** How much of a stream is read: bytes as they are decoded, and lines. */
export interface StreamLimits {
  readonly total: number;
  /** From one blank line to the next. */
  readonly event: number;
  readonly line: number;
  /** How many lines; a token of an honest answer takes two. */
  readonly lines: number;
}

/** No answer is longer: beyond it a stream is endless or hostile. */
export const answerLimits: StreamLimits = {
  total: 16 * 1024 * 1024,
  event: 1024 * 1024,
  line: 256 * 1024,
  // The parser makes an Error of each line it does not know: eight million of them would take a minute.
  lines: 1_000_000,
};

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
  let lines = 0;
  let afterCr = false;
  return (chunk) => {
    for (let index = 0; index < chunk.byteLength; index += 1) {
      const byte = chunk[index];
      total += 1;
      if (total > limits.total) return index;
      const isSecondHalf = byte === LF && afterCr;
      afterCr = byte === CR;
      if (isSecondHalf) continue;
      if (byte === LF || byte === CR) {
        event = line === 0 ? 0 : event;
        line = 0;
        lines += 1;
        if (lines > limits.lines) return index;
        continue;
      }
      line += 1;
      event += 1;
      if (line > limits.line || event > limits.event) return index;
    }
    return chunk.byteLength;
  };
}
