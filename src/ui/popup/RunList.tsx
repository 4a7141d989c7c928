import type { PopupState } from '../../protocol/panel.ts';
import { useText } from '../text/useText.ts';
import { isLive } from './popupModel.ts';
import type { Ask } from '../ask.ts';
import { RunCard } from './RunCard.tsx';

/** The answers of this tab: those that are being written, and those to reread; for a newcomer, how it works. */
export function RunList(props: { readonly state: PopupState; readonly nowMs: number; readonly ask: Ask }) {
  const { state, nowMs, ask } = props;
  const text = useText();
  const words = text.popup;
  if (state.runs.length === 0) {
    const isNew = state.payments.length === 0 && state.held.length === 0;
    if (!isNew && state.site === undefined) return null;
    return (
      <section class="panel" aria-labelledby="runs-title">
        <h2 id="runs-title" class="panel-title">
          {isNew ? words.startTitle : words.answers}
        </h2>
        {isNew ? (
          <ol class="steps">
            {words.start.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        ) : (
          <p class="calm-text">{words.noAnswers}</p>
        )}
      </section>
    );
  }
  const newestLive = state.runs.find(({ stage }) => isLive(stage));
  const opened = newestLive ?? state.runs[0];
  return (
    <section class="panel" aria-labelledby="runs-title">
      <h2 id="runs-title" class="panel-title">
        {words.answers}
      </h2>
      <ul class="plain-list runs">
        {state.runs.map((run) => (
          <li key={run.id}>
            <RunCard
              run={run}
              nowMs={nowMs}
              startsOpen={run === opened}
              onStop={() => ask('run.stop', { runId: run.id })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
