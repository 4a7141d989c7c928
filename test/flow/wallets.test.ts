import { expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { WalletAsk } from '../../src/protocol/wallet.ts';
import { eventually } from '../fakes/eventually.ts';
import { payer, signed } from '../fakes/wallet.ts';
import type { ConnectMode, SigningMode } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import { allow, errorOf, resultOf, statesOf, usedToday } from './steps.ts';

const signWait = 285_000;

it.each<[ConnectMode, string, string, string]>([
  ['reject', 'user_rejected', 'connect-refused', 'nothing was paid'],
  ['empty', 'user_rejected', 'connect-refused', 'nothing was paid'],
  ['wrong chain', 'chain_disconnected', 'wrong-chain', 'choose Base'],
  ['other chain after all', 'chain_disconnected', 'wrong-chain', 'choose Base'],
])(
  'gives the reservation back at once when the wallet answers with %s',
  async (mode, type, reason, words) => {
    const world = await startWorld();
    await allow(world);
    const page = world.openPage();
    page.wallet.connecting = mode;
    const error = await errorOf(page.chat());
    expect(error).toMatchObject({ type, phase: 'sign', paid: 'no', retryable: true });
    expect(error.message).toContain(words);
    expect(await world.rows()).toMatchObject([{ state: 'released', releasedReason: reason }]);
    expect(await usedToday(world)).toBe(0n);
    expect(page.wallet.asked.map(({ type }) => type)).not.toContain('signTypedData');
  },
);

it('gives a wallet two minutes to connect', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  const chat = page.chat();
  await page.asked('connect');
  await world.pass(119_999);
  expect(await statesOf(world)).toEqual(['reserved']);
  expect(world.holds).toBe(1);
  await world.pass(1);
  expect(await errorOf(chat)).toMatchObject({ type: 'chain_disconnected', paid: 'no', retryable: true });
  expect(await statesOf(world)).toEqual(['released']);
  await page.wallet.goOn();
  await world.quiet();
  expect(page.wallet.asked.map(({ type }) => type)).not.toContain('signTypedData');
});

it.each<[SigningMode, object]>([
  ['reject', { type: 'user_rejected', phase: 'sign', paid: 'no', retryable: false }],
  ['wrong chain', { type: 'chain_disconnected', phase: 'sign', paid: 'no' }],
  ['fail', { type: 'payment_unknown', phase: 'sign', paid: 'unknown', retryable: false }],
])('keeps the amount counted when the wallet says %s to a signature', async (mode, error) => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = mode;
  const chat = page.chat();
  const { receiptId } = await errorOf(chat);
  expect(chat.ended).toMatchObject({ error });
  expect(await world.rows()).toMatchObject([{ id: receiptId, state: 'signing', trouble: 'wallet-rejected' }]);
  expect(await usedToday(world)).toBe(4424n);
  const { held } = await world.screens.popup(1);
  expect(held).toMatchObject([{ amount: '4424', status: 'pending', trouble: 'wallet-rejected' }]);
  expect(held[0]?.heldUntilMs).toBeGreaterThanOrEqual(world.clock.nowMs() + 300_000);
  await world.pass(600_000);
  expect(await statesOf(world)).toEqual(['signing']);
  expect(world.gateway.of('paid')).toEqual([]);
});

it('takes the silence of a wallet for an unknown end, and stores what it signs later without sending it', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  await page.asked('signTypedData');
  await world.pass(signWait - 1);
  expect(chat.ended).toBeUndefined();
  await world.pass(1);
  expect(await errorOf(chat)).toMatchObject({ type: 'payment_unknown', phase: 'sign', paid: 'unknown' });
  expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-silent' }]);
  expect(page.wallet.withdrawn).toBe(1);

  await page.wallet.goOn();
  await world.reaches('signed');
  await world.pass(60_000);
  expect(await world.rows()).toMatchObject([{ state: 'signed', trouble: 'not-sent' }]);
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await usedToday(world)).toBe(4424n);
});

it('stores what a wallet signs after its page gave the call up', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  await page.asked('signTypedData');
  chat.cancel();
  expect(await errorOf(chat)).toMatchObject({ phase: 'sign', paid: 'unknown' });
  expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-silent' }]);
  await page.wallet.goOn();
  await world.reaches('signed');
  await world.quiet();
  expect(world.gateway.of('paid')).toEqual([]);
});

it('pays once for a wallet that answers twice', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'twice';
  await resultOf(page.chat());
  await world.quiet();
  expect(await statesOf(world)).toEqual(['settled']);
  expect(world.gateway.charges).toMatchObject([{ from: payer.address }]);
  expect(world.gateway.of('paid')).toHaveLength(1);
});

