import { expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { payee } from '../fakes/gateway.ts';
import { payer } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, examplePrice, resultOf } from './steps.ts';

const answer = answerWords.join('');

it('streams a paid answer into the page, one event for each read, the receipt in the last', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat();
  const card = await world.screens.payOnce();
  expect(card.payment).toMatchObject({ question: 'What is Base?', amount: '4424', payTo: payee });
  const { receipt } = await resultOf(chat);

  expect(chat.text).toBe(answer);
  expect(chat.chunks.map(({ choices }) => choices[0]?.delta.role)).toEqual([
    'assistant',
    ...Array.from({ length: 4 }, () => undefined),
  ]);
  expect(chat.chunks.at(-1)).toMatchObject({
    choices: [{ finish_reason: 'stop' }],
    usage: { prompt_tokens: 17, completion_tokens: 4, total_tokens: 21 },
    paidchat: { receiptId: receipt.id, amountUsdc: '0.004424' },
  });
  expect(page.heard.filter(({ kind }) => kind === 'event')).toHaveLength(5);
  expect(world.gateway.charges).toMatchObject([{ from: payer.address, to: payee, value: examplePrice }]);
});

it('leaves a whole row, no window, no badge and nothing that keeps it alive', async () => {
  const world = await startWorld();
  const chat = world.openPage().chat();
  await world.screens.payOnce();
  const { receipt } = await resultOf(chat);
  await world.quiet();

  expect(await world.rows()).toMatchObject([
    {
      id: receipt.id,
      state: 'settled',
      proof: 'receipt',
      attempts: 1,
      approvedBy: 'card',
      signer: 'page',
      payer: payer.address,
      amount: examplePrice,
      payTo: payee,
      transaction: world.gateway.charges[0]?.transaction,
    },
  ]);
  expect(world.windows.shown).toEqual([]);
  expect(world.badge).toEqual({ waiting: 0, marked: [] });
  expect(world.holds).toBe(0);
});

it('answers a call that does not stream only when the answer is complete', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat({ stream: false });
  await world.screens.payOnce();
  const { completion, receipt } = await resultOf(chat);
  expect(completion).toMatchObject({
    object: 'chat.completion',
    model: 'ambient/large',
    choices: [{ message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
    usage: { total_tokens: 21 },
    paidchat: { receiptId: receipt.id, amountUsdc: '0.004424' },
  });
  expect(page.heard.filter(({ kind }) => kind === 'event')).toEqual([]);
});

it('tells the page nothing of addresses, transactions or limits', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat();
  await world.screens.payOnce();
  const { receipt } = await resultOf(chat);
  expect(Object.keys(receipt).sort()).toEqual(
    ['amountUsdc', 'at', 'gateway', 'id', 'model', 'network', 'status'].sort(),
  );
  const said = JSON.stringify(page.heard.filter(({ kind }) => kind !== 'ask')).toLowerCase();
  const [charge] = world.gateway.charges;
  for (const secret of [payer.address, payee, charge?.transaction ?? 'none', '500000']) {
    expect(said).not.toContain(secret.toLowerCase());
  }
});

it('pays without a card and without a click where the person has allowed it; the wallet is asked all the same', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await resultOf(page.chat({ active: false }));
  expect(world.windows.opened).toEqual([]);
  expect(page.wallet.asked.map(({ type }) => type)).toEqual([
    'list',
    'connect',
    'switchChain',
    'signTypedData',
  ]);
  expect(await world.rows()).toMatchObject([{ approvedBy: 'grant', state: 'settled' }]);
});

