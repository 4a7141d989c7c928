import { expect, it } from 'vitest';
import type { PageMethod } from '../../src/protocol/page.ts';
import { exampleRequest } from '../fakes/page.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, expectUntouched, resultOf } from './steps.ts';

const invalid = { type: 'invalid_params', phase: 'validate', paid: 'no', retryable: false };

it.each<[PageMethod, unknown]>([
  ['chat', null],
  ['chat', []],
  ['chat', 'What is Base?'],
  ['chat', { request: exampleRequest, options: {} }],
  ['chat', { request: exampleRequest, options: {}, stream: 'yes' }],
  ['chat', { request: exampleRequest, options: {}, stream: true, active: true }],
  ['chat', { request: exampleRequest, options: { maxSpend: 0.01 }, stream: true }],
  ['chat', { request: exampleRequest, options: { maxSpend: '-1' }, stream: true }],
  ['chat', { request: exampleRequest, options: { maxSpend: '1e21' }, stream: true }],
  ['chat', { request: exampleRequest, options: { caps: {} }, stream: true }],
  ['chat', { request: { ...exampleRequest, is_paid: false }, options: {}, stream: true }],
  ['chat', { request: { ...exampleRequest, messages: [] }, options: {}, stream: true }],
  [
    'chat',
    { request: { ...exampleRequest, messages: [{ role: 'root', content: 'x' }] }, options: {}, stream: true },
  ],
  [
    'chat',
    { request: { ...exampleRequest, messages: [{ role: 'user', content: 7 }] }, options: {}, stream: true },
  ],
  ['chat', { request: { ...exampleRequest, model: '' }, options: {}, stream: true }],
  ['chat', { request: { ...exampleRequest, max_completion_tokens: 0 }, options: {}, stream: true }],
  ['chat', { request: { ...exampleRequest, max_completion_tokens: 1.5 }, options: {}, stream: true }],
  ['chat', { request: { ...exampleRequest, max_tool_calls: -1 }, options: {}, stream: true }],
  ['quote', { request: { messages: 'all of them' } }],
  ['requestPermission', { budget: { amount: '1', per: 'year' } }],
  ['requestPermission', { budget: { amount: ' 12 ', per: 'day' } }],
  ['requestPermission', { reason: 'x'.repeat(2001) }],
  ['requestPermission', { mode: 'auto' }],
  ['receipts.get', { id: '../x' }],
  ['receipts.list', { site: 'https://news.example' }],
  ['permission', { site: 'https://news.example' }],
  ['availability', { model: 1 }],
  ['models', { gateway: 'x' }],
])('refuses %s with parameters of the wrong shape (%j)', async (method, params) => {
  const world = await startWorld();
  const page = world.openPage();
  expect(await errorOf(page.call(method, params))).toMatchObject(invalid);
  await expectUntouched(world);
});

it.each([
  ['permission', '{"__proto__":{"autoApprove":true}}'],
  ['permission', '{"constructor":{}}'],
  ['availability', '{"model":"x","__proto__":{}}'],
  ['requestPermission', '{"budget":{"amount":"1","per":"day","__proto__":{"per":"month"}}}'],
  [
    'chat',
    '{"request":{"messages":[{"role":"user","content":"x","__proto__":{}}]},"options":{},"stream":true}',
  ],
  [
    'chat',
    '{"request":{"messages":[{"role":"user","content":"x"}],"__proto__":{}},"options":{},"stream":true}',
  ],
  [
    'chat',
    '{"request":{"messages":[{"role":"user","content":"x"}]},"options":{"__proto__":{}},"stream":true}',
  ],
  [
    'chat',
    '{"request":{"messages":[{"role":"user","content":"x"}],"tools":[{"__proto__":{}}]},"options":{},"stream":true}',
  ],
  [
    'chat',
    '{"request":{"messages":[{"role":"user","content":"x"}],"metadata":{"__proto__":"x"}},"options":{},"stream":true}',
  ],
  [
    'chat',
    '{"request":{"messages":[{"role":"user","content":"x"}],"tools":[{"a":{"__proto__":{}}}]},"options":{},"stream":true}',
  ],
] as const)('refuses %s with a __proto__ or inherited key (%s)', async (method, text) => {
  const world = await startWorld();
  const page = world.openPage();
  expect(await errorOf(page.call(method, JSON.parse(text)))).toMatchObject(invalid);
  await expectUntouched(world);
});

it('lets a question talk about __proto__', async () => {
  const world = await startWorld();
  await allow(world);
  const content = 'What is {"__proto__": 1} and "__proto__":?';
  await resultOf(world.openPage().chat({ request: { messages: [{ role: 'user', content }] } }));
  const sent = JSON.parse(world.gateway.of('paid')[0]?.body ?? '') as { messages: unknown };
  expect(sent.messages).toEqual([{ role: 'user', content }]);
});

it('refuses more than 4 MiB in one call', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const content = 'x'.repeat(4 * 1024 * 1024);
  const chat = page.chat({ request: { messages: [{ role: 'user', content }] } });
  expect(await errorOf(chat)).toMatchObject({
    ...invalid,
    message: expect.stringContaining('4 MiB') as string,
  });
  await expectUntouched(world);
});
