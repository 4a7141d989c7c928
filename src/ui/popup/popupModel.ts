import type { PaymentView, RunStage, RunTextEvent, RunView } from '../../protocol/panel.ts';

/** Nodes that lag or disagree for some hours still come to agree by themselves. */
const overdueMs = 24 * 3_600_000;

/** A screen's state that has runs in it, whole. */
interface StateEvent<State> {
  readonly type: 'state';
  readonly state: State;
}

/** A screen's state after an event: text is appended only where it fits, the next state mends the rest. */
export function applyRunEvent<State extends { readonly runs: readonly RunView[] }>(
  state: State | undefined,
  event: StateEvent<State> | RunTextEvent,
): State | undefined {
  if (event.type === 'state') return event.state;
  if (state === undefined) return undefined;
  return {
    ...state,
    runs: state.runs.map((run) => {
      const { [event.type]: before = '' } = run;
      return run.id === event.runId && before.length === event.at
        ? { ...run, [event.type]: before + event.text }
        : run;
    }),
  };
}

/** Whether a run can still be stopped. */
export function isLive(stage: RunStage): boolean {
  return stage !== 'done' && stage !== 'stopped' && stage !== 'failed';
}

/** Whether an answer has begun and ended before its end by itself: it is paid for, and what came of it is there. */
export function isCutOff({ stage, incomplete }: Pick<RunView, 'stage' | 'incomplete'>): boolean {
  return incomplete && (stage === 'done' || stage === 'failed');
}

/** Whether an answer came to its end without a word. */
export function isEmpty({
  stage,
  incomplete,
  text,
}: Pick<RunView, 'stage' | 'incomplete' | 'text'>): boolean {
  return stage === 'done' && !incomplete && text === '';
}

/** A link that may stand on our screens: https only, whatever was stored. */
export function safeLink(url: string | undefined): string | undefined {
  return url !== undefined && url.startsWith('https://') && URL.canParse(url) ? url : undefined;
}

/** Whether a payment's nodes answer and yet nobody has proved, for a day after it could be, what became of it. */
export function isOverdue(
  { heldUntilMs, waitsFor }: Pick<PaymentView, 'heldUntilMs' | 'waitsFor'>,
  nowMs: number,
): boolean {
  return heldUntilMs !== undefined && waitsFor === undefined && nowMs - heldUntilMs >= overdueMs;
}
