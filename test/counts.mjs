/**
 * What a run came to.
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * "12 passed, 0 failed", and the skipped ones where there are any.
 * @param {Counts} counts
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
