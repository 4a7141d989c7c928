import { expect, it } from 'vitest';
import type { PanelEvent, PanelState } from '../../src/protocol/panel.ts';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, resultOf, statesOf } from './steps.ts';

const chat = { messages: [{ role: 'user' as const, content: 'What is Base?' }], maxTokens: 1000 };

function send({ screens }: World, maxAmount = '4424', tabId = 1): Promise<{ runId: string }> {
  return screens.call('panel.send', { tabId, chat, maxAmount });
}

/** What the panel shows once its first run is over. */
async function panelState(world: World, tabId = 1): Promise<PanelState> {
  let state: PanelState | undefined;
  const unwatch = world.screens.watch('panel.watch', { tabId }, (event: PanelEvent) => {
    if (event.type === 'state') state = event.state;
  });
  const over = await eventually('the end of the run', () => {
    const stage = state?.runs[0]?.stage;
    return (stage === 'done' || stage === 'failed' || stage === 'stopped') && state;
  });
  unwatch();
  return over;
}

it("pays a panel's chat with the tab's wallet, without a card, out of its own bucket", async () => {
  const world = await startWorld();
  const page = world.openPage();
  await send(world);
  const { runs, use } = await panelState(world);
  expect(runs).toMatchObject([{ stage: 'done', paid: 'yes', text: answerWords.join(''), amount: '4424' }]);
  expect(use).toEqual([{ limit: 'panel-day', cap: '1000000', used: '4424', held: '0' }]);
  expect(world.windows.opened).toEqual([]);
  expect(page.wallet.asked.map(({ type }) => type)).toContain('signTypedData');
  const popup = await world.screens.popup(1);
  expect(popup.site?.use[0]).toMatchObject({ used: '0' });
  expect(popup.all[0]).toMatchObject({ limit: 'all-day', used: '0' });
  expect(popup.runs).toEqual([]);
});

it('sends nothing before Send, and only the quote for an exact price', async () => {
  const world = await startWorld();
  world.openPage();
  world.screens.watch('panel.watch', { tabId: 1 }, () => undefined);
  await world.screens.call('panel.wallet', { tabId: 1 });
  await world.screens.call('panel.readPage', { tabId: 1 });
  await world.quiet();
  expect(world.gateway.requests).toEqual([]);
  const quote = await world.screens.call('panel.quote', { tabId: 1, chat });
  expect(quote).toEqual({
    model: 'ambient/large',
    amount: '4424',
    maxAmount: '4474',
    inputTokens: 17,
    maxOutputTokens: 1000,
  });
  expect(world.gateway.requests.map(({ kind }) => kind)).toEqual(['quote']);
});

it('sends a chat of up to 16 MiB, which no page may, and nothing of a longer one', async () => {
  const world = await startWorld();
  world.openPage();
  const long = (characters: number) => ({
    maxTokens: 1000,
    messages: [{ role: 'user' as const, content: 'x'.repeat(characters) }],
  });
  const mebibyte = 1024 * 1024;
  const refused = world.screens.call('panel.quote', { tabId: 1, chat: long(16 * mebibyte) });
  await expect(refused).rejects.toThrow('larger than 16 MiB');
  expect(world.gateway.requests).toEqual([]);
  await world.screens.call('panel.quote', { tabId: 1, chat: long(15 * mebibyte) });
  expect(world.gateway.of('quote')).toHaveLength(1);
});

it('pays no more than Send allowed', async () => {
  const world = await startWorld();
  world.openPage();
  await send(world, '4423');
  expect((await panelState(world)).runs).toMatchObject([{ stage: 'failed', paid: 'no' }]);
  expect(await world.rows()).toEqual([]);
});

it('stops at its own limit, which no website touches, and opens no window', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await world.screens.call('panel.setDayCap', { cap: '4423' });
  await send(world);
  expect((await panelState(world)).runs).toMatchObject([{ stage: 'failed', paid: 'no' }]);
  expect(world.windows.opened).toEqual([]);
  await resultOf(page.chat());
  expect(await statesOf(world)).toEqual(['settled']);
});

it('says at once where a tab has nothing of ours', async () => {
  const world = await startWorld();
  await expect(send(world, '4424', 9)).rejects.toMatchObject({ wire: { type: 'chain_disconnected' } });
  expect(await world.screens.call('panel.wallet', { tabId: 9 })).toBe('unreachable');
  expect(await world.screens.call('panel.readPage', { tabId: 9 })).toBeNull();
  const page = world.openPage();
  page.wallet.announced = [];
  expect(await world.screens.call('panel.wallet', { tabId: 1 })).toBe('none');
  await expect(send(world, '4424', 9)).rejects.toBeInstanceOf(PanelRefusal);
});

it("tells the page nothing of the panel's chat but what its wallet has to sign", async () => {
  const world = await startWorld();
  const page = world.openPage();
  await send(world);
  await panelState(world);
  expect(page.heard.every(({ kind }) => kind === 'ask')).toBe(true);
  expect(JSON.stringify(page.heard)).not.toContain('What is Base?');
  expect(JSON.stringify(page.heard)).not.toContain('chain.');
  expect(await resultOf(page.call('receipts.list'))).toEqual([]);
});

it('blocks the site whose wallet signed something else, and goes on with the wallets of others', async () => {
  const world = await startWorld({ nodes: ['https://node.example/rpc'] });
  const liar = world.openPage();
  liar.wallet.signing = 'foreign account';
  await send(world);
  expect((await panelState(world)).runs).toMatchObject([{ stage: 'failed', paid: 'unknown' }]);
  expect((await world.screens.popup(1)).site?.mode).toBe('blocked');
  expect(world.gateway.of('paid')).toEqual([]);

  const honest = world.openPage({ origin: 'https://news.example', tabId: 2 });
  honest.connect();
  await send(world, '4424', 2);
  await world.reaches('settled');
  expect(honest.wallet.asked.map(({ type }) => type)).toContain('signTypedData');
});

it('holds the amount in its own bucket when the tab navigates while its wallet is asked', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.signing = 'hang';
  await send(world);
  await page.asked('signTypedData');
  page.leave();
  const { runs, use } = await panelState(world);
  expect(runs).toMatchObject([{ stage: 'failed', paid: 'unknown' }]);
  expect(use).toMatchObject([{ used: '4424', held: '4424' }]);
});
