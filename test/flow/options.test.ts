import { expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/core/configuration.ts';
import { defaultSiteCaps } from '../../src/core/limits.ts';
import type { OptionsState } from '../../src/protocol/options.ts';
import { eventually } from '../fakes/eventually.ts';
import { payee } from '../fakes/gateway.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { ownGateway, testNetwork } from '../fakes/services.ts';
import { shopOrigin, startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, errorOf, resultOf, statesOf } from './steps.ts';

const { id: _id, ...draft } = ownGateway;
const nodes = ['https://one.example/rpc', 'https://two.example/rpc'];

async function optionsOf(world: World): Promise<OptionsState> {
  let state: OptionsState | undefined;
  const unwatch = world.screens.watch('options.watch', {}, (event) => (state = event.state));
  const shown = await eventually('the options', () => state);
  unwatch();
  return shown;
}

/** Why our own screens were refused. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof PanelRefusal) return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}

async function developerWorld(): Promise<World> {
  const world = await startWorld({ nodes });
  await world.screens.call('developer.setMode', { on: true });
  await world.screens.call('developer.setTestNetwork', { testNetwork });
  world.gateway.money = { ...testNetwork, network: 'eip155:31337' };
  return world;
}

it('pays through a gateway of the person’s own as soon as it is the default one, after a restart too', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.baseUrl = ownGateway.baseUrl;
  const { id } = await world.screens.call('gateway.save', { gateway: draft });
  await world.screens.call('gateway.setDefault', { id });
  const { receipt } = await resultOf(world.openPage().chat());
  expect(receipt).toMatchObject({ gateway: 'my-gateway', amountUsdc: '0.004424' });
  expect(world.gateway.of('paid').map(({ url }) => url)).toEqual([`${ownGateway.baseUrl}/paid/chat/v2`]);
  world.restart();
  await world.pass(1);
  expect((await resultOf(world.openPage({ tabId: 2 }).chat())).receipt.gateway).toBe('my-gateway');
  expect((await optionsOf(world)).gateways).toMatchObject([
    { id: 'jumpgate', isBuiltIn: true, isDefault: false },
    { id: 'my-gateway', isBuiltIn: false, isDefault: true },
  ]);
});

it('goes back to a built-in gateway when the default one is removed', async () => {
  const world = await startWorld();
  await allow(world);
  const { id } = await world.screens.call('gateway.save', { gateway: draft });
  await world.screens.call('gateway.setDefault', { id });
  await world.screens.call('gateway.remove', { id });
  expect((await resultOf(world.openPage().chat())).receipt.gateway).toBe('jumpgate');
  expect(await errorOf(world.openPage({ tabId: 2 }).chat({ options: { gateway: id } }))).toMatchObject({
    type: 'invalid_params',
  });
});

it('keeps from a site without a grant which gateways the person has added', async () => {
  const world = await startWorld();
  await world.screens.call('gateway.save', { gateway: draft });
  const page = world.openPage();
  const gateways = async () => {
    const models = (await resultOf(page.call('models'))) as readonly { gateway: string }[];
    return [...new Set(models.map(({ gateway }) => gateway))];
  };
  expect(await gateways()).toEqual(['jumpgate']);
  await allow(world);
  expect(await gateways()).toEqual(['jumpgate', 'my-gateway']);
});

it('leaves built-in gateways as they are, and refuses what it cannot reach, in a sentence', async () => {
  const { screens } = await startWorld();
  const local = { ...draft, baseUrl: 'http://localhost:8402' };
  expect(await refusalOf(screens.call('gateway.save', { id: 'jumpgate', gateway: draft }))).toContain(
    'comes with PaidChat',
  );
  expect(await refusalOf(screens.call('gateway.remove', { id: 'jumpgate' }))).toContain(
    'comes with PaidChat',
  );
  expect(await refusalOf(screens.call('gateway.save', { gateway: local }))).toContain('needs developer mode');
  expect(await refusalOf(screens.call('gateway.save', { id: 'gone', gateway: draft }))).toContain('removed');
  expect(await refusalOf(screens.call('gateway.setDefault', { id: 'gone' }))).toContain('removed');
  const insecure = { ...draft, baseUrl: 'http://gateway.example' };
  expect(await refusalOf(screens.call('gateway.save', { gateway: insecure }))).toContain('gateway.baseUrl');
  await screens.call('developer.setMode', { on: true });
  await screens.call('gateway.save', { gateway: local });
});

it('asks the nodes that the person chose what became of a payment, and one is then enough', async () => {
  const world = await startWorld({ nodes });
  await allow(world);
  const [one, two] = world.nodes;
  if (!one || !two) throw new Error('There are no nodes.');
  one.mode = 'down';
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  await world.pass(26 * 60_000);
  await optionsOf(world);
  await world.quiet();
  expect(await statesOf(world)).toEqual(['signing']);
  await world.screens.call('network.setNodes', { network: 'eip155:8453', rpcUrls: [two.url] });
  await world.pass(20_000);
  await world.screens.popup(1);
  await world.quiet();
  expect(await statesOf(world)).toEqual(['released']);
  await world.screens.call('network.setNodes', { network: 'eip155:8453', rpcUrls: [] });
  expect((await optionsOf(world)).networks).toMatchObject([{ rpcUrls: nodes, pinnedRpcUrls: nodes }]);
});

it('never shows a node of the person’s to the page’s wallet', async () => {
  const world = await startWorld({ nodes });
  await allow(world);
  const rpcUrls = ['https://two.example/rpc'];
  await world.screens.call('network.setNodes', { network: 'eip155:8453', rpcUrls });
  const page = world.openPage();
  await resultOf(page.chat());
  expect(JSON.stringify(page.wallet.asked)).not.toContain('two.example');
});

it('pays test USDC on the developer’s own network, under the same limits, and shows it as such', async () => {
  const world = await developerWorld();
  await allow(world, { day: '8847' });
  const { receipt } = await resultOf(world.openPage().chat());
  expect(receipt).toMatchObject({ network: 'eip155:31337', status: 'settled' });
  expect(await world.rows()).toMatchObject([{ network: 'eip155:31337', asset: testNetwork.asset }]);
  const { payments, site } = await world.screens.popup(1);
  expect(payments).toMatchObject([{ networkName: 'My chain', isTest: true }]);
  expect(site?.use[0]).toMatchObject({ used: '4424' });
  await world.pass(1);
  // 8847 holds one payment of 4424, and not two.
  expect(await errorOf(world.openPage({ tabId: 2 }).chat({ active: false }))).toMatchObject({
    type: 'limit_exceeded',
  });
});

it('pays nothing in test USDC once developer mode is off, and still names what was paid', async () => {
  const world = await developerWorld();
  await allow(world);
  await resultOf(world.openPage().chat());
  await world.screens.call('developer.setMode', { on: false });
  await world.pass(1);
  expect(await errorOf(world.openPage({ tabId: 2 }).chat())).toMatchObject({
    type: 'unsafe_payment_request',
    paid: 'no',
  });
  expect((await world.screens.popup(1)).payments).toMatchObject([{ networkName: 'My chain', isTest: true }]);
});

it('refuses a message in the domain of another token than the one that was set', async () => {
  const world = await developerWorld();
  await allow(world);
  world.gateway.money = { ...testNetwork, network: 'eip155:31337', domainName: 'USD Coin' };
  expect(await errorOf(world.openPage().chat())).toMatchObject({
    type: 'unsafe_payment_request',
    paid: 'no',
  });
  expect(await statesOf(world)).toEqual([]);
});

it('lets no test network pose as a real one, and none go whose payment is still held', async () => {
  const world = await developerWorld();
  const { screens } = world;
  const set = (change: Partial<typeof testNetwork>) =>
    screens.call('developer.setTestNetwork', { testNetwork: { ...testNetwork, ...change } });
  expect(await refusalOf(set({ chainId: 8453 }))).toContain('real money');
  expect(await refusalOf(set({ asset: `0x${'aB'.repeat(20)}` }))).toContain('capitals');
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  expect(await refusalOf(set({ chainId: 31338 }))).toContain('not proved yet');
  expect(await refusalOf(screens.call('developer.removeTestNetwork', {}))).toContain('not proved yet');
  // Its node may change: it is asked about the same payments.
  await set({ rpcUrl: 'http://localhost:9999' });
  expect((await optionsOf(world)).testNetwork?.rpcUrl).toBe('http://localhost:9999');
});

it('lowers the limits of any site at once for those without their own', async () => {
  const world = await startWorld();
  await world.screens.call('site.setMode', { site: shopOrigin, mode: 'auto' });
  await allow(world, {}, 'https://news.example');
  await world.screens.call('limits.set', { site: { request: '50000', day: '4000', month: '5000000' } });
  expect(await errorOf(world.openPage().chat({ active: false }))).toMatchObject({ type: 'limit_exceeded' });
  const news = world.openPage({ origin: 'https://news.example', tabId: 2 });
  expect((await resultOf(news.chat({ active: false }))).receipt.status).toBe('settled');
  expect((await optionsOf(world)).sites).toMatchObject([
    { origin: 'https://news.example', hasOwnCaps: true, caps: { day: '500000' } },
    { origin: shopOrigin, hasOwnCaps: false, caps: { day: '4000' } },
  ]);
});

it('sets the limits that are named and leaves the others', async () => {
  const world = await startWorld();
  await Promise.all([
    world.screens.call('limits.set', { allDay: '100' }),
    world.screens.call('limits.set', { panelDay: '200' }),
  ]);
  const { limits } = await optionsOf(world);
  expect(limits.map(({ limit, cap }) => `${limit} ${cap}`)).toEqual([
    'all-day 100',
    'all-month 20000000',
    'panel-day 200',
  ]);
});

it('sets the limit of a site, or of any site, that was edited: another window may have changed the others', async () => {
  const world = await startWorld();
  await Promise.all([
    world.screens.call('site.setCaps', { site: shopOrigin, caps: { day: '2' } }),
    world.screens.call('site.setCaps', { site: shopOrigin, caps: { month: '3' } }),
    world.screens.call('limits.set', { site: { day: '4' } }),
    world.screens.call('limits.set', { site: { request: '1' } }),
  ]);
  const { sites, siteDefaults } = await optionsOf(world);
  const { month } = defaultSiteCaps;
  expect(siteDefaults).toEqual({ request: '1', day: '4', month: `${month}` });
  expect(sites).toMatchObject([{ origin: shopOrigin, caps: { day: '2', month: '3' } }]);
});

it('forgets a site with its grant, and not what it was paid', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await resultOf(page.chat());
  await world.screens.call('site.forget', { site: shopOrigin });
  expect(await resultOf(page.call('permission'))).toMatchObject({ state: 'prompt' });
  expect((await optionsOf(world)).sites).toEqual([]);
  expect((await world.screens.popup(1)).site?.use[0]).toMatchObject({ cap: '500000', used: '4424' });
});

it('carries settings from one profile to another, the raised ones by name, and no grant', async () => {
  const old = await startWorld();
  await allow(old, { day: '900000' });
  await old.screens.call('gateway.save', { gateway: draft });
  await old.screens.call('limits.set', { allDay: '3000000', panelDay: '500000' });
  const { text } = await old.screens.call('settings.export', {});

  const fresh = await startWorld();
  const review = await fresh.screens.call('settings.review', { text });
  const said = review.changes.map(({ kind, loosens, ...change }) => [
    kind,
    'limit' in change ? change.limit : '',
    loosens,
  ]);
  expect(said).toEqual([
    ['limit', 'all-day', true],
    ['limit', 'panel-day', false],
    ['limit', 'site-day', true],
    ['gateway', '', true],
  ]);
  expect(review.urls).toEqual([ownGateway.baseUrl]);
  // Looking changes nothing.
  expect((await optionsOf(fresh)).gateways).toHaveLength(1);

  await fresh.screens.call('settings.import', { text, digest: review.digest });
  const after = await optionsOf(fresh);
  expect(after.gateways.map(({ id }) => id)).toEqual(['jumpgate', 'my-gateway']);
  expect(after.sites).toMatchObject([{ origin: shopOrigin, mode: 'ask', caps: { day: '900000' } }]);
  expect((await fresh.screens.call('settings.review', { text })).changes).toEqual([]);
});

it('takes no file over that changes something else than was agreed to', async () => {
  const world = await startWorld();
  const text = '{"paidchat":"settings","version":1,"limits":{"allDay":"1.50"}}';
  const { digest, changes } = await world.screens.call('settings.review', { text });
  expect(changes).toMatchObject([{ loosens: false, from: '2000000', to: '1500000' }]);
  await world.screens.call('limits.set', { allDay: '1000000' });
  expect(await refusalOf(world.screens.call('settings.import', { text, digest }))).toContain('have changed');
  const raised = text.replace('1.50', '9.00');
  expect(await refusalOf(world.screens.call('settings.import', { text: raised, digest }))).toContain(
    'changed',
  );
  expect((await optionsOf(world)).limits[0]?.cap).toBe('1000000');
});

it.each([
  ['a gateway that poses as a built-in one', { gateways: [{ ...ownGateway, id: 'jumpgate' }] }],
  ['a default gateway that nobody knows', { defaultGateway: 'nobody' }],
  ['nodes of a network that nobody knows', { nodes: [{ network: 'eip155:1', rpcUrls: nodes }] }],
  ['a test network that poses as Base', { testNetwork: { ...testNetwork, chainId: 8453 } }],
  ['a site that allows itself', { sites: [{ site: shopOrigin, mode: 'auto' }] }],
])('changes nothing for a file with %s', async (_what, content) => {
  const world = await startWorld();
  const text = JSON.stringify({ paidchat: 'settings', version: 1, limits: { allDay: '1.00' }, ...content });
  const review = await refusalOf(world.screens.call('settings.review', { text }));
  expect(review).toMatch(/nothing was changed|real money/);
  expect(await refusalOf(world.screens.call('settings.import', { text, digest: '' }))).toBe(review);
  expect((await optionsOf(world)).limits[0]?.cap).toBe('2000000');
  expect(defaultConfiguration.gateways).toEqual([]);
});

it('pins whom a gateway of one’s own is paid to, as for any other', async () => {
  const world = await startWorld();
  world.gateway.baseUrl = ownGateway.baseUrl;
  const { id } = await world.screens.call('gateway.save', { gateway: draft });
  await world.screens.call('gateway.setDefault', { id });
  const chat = world.openPage().chat();
  const card = await world.screens.payOnce();
  expect(card.payment).toMatchObject({ gateway: 'My gateway', payTo: payee, networkName: 'Base' });
  await resultOf(chat);
});

it('says so where the browser keeps a gateway from us, and calls it down where it does not', async () => {
  const world = await startWorld();
  await allow(world);
  world.gateway.faults.set('quoteUnreachable');
  expect((await errorOf(world.openPage().chat())).message).toContain('cannot be reached');
  world.kept.add('https://jumpgate.ambient.xyz');
  world.gateway.faults.set('quoteUnreachable');
  expect(await errorOf(world.openPage({ tabId: 2 }).chat())).toMatchObject({
    type: 'gateway_unavailable',
    paid: 'no',
    message: expect.stringContaining('options, under Gateways'),
  });
});
