import { expect, it } from 'vitest';
import type { PanelEvent } from '../../src/protocol/panel.ts';
import { commands } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import type { FakePage } from '../fakes/page.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, resultOf } from './steps.ts';

const said = commands.join('');
const messages = [{ role: 'user' as const, content: `What does this page say?\n\n${said}` }];

interface Asked {
  readonly world: World;
  readonly page: FakePage;
}

/** All that money and permission could show of a text that was obeyed. */
async function traces({ world, page }: Asked) {
  await world.quiet();
  const { site, all } = await world.screens.popup(1);
  return {
    rows: (await world.rows()).map(({ state, amount, payTo }) => ({ state, amount, payTo })),
    charges: world.gateway.charges.map(({ to, value }) => ({ to, value })),
    asked: page.wallet.asked.map(({ type }) => type),
    requests: world.gateway.requests.map(({ kind }) => kind),
    cards: world.windows.opened.length,
    rules: { mode: site?.mode, caps: site?.caps },
    limits: all.map(({ limit, cap }) => ({ limit, cap })),
  };
}

async function siteAsks(hasCommands: boolean): Promise<Asked> {
  const world = await startWorld();
  await allow(world);
  if (hasCommands) world.gateway.faults.set('commands');
  const page = world.openPage();
  const chat = page.chat({ request: { messages } });
  await resultOf(chat);
  expect(chat.text.includes(said)).toBe(hasCommands);
  return { world, page };
}

async function panelAsks(hasCommands: boolean): Promise<Asked> {
  const world = await startWorld();
  const page = world.openPage();
  if (hasCommands) world.gateway.faults.set('commands');
  await world.screens.call('panel.send', {
    tabId: 1,
    chat: { messages, maxTokens: 1000 },
    maxAmount: '4474',
  });
  let text: string | undefined;
  const unwatch = world.screens.watch('panel.watch', { tabId: 1 }, (event: PanelEvent) => {
    const run = event.type === 'state' ? event.state.runs[0] : undefined;
    if (run?.stage === 'done') text = run.text;
  });
  expect((await eventually('the answer', () => text)).includes(said)).toBe(hasCommands);
  unwatch();
  return { world, page };
}

it.each([
  { who: 'a site', ask: siteAsks },
  { who: 'the side panel', ask: panelAsks },
])('does nothing that a question or an answer tells it to, asked by $who', async ({ ask }) => {
  const told = await traces(await ask(true));
  expect(told.rows).toHaveLength(1);
  expect(told.asked.filter((type) => type === 'signTypedData')).toHaveLength(1);
  expect(told.cards).toBe(0);
  expect(told).toEqual(await traces(await ask(false)));
});
