import { describe, expect, it } from 'vitest';
import type { PanelCalls, RunView } from '../../../src/protocol/panel.ts';
import { createChat } from '../../../src/ui/panel/chat.ts';
import { createTabView } from '../../../src/ui/panel/tabView.ts';
import { microUsdc } from '../../../src/core/money.ts';
import { eventually } from '../../fakes/eventually.ts';
import { fakeBackground } from '../preview/fakeChannel.ts';
import { panelStates, readerPage } from '../preview/panelStates.ts';
import type { PanelStart } from '../preview/panelStates.ts';

const plain: PanelStart = panelStates['plain'] ?? {};

/** A started panel over a background, with the calls that carry a chat. */
async function openPanel(panel: PanelStart = plain) {
  const background = fakeBackground({ panel });
  const switches = new Set<() => void>();
  let tabId = 1;
  const tab = {
    id: () => Promise.resolve(tabId),
    onChange(listener: () => void) {
      switches.add(listener);
      return () => switches.delete(listener);
    },
  };
  const view = createTabView({ channel: background.channel, tab, textOf: () => 'What the page says.' });
  const chat = createChat(background.channel, view);
  chat.start();
  view.start();
  await eventually('a look at the tab', () => view.wallet.value !== undefined);
  const left = () =>
    background.calls.filter(({ method }) => method === 'panel.quote' || method === 'panel.send');
  const paramsOf = <M extends keyof PanelCalls>(method: M) =>
    background.calls.findLast((call) => call.method === method)?.params as
      PanelCalls[M]['params'] | undefined;
  const ask = (question: string) => {
    chat.typed.value = question;
    chat.send();
  };
  const turnTo = (id: number) => {
    tabId = id;
    for (const listener of switches) listener();
  };
  return { background, chat, view, left, paramsOf, ask, turnTo };
}

const failedRun = (changes: Partial<RunView>): RunView => ({
  ...(panelStates['rejected']?.state?.runs[0] as RunView),
  ...changes,
});

describe('before Send', () => {
  it('nothing goes to where it could leave the machine', async () => {
    const { chat, view, left } = await openPanel();
    chat.typed.value = 'A secret draft';
    view.look();
    chat.maxTokens.value = 4000;
    expect(chat.price.value).toBeGreaterThan(17_600n);
    expect(left()).toEqual([]);
  });

  it.each([
    ['no wallet', { ...plain, wallet: 'none' }],
    ['a pause', panelStates['paused']],
    ['no ledger', panelStates['ledger-down']],
    ['a question under way', panelStates['streaming']],
  ] as [string, PanelStart][])('with %s nothing can be sent, and the words stay', async (_name, panel) => {
    const { chat, left, ask } = await openPanel(panel);
    ask('Why?');
    expect(left()).toEqual([]);
    expect(chat.typed.value).toBe('Why?');
  });
});

