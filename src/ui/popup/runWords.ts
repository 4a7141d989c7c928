import { parseMicroUsdc } from '../../core/money.ts';
import type { RunView } from '../../protocol/panel.ts';
import { dollars, usdc } from '../format.ts';
import { safeLine, safeName } from '../safeText.ts';
import type { Text } from '../text/en.ts';
import { isCutOff, isEmpty, isLive } from './popupModel.ts';

/** What a run waits for, or how it ended. */
export function stageText(run: RunView, text: Text): string {
  const { stage, networkName } = run;
  if (stage === 'settling' && networkName !== undefined)
    return text.popup.settlingOn(safeName(networkName, 40));
  if (isCutOff(run)) return text.popup.incomplete;
  if (isRefused(run, text)) return text.run.notAllowed;
  if (isEmpty(run)) return text.run.empty;
  return text.popup.stage[stage];
}

/** The class of a run's stage: what the person ended or refused, and what broke off, looks like no failure. */
export function stageClass(run: RunView, text: Text): string {
  return `run-stage run-stage-${isCutOff(run) || isEmpty(run) || isRefused(run, text) ? 'stopped' : run.stage}`;
}

/** Why an answer has no text, where it came to its end without. */
export function emptyText(run: RunView, text: Text): string | undefined {
  if (!isEmpty(run)) return undefined;
  return run.reasoning === undefined ? text.run.emptyWhy : text.run.onlyThoughts;
}

/** What a run costs or has cost. */
export function costText(run: RunView, text: Text): string {
  const amount = parseMicroUsdc(run.amount);
  const words = text.popup;
  if (amount === undefined) return isLive(run.stage) ? '' : words.notPaid;
  if (run.paid === 'yes') return words.paid(dollars(amount));
  if (isLive(run.stage)) return words.upTo(dollars(amount));
  return run.paid === 'unknown' ? words.perhapsPaid(dollars(amount)) : words.notPaid;
}

/** Why a run has no whole answer, to the person; amounts are for our screens only, so they are named here. */
export function problemText(run: RunView, text: Text): string {
  const { problem = '', balance, amount, networkName = '', insteadOn, turnedOut } = run;
  const costs = parseMicroUsdc(amount);
  if (turnedOut !== undefined) {
    if (turnedOut === 'not-paid') return text.run.turnedOutUnpaid;
    if (turnedOut === 'paid') return text.run.turnedOutPaid;
    return text.dispute.why[turnedOut](costs === undefined ? text.popup.unknownAmount : dollars(costs));
  }
  const has = parseMicroUsdc(balance);
  if (has === undefined || costs === undefined) return text.run.ended(run.reason) ?? safeLine(problem, 400);
  const instead = insteadOn && safeName(insteadOn.networkName, 28);
  return text.popup.tooLittle(usdc(has), safeName(networkName, 28), usdc(costs), instead);
}

/** The class of that sentence: in red where something failed. */
export function problemClass(run: RunView, text: Text): string {
  return run.stage === 'failed' && !isRefused(run, text) ? 'run-problem' : 'calm-text run-calm';
}

function isRefused({ stage, reason }: RunView, text: Text): boolean {
  return stage === 'failed' && text.run.isOwnWord(reason);
}
