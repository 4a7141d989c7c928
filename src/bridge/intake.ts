/** Characters of all calls of one document in a second. */
export const charactersPerSecond = 8 * 1024 * 1024;
/** A call counts at least so much of that, however short it is: 64 a second. */
export const smallestCall = 128 * 1024;
/** Calls of one document without an end yet: a site's chats that run or wait, and a few more. */
export const maxOpenCalls = 40;

/**
 * Bounds what one document can make the background do, so that a page that floods it slows no other tab: so many
 * characters a second, saved up for one second at most, and even the smallest call costs some of them.
 *
 * @param nowMs - only ever goes forward
 * @returns whether a call of this length may pass now
 */
export function createIntake(nowMs: () => number): (length: number) => boolean {
  let left = charactersPerSecond;
  let atMs = nowMs();
  return (length) => {
    const now = nowMs();
    left = Math.min(charactersPerSecond, left + ((now - atMs) / 1000) * charactersPerSecond);
    atMs = now;
    const cost = Math.max(length, smallestCall);
    if (cost > left) return false;
    left -= cost;
    return true;
  };
}