it.each<SigningMode>(['foreign account', 'altered message', 'malformed', 'high s'])(
  'sends nothing, holds the amount and blocks the site when the wallet answers with a signature of the %s kind',
  async (mode) => {
    const world = await startWorld({ nodes: ['https://one.example/rpc', 'https://two.example/rpc'] });
    await allow(world);
    const page = world.openPage();
    page.wallet.signing = mode;
    expect(await errorOf(page.chat())).toMatchObject({
      type: 'unsafe_payment_request',
      phase: 'sign',
      paid: 'unknown',
      retryable: false,
    });
    expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-mismatch' }]);
    expect(world.gateway.of('paid')).toEqual([]);
    const popup = await world.screens.popup(1);
    expect(popup.site?.mode).toBe('blocked');
    expect(popup.held).toMatchObject([{ trouble: 'wallet-mismatch' }]);
    page.wallet.signing = 'sign';
    expect(await errorOf(page.chat())).toMatchObject({ type: 'unauthorized', paid: 'no' });
    await world.pass(60_000);
    expect(world.gateway.of('paid')).toEqual([]);
  },
);

it('never sends what another document of the site has signed', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  const ask = (await page.asked('signTypedData')) as Extract<WalletAsk, { type: 'signTypedData' }>;
  const other = world.openPage({ tabId: 2 });
  const value: Json = await signed(payer, ask.typedData);
  other.say({ v: 1, id: page.askIds.at(-1), kind: 'answer', ok: true, value });
  await world.quiet();
  expect(chat.ended).toBeUndefined();
  await page.wallet.goOn();
  expect(await errorOf(chat)).toMatchObject({ paid: 'unknown', retryable: false });
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await world.rows()).toMatchObject([{ state: 'signed', trouble: 'not-sent' }]);
  expect(await usedToday(world)).toBe(4424n);
});

it('takes no answer of another site, whatever it knows', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  const ask = (await page.asked('signTypedData')) as Extract<WalletAsk, { type: 'signTypedData' }>;
  const thief = world.openPage({ origin: 'https://evil.example', tabId: 2 });
  const value: Json = await signed(payer, ask.typedData);
  thief.say({ v: 1, id: page.askIds.at(-1), kind: 'answer', ok: true, value });
  await world.quiet();
  expect(await statesOf(world)).toEqual(['signing']);
  await page.wallet.goOn();
  await resultOf(chat);
});

it('holds the amount when the page goes while its wallet is asked to sign', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  page.chat();
  await page.asked('signTypedData');
  page.leave();
  await eventually('the end', async () => (await world.screens.popup(1)).runs[0]?.stage === 'failed');
  expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-silent' }]);
  expect(await usedToday(world)).toBe(4424n);
  expect(world.holds).toBe(0);
});

it('releases the amount when the page goes before its wallet is asked to sign', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  page.wallet.connecting = 'hang';
  page.chat();
  await page.asked('connect');
  page.leave();
  await world.reaches('released');
  expect(await world.rows()).toMatchObject([{ releasedReason: 'page-gone' }]);
});

it('asks the wallet for nothing but its accounts, its chain and the one signature it shows', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await resultOf(page.chat());
  const ask = (await page.asked('signTypedData')) as Extract<WalletAsk, { type: 'signTypedData' }>;
  const [row] = await world.rows();
  expect(ask).toMatchObject({ account: payer.address, chainIdHex: '0x2105', wallet: 'uuid-of-wallet' });
  expect(JSON.parse(ask.typedData)).toMatchObject({
    primaryType: 'TransferWithAuthorization',
    domain: {
      name: 'USD Coin',
      version: '2',
      chainId: 8453,
      verifyingContract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
    },
    message: row?.state === 'settled' ? row.authorization : undefined,
  });
});

it('asks for no signature where the account has too little, and shows both amounts on our screens only', async () => {
  const world = await startWorld({ nodes: ['https://node.example/rpc'] });
  await allow(world);
  const [node] = world.nodes;
  if (node) node.balance = 4423n;
  const page = world.openPage();
  const error = await errorOf(page.chat());
  expect(error).toMatchObject({ type: 'insufficient_funds', paid: 'no' });
  expect(error.message).not.toContain('4423');
  expect(error.message).not.toContain('0.004');
  expect(await statesOf(world)).toEqual(['released']);
  expect(page.wallet.asked.map(({ type }) => type)).not.toContain('signTypedData');
  expect((await world.screens.popup(1)).runs).toMatchObject([{ amount: '4424', balance: '4423' }]);
  if (node) node.balance = 4424n;
  await resultOf(page.chat());
});

it('pays where no node tells the balance', async () => {
  const world = await startWorld({ nodes: ['https://node.example/rpc'] });
  await allow(world);
  const [node] = world.nodes;
  if (node) node.mode = 'down';
  await resultOf(world.openPage().chat());
});
