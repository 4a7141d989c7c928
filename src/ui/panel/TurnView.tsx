import { parseMicroUsdc } from '../../core/money.ts';
import type { RunView } from '../../protocol/panel.ts';
import { dollars, usdc } from '../format.ts';
import { ExternalLink } from '../parts/ExternalLink.tsx';
import { AnswerText } from '../popup/AnswerText.tsx';
import { CopyButton } from '../popup/CopyButton.tsx';
import { isLive, safeLink } from '../popup/popupModel.ts';
import { RunFacts } from '../popup/RunFacts.tsx';
import { Thoughts } from '../popup/Thoughts.tsx';
import { costText, emptyText, problemClass, problemText, stageClass, stageText } from '../popup/runWords.ts';
import { safeLine, safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';
import type { Chat } from './chat.ts';
import type { Turn } from './messages.ts';
import { AskWalletAgain, NotPaid } from './NotPaid.tsx';
import { QuestionBubble } from './QuestionBubble.tsx';

/** A question, its answer as it comes, what it cost, and the proof. */
export function TurnView(props: { readonly turn: Turn; readonly chat: Chat; readonly isLast: boolean }) {
  const { run, note } = props.turn;
  const text = useText();
  const words = text.popup;
  const live = isLive(run.stage);
  const question = safeLine(run.question, 200) || words.noQuestion;
  const empty = emptyText(run, text);
  const whole = run.stage === 'done' && !run.incomplete && empty === undefined;
  const proof = safeLink(run.explorerUrl);
  const problem = problemOf(run, text);
  return (
    <article class={live ? 'turn run-live' : 'turn'}>
      <QuestionBubble question={run.question} note={note} />
      {run.stage === 'wallet' && <Signing run={run} />}
      <Thoughts reasoning={run.reasoning} alone={run.text === ''} />
      {run.text !== '' && <AnswerText answer={run.text} live={live} label={question} />}
      {empty !== undefined && <p class="watch-text">{empty}</p>}
      {run.incomplete && !live && problem === undefined && (
        <p class="watch-text">{run.stage === 'stopped' ? words.stoppedAt : text.run.brokeOff(run.reason)}</p>
      )}
      {problem !== undefined && <p class={problemClass(run, text)}>{problem}</p>}
      <div class={stageClass(run, text)}>
        <span class="run-dot" aria-hidden="true" />
        <span role="status" class={whole ? 'unseen' : ''}>
          {stageText(run, text)}
        </span>
        {whole && (
          <bdi class="turn-model" title={safeName(run.model, 60)}>
            {safeName(run.model, 28)}
          </bdi>
        )}
        <span class="run-cost">{costText(run, text)}</span>
        {proof !== undefined && <ExternalLink href={proof}>{words.explorer}</ExternalLink>}
        {run.text !== '' && !live && <CopyButton text={run.text} label={words.copyNamed(question)} />}
      </div>
      <RunFacts run={run} />
      {props.isLast && run.paid === 'no' && !live && run.text === '' && (
        <NotPaid run={run} chat={props.chat} />
      )}
      {props.isLast && run.paid === 'unknown' && !live && <AskWalletAgain run={run} chat={props.chat} />}
    </article>
  );
}

/** What the wallet is about to show: the last place where a wrong amount can be seen. */
function Signing({ run }: { readonly run: RunView }) {
  const { panel, chain } = useText();
  const amount = parseMicroUsdc(run.amount);
  if (amount === undefined) return null;
  const onSolana = run.kind === 'svm';
  return (
    <p class="calm-text">
      {onSolana ? chain.sign(usdc(amount)) : panel.sign(usdc(amount), amount.toString())}
    </p>
  );
}

/** In the words of the panel where the background's sentence speaks to a website. */
function problemOf(run: RunView, text: Text): string | undefined {
  const words = text.panel;
  if (run.turnedOut !== undefined) return problemText(run, text);
  if (run.stage === 'stopped' && run.paid === 'no') return words.stoppedUnpaid;
  if (run.problem === undefined) return undefined;
  if (run.stage === 'stopped') return run.text === '' ? problemText(run, text) : undefined;
  if (run.newPayee !== undefined) return text.payee.panelProblem;
  if (run.paid === 'no' && run.problemType === 'limit_exceeded') {
    const amount = parseMicroUsdc(run.amount);
    return amount === undefined ? words.overLimitUnknown : words.overLimit(dollars(amount));
  }
  if (run.paid === 'no' && run.problemType === 'price_changed') return words.priceMoved;
  if (run.paid === 'no' && run.problemType === 'unauthorized') return words.paused;
  // Nothing but a break comes after a part of the answer; that part stands here.
  return run.text === '' ? problemText(run, text) : text.run.brokeOffInPanel(run.reason);
}
