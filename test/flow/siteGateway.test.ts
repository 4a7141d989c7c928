import { describe, expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import { panelSite } from '../../src/core/site.ts';
import type { ChatRequest } from '../../src/protocol/page.ts';
import type { FakePage } from '../fakes/page.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { ownGateway } from '../fakes/services.ts';
import { shopOrigin, startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endOf, errorOf, resultOf } from './steps.ts';

const site = shopOrigin;
const qwen = 'qwen/qwen3-coder-next';
const { id: _id, ...draft } = ownGateway;
const question: ChatRequest = { messages: [{ role: 'user', content: 'What is Base?' }], max_tokens: 1000 };

/** Both gateways, of which Rungate answers the shop, with a model that is not its default. */
async function chosen(): Promise<World> {
  const world = await startWorld({ gateways: [jumpGate, rungate] });
  world.gateway.rungateModels = [rungate.defaultModel, qwen];
  await allow(world);
  await world.screens.call('site.setGateway', { site, gateway: 'rungate', model: qwen });
  return world;
}

/** Who has answered, and with which model. */
async function answererOf(page: FakePage, request: ChatRequest, gateway?: string) {
  const options = gateway === undefined ? {} : { gateway };
  const { receipt } = await resultOf(
    page.call('chat', { request, options, stream: true }) as ReturnType<FakePage['chat']>,
  );
  return [receipt.gateway, receipt.model];
}

describe('the gateway and model that were chosen for a site', () => {
  it('answer its calls that name no model, with that model in what is sent and shown', async () => {
    const world = await chosen();
    expect(await answererOf(world.openPage(), question)).toEqual(['rungate', qwen]);
    expect(world.gateway.of('quote')).toEqual([]);
    for (const { body } of [...world.gateway.of('challenge'), ...world.gateway.of('paid')]) {
      expect(JSON.parse(body)).toMatchObject({ model: qwen });
    }
    expect((await world.screens.popup(1)).runs).toMatchObject([{ gateway: 'Rungate', model: qwen }]);
  });

  it('stand on the card of a site that asks', async () => {
    const world = await chosen();
    await world.screens.call('site.setMode', { site, mode: 'ask' });
    const chat = world.openPage().call('chat', { request: question, options: {}, stream: true });
    expect((await world.screens.payOnce()).payment).toMatchObject({ gateway: 'Rungate', model: qwen });
    await resultOf(chat);
  });

  it('answer calls for a model that nobody offers, and no others', async () => {
    const page = (await chosen()).openPage();
    expect(await answererOf(page, { ...question, model: 'gpt-4o' })).toEqual(['rungate', qwen]);
    const own = { ...question, model: rungate.defaultModel };
    expect(await answererOf(page, own)).toEqual(['rungate', rungate.defaultModel]);
    expect(await answererOf(page, { ...question, model: 'ambient/large' })).toEqual([
      'jumpgate',
      'ambient/large',
    ]);
  });

  it('leave a named model alone where no list can be read', async () => {
    const world = await chosen();
    world.gateway.faults.set('catalogueDown');
    expect(await answererOf(world.openPage(), { ...question, model: 'gpt-4o' })).toEqual([
      'rungate',
      'gpt-4o',
    ]);
  });

  it('give way to a gateway that the call names', async () => {
    const page = (await chosen()).openPage();
    expect(await answererOf(page, question, 'jumpgate')).toEqual(['jumpgate', 'ambient/large']);
    expect(await answererOf(page, question, 'rungate')).toEqual(['rungate', qwen]);
  });

  it('answer no other site', async () => {
    const world = await chosen();
    const origin = 'https://news.example';
    await allow(world, {}, origin);
    expect((await answererOf(world.openPage({ origin, tabId: 2 }), question))[0]).toBe('jumpgate');
  });

  it('stand first in what the site hears of models, and are told to it when they change', async () => {
    const world = await chosen();
    const page = world.openPage();
    const first = async () => ((await resultOf(page.call('models'))) as readonly { id: string }[])[0]?.id;
    expect(await first()).toBe(qwen);
    await resultOf(page.call('watch'));
    await world.quiet();
    const before = page.heard.length;
    await world.screens.call('site.setGateway', { site });
    await world.quiet();
    expect(page.heard.slice(before)).toMatchObject([{ kind: 'notice', notice: { type: 'modelschange' } }]);
    expect(await first()).toBe('ambient/large');
  });

  it('price its quotes, which are void once another answers', async () => {
    const world = await chosen();
    const page = world.openPage();
    const quote = async () =>
      (await resultOf(page.call('quote', { request: question }))) as { id: string; model: string };
    const pay = (quoteId: string) =>
      page.call('chat', { request: question, options: { quoteId }, stream: true });
    const first = await quote();
    expect(first).toMatchObject({ gateway: 'rungate', model: qwen });
    expect(await endOf(pay(first.id))).toMatchObject({ ok: true });
    const second = await quote();
    await world.screens.call('site.setGateway', { site, gateway: 'rungate' });
    expect(await errorOf(pay(second.id))).toMatchObject({ type: 'invalid_params', paid: 'no' });
  });

  it('hold after a restart, and are forgotten with the site', async () => {
    const world = await chosen();
    world.restart();
    await world.pass(1);
    expect((await world.screens.popup(1)).site).toBeUndefined();
    const page = world.openPage();
    expect(await answererOf(page, question)).toEqual(['rungate', qwen]);
    expect((await world.screens.popup(1)).site).toMatchObject({ gateway: 'rungate', model: qwen });
    await world.screens.call('site.forget', { site });
    await allow(world);
    expect((await answererOf(page, question))[0]).toBe('jumpgate');
  });
});

describe('what was chosen and is no longer there', () => {
  it('gives way to the gateway’s own model where its list has lost the chosen one', async () => {
    const world = await chosen();
    world.gateway.rungateModels = [rungate.defaultModel];
    expect(await answererOf(world.openPage(), question)).toEqual(['rungate', rungate.defaultModel]);
  });

  it('gives way to the default gateway, and stays named for our screens', async () => {
    const world = await startWorld();
    await allow(world);
    const { id } = await world.screens.call('gateway.save', { gateway: draft });
    await world.screens.call('site.setGateway', { site, gateway: id, model: 'own/small' });
    await world.screens.call('gateway.remove', { id });
    const page = world.openPage();
    expect(await answererOf(page, question)).toEqual(['jumpgate', 'ambient/large']);
    const popup = await world.screens.popup(1);
    expect(popup.site).toMatchObject({ gateway: id });
    expect(popup.gateways).toMatchObject([{ id: 'jumpgate', isDefault: true }]);
  });

  it('is not replaced by another gateway of the same name', async () => {
    const world = await startWorld();
    await allow(world);
    const { id } = await world.screens.call('gateway.save', { gateway: draft });
    await world.screens.call('site.setGateway', { site, gateway: id });
    await world.screens.call('gateway.remove', { id });
    const other = await world.screens.call('gateway.save', {
      gateway: { ...draft, baseUrl: 'https://other.example' },
    });
    expect(other.id).not.toBe(id);
    expect((await answererOf(world.openPage(), question))[0]).toBe('jumpgate');
  });
});

it('sends a site’s unknown model to a gateway of one’s own with what was chosen for it, and shows others nothing', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.baseUrl = ownGateway.baseUrl;
  const { id } = await world.screens.call('gateway.save', { gateway: draft });
  await world.screens.call('site.setGateway', { site, gateway: id, model: 'own/small' });
  expect(await answererOf(world.openPage(), question)).toEqual([id, 'own/small']);
  const listed = await resultOf(world.openPage({ origin: 'https://news.example', tabId: 2 }).call('models'));
  expect(JSON.stringify(listed)).not.toContain(id);
});

