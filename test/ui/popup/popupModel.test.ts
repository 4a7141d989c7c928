import { describe, expect, test } from 'vitest';
import type { PopupState, RunStage } from '../../../src/protocol/panel.ts';
import { applyRunEvent, isLive, isOverdue, safeLink } from '../../../src/ui/popup/popupModel.ts';
import { popupStates } from '../preview/popupStates.ts';

const streaming = popupStates['streaming'];
if (streaming === undefined) throw new Error('There is a streaming state.');
const textOf = (state: PopupState | undefined, id: string) => state?.runs.find((run) => run.id === id)?.text;
const length = textOf(streaming, 'run-live')?.length ?? 0;

describe('text that arrives', () => {
  test('is appended where it fits', () => {
    const next = applyRunEvent(streaming, { type: 'text', runId: 'run-live', at: length, text: ' more' });
    expect(textOf(next, 'run-live')).toBe(`${textOf(streaming, 'run-live')} more`);
    expect(textOf(next, 'run-1')).toBe(textOf(streaming, 'run-1'));
  });

  test.each([length - 1, length + 1, 0])('is left to the next state where it does not fit (%i)', (at) => {
    expect(applyRunEvent(streaming, { type: 'text', runId: 'run-live', at, text: 'x' })).toEqual(streaming);
  });

  test('counts in UTF-16 units, as the background does', () => {
    const emoji = { ...streaming, runs: streaming.runs.map((run) => ({ ...run, text: '👍' })) };
    expect(textOf(applyRunEvent(emoji, { type: 'text', runId: 'run-1', at: 2, text: '!' }), 'run-1')).toBe(
      '👍!',
    );
  });

  test('before any state is dropped', () => {
    expect(applyRunEvent(undefined, { type: 'text', runId: 'run-1', at: 0, text: 'x' })).toBeUndefined();
  });

  test('is replaced by a whole state', () => {
    expect(applyRunEvent(streaming, { type: 'state', state: { ...streaming, runs: [] } })?.runs).toEqual([]);
  });
});

test('a run can be stopped until it has ended in any way', () => {
  const live: readonly RunStage[] = ['quoting', 'approval', 'wallet', 'settling', 'streaming'];
  const ended: readonly RunStage[] = ['done', 'stopped', 'failed'];
  expect(live.filter((stage) => isLive(stage))).toEqual(live);
  expect(ended.filter((stage) => isLive(stage))).toEqual([]);
});

test.each([
  'javascript:alert(1)',
  'http://basescan.org/tx/0x1',
  'https://',
  'data:text/html,x',
  '//a.example',
  undefined,
])('no link is made of %j', (url) => {
  expect(safeLink(url)).toBeUndefined();
});

test('an explorer’s link is kept', () => {
  expect(safeLink('https://basescan.org/tx/0x1')).toBe('https://basescan.org/tx/0x1');
});

describe('isOverdue', () => {
  const day = 24 * 3_600_000;
  const silent = [{ url: 'https://node.example', sinceMs: 0 }];

  test.each([
    [{ heldUntilMs: 1_000 }, 1_000 + day - 1, false],
    [{ heldUntilMs: 1_000 }, 1_000 + day, true],
    [{ heldUntilMs: 1_000, waitsFor: silent }, 1_000 + day, false],
    [{}, 1_000 + day, false],
  ])('of %j at %i: %s', (payment, nowMs, expected) => {
    expect(isOverdue(payment as Parameters<typeof isOverdue>[0], nowMs)).toBe(expected);
  });
});