describe('Send', () => {
  it('asks the exact price first, then pays at most what was quoted', async () => {
    const { chat, left, paramsOf, ask } = await openPanel();
    ask(' Why? ');
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(left().map(({ method }) => method)).toEqual(['panel.quote', 'panel.send']);
    expect(paramsOf('panel.send')).toMatchObject({ tabId: 1, maxAmount: '4474', chat: { maxTokens: 1000 } });
    expect(paramsOf('panel.send')?.chat).toEqual(paramsOf('panel.quote')?.chat);
    expect(chat.pending.value).toBeUndefined();
    expect(chat.turns.value[0]?.note?.text).toBe('What the page says.');
    expect(chat.typed.value).toBe('');
  });

  it('never agrees to more than a fifth above the figure, whatever room a quote leaves itself', async () => {
    const quote = {
      model: 'ambient/large',
      amount: '4424',
      maxAmount: '999999',
      inputTokens: 17,
      maxOutputTokens: 1000,
    };
    const { chat, paramsOf, ask } = await openPanel({ ...plain, quote });
    chat.typed.value = 'Why?';
    const shown = chat.price.value ?? 0n;
    ask('Why?');
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(paramsOf('panel.send')?.maxAmount).toBe(((shown * 6n) / 5n).toString());
  });

  it('asks once where it costs over a fifth more, and pays what it named', async () => {
    const { chat, left, paramsOf, ask } = await openPanel(panelStates['dear-quote']);
    ask('Why?');
    await eventually('the question about the price', () => chat.pending.value?.stage === 'asking');
    expect(chat.pending.value?.price?.most).toBe(6050n);
    expect(left()).toHaveLength(1);
    chat.agree();
    chat.agree();
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(left()).toHaveLength(2);
    expect(paramsOf('panel.send')?.maxAmount).toBe('6050');
  });

  it('gives the words back where the answer is no, and knows the price from then on', async () => {
    const { chat, left, ask } = await openPanel(panelStates['dear-quote']);
    ask('Why?');
    await eventually('the question about the price', () => chat.pending.value?.stage === 'asking');
    chat.stop();
    expect([chat.typed.value, chat.pending.value]).toEqual(['Why?', undefined]);
    chat.agree();
    expect(left()).toHaveLength(1);
    expect(chat.price.value).toBeGreaterThan(5000n);
  });

  it('is undone by Stop while the price is awaited', async () => {
    const { chat, left, ask } = await openPanel(panelStates['slow-quote']);
    ask('Why?');
    expect(chat.pending.value?.stage).toBe('quoting');
    chat.stop();
    expect([chat.typed.value, chat.pending.value]).toEqual(['Why?', undefined]);
    expect(left()).toHaveLength(1);
  });

  it.each([
    { amount: '5000', maxAmount: '4000' },
    { amount: 'x', maxAmount: '5000' },
    { amount: '1', maxAmount: '-1' },
  ])('pays nothing on a quote that says %j', async (nonsense) => {
    const quote = { model: 'm', inputTokens: 17, maxOutputTokens: 1000, ...nonsense };
    const { chat, left, ask } = await openPanel({ ...plain, quote });
    ask('Why?');
    await eventually('the trouble', () => chat.trouble.value !== undefined);
    expect(left()).toHaveLength(1);
    expect([chat.typed.value, chat.pending.value]).toEqual(['Why?', undefined]);
  });

  it('says when the background has gone, with the words kept', async () => {
    const { background, chat, ask } = await openPanel();
    background.breakCalls();
    ask('Why?');
    await eventually('the trouble', () => chat.trouble.value !== undefined);
    expect(chat.typed.value).toBe('Why?');
    expect(chat.trouble.value?.message).toBeUndefined();
  });
});

describe('the page', () => {
  it('stays out of what is sent once its chip is removed, and can come back', async () => {
    const { chat, paramsOf, ask } = await openPanel();
    chat.leaveOut();
    expect(chat.pagePlace.value).toBe('left-out');
    ask('Why?');
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(paramsOf('panel.send')?.chat.messages).toEqual([{ role: 'user', content: 'Why?' }]);
    chat.takeAlong();
    expect(chat.pagePlace.value).toBe('along');
  });

  it('rides once: the next question finds it in the chat', async () => {
    const { background, chat, paramsOf, ask } = await openPanel();
    ask('Why?');
    await eventually('a live run', () => chat.live.value !== undefined);
    const [begun] = chat.state.value?.runs ?? [];
    if (chat.state.value === undefined || begun === undefined) throw new Error('A run has begun.');
    background.showPanel({ ...chat.state.value, runs: [{ ...begun, stage: 'done', text: 'Because.' }] });
    expect(chat.pagePlace.value).toBe('in-chat');
    ask('And?');
    await eventually('a live run', () => chat.live.value !== undefined);
    const texts = paramsOf('panel.send')?.chat.messages.map(({ content }) => content) ?? [];
    expect(texts.filter((text) => text.includes('What the page says.'))).toHaveLength(1);
    expect(texts.slice(1)).toEqual(['Why?', 'Because.', 'And?']);
  });

  it('is that of the tab in front; a question already sent keeps its own', async () => {
    const { chat, view, paramsOf, ask, turnTo } = await openPanel();
    ask('Why?');
    turnTo(2);
    await eventually('a look at tab 2', () => view.id.value === 2 && view.wallet.value !== undefined);
    expect(paramsOf('panel.send')?.tabId).toBe(1);
    await eventually('a live run', () => chat.live.value !== undefined);
  });

  it('of a tab that is left while it is read is not shown', async () => {
    const { background, view, turnTo } = await openPanel();
    turnTo(2);
    turnTo(3);
    await eventually('a look at tab 3', () => view.id.value === 3 && view.wallet.value !== undefined);
    const read = background.calls
      .filter(({ method }) => method === 'panel.readPage')
      .map(({ params }) => params);
    expect(read.at(-1)).toEqual({ tabId: 3 });
    expect(view.page.value?.title).toBe(readerPage.title);
  });
});

