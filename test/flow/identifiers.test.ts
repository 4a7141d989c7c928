import { expect, it } from 'vitest';
import { answerWords } from '../fakes/answerStream.ts';
import { identifierIn } from '../fakes/gateway.ts';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { fakeWallet } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, errorOf, resultOf } from './steps.ts';

const declared = { info: { required: false }, schema: { type: 'object' } };

async function shopWorld(identifiers: unknown): Promise<World> {
  const world = await startWorld();
  await allow(world);
  world.gateway.identifiers = identifiers;
  return world;
}

/** What each request that carried a payment named itself. */
const names = ({ gateway }: World) =>
  gateway.of('paid').map(({ headers }) => identifierIn(headers['PAYMENT-SIGNATURE'] ?? ''));

async function identifierOf(world: World, at = 0): Promise<string | undefined> {
  const row = (await world.rows())[at];
  return row && 'identifier' in row ? row.identifier : undefined;
}

it.each<[GatewayFault, number]>([
  ['resetAfterSettling', 1],
  ['resetAfterSettling', 2],
  ['error500', 1],
  ['again402', 1],
])(
  'gets the whole answer for one charge where the gateway knows the payment by its name: %s, %i times',
  async (fault, times) => {
    const world = await shopWorld(declared);
    world.gateway.faults.set(fault, times);
    const chat = world.openPage().chat();
    await endInTime(world, chat);
    await resultOf(chat);
    expect(chat.text).toBe(answerWords.join(''));
    expect(world.gateway.charges).toHaveLength(1);
    expect(await world.rows()).toMatchObject([{ state: 'settled', attempts: times + 1 }]);
    const identifier = await identifierOf(world);
    expect(identifier).toMatch(/^[\w-]{16,128}$/);
    expect(names(world)).toEqual(Array.from({ length: times + 1 }, () => identifier));
  },
);

it('leaves the same unresolved where the gateway knows no names', async () => {
  const world = await shopWorld(null);
  world.gateway.faults.set('resetAfterSettling', 1);
  const chat = world.openPage().chat();
  expect(await endInTime(world, chat)).toMatchObject({ ok: false, error: { paid: 'unknown' } });
  expect(names(world)).toEqual([undefined, undefined, undefined]);
  expect(await identifierOf(world)).toBeUndefined();
});

it('has the name on disk before the wallet is asked, and tells it to no page', async () => {
  const world = await shopWorld(declared);
  const page = world.openPage();
  page.wallet.signing = 'hang';
  const chat = page.chat();
  await page.asked('signTypedData');
  const [row] = await world.rows();
  const identifier = await identifierOf(world);
  expect(row).toMatchObject({ state: 'signing', identifier: expect.any(String) as string });
  expect(identifier).not.toBe(row?.id);
  expect(JSON.stringify(page.wallet.asked)).not.toContain(identifier);
  expect(chat.ended).toBeUndefined();
});

it('names each payment anew, and one payment the same when its wallet is asked again', async () => {
  const world = await shopWorld(declared);
  const wallet = fakeWallet();
  const page = world.openPage({ wallet });
  await resultOf(page.chat());
  wallet.signing = 'reject';
  await errorOf(page.chat());
  const refused = await identifierOf(world, 1);
  wallet.signing = 'sign';
  const [held] = (await world.screens.popup(1)).held;
  await world.screens.call('payment.askAgain', { paymentId: held?.id ?? '' });
  await world.quiet();
  expect(await identifierOf(world, 1)).toBe(refused);
  expect(names(world)).toEqual([await identifierOf(world, 0), refused]);
  expect(new Set(names(world)).size).toBe(2);
  expect(await world.rows()).toMatchObject([{ state: 'settled' }, { state: 'settled' }]);
});

it.each(['yes', { info: 'x' }, { info: { required: 'no' } }, { info: { id: 'chosen-by-the-gateway' } }])(
  'pays a gateway whose extension is none without a name: %j',
  async (identifiers) => {
    const world = await shopWorld(identifiers);
    await resultOf(world.openPage().chat());
    expect(names(world)).toEqual([undefined]);
    expect(JSON.stringify(await world.rows(), textOfBigint)).not.toContain('identifier');
  },
);

it('takes no name from the gateway', async () => {
  const world = await shopWorld({ info: { required: true, id: 'chosen-by-the-gateway' } });
  await resultOf(world.openPage().chat());
  expect(names(world)).toEqual([await identifierOf(world)]);
  expect(names(world)).not.toContain('chosen-by-the-gateway');
});

it('puts the name into a claim, so that the gateway can find the payment', async () => {
  const world = await shopWorld(declared);
  world.gateway.faults.set('emptyAnswer');
  const chat = world.openPage().chat();
  await endInTime(world, chat);
  const [row] = await world.rows();
  const { json } = await world.screens.call('payment.claim', { paymentId: row?.id ?? '' });
  expect(JSON.parse(json)).toMatchObject({ paymentIdentifier: await identifierOf(world) });
});

function textOfBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
