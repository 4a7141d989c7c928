import { expect, it } from 'vitest';
import type { PageMethod } from '../../src/protocol/page.ts';
import { pageSchemas } from '../../src/protocol/pageSchemas.ts';
import { panelCallSchemas, panelStreamSchemas } from '../../src/protocol/panelSchemas.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { eventually } from '../fakes/eventually.ts';
import { exampleRequest } from '../fakes/page.ts';
import { extension, shopOrigin, startWorld } from '../fakes/world.ts';
import { allow, errorOf, expectUntouched, resultOf, statesOf } from './steps.ts';

const invalid = { type: 'invalid_params', phase: 'validate', paid: 'no', retryable: false };
const unsupported = { type: 'unsupported_method', phase: 'validate', paid: 'no' };

it('gives a page its own methods and no other', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const others = [
    ...Object.keys(panelCallSchemas),
    ...Object.keys(panelStreamSchemas),
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'CHAT',
    'receipts',
  ];
  for (const method of others) {
    expect(await errorOf(page.call(method as PageMethod)), method).toMatchObject(unsupported);
  }
  await expectUntouched(world);
});

it('gives our screens their own methods and none of a page', async () => {
  const world = await startWorld();
  const others = [...Object.keys(pageSchemas), '__proto__', 'constructor', 'valueOf'];
  for (const [index, method] of others.entries()) {
    const id = `forged-panel-${index}`;
    world.screens.say({ v: 1, id, kind: 'call', method, params: {} });
    const reply = await eventually(method, () => world.screens.heard.find((frame) => frame.id === id));
    expect(reply, method).toMatchObject({ kind: 'fail', error: unsupported });
  }
});

const forged: readonly unknown[] = [
  undefined,
  null,
  7,
  'call',
  [],
  {},
  { v: 1 },
  { v: 2, id: 'forged-frame', kind: 'call', method: 'permission', params: {} },
  { id: 'forged-frame', kind: 'call', method: 'permission', params: {} },
  { v: 1, id: 'short', kind: 'call', method: 'permission', params: {} },
  { v: 1, id: 'x'.repeat(65), kind: 'call', method: 'permission', params: {} },
  { v: 1, id: 'with space!', kind: 'call', method: 'permission', params: {} },
  { v: 1, id: 'forged-frame', kind: 'call', method: '', params: {} },
  { v: 1, id: 'forged-frame', kind: 'call', method: ['permission'], params: {} },
  { v: 1, id: 'forged-frame', kind: 'call', method: 'permission', params: {}, site: 'https://news.example' },
  { v: 1, id: 'forged-frame', kind: 'event', offset: 0, event: [] },
  { v: 1, id: 'forged-frame', kind: 'end', result: null },
  { v: 1, id: 'forged-frame', kind: 'fail', error: { type: 'internal' } },
  { v: 1, id: 'forged-frame', kind: 'ask', ask: { type: 'list' } },
  { v: 1, id: 'forged-frame', kind: 'settle', result: null },
  { v: 1, id: 'forged-frame', kind: 'cancel', all: true },
  { v: 1, id: 'forged-frame', kind: 'resume', offset: -1 },
  { v: 1, id: 'forged-frame', kind: 'resume', offset: 0.5 },
  { v: 1, id: 'forged-frame', kind: 'answer', ok: 'true', value: null },
];

it('lets a thousand forged frames through either door do nothing', async () => {
  const world = await startWorld();
  const page = world.openPage();
  await resultOf(page.call('permission'));
  const said = page.heard.length;
  const shown = world.screens.heard.length;
  for (let round = 0; round < 42; round += 1) {
    for (const frame of forged) {
      page.say(frame);
      world.screens.say(frame);
    }
  }
  await world.quiet();
  expect(page.heard).toHaveLength(said);
  expect(world.screens.heard).toHaveLength(shown);
  await expectUntouched(world);
  expect(await resultOf(page.call('permission'))).toEqual({ state: 'prompt', autoApprove: false });
});

it('accepts of the eight kinds of frame only the four that flow upward', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.signing = 'hang';
  await allow(world);
  const chat = page.chat();
  await page.asked('signTypedData');
  const askId = page.askIds.at(-1) ?? '';
  const downward: readonly Frame[] = [
    { v: 1, id: chat.id, kind: 'event', offset: 0, event: [] },
    { v: 1, id: chat.id, kind: 'end', result: null },
    {
      v: 1,
      id: chat.id,
      kind: 'fail',
      error: { type: 'internal', message: '', phase: 'send', paid: 'no', retryable: true },
    },
    { v: 1, id: askId, kind: 'ask', ask: { type: 'list' } },
  ];
  for (const frame of downward) page.say(frame);
  await world.quiet();
  expect(await statesOf(world)).toEqual(['signing']);
  expect(chat.ended).toBeUndefined();
  await page.wallet.goOn();
  await resultOf(chat);
});

