import { expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { Model, Quote, Receipt } from '../../src/protocol/page.ts';
import { exampleRequest } from '../fakes/page.ts';
import { ownGateway } from '../fakes/services.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf } from './steps.ts';

const day = 24 * 3_600_000;

it('says what is missing before a chat could be paid', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const availability = () => resultOf(page.call('availability', {}, false));
  const { announced } = page.wallet;
  page.wallet.announced = [];
  expect(await availability()).toBe('needs-wallet');
  page.wallet.announced = announced;
  expect(await availability()).toBe('needs-permission');
  await allow(world);
  expect(await availability()).toBe('available');
  await world.screens.call('pause.set', { paused: true });
  expect(await availability()).toBe('unavailable');
  await world.screens.call('pause.set', { paused: false });
  await world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'blocked' });
  expect(await availability()).toBe('unavailable');
  expect(world.gateway.requests).toEqual([]);
});

it('says of a model that no gateway offers that it is unavailable, as far as catalogues tell', async () => {
  const world = await startWorld({ gateways: [jumpGate, rungate] });
  const page = world.openPage();
  const availability = (model: string) => resultOf(page.call('availability', { model }, false));
  expect(await availability('ambient/large')).toBe('needs-permission');
  expect(await availability(rungate.defaultModel)).toBe('needs-permission');
  expect(await availability('gpt-4o')).toBe('unavailable');
  await allow(world);
  expect(await availability('gpt-4o')).toBe('unavailable');
  expect(await availability(rungate.defaultModel)).toBe('available');
  world.gateway.faults.set('catalogueDown');
  await world.pass(10 * 60_000);
  expect(await availability('gpt-4o')).toBe('unavailable');
  const unread = await startWorld();
  unread.gateway.faults.set('catalogueDown');
  expect(await resultOf(unread.openPage().call('availability', { model: 'gpt-4o' }))).toBe(
    'needs-permission',
  );
});

it('tells a page without a grant nothing of added gateways by a model that they have', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const { id: _id, ...gateway } = ownGateway;
  const availability = () => resultOf(page.call('availability', { model: gateway.defaultModel }, false));
  expect(await availability()).toBe('unavailable');
  const { id } = await world.screens.call('gateway.save', { gateway });
  await world.screens.call('gateway.setDefault', { id });
  await world.screens.call('site.setGateway', { site: 'https://shop.example', gateway: id });
  expect(await availability()).toBe('unavailable');
  await allow(world);
  expect(await availability()).toBe('available');
});

it('takes a page whose wallets are all on a chain that is not paid on for one without', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.announced = page.wallet.announced.map((wallet) => ({ ...wallet, kind: 'svm' }));
  expect(await resultOf(page.call('availability'))).toBe('needs-wallet');
  expect(await world.screens.call('panel.wallet', { tabId: 1 })).toBe('none');
  expect(await errorOf(page.chat())).toMatchObject({ type: 'chain_disconnected', paid: 'no' });
  expect(world.gateway.requests).toEqual([]);
});

it('tells a page that is too busy to say which wallets it has from one without', async () => {
  const world = await startWorld();
  const page = world.openPage();
  page.wallet.ask = () => undefined;
  const asked = page.call('availability');
  await world.pass(3_000);
  expect(await resultOf(asked)).toBe('needs-wallet');
  const chat = page.chat();
  await world.pass(10_000);
  const error = await errorOf(chat);
  expect(error).toMatchObject({ type: 'chain_disconnected', phase: 'approve', paid: 'no', retryable: true });
  expect(error.message).toContain('too busy');
  expect(world.gateway.requests).toEqual([]);
});

it('tells a site its own permission, until it ends', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const permission = () => resultOf(page.call('permission', {}, false));
  expect(await permission()).toEqual({ state: 'prompt', autoApprove: false });
  await allow(world);
  const granted = { state: 'granted', autoApprove: true, expiresAt: world.clock.nowMs() + 30 * day };
  expect(await permission()).toEqual(granted);
  await world.pass(29 * day);
  await resultOf(page.chat({ active: false }));
  expect(await permission()).toEqual({ ...granted, expiresAt: world.clock.nowMs() + 30 * day });
  await world.pass(30 * day);
  expect(await permission()).toEqual({ state: 'prompt', autoApprove: false });
  expect(await errorOf(page.chat({ active: false }))).toMatchObject({ type: 'unauthorized' });
  await world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'blocked' });
  expect(await permission()).toEqual({ state: 'denied', autoApprove: false });
});

it('ends a grant after 90 days however much it is used', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  for (let month = 0; month < 4; month += 1) {
    expect(await resultOf(page.call('permission'))).toMatchObject({ state: 'granted' });
    await resultOf(page.chat({ active: false }));
    await world.pass(22.5 * day);
  }
  expect(await resultOf(page.call('permission'))).toEqual({ state: 'prompt', autoApprove: false });
});

it('lists the models that are ready, and the documented one where the catalogue is down', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const listed = { id: 'ambient/large', gateway: 'jumpgate', contextWindow: 128_000, maxOutputTokens: 8192 };
  expect(await resultOf(page.call('models', {}, false))).toEqual([listed]);

  const other = await startWorld();
  other.gateway.faults.set('catalogueDown');
  const models = (await resultOf(other.openPage().call('models'))) as readonly Model[];
  expect(models).toEqual([{ id: jumpGate.defaultModel, gateway: 'jumpgate' }]);
});