it('sends quote headers and body unchanged, guarded against redirects, cookies and caches', async () => {
  const world = await startWorld();
  await allow(world);
  await resultOf(world.openPage().chat({ request: { max_tool_calls: 2 } }));
  const [quote, challenge, paid] = world.gateway.requests;
  expect(world.gateway.requests.map(({ kind }) => kind)).toEqual(['quote', 'challenge', 'paid']);
  expect(paid?.body).toBe(challenge?.body);
  expect(JSON.parse(quote?.body ?? '')).toEqual({ ...JSON.parse(paid?.body ?? ''), max_tool_calls: 2 });
  const { 'PAYMENT-SIGNATURE': _payment, ...unpaid } = paid?.headers ?? {};
  expect(unpaid).toEqual(challenge?.headers);
  expect(unpaid).toMatchObject({ 'x402-input-tokens': '17', 'x402-model-tier': 'standard' });
  for (const { init } of world.gateway.requests) {
    expect(init).toMatchObject({
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
  }
});

it('bounds an answer by 1,024 tokens where the page names no bound', async () => {
  const world = await startWorld();
  await allow(world);
  const request = { messages: [{ role: 'user' as const, content: 'Hi' }] };
  const chat = world.openPage().call('chat', { request, options: {}, stream: true });
  await resultOf(chat);
  expect(JSON.parse(world.gateway.of('paid')[0]?.body ?? '')).toMatchObject({ max_completion_tokens: 1024 });
});

it('shows the text of a question that comes in parts', async () => {
  const world = await startWorld();
  const content = [
    { type: 'text', text: 'Look:' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    { type: 'text', text: 'what is it?' },
  ];
  const page = world.openPage();
  page.chat({ request: { messages: [{ role: 'user', content }] } });
  const card = await world.screens.card();
  expect(card.payment?.question).toBe('Look:\nwhat is it?');
});

it('gives what came so far when the person stops a paid answer', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  const chat = world.openPage().chat();
  await eventually('two words', () => chat.text === 'Base is ');
  const [run] = (await world.screens.popup(1)).runs;
  expect(run).toMatchObject({ stage: 'streaming', paid: 'yes', text: 'Base is ', amount: '4424' });
  await world.screens.call('run.stop', { runId: run?.id ?? '' });

  expect((await resultOf(chat)).receipt.status).toBe('settled');
  expect(chat.text).toBe('Base is ');
  expect(chat.chunks.at(-1)?.paidchat?.amountUsdc).toBe('0.004424');
  expect((await world.screens.popup(1)).runs).toMatchObject([{ stage: 'stopped', incomplete: true }]);
});

it('reads a paid answer to its end and keeps it when the page has gone', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  const page = world.openPage();
  const chat = page.chat();
  await eventually('two words', () => chat.text === 'Base is ');
  page.leave();
  world.gateway.release();
  await eventually('the end', async () => (await world.screens.popup(1)).runs[0]?.stage === 'done');
  expect((await world.screens.popup(1)).runs).toMatchObject([
    { text: answer, paid: 'yes', incomplete: false },
  ]);
});

it('goes on to the end when a page cancels what is paid already', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  const chat = world.openPage().chat();
  await eventually('two words', () => chat.text === 'Base is ');
  chat.cancel();
  await world.quiet();
  world.gateway.release();
  await resultOf(chat);
  expect(chat.text).toBe(answer);
});

it.each(['quote', 'card', 'connect'] as const)(
  'ends a call that its page cancels (%s) with nothing paid and nothing held',
  async (at) => {
    const world = await startWorld();
    const page = world.openPage();
    if (at === 'quote') world.gateway.faults.set('quoteSilent');
    if (at === 'connect') page.wallet.connecting = 'hang';
    const chat = page.chat();
    if (at === 'quote') await eventually('the quote', () => world.gateway.of('quote')[0]);
    const card = at === 'card' ? await world.screens.card() : undefined;
    if (at === 'connect') {
      await world.screens.payOnce();
      await page.asked('connect');
    }
    chat.cancel();
    const phase = { quote: 'quote', card: 'approve', connect: 'sign' }[at];
    expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', phase, paid: 'no' });
    await world.quiet();
    expect(await world.rows()).toMatchObject(
      at === 'connect' ? [{ state: 'released', releasedReason: 'stopped' }] : [],
    );
    // A window says why it has nothing to ask any more, and closes itself.
    if (card) expect(world.screens.view(card.id)).toEqual({ state: 'void', reason: 'stopped' });
    expect(world.badge.waiting).toBe(0);
    expect(world.gateway.of('paid')).toEqual([]);
  },
);

it('keeps what a wallet has signed when the page cancels before it is sent', async () => {
  const world = await startWorld({ nodes: ['https://one.example/rpc'] });
  await allow(world);
  for (const node of world.nodes) node.contract = 'accepts';
  const page = world.openPage();
  // Its signature is asked about: time enough for a cancel.
  page.wallet.signing = 'contract';
  const { ask } = page.wallet;
  page.wallet.ask = (asked, reply) =>
    ask(asked, (ok, value) => {
      reply(ok, value);
      if (asked.type === 'signTypedData') chat.cancel();
    });
  const chat = page.chat();
  expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', phase: 'sign', paid: 'unknown' });
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await world.rows()).toMatchObject([{ state: 'signed', trouble: 'not-sent' }]);
});
