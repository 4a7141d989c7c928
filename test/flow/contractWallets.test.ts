import { expect, it } from 'vitest';
import type { BaseNode } from '../fakes/baseNode.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endOf, errorOf, resultOf, usedToday } from './steps.ts';

const nodes = ['https://one.example/rpc', 'https://two.example/rpc'];

/** What a node is like while the signature is looked at. */
type Like = Partial<Pick<BaseNode, 'mode' | 'contract'>>;

async function worldWith(...likes: readonly Like[]): Promise<World> {
  const world = await startWorld({ nodes: nodes.slice(0, likes.length) });
  await allow(world);
  likes.forEach((like, index) => Object.assign(world.nodes[index] ?? {}, like));
  return world;
}

const accepts: Like = { contract: 'accepts' };
const refuses: Like = { contract: 'refuses' };
const reverts: Like = { contract: 'reverts' };
const plain: Like = {};
const down: Like = { ...accepts, mode: 'down' };
const garbage: Like = { ...accepts, mode: 'garbage' };

it('pays with the signature of a contract wallet, as the wallet wrote it', async () => {
  const world = await worldWith(accepts, accepts);
  const page = world.openPage();
  page.wallet.signing = 'contract';
  await resultOf(page.chat());
  const [row] = await world.rows();
  expect(row).toMatchObject({ state: 'settled' });
  expect(row?.state === 'settled' && row.signature).toMatch(/^0x0{64}[0-9a-f]{130}$/);
  expect(world.gateway.of('paid')).toHaveLength(1);
});

it('takes one node’s word where one is configured', async () => {
  const world = await worldWith(accepts);
  const page = world.openPage();
  page.wallet.signing = 'contract';
  await resultOf(page.chat());
});

it('asks no node about the signature of the account’s own key', async () => {
  const world = await worldWith({ ...refuses, mode: 'down' }, { ...refuses, mode: 'down' });
  await resultOf(world.openPage().chat());
});

it.each([
  ['have no contract at the account', plain, plain],
  ['say that the contract refuses it', refuses, refuses],
  ['say that the contract reverts', reverts, reverts],
])('blocks the site and holds the amount where both nodes %s', async (_name, one, two) => {
  const world = await worldWith(one, two);
  const page = world.openPage();
  page.wallet.signing = 'contract';
  expect(await errorOf(page.chat())).toMatchObject({ type: 'unsafe_payment_request', paid: 'unknown' });
  expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-mismatch' }]);
  expect((await world.screens.popup(1)).site?.mode).toBe('blocked');
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await usedToday(world)).toBe(4424n);
});

it.each([
  ['are down', down, down],
  ['answer garbage', garbage, garbage],
  ['are one, with the other down', accepts, down],
  ['disagree about the signature', accepts, refuses],
  ['disagree about the contract', accepts, plain],
])('holds the amount, sends nothing and blocks nobody where the nodes %s', async (_name, one, two) => {
  const world = await worldWith(one, two);
  const page = world.openPage();
  page.wallet.signing = 'contract';
  const error = await errorOf(page.chat());
  expect(error).toMatchObject({ type: 'payment_unknown', paid: 'unknown', retryable: false });
  expect(error.message).toContain('could not ask Base');
  await expectHeldUnsent(world);
});

it.each([
  ['keeps, unsent, a signature that takes its nodes until ten seconds before its end', 284_000, 0],
  ['sends one that takes them until a little before', 282_000, 1],
])('%s', async (_what, afterMs, sent) => {
  const world = await worldWith(accepts, accepts);
  const page = world.openPage();
  page.wallet.signing = 'hanging contract';
  const chat = page.chat();
  await page.asked('signTypedData');
  for (const node of world.nodes) node.mode = 'slow';
  await world.pass(afterMs);
  await page.wallet.goOn();
  await world.quiet();
  await world.pass(3_500);
  await world.pass(3_500);
  const outcome = await endOf(chat);
  expect(world.gateway.of('paid')).toHaveLength(sent);
  expect(await usedToday(world)).toBe(4424n);
  if (sent > 0) return expect(outcome.ok).toBe(true);
  expect(outcome).toMatchObject({ ok: false, error: { paid: 'unknown' } });
  expect(await world.rows()).toMatchObject([{ state: 'signed', trouble: 'not-sent' }]);
});

it('says in one sentence that the account is not deployed, and blocks nobody', async () => {
  const world = await worldWith(plain, plain);
  const page = world.openPage();
  page.wallet.signing = 'undeployed';
  const error = await errorOf(page.chat());
  expect(error.message).toContain('is not deployed on Base yet: send a transaction with it once');
  await expectHeldUnsent(world);
});

async function expectHeldUnsent(world: World): Promise<void> {
  expect(await world.rows()).toMatchObject([{ state: 'signing', trouble: 'wallet-unverified' }]);
  const popup = await world.screens.popup(1);
  expect(popup.site?.mode).not.toBe('blocked');
  expect(popup.held).toMatchObject([{ trouble: 'wallet-unverified' }]);
  expect(world.gateway.of('paid')).toEqual([]);
  expect(await usedToday(world)).toBe(4424n);
}