describe('a question that cost nothing', () => {
  it('is asked again in its place', async () => {
    const { chat, paramsOf } = await openPanel(panelStates['rejected']);
    const [turn] = chat.turns.value;
    if (turn === undefined) throw new Error('There is a turn.');
    chat.again(turn.run);
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(chat.turns.value.map(({ run }) => run.question)).toEqual([turn.run.question]);
    expect(paramsOf('panel.send')?.chat.messages).toEqual([{ role: 'user', content: turn.run.question }]);
  });

  it('goes again after its limit was raised by the person', async () => {
    const run = failedRun({ problemType: 'limit_exceeded' });
    const { background, chat } = await openPanel({ ...plain, state: { ...base(), runs: [run] } });
    chat.raiseAndSend(run, microUsdc(1_050_000n));
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(background.calls.map(({ method }) => method).slice(-3)).toEqual([
      'panel.setDayCap',
      'panel.quote',
      'panel.send',
    ]);
  });
});

it('a new chat begins empty', async () => {
  const { chat } = await openPanel(panelStates['answered']);
  expect(chat.turns.value).toHaveLength(1);
  chat.newChat();
  await eventually('an empty chat', () => chat.turns.value.length === 0);
});

function base() {
  if (plain.state === undefined) throw new Error('The plain panel has a state.');
  return plain.state;
}

describe('the model', () => {
  const rungateQuote = { model: 'deepseek/deepseek-v3.2', amount: '425', maxOutputTokens: 1000 };

  it('is the default gateway’s own, and those that are known are listed without asking anybody', async () => {
    const { chat, background } = await openPanel();
    await eventually('models', () => chat.choice.models.value.length > 0);
    expect(chat.choice.models.value.map(({ id }) => id)).toEqual(['ambient/large', 'deepseek/deepseek-v3.2']);
    expect(chat.choice.chosen.value?.id).toBe('ambient/large');
    expect(background.calls.map(({ method }) => method)).not.toContain('panel.models');
    chat.findModels();
    await eventually('more models', () => chat.choice.models.value.length === 3);
    expect(chat.choice.chosen.value?.id).toBe('ambient/large');
  });

  it('decides the gateway, and without a known price Send agrees to nothing but what it then names', async () => {
    const { chat, left, paramsOf, ask } = await openPanel({ ...plain, quote: rungateQuote });
    await eventually('models', () => chat.choice.models.value.length > 0);
    const other = chat.choice.models.value.find(({ gateway }) => gateway === 'rungate');
    if (other === undefined) throw new Error('The preview has no other gateway.');
    chat.choice.choose(other);
    expect(chat.price.value).toBeUndefined();
    ask('Why?');
    await eventually('the question about the price', () => chat.pending.value?.stage === 'asking');
    expect(chat.pending.value?.price).toEqual({ shown: undefined, most: 425n });
    expect(left()).toHaveLength(1);
    chat.agree();
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(paramsOf('panel.send')).toMatchObject({
      maxAmount: '425',
      chat: { model: 'deepseek/deepseek-v3.2', gateway: 'rungate' },
    });
  });

  it('has a price once it was quoted, and then Send leaves it room to move by a fifth', async () => {
    const { chat, paramsOf, ask } = await openPanel({ ...plain, quote: rungateQuote });
    await eventually('models', () => chat.choice.models.value.length > 0);
    const [, other] = chat.choice.models.value;
    if (other === undefined) throw new Error('The preview has no other gateway.');
    chat.choice.choose(other);
    ask('Why?');
    await eventually('the question about the price', () => chat.pending.value?.stage === 'asking');
    chat.stop();
    const shown = chat.price.value ?? 0n;
    expect(shown).toBeGreaterThan(400n);
    expect(shown).toBeLessThan(500n);
    ask('Why?');
    await eventually('a live run', () => chat.live.value !== undefined);
    expect(paramsOf('panel.send')?.maxAmount).toBe(((shown * 6n) / 5n).toString());
  });
});
