import { describe, expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { ChatRequest } from '../../src/protocol/page.ts';
import { answerWords, reasoningWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

const both = { gateways: [jumpGate, rungate] } as const;
const deepseek = { model: 'deepseek/deepseek-v3.2' };

describe('the gateway of a call', () => {
  it('is the one whose model it names', async () => {
    const world = await startWorld(both);
    await allow(world);
    const page = world.openPage();
    const { receipt } = await resultOf(page.chat({ request: deepseek }));
    expect(receipt).toMatchObject({ gateway: 'rungate', model: deepseek.model, status: 'settled' });
    expect(world.gateway.of('quote')).toEqual([]);
    expect((await world.screens.popup(1)).runs).toMatchObject([
      { gateway: 'Rungate', model: deepseek.model },
    ]);
    expect((await resultOf(page.chat())).receipt.gateway).toBe('jumpgate');
  });

  it('is the default one for a model that nobody lists, and for one that it lists itself', async () => {
    const world = await startWorld(both);
    await allow(world);
    const page = world.openPage();
    expect((await resultOf(page.chat({ request: { model: 'nobody/knows' } }))).receipt.gateway).toBe(
      'jumpgate',
    );
    // Its own default model needs no catalogue.
    world.gateway.faults.set('catalogueDown');
    expect((await resultOf(page.chat())).receipt.gateway).toBe('jumpgate');
    expect((await resultOf(page.chat({ request: deepseek }))).receipt.gateway).toBe('rungate');
  });

  it('is the one it names, whatever its model', async () => {
    const world = await startWorld(both);
    await allow(world);
    const page = world.openPage();
    const named = await resultOf(page.chat({ options: { gateway: 'rungate' } }));
    expect(named.receipt).toMatchObject({ gateway: 'rungate', model: 'ambient/large' });
    expect(await errorOf(page.chat({ options: { gateway: 'elsewhere' } }))).toMatchObject({
      type: 'invalid_params',
      paid: 'no',
    });
  });

  it('is that of its quote, which such a gateway gives by its challenge', async () => {
    const world = await startWorld(both);
    await allow(world);
    const page = world.openPage();
    const request = { ...deepseek, messages: [{ role: 'user', content: 'What is Base?' }], max_tokens: 1000 };
    const quote = (await resultOf(page.call('quote', { request }))) as { id: string };
    expect(quote).toMatchObject({ gateway: 'rungate', amountUsdc: '0.004424', maxAmountUsdc: '0.004424' });
    expect(quote).not.toHaveProperty('inputTokens');
    expect(await world.rows()).toEqual([]);
    const options = { quoteId: quote.id };
    const wanted = { ...deepseek, max_tokens: 1000, max_completion_tokens: 1000 };
    expect((await resultOf(page.chat({ request: wanted, options }))).receipt.gateway).toBe('rungate');
    world.gateway.priceOf = () => 4425n;
    expect(await errorOf(page.chat({ request: wanted, options }))).toMatchObject({ type: 'price_changed' });
  });
});

it('shows the models of both to a page without their prices, and with them to the panel', async () => {
  const world = await startWorld(both);
  const page = world.openPage();
  expect(await resultOf(page.call('models'))).toEqual([
    { id: 'ambient/large', gateway: 'jumpgate', contextWindow: 128_000, maxOutputTokens: 8192 },
    { id: 'deepseek/deepseek-v3.2', gateway: 'rungate' },
  ]);
  expect(await world.screens.call('panel.models', {})).toEqual([
    {
      id: 'ambient/large',
      gateway: 'jumpgate',
      gatewayName: 'Ambient JumpGate',
      prices: { input: '1400000', output: '4400000' },
    },
    { id: 'deepseek/deepseek-v3.2', gateway: 'rungate', gatewayName: 'Rungate' },
  ]);
});

it('tells the panel what it knows of models without a word to any gateway', async () => {
  const world = await startWorld(both);
  const known = await world.screens.call('panel.knownModels', {});
  expect(known.map(({ id }) => id)).toEqual(['ambient/large', 'deepseek/deepseek-v3.2']);
  expect(world.gateway.requests).toEqual([]);
});

it('asks and pays for a panel’s chat at the gateway of its model', async () => {
  const world = await startWorld(both);
  world.openPage();
  const chat = {
    ...deepseek,
    gateway: 'rungate',
    maxTokens: 1000,
    messages: [{ role: 'user', content: 'Hi' }],
  } as const;
  const quote = await world.screens.call('panel.quote', { tabId: 1, chat });
  expect(quote).toEqual({ model: deepseek.model, amount: '4424', maxOutputTokens: 1000 });
  await world.screens.call('panel.send', { tabId: 1, chat, maxAmount: '4424' });
  expect(await world.reaches('settled')).toMatchObject({ gateway: 'rungate', model: deepseek.model });
});

it.each([jumpGate, rungate])(
  'passes on to $name what a page says of tools, formats, parts and sampling, as it is and in order',
  async (gateway) => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    const look = { type: 'function', function: { name: 'look', arguments: '{"at":"<b>\\u0000"}' } };
    const messages: ChatRequest['messages'] = [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        name: 'Ada',
        content: [
          { type: 'text', text: 'What is this? 🦊' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call-1', ...look }] },
      { role: 'tool', tool_call_id: 'call-1', content: 'A fox.' },
    ];
    const schema = { type: 'object', properties: { animal: { type: 'string' } }, required: ['animal'] };
    const rest = {
      tools: [{ type: 'function', function: { name: 'look', parameters: schema, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'look' } },
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'animal', schema } },
      metadata: { trace: '1' },
      temperature: 0.5,
      top_p: 0.9,
      stop: ['\n\n'],
      seed: 7,
      frequency_penalty: -1,
      presence_penalty: 1,
      reasoning_effort: 'low',
    };
    await resultOf(world.openPage().chat({ request: { messages, ...rest } }));
    const [challenge] = world.gateway.of('challenge');
    const [paid] = world.gateway.of('paid');
    expect(JSON.parse(paid?.body ?? '')).toMatchObject({ messages, ...rest });
    expect(paid?.body).toBe(challenge?.body);
  },
);

describe.each([jumpGate, rungate])('what $name says beside its answer', (gateway) => {
  it('stands in our screens, also after a restart, and never in the answer', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('reasoning');
    await resultOf(world.openPage().chat());
    const facts = {
      text: answerWords.join(''),
      reasoning: reasoningWords,
      tokens: { input: 17, output: 4 },
      ...(gateway === jumpGate ? { verified: true } : {}),
    };
    expect((await world.screens.popup(1)).runs).toMatchObject([facts]);
    await world.pass(1_000);
    world.restart();
    expect((await world.screens.popup(1)).runs).toMatchObject([facts]);
  });

  it('of other ways to pay stands on the card, and is not used', async () => {
    const world = await startWorld({ gateways: [gateway] });
    world.gateway.faults.set('mppBeside');
    const chat = world.openPage().chat();
    const card = await world.screens.payOnce();
    expect(card.payment?.alsoOffered).toEqual(['tempo', 'evm']);
    await resultOf(chat);
    expect(await eventually('the payment', () => world.gateway.of('paid')[0])).not.toHaveProperty(
      'headers.authorization',
    );
  });
});