it('quotes after a click or with a grant, and not otherwise', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const quote = (active: boolean) => page.call('quote', { request: exampleRequest }, active);
  expect(await errorOf(quote(false))).toMatchObject({ type: 'unauthorized', phase: 'quote' });
  expect(world.gateway.requests).toEqual([]);
  expect(await resultOf(quote(true))).toMatchObject({
    model: 'ambient/large',
    gateway: 'jumpgate',
    amountUsdc: '0.004424',
    maxAmountUsdc: '0.004474',
    inputTokens: 17,
    maxOutputTokens: 1000,
    expiresAt: world.clock.nowMs() + 60_000,
  });
  await allow(world);
  await resultOf(quote(false));
  await world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'blocked' });
  expect(await errorOf(quote(true))).toMatchObject({ type: 'unauthorized', phase: 'quote' });
  expect(world.gateway.requests.map(({ kind }) => kind)).toEqual(['quote', 'quote']);
});

it('gives ten quotes a minute', async () => {
  const world = await startWorld();
  const page = world.openPage();
  const quote = () => page.call('quote', { request: exampleRequest });
  for (let count = 0; count < 10; count += 1) await resultOf(quote());
  expect(await errorOf(quote())).toMatchObject({ type: 'limit_exceeded', phase: 'quote', retryable: true });
  await resultOf(
    world.openPage({ origin: 'https://news.example' }).call('quote', { request: exampleRequest }),
  );
  await world.pass(60_000);
  await resultOf(quote());
});

it('pays at most what the named quote said', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  const { id: quoteId } = (await resultOf(page.call('quote', { request: exampleRequest }))) as Quote;
  world.gateway.priceOf = () => 4475n;
  expect(await errorOf(page.chat({ options: { quoteId } }))).toMatchObject({
    type: 'price_changed',
    phase: 'quote',
    paid: 'no',
  });
  expect(await world.rows()).toEqual([]);
  world.gateway.priceOf = () => 4474n;
  expect((await resultOf(page.chat({ options: { quoteId } }))).receipt.amountUsdc).toBe('0.004474');
});

it('knows a quote only for its own site, request and minute', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  const quote = async () => ((await resultOf(page.call('quote', { request: exampleRequest }))) as Quote).id;
  const unknown = { type: 'invalid_params', phase: 'validate', paid: 'no' };
  const stranger = world.openPage({ origin: 'https://news.example', tabId: 2 });
  const quoteId = await quote();
  const options = { quoteId };
  expect(await errorOf(stranger.chat({ options }))).toMatchObject(unknown);
  expect(await errorOf(page.chat({ options, request: { max_completion_tokens: 999 } }))).toMatchObject(
    unknown,
  );
  expect(await errorOf(page.chat({ options: { quoteId: 'no-such-quote' } }))).toMatchObject(unknown);
  world.restart();
  await resultOf(page.chat({ options }));
  await world.pass(60_001);
  expect(await errorOf(page.chat({ options }))).toMatchObject(unknown);
});

it('never pays more than the maxSpend of the call', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  expect(await errorOf(page.chat({ options: { maxSpend: '0.004423' } }))).toMatchObject({
    type: 'price_changed',
    phase: 'quote',
    paid: 'no',
  });
  expect(await world.rows()).toEqual([]);
  await resultOf(page.chat({ options: { maxSpend: '0.004424' } }));
});

it('refuses a gateway that it does not know', async () => {
  const world = await startWorld();
  await allow(world);
  expect(await errorOf(world.openPage().chat({ options: { gateway: 'evil' } }))).toMatchObject({
    type: 'invalid_params',
    phase: 'validate',
  });
  expect(world.gateway.requests).toEqual([]);
});

it('pays through the gateway that a call names', async () => {
  const other = { ...jumpGate, id: 'other', name: 'Other' };
  const world = await startWorld({ gateways: [jumpGate, other] });
  await allow(world);
  const { receipt } = await resultOf(world.openPage().chat({ options: { gateway: 'other' } }));
  expect(receipt.gateway).toBe('other');
});

it('gives a site the receipts of its own payments only', async () => {
  const world = await startWorld();
  await allow(world);
  await allow(world, {}, 'https://news.example');
  const shop = world.openPage();
  const news = world.openPage({ origin: 'https://news.example', tabId: 2 });
  const first = (await resultOf(shop.chat())).receipt;
  await world.pass(1);
  const second = (await resultOf(shop.chat())).receipt;
  const foreign = (await resultOf(news.chat())).receipt;

  const list = (await resultOf(shop.call('receipts.list', {}, false))) as readonly Receipt[];
  expect(list.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(await resultOf(shop.call('receipts.get', { id: first.id }))).toEqual(first);
  const unknown = await errorOf(shop.call('receipts.get', { id: foreign.id }));
  expect(unknown).toMatchObject({ type: 'invalid_params', paid: 'no' });
  expect(await errorOf(shop.call('receipts.get', { id: 'no-such-receipt' }))).toEqual(unknown);
});
