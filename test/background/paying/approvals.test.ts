import { expect, it } from 'vitest';
import { createApprovals } from '../../../src/background/paying/approvals.ts';
import { createChanges } from '../../../src/background/changes.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { ApprovalView } from '../../../src/protocol/panel.ts';
import { turns } from '../../fakes/eventually.ts';
import { news, shop } from '../../fakes/payments.ts';
import { fakeWindows } from '../../fakes/windows.ts';

const never = new AbortController().signal;
const content = { site: shop, exceeded: [], use: [], mode: 'ask' as const, wallets: [] };
const once = { choice: 'once' as const };

function rig() {
  const windows = fakeWindows();
  let made = 0;
  let badge = -1;
  const approvals = createApprovals({
    windows: windows.forBackground(),
    newId: () => `card-${(made += 1)}`,
    changes: createChanges(),
    showWaiting: (count) => (badge = count),
  });
  return {
    windows,
    approvals,
    badge: () => badge,
    views: (cardId: string) => {
      const views: ApprovalView[] = [];
      approvals.watch(cardId, (view) => views.push(view));
      return views;
    },
  };
}

it('shows a card in a window of its own and hands the answer over', async () => {
  const { approvals, windows, views, badge } = rig();
  const card = approvals.open(never);
  const answered = card.show(content);
  await turns(2);
  expect(windows.shown).toEqual([card.id]);
  expect(views(card.id)).toEqual([
    { state: 'card', card: { ...content, id: card.id, version: 1 }, waiting: 0 },
  ]);
  expect(badge()).toBe(1);
  expect(approvals.answer(card.id, 1, { answer: once, wallet: 'wallet-1' })).toBe(true);
  expect(await answered).toEqual({ answer: once, wallet: 'wallet-1' });
  card.close('answered');
  await turns(2);
  expect(windows.shown).toEqual([]);
  expect(badge()).toBe(0);
});

it('opens the next window when the first card has ended, and tells how many wait behind', async () => {
  const { approvals, windows, views } = rig();
  const [first, second] = [approvals.open(never), approvals.open(never)];
  void first.show(content);
  void second.show({ ...content, site: news });
  await turns(2);
  expect(windows.opened).toEqual([first.id]);
  expect(views(first.id).at(-1)).toMatchObject({ waiting: 1 });
  first.close('answered');
  await turns(3);
  expect(windows.shown).toEqual([second.id]);
  expect(views(second.id).at(-1)).toMatchObject({ waiting: 0 });
});

it('shows a change in the same window and takes no answer to what it was before', async () => {
  const { approvals, windows, views } = rig();
  const card = approvals.open(never);
  void card.show(content);
  await turns(2);
  const seen = views(card.id);
  approvals.answer(card.id, 1, { answer: once });
  const again = card.show({ ...content, reason: 'Because' });
  expect(seen.at(-1)).toMatchObject({ card: { version: 2, reason: 'Because' } });
  expect(approvals.answer(card.id, 1, { answer: once })).toBe(false);
  expect(approvals.answer(card.id, 2, { answer: { choice: 'deny' } })).toBe(true);
  expect(await again).toMatchObject({ answer: { choice: 'deny' } });
  expect(windows.opened).toHaveLength(1);
});

it('lets a card whose window was closed wait without a window, until it is asked for', async () => {
  const { approvals, windows } = rig();
  const [first, second] = [approvals.open(never), approvals.open(never)];
  void first.show(content);
  await turns(2);
  windows.dismiss(first.id);
  void second.show(content);
  await turns(2);
  expect(windows.shown).toEqual([]);
  expect(approvals.waiting()).toBe(2);
  await approvals.reopen();
  expect(windows.shown).toEqual([first.id]);
});

it('brings a window that is open to the front in place of opening a second', async () => {
  const { approvals, windows } = rig();
  void approvals.open(never).show(content);
  await turns(2);
  await approvals.reopen();
  expect(windows.focused).toBe(1);
  expect(windows.opened).toHaveLength(1);
});

it('has nothing to open again where no card waits', async () => {
  const { approvals, windows } = rig();
  await approvals.reopen();
  expect(windows.opened).toEqual([]);
});

it('waits where the browser opens no window, and tries with the next card or on demand', async () => {
  const { approvals, windows } = rig();
  windows.refuses = true;
  const card = approvals.open(never);
  void card.show(content);
  await turns(2);
  expect(approvals.waiting()).toBe(1);
  windows.refuses = false;
  await approvals.reopen();
  expect(windows.shown).toEqual([card.id]);
});

it('closes a window that opens after its card has ended', async () => {
  const { approvals, windows } = rig();
  const card = approvals.open(never);
  card.show(content).catch(() => undefined);
  card.close('page-gone');
  await turns(3);
  expect(windows.opened).toEqual([card.id]);
  expect(windows.shown).toEqual([]);
});

it.each(['page-gone', 'stopped'] as const)('leaves a window open to say why: %s', async (reason) => {
  const { approvals, windows, views } = rig();
  const controller = new AbortController();
  const card = approvals.open(controller.signal);
  const answered = card.show(content);
  await turns(2);
  const seen = views(card.id);
  controller.abort(new Failure('pageGone'));
  await expect(answered).rejects.toMatchObject({ reason: 'pageGone' });
  card.close(reason);
  card.close('answered');
  await turns(2);
  expect(seen.at(-1)).toEqual({ state: 'void', reason });
  expect(windows.shown).toEqual([card.id]);
  expect(views(card.id)).toEqual([{ state: 'void', reason }]);
  expect(approvals.answer(card.id, 1, { answer: once })).toBe(false);
});

it('shows nothing for a call that has ended already', async () => {
  const { approvals, windows } = rig();
  const gone = approvals.open(AbortSignal.abort(new Failure('pageGone')));
  await expect(gone.show(content)).rejects.toMatchObject({ reason: 'pageGone' });
  const closed = approvals.open(never);
  closed.close('stopped');
  await expect(closed.show(content)).rejects.toBeInstanceOf(Failure);
  await turns(2);
  expect(windows.opened).toEqual([]);
});

it('takes a card that it does not know for one from before a restart', () => {
  expect(rig().views('card-of-old')).toEqual([{ state: 'void', reason: 'restarted' }]);
});

it('says nothing more to a window that has stopped watching', async () => {
  const { approvals } = rig();
  const card = approvals.open(never);
  void card.show(content);
  const views: ApprovalView[] = [];
  approvals.watch(card.id, (view) => views.push(view))();
  card.close('answered');
  expect(views).toHaveLength(1);
});

it('refuses the waiting cards of some sites and leaves answered ones alone', async () => {
  const { approvals } = rig();
  const [answered, waiting, other] = [approvals.open(never), approvals.open(never), approvals.open(never)];
  const kept = answered.show(content);
  approvals.answer(answered.id, 1, { answer: once });
  const refused = waiting.show(content);
  const untouched = other.show({ ...content, site: news });
  approvals.refuse((site) => site === shop, new Failure('muted'));
  await expect(refused).rejects.toMatchObject({ reason: 'muted' });
  expect(await kept).toMatchObject({ answer: once });
  approvals.answer(other.id, 1, { answer: once });
  expect(await untouched).toMatchObject({ answer: once });
});