it('refuses a gateway that is not there, a model without one, and the side panel’s', async () => {
  const { screens } = await startWorld();
  const setGateway = (params: object) =>
    screens.call('site.setGateway', params as { site: string }).then(
      () => 'taken',
      (error: unknown) => (error instanceof PanelRefusal ? error.message : 'broken'),
    );
  expect(await setGateway({ site, gateway: 'nobody' })).toContain('removed');
  expect(await setGateway({ site, model: qwen })).toContain('parameters');
  expect(await setGateway({ site: panelSite, gateway: 'jumpgate' })).not.toBe('taken');
  expect(await setGateway({ site: 'file:///x', gateway: 'jumpgate' })).not.toBe('taken');
});

describe('a settings file', () => {
  it('carries who answers a site, and names it among what has to be agreed to', async () => {
    const { text } = await (await chosen()).screens.call('settings.export', {});
    const fresh = await startWorld({ gateways: [jumpGate, rungate] });
    const review = await fresh.screens.call('settings.review', { text });
    expect(review.changes).toMatchObject([
      { kind: 'site-gateway', site, gateway: 'Rungate', model: qwen, loosens: true },
    ]);
    await fresh.screens.call('settings.import', { text, digest: review.digest });
    fresh.openPage().connect();
    expect((await fresh.screens.popup(1)).site).toMatchObject({
      mode: 'ask',
      gateway: 'rungate',
      model: qwen,
    });
    expect((await fresh.screens.call('settings.review', { text })).changes).toEqual([]);
  });

  it('leaves the choice alone where it says nothing of it', async () => {
    const world = await chosen();
    const text = JSON.stringify({ paidchat: 'settings', version: 1, sites: [{ site, blocked: true }] });
    const { digest } = await world.screens.call('settings.review', { text });
    await world.screens.call('settings.import', { text, digest });
    world.openPage().connect();
    expect((await world.screens.popup(1)).site).toMatchObject({ mode: 'blocked', gateway: 'rungate' });
  });

  it('is written without a gateway that has been removed, and refused with one that nobody knows', async () => {
    const world = await startWorld();
    const { id } = await world.screens.call('gateway.save', { gateway: draft });
    await world.screens.call('site.setGateway', { site, gateway: id });
    await world.screens.call('gateway.remove', { id });
    const { text } = await world.screens.call('settings.export', {});
    expect(text).not.toContain(id);
    for (const choice of [{ gateway: 'nobody' }, { model: qwen }]) {
      const bad = JSON.stringify({ paidchat: 'settings', version: 1, sites: [{ site, ...choice }] });
      await expect(world.screens.call('settings.review', { text: bad })).rejects.toThrow(PanelRefusal);
    }
  });
});
