import type { PanelCalls } from '../protocol/panel.ts';

/** Asks the background for something; what comes of it arrives as the next state. */
export type Ask = <M extends keyof PanelCalls>(method: M, params: PanelCalls[M]['params']) => void;
