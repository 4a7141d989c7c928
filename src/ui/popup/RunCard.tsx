import { useId, useState } from 'preact/hooks';
import type { RunView } from '../../protocol/panel.ts';
import { timeAgo } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { ExternalLink } from '../parts/ExternalLink.tsx';
import { safeLine, safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import { AnswerText } from './AnswerText.tsx';
import { CopyButton } from './CopyButton.tsx';
import { RunFacts } from './RunFacts.tsx';
import { Thoughts } from './Thoughts.tsx';
import { isCutOff, isLive, safeLink } from './popupModel.ts';
import { costText, emptyText, problemClass, problemText, stageClass, stageText } from './runWords.ts';

/** One question with its stage, cost and answer. */
export function RunCard(props: {
  readonly run: RunView;
  readonly nowMs: number;
  readonly startsOpen: boolean;
  readonly onStop: () => void;
}) {
  const { run, nowMs, onStop } = props;
  const text = useText();
  const words = text.popup;
  const id = useId();
  const live = isLive(run.stage);
  const [chosenOpen, setChosenOpen] = useState<boolean>();
  const [startedOpen] = useState(props.startsOpen);
  const open = chosenOpen ?? (live || startedOpen);
  const question = safeLine(run.question, 200) || words.noQuestion;
  const proof = safeLink(run.explorerUrl);
  const empty = emptyText(run, text);
  return (
    <article class={live ? 'run run-live' : 'run'} aria-labelledby={`${id}-question`}>
      <h3 class="run-question" id={`${id}-question`}>
        <button
          type="button"
          class="run-toggle"
          aria-expanded={open}
          onClick={(event) => {
            if (event.isTrusted) setChosenOpen(!open);
          }}
        >
          <span dir="auto">{question}</span>
        </button>
      </h3>
      <div class={stageClass(run, text)}>
        <span class="run-dot" aria-hidden="true" />
        <span role="status">{stageText(run, text)}</span>
        {!live && <span>· {timeAgo(run.startedAtMs, nowMs, text.locale)}</span>}
        <span class="run-cost">{costText(run, text)}</span>
        {live && (
          <Button kind="small" className="button-stop" label={words.stopNamed(question)} onPress={onStop}>
            {words.stop}
          </Button>
        )}
      </div>
      {open && (
        <>
          {run.problem !== undefined && !isCutOff(run) && (
            <p class={problemClass(run, text)}>{problemText(run, text)}</p>
          )}
          <Thoughts reasoning={run.reasoning} alone={run.text === ''} />
          {run.text !== '' && <AnswerText answer={run.text} live={live} label={question} />}
          {empty !== undefined && <p class="watch-text">{empty}</p>}
          {run.incomplete && !live && (
            <p class="watch-text">
              {run.stage === 'stopped' ? words.stoppedAt : text.run.brokeOff(run.reason)}
            </p>
          )}
          <RunFacts run={run} />
          <div class="run-foot">
            <span class="faint">
              <bdi>{safeName(run.model, 40)}</bdi>
            </span>
            {proof !== undefined && <ExternalLink href={proof}>{words.explorer}</ExternalLink>}
            {run.text !== '' && !live && <CopyButton text={run.text} label={words.copyNamed(question)} />}
          </div>
        </>
      )}
    </article>
  );
}
