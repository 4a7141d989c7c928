import type { ApprovalAnswer } from '../../protocol/panel.ts';

/** How far the answer has come. */
export type Passing = 'no' | 'sending' | 'stale' | 'failed';

/** Turns an answer into what its button does: nothing unless a person pressed it while it was awake. */
export type Press = (answer: ApprovalAnswer) => (event: Event) => void;
