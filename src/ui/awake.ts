/**
 * When buttons that answer may be pressed. A page can open our window under a finger that is already on its way, so
 * what is shown must have been visible, and the window focused, for a moment before any answer counts.
 */

/** How long the same card must have been in view. */
export const wakeAfterMs = 800;

/** What is known about the window and the card in it. */
export interface Watchfulness {
  readonly version: number | undefined;
  readonly visible: boolean;
  readonly focused: boolean;
  /** Since when this card has been in full view without a break. */
  readonly sinceMs: number | undefined;
}

/** Something that can start the wait anew. */
export type WatchEvent =
  | { readonly type: 'card'; readonly version: number; readonly atMs: number }
  | { readonly type: 'window'; readonly visible: boolean; readonly focused: boolean; readonly atMs: number };

/** Before anything is shown. */
export const notWatching: Watchfulness = {
  version: undefined,
  visible: false,
  focused: false,
  sinceMs: undefined,
};

/** The next state: another version, a hidden page or a lost focus starts the wait anew. */
export function watch(state: Watchfulness, event: WatchEvent): Watchfulness {
  if (event.type === 'card') {
    if (event.version === state.version) return state;
    return started({ ...state, version: event.version, sinceMs: undefined }, event.atMs);
  }
  const { visible, focused, atMs } = event;
  if (visible === state.visible && focused === state.focused) return state;
  return started({ ...state, visible, focused, sinceMs: undefined }, atMs);
}

function started(state: Watchfulness, atMs: number): Watchfulness {
  const inView = state.version !== undefined && state.visible && state.focused;
  return inView ? { ...state, sinceMs: atMs } : state;
}

/** Whether an answer given at this moment counts. */
export function isAwake(state: Watchfulness, atMs: number): boolean {
  return state.sinceMs !== undefined && atMs - state.sinceMs >= wakeAfterMs;
}

/**
 * Whether a press counts that reaches us now but was made `delayMs` ago: a press that waited behind a busy moment was
 * meant for what the window showed then.
 */
export function countsPress(state: Watchfulness, nowMs: number, delayMs: number): boolean {
  return isAwake(state, nowMs - Math.max(0, delayMs));
}

/** How long until answers count; undefined when only the person can change that. */
export function wakesInMs(state: Watchfulness, nowMs: number): number | undefined {
  return state.sinceMs === undefined ? undefined : Math.max(0, wakeAfterMs - (nowMs - state.sinceMs));
}
