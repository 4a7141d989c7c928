import { describe, expect, it } from 'vitest';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import { panelSite } from '../../src/core/site.ts';
import type { RunView } from '../../src/protocol/panel.ts';
import { solanaPayee, solanaPayer } from '../fakes/solanaChain.ts';
import { announcement, payer, solanaAnnouncement } from '../fakes/wallet.ts';
import { shopOrigin, startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { eventually } from '../fakes/eventually.ts';
import { allow, errorOf, resultOf, statesOf } from './steps.ts';

const [base, solana] = [baseUsdc.network, solanaUsdc.network];
const twoWallets = [announcement('wallet'), solanaAnnouncement('Sun')];

/** A gateway that takes both, nodes of both, and a page with a wallet for each. */
async function startBoth(dearerBy = 0n) {
  const world = await startWorld({
    nodes: ['https://base.example/rpc'],
    solanaNodes: ['https://solana.example/rpc', 'https://solana2.example/rpc'],
  });
  world.gateway.solanaDearerBy = dearerBy;
  const page = world.openPage();
  page.wallet.announced = twoWallets;
  return { world, page };
}

/** What the payer has on both chains. */
function give(world: World, balances: { base?: bigint; solana?: bigint }) {
  for (const node of world.nodes) node.balance = balances.base ?? node.balance;
  for (const node of world.solanaNodes) node.balance = balances.solana ?? node.balance;
}

const choose = (world: World, network: typeof base | typeof solana) =>
  world.screens.click({ choice: 'network', network });
/** The card, once it shows what the wallets have. */
const cardWithBalances = (world: World) =>
  eventually('balances', async () => {
    const card = await world.screens.card();
    return card.payment?.chains.every(({ balance }) => balance !== undefined) === true ? card : undefined;
  });

describe('which chain is paid on', () => {
  it('is Solana where nothing is connected, and the card says what else there is', async () => {
    const { world, page } = await startBoth();
    const chat = page.chat();
    const card = await world.screens.card();
    expect(card.payment).toMatchObject({
      network: solana,
      networkName: 'Solana',
      kind: 'svm',
      payTo: solanaPayee,
    });
    expect(card.payment?.chains).toMatchObject([
      { network: base, networkName: 'Base', amount: '4424' },
      { network: solana, networkName: 'Solana', amount: '4424' },
    ]);
    expect(card.wallets.map(({ name }) => name)).toEqual(['Sun']);
    await world.screens.payOnce();
    expect((await resultOf(chat)).receipt).toMatchObject({ status: 'settled', network: solana });
    expect(await world.rows()).toMatchObject([{ network: solana, payer: solanaPayer, payTo: solanaPayee }]);
    expect(world.gateway.solana?.landed).toMatchObject([{ value: 4424n }]);
    expect(world.gateway.charges).toEqual([]);
    expect((await world.screens.popup(1)).payments).toMatchObject([
      {
        networkName: 'Solana',
        explorerUrl: expect.stringMatching(/^https:\/\/solscan\.io\/tx\/[1-9A-Za-z]{86,88}$/),
      },
    ]);
  });

  it('is the one whose wallet is connected', async () => {
    const { world, page } = await startBoth();
    page.wallet.isConnected = true;
    page.chat();
    expect((await world.screens.card()).payment).toMatchObject({ network: base, kind: 'evm' });
  });

  it('is what the person chooses on the card, and then that of the site', async () => {
    const { world, page } = await startBoth();
    const chat = page.chat();
    await choose(world, base);
    const second = await world.screens.payOnce();
    expect(second).toMatchObject({
      version: 2,
      payment: { network: base, payTo: expect.stringMatching(/^0x/) },
    });
    expect(second.wallets.map(({ name }) => name)).toEqual(['wallet']);
    await resultOf(chat);
    expect(world.gateway.charges).toMatchObject([{ from: payer.address }]);
    expect(await world.rows()).toMatchObject([{ network: base, payer: payer.address, approvedBy: 'card' }]);

    const next = page.chat();
    expect((await world.screens.payOnce()).payment).toMatchObject({ network: base });
    await resultOf(next);
    // Another site has made no choice.
    const other = world.openPage({ origin: 'https://other.example', tabId: 2 });
    other.wallet.announced = twoWallets;
    other.chat();
    expect((await world.screens.card()).payment).toMatchObject({ network: solana });
  });

  it('is kept over a restart, for a site that may pay by itself', async () => {
    const { world, page } = await startBoth();
    const chat = page.chat();
    await choose(world, base);
    await world.screens.click({ choice: 'allow', day: '500000' });
    await resultOf(chat);
    world.restart();
    await resultOf(page.chat({ active: false }));
    expect(world.gateway.charges.map(({ from }) => from)).toEqual([payer.address, payer.address]);
  });

  it('is the remembered one only where the page still has a wallet for it', async () => {
    const { world, page } = await startBoth();
    const chat = page.chat();
    await choose(world, base);
    await world.screens.payOnce();
    await resultOf(chat);
    page.wallet.announced = [solanaAnnouncement('Sun')];
    page.chat();
    const { payment } = await world.screens.card();
    expect(payment).toMatchObject({ network: solana, chains: [{ network: solana }] });
  });

  it('is remembered by nothing that was refused', async () => {
    const { world, page } = await startBoth();
    const chat = page.chat();
    await choose(world, base);
    await world.screens.click({ choice: 'deny' });
    expect(await errorOf(chat)).toMatchObject({ type: 'user_rejected', paid: 'no' });
    page.chat();
    expect((await world.screens.card()).payment).toMatchObject({ network: solana });
  });
});

describe('a card on which the chain was changed', () => {
  it('is another version with that chain’s own price, and the reservation takes it', async () => {
    const { world, page } = await startBoth(30n);
    const chat = page.chat();
    expect((await world.screens.card()).payment).toMatchObject({ amount: '4454', network: solana });
    await choose(world, base);
    const card = await world.screens.payOnce();
    expect(card.payment).toMatchObject({ amount: '4424', network: base });
    await resultOf(chat);
    expect(await world.rows()).toMatchObject([{ amount: 4424n, network: base, state: 'settled' }]);
  });

  it('takes no answer to the version before', async () => {
    const { world, page } = await startBoth();
    page.chat();
    const { id: cardId, version } = await world.screens.card();
    await choose(world, base);
    await world.screens.card();
    const answer = { choice: 'once' } as const;
    expect(await world.screens.call('approval.answer', { cardId, version, answer })).toEqual({
      accepted: false,
    });
    await world.quiet();
    expect(await world.rows()).toEqual([]);
  });

  it('takes no chain that it does not show', async () => {
    const { world, page } = await startBoth();
    page.wallet.announced = [solanaAnnouncement('Sun')];
    page.chat();
    const { id: cardId, version } = await world.screens.card();
    for (const network of [base, 'eip155:1'] as const) {
      const answer = { choice: 'network', network } as const;
      expect(await world.screens.call('approval.answer', { cardId, version, answer })).toEqual({
        accepted: false,
      });
    }
    await world.screens.payOnce();
    await world.reaches('settled');
  });

  it('asks the gateway again where its price has aged', async () => {
    const { world, page } = await startBoth();
    const chat = page.chat();
    await world.screens.card();
    await world.pass(61_000);
    world.gateway.priceOf = () => 5000n;
    await choose(world, base);
    const card = await world.screens.payOnce();
    expect(card.payment).toMatchObject({ amount: '5000', network: base });
    await resultOf(chat);
  });

  it('goes on asking a person whose site may pay by itself', async () => {
    const { world, page } = await startBoth();
    await allow(world, { request: '4400' });
    const chat = page.chat();
    await choose(world, base);
    await world.screens.call('site.setCaps', {
      site: shopOrigin,
      caps: { request: '50000', day: '500000', month: '5000000' },
    });
    await choose(world, solana);
    // By now the grant would do; the person has not clicked.
    await world.screens.card();
    await world.quiet();
    expect(await world.rows()).toEqual([]);
    await world.screens.payOnce();
    await resultOf(chat);
  });

  it('asks about the new address where the other chain’s is not the one paid before', async () => {
    const { world, page } = await startBoth();
    const first = page.chat();
    await choose(world, base);
    await world.screens.payOnce();
    await resultOf(first);
    world.gateway.faults.set('otherPayee');
    page.chat();
    expect((await world.screens.card()).payment?.newPayee).toBeDefined();
    await choose(world, solana);
    expect((await world.screens.card()).payment?.newPayee).toBeUndefined();
  });
});

describe('balances on the card', () => {
  it('come for each chain from our own nodes, in the same version, and never to the page', async () => {
    const { world, page } = await startBoth();
    give(world, { base: 1_234_567n, solana: 7_654_321n });
    page.wallet.announced = [announcement('wallet'), solanaAnnouncement('Sun', true)];
    page.wallet.isConnected = true;
    const chat = page.chat();
    const card = await cardWithBalances(world);
    expect(card.version).toBe(1);
    expect(card.payment?.chains.map(({ balance }) => balance)).toEqual(['1234567', '7654321']);
    expect(card.wallets).toMatchObject([{ name: 'Sun', balance: '7654321' }]);
    await world.screens.payOnce();
    await resultOf(chat);
    const heard = JSON.stringify(page.heard);
    expect(heard).not.toContain('1234567');
    expect(heard).not.toContain('7654321');
  });

  it('stay away where a wallet shows no account, and the card is there at once where no node answers', async () => {
    const { world, page } = await startBoth();
    for (const node of [...world.nodes, ...world.solanaNodes]) node.mode = 'down';
    page.wallet.isConnected = true;
    page.chat();
    const { payment } = await world.screens.card();
    await world.pass(2_000);
    expect(payment?.chains.map(({ balance }) => balance)).toEqual([undefined, undefined]);
  });

  it('believe no account that is none', async () => {
    const { world, page } = await startBoth();
    page.wallet.announced = [{ ...solanaAnnouncement('Sun'), account: 'not an address' }];
    page.chat();
    await world.screens.card();
    await world.quiet();
    expect((await world.screens.card()).payment?.chains).toMatchObject([{ network: solana }]);
    expect((await world.screens.card()).payment?.chains[0]?.balance).toBeUndefined();
  });
});

describe('a page that means no good', () => {
  it('makes no node busy with cards that wait behind others, or with many wallets', async () => {
    const { world, page } = await startBoth();
    const lie = (index: number) => ({ ...solanaAnnouncement(`Sun ${index}`), account: solanaPayer });
    page.wallet.announced = Array.from({ length: 16 }, (_, index) => lie(index));
    for (let call = 0; call < 20; call += 1) page.chat();
    await eventually('the cards', () => world.badge.waiting > 1);
    await world.quiet();
    // Four wallets, at each of two nodes.
    expect(world.journal.filter((action) => action === 'fetch node')).toHaveLength(8);
  });

  it('holds no card up with a wallet that never says what it shows', async () => {
    const { world, page } = await startBoth();
    page.wallet.isConnected = 'hang';
    const chat = page.chat();
    await page.asked('accounts');
    await world.pass(1_000);
    expect((await world.screens.card()).payment).toMatchObject({ network: solana });
    await choose(world, base);
    await world.screens.payOnce();
    await resultOf(chat);
  });

  it('with an account that is not its own changes what the card shows, and not what is paid', async () => {
    const { world, page } = await startBoth();
    give(world, { solana: 2_000n });
    page.wallet.announced = [
      { ...solanaAnnouncement('Sun'), account: 'GyGKxMyg1p9SsHfm15MkNUu1u9TN2JtTspcdmrtGUdse' },
    ];
    const chat = page.chat();
    // The account it named has nothing; the one that then connects has too little, which nobody else can say.
    await world.screens.payOnce();
    expect(await errorOf(chat)).toMatchObject({ type: 'insufficient_funds', paid: 'no' });
    expect(await statesOf(world)).toEqual(['released']);
  });
});

describe('too little on one chain', () => {
  it('comes back to the card with the other chain, and pays there what the person then chooses', async () => {
    const { world, page } = await startBoth();
    give(world, { solana: 2_000n });
    const chat = page.chat();
    await world.screens.payOnce();
    const card = await world.screens.card();
    expect(card.payment).toMatchObject({ network: solana });
    expect(card.payment?.chains[1]).toMatchObject({ network: solana, balance: '2000' });
    expect(await statesOf(world)).toEqual(['released']);
    await choose(world, base);
    await world.screens.payOnce();
    await resultOf(chat);
    expect(await world.rows()).toMatchObject([
      { state: 'released', releasedReason: 'too-little-usdc', network: solana },
      { state: 'settled', network: base },
    ]);
  });

  it('makes a site that may pay by itself ask', async () => {
    const { world, page } = await startBoth();
    await allow(world);
    give(world, { solana: 2_000n });
    const chat = page.chat();
    await choose(world, base);
    await world.screens.payOnce();
    await resultOf(chat);
    expect(world.gateway.charges).toMatchObject([{ from: payer.address }]);
    // The next one goes the new way by itself.
    await resultOf(page.chat({ active: false }));
    expect(world.windows.opened).toHaveLength(1);
  });

  it('ends a call without a click, and says on our screens where it could be paid', async () => {
    const { world, page } = await startBoth();
    await allow(world);
    give(world, { solana: 2_000n });
    const error = await errorOf(page.chat({ active: false }));
    expect(error).toMatchObject({ type: 'insufficient_funds', paid: 'no' });
    expect(error.message).not.toMatch(/2000|0\.002/);
    expect(world.windows.opened).toEqual([]);
    const { runs } = await world.screens.popup(1);
    expect(runs).toMatchObject([{ balance: '2000', insteadOn: { network: base, networkName: 'Base' } }]);
  });

  it('is an end where the other chain is known to have too little as well', async () => {
    const { world, page } = await startBoth();
    give(world, { base: 1_000n, solana: 2_000n });
    page.wallet.isConnected = true;
    page.wallet.announced = [announcement('wallet'), solanaAnnouncement('Sun', true)];
    const chat = page.chat();
    await cardWithBalances(world);
    await world.screens.payOnce();
    expect(await errorOf(chat)).toMatchObject({ type: 'insufficient_funds', paid: 'no' });
    expect(await statesOf(world)).toEqual(['released']);
  });
});

describe('the chain that was chosen', () => {
  const site = shopOrigin;

  it('can be set for a site and taken back, and nothing else of it changes', async () => {
    const { world, page } = await startBoth();
    await allow(world, { day: '400000' });
    await world.screens.call('site.setNetwork', { site, network: base });
    await resultOf(page.chat({ active: false }));
    expect((await world.screens.popup(1)).site).toMatchObject({
      mode: 'auto',
      network: base,
      caps: { day: '400000' },
    });
    await world.screens.call('site.setNetwork', { site });
    await resultOf(page.chat({ active: false }));
    expect((await world.rows()).map(({ network }) => network)).toEqual([base, solana]);
    expect((await world.screens.popup(1)).site).not.toHaveProperty('network');
  });

  it('is one that is paid on', async () => {
    const { world } = await startBoth();
    await expect(world.screens.call('site.setNetwork', { site, network: 'eip155:1' })).rejects.toThrow();
  });

  it('goes with a settings file, which loosens nothing by it', async () => {
    const { world } = await startBoth();
    await world.screens.call('site.setNetwork', { site, network: base });
    const { text } = await world.screens.call('settings.export', {});
    const { world: fresh, page } = await startBoth();
    page.connect();
    const review = await fresh.screens.call('settings.review', { text });
    expect(review.changes).toEqual([{ kind: 'site-network', site, networkName: 'Base', loosens: false }]);
    await fresh.screens.call('settings.import', { text, digest: review.digest });
    expect((await fresh.screens.popup(1)).site).toMatchObject({ mode: 'ask', network: base });
    expect((await fresh.screens.call('settings.review', { text })).changes).toEqual([]);
  });

  it('is left alone by a file that does not name it, and refused where nobody knows it', async () => {
    const { world, page } = await startBoth();
    page.connect();
    await world.screens.call('site.setNetwork', { site, network: base });
    const file = (of: object) =>
      JSON.stringify({ paidchat: 'settings', version: 1, sites: [{ site, ...of }] });
    const { digest } = await world.screens.call('settings.review', { text: file({ blocked: true }) });
    await world.screens.call('settings.import', { text: file({ blocked: true }), digest });
    expect((await world.screens.popup(1)).site).toMatchObject({ mode: 'blocked', network: base });
    for (const network of ['eip155:1', 'mars:1', 7])
      await expect(world.screens.call('settings.review', { text: file({ network }) })).rejects.toThrow();
  });
});

describe('the side panel', () => {
  const chat = { messages: [{ role: 'user' as const, content: 'What is Base?' }], maxTokens: 1000 };
  const send = (world: World) => world.screens.call('panel.send', { tabId: 1, chat, maxAmount: '4424' });
  const ended = (world: World) =>
    eventually('the end of the run', () => {
      const run = panelRuns(world)[0];
      return run?.stage === 'done' || run?.stage === 'failed' ? run : undefined;
    });
  const shown = new Map<World, readonly RunView[]>();
  const panelRuns = (world: World) => shown.get(world) ?? [];

  it('offers the other chain where one has too little, and pays on the one that the person then takes', async () => {
    const { world } = await startBoth();
    world.screens.watch('panel.watch', { tabId: 1 }, (event) => {
      if (event.type === 'state') shown.set(world, event.state.runs);
    });
    give(world, { solana: 2_000n });
    await send(world);
    const run = await ended(world);
    expect(run).toMatchObject({
      paid: 'no',
      networkName: 'Solana',
      balance: '2000',
      insteadOn: { network: base, networkName: 'Base' },
    });
    expect(world.windows.opened).toEqual([]);
    await world.screens.call('site.setNetwork', { site: panelSite, network: base });
    await send(world);
    await world.reaches('settled');
    expect(await statesOf(world)).toEqual(['released', 'settled']);
    expect(world.gateway.charges).toMatchObject([{ from: payer.address }]);
  });
});
