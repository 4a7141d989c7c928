import { describe, expect, test } from 'vitest';
import { reasons } from '../../../src/core/reasons.ts';
import type { Reason } from '../../../src/core/reasons.ts';
import type { RunView } from '../../../src/protocol/panel.ts';
import { en } from '../../../src/ui/text/en.ts';
import {
  costText,
  emptyText,
  problemClass,
  problemText,
  stageClass,
  stageText,
} from '../../../src/ui/popup/runWords.ts';
import { popupStates } from '../preview/popupStates.ts';

const [done] = popupStates['plain']?.runs ?? [];
if (done === undefined) throw new Error('There is a run.');

const ended = (reason: Reason, changes: Partial<RunView> = {}): RunView => ({
  ...done,
  stage: 'failed',
  text: '',
  paid: 'no',
  reason,
  problem: reasons[reason].text,
  ...changes,
});

const all = Object.keys(reasons) as Reason[];
/** What is said to a website about somebody else, or names what only its developer has. */
const speaksToWebsite = /the person|maxSpend|receipts\.list|call this/iu;
const neverEndsARun: readonly Reason[] = ['notPermitted', 'otherRequest', 'tooManyQuotes', 'unknownReceipt'];

describe('how a question ended', () => {
  test.each(all.filter((reason) => !neverEndsARun.includes(reason)))(
    'by %s is said to the person and not to the website',
    (reason) => {
      expect(problemText(ended(reason), en)).not.toMatch(speaksToWebsite);
    },
  );

  test.each<Reason>(['declined', 'blocked', 'paused', 'muted'])(
    'by the person’s own word (%s) is no failure',
    (reason) => {
      const run = ended(reason);
      expect(stageText(run, en)).toBe('Not allowed');
      expect(stageClass(run, en)).toBe('run-stage run-stage-stopped');
      expect(problemClass(run, en)).not.toContain('run-problem');
      expect(costText(run, en)).toBe('nothing paid');
    },
  );

  test('keeps what the gateway said where the catalogue has no other words for the person', () => {
    const problem = `${reasons.gatewayDown.text} (status 503)`;
    const run = ended('gatewayDown', { problem });
    expect(problemText(run, en)).toBe(problem);
    expect(problemClass(run, en)).toBe('run-problem');
    expect(stageText(run, en)).toBe('Failed');
  });

  test('without a word is said to be empty, and where all of it went into thinking, that', () => {
    const empty: RunView = { ...done, text: '' };
    expect(stageText(empty, en)).toBe('Empty answer');
    expect(stageClass(empty, en)).toBe('run-stage run-stage-stopped');
    expect(emptyText(empty, en)).toBe('The gateway sent no text.');
    expect(emptyText({ ...empty, reasoning: 'Evidence means …' }, en)).toContain('for thinking');
    for (const other of [done, { ...empty, stage: 'streaming' }, { ...empty, incomplete: true }] as const) {
      expect(emptyText(other, en)).toBeUndefined();
      expect(stageText(other, en)).not.toBe('Empty answer');
    }
  });

  test.each([
    ['paid', 'yes', 'It has turned out that this was paid.', '$0.004424 paid'],
    ['not-paid', 'no', 'It has turned out that this was not paid, and no longer can be.', 'nothing paid'],
    ['unanswered', 'yes', '$0.004424 was paid and no answer came.', '$0.004424 paid'],
  ] as const)('says what has turned out since: %s', (turnedOut, paid, sentence, cost) => {
    const run = ended('paymentUnknown', { paid, turnedOut });
    expect(problemText(run, en)).toBe(sentence);
    expect(costText(run, en)).toBe(cost);
  });
});
