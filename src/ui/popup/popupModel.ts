import type { PopupEvent, RunStage, RunView } from '../../protocol/panel.ts';

/** A screen's state that has runs in it, whole. */
interface StateEvent<State> {
  readonly type: 'state';
  readonly state: State;
}
type TextEvent = Extract<PopupEvent, { type: 'text' }>;

/** A screen's state after an event: text is appended only where it fits, the next state mends the rest. */
export function applyRunEvent<State extends { readonly runs: readonly RunView[] }>(
  state: State | undefined,
  event: StateEvent<State> | TextEvent,
): State | undefined {
  if (event.type === 'state') return event.state;
  if (state === undefined) return undefined;
  return {
    ...state,
    runs: state.runs.map((run) =>
      run.id === event.runId && run.text.length === event.at ? { ...run, text: run.text + event.text } : run,
    ),
  };
}

/** Whether a run can still be stopped. */
export function isLive(stage: RunStage): boolean {
  return stage !== 'done' && stage !== 'stopped' && stage !== 'failed';
}

/** A link that may stand on our screens: https only, whatever was stored. */
export function safeLink(url: string | undefined): string | undefined {
  return url !== undefined && url.startsWith('https://') && URL.canParse(url) ? url : undefined;
}