it('gives a run to its own site only, also to one that knows the id of the call', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('holdStream');
  const chat = world.openPage().chat();
  await eventually('two words', () => chat.text === 'Base is ');
  const thief = world.openPage({ origin: 'https://evil.example', tabId: 1 });
  thief.say({ v: 1, id: chat.id, kind: 'resume', offset: 0 });
  const reply = await eventually('a reply', () => thief.heard[0]);
  expect(reply).toMatchObject({ kind: 'fail', error: { type: 'disconnected', paid: 'no' } });
  expect(JSON.stringify(thief.heard)).not.toContain('Base');
  thief.say({ v: 1, id: chat.id, kind: 'cancel' });
  await world.quiet();
  world.gateway.release();
  await resultOf(chat);
});

it('does not answer an id of its own site twice', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  const chat = page.chat();
  const again = { v: 1, id: chat.id, kind: 'call', method: 'chat', params: {}, active: true };
  page.say(again);
  await resultOf(chat);
  await world.quiet();
  expect(world.gateway.charges).toHaveLength(1);

  const other = world.openPage({ tabId: 2 });
  const params = { request: exampleRequest, options: {}, stream: true };
  other.say({ ...again, params });
  const reply = await eventually('a reply', () => other.heard.find(({ kind }) => kind === 'fail'));
  expect(reply).toMatchObject({ error: invalid });
  expect(world.gateway.charges).toHaveLength(1);
});

it.each([
  ['another extension', 'page', { id: 'other', origin: shopOrigin, frameId: 0, tab: { id: 1 } }],
  ['a frame', 'page', { id: extension.id, origin: shopOrigin, frameId: 3, tab: { id: 1 } }],
  ['an opaque origin', 'page', { id: extension.id, origin: 'null', frameId: 0, tab: { id: 1 } }],
  ['a page at the panel door', 'panel', { id: extension.id, origin: shopOrigin, frameId: 0, tab: { id: 1 } }],
  ['a screen of ours at the page door', 'page', { id: extension.id, origin: extension.origin }],
  ['nobody known', 'other', { id: extension.id, origin: extension.origin }],
])('cuts off %s without a word', async (_who, name, sender) => {
  const world = await startWorld();
  const heard: unknown[] = [];
  let closed = false;
  const port = world.connect(name, sender);
  port.onClose(() => (closed = true));
  port.onMessage((message) => heard.push(message));
  port.post({ v: 1, id: 'call-number-1', kind: 'call', method: 'permission', params: {} });
  await eventually('the cut', () => closed);
  await world.quiet();
  expect(heard).toEqual([]);
});

it('takes no word of a page for an approval', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const chat = page.chat();
  const { id: cardId, version } = await world.screens.card();
  const params = { cardId, version, answer: { choice: 'once' } };
  const forgedCall = page.call('approval.answer' as PageMethod, params);
  expect(await errorOf(forgedCall)).toMatchObject(unsupported);
  await world.quiet();
  expect(chat.ended).toBeUndefined();
  expect(await world.rows()).toEqual([]);
});

it('refuses parameters of a screen that no screen of ours sends', async () => {
  const world = await startWorld();
  const calls: readonly [string, unknown][] = [
    ['approval.answer', { cardId: 'card-number-1', version: 1, answer: { choice: 'allow', day: '-1' } }],
    [
      'approval.answer',
      { cardId: 'card-number-1', version: 1, answer: { choice: 'allow', day: '1', forever: true } },
    ],
    ['approval.answer', { cardId: 'card-number-1', version: 1, answer: { choice: 'unlimited' } }],
    ['approval.answer', { cardId: 'card-number-1', version: 1, answer: { choice: 'raise', limits: [] } }],
    ['site.setMode', { site: shopOrigin, mode: 'unlimited' }],
    ['site.setMode', { site: 'javascript:alert(1)', mode: 'auto' }],
    ['site.setCaps', { site: shopOrigin, caps: { request: '1e3', day: '1', month: '1' } }],
    ['pause.set', { paused: 1 }],
  ];
  for (const [index, [method, params]] of calls.entries()) {
    const id = `wrong-call-${index}`;
    world.screens.say({ v: 1, id, kind: 'call', method, params });
    const reply = await eventually(method, () => world.screens.heard.find((frame) => frame.id === id));
    expect(reply, method).toMatchObject({ kind: 'fail', error: invalid });
  }
});
