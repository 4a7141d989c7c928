import { expect, it } from 'vitest';
import type { OptionsState } from '../../src/protocol/options.ts';
import type { NodeMode } from '../fakes/baseNode.ts';
import { eventually } from '../fakes/eventually.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, nodesAre, refusedPayment, statesOf, usedToday } from './steps.ts';

const [first, second, third] = [
  'https://one.example/rpc',
  'https://two.example/rpc',
  'https://three.example/rpc',
];
const two = [first, second];
const three = [first, second, third];
const minute = 60_000;
const hour = 60 * minute;
/** A signature lives five minutes, and a block is final some twenty later. */
const untilProof = 26 * minute;

async function shopWorld(nodes: readonly string[]): Promise<World> {
  const world = await startWorld({ nodes });
  await allow(world);
  return world;
}

/** The person looks, which is a useful time to ask the chain. */
async function look(world: World): Promise<readonly string[]> {
  await world.screens.popup(1);
  await world.quiet();
  return statesOf(world);
}

/** Time passes, and the person looks every two hours. */
async function passLooking(world: World, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 2 * hour) {
    await world.pass(Math.min(left, 2 * hour));
    await look(world);
    // Whatever was asked has answered by then, or is given up.
    await world.pass(minute);
  }
}

/** The nodes that the options show as silent. */
async function silentOf(world: World): Promise<readonly string[]> {
  let state: OptionsState | undefined;
  const unwatch = world.screens.watch('options.watch', {}, (event) => (state = event.state));
  const { networks } = await eventually('the options', () => state);
  unwatch();
  return networks.flatMap(({ silent }) => silent.map(({ url }) => url));
}

/** The nodes that the popup says what is held waits for. */
async function waitsFor(world: World): Promise<readonly string[]> {
  const { held } = await world.screens.popup(1);
  return held.flatMap((payment) => payment.waitsFor ?? []).map(({ url }) => url);
}

/** The second contradicts what the first shows of a hold, so that it goes on, and the third is down. */
async function holdWithThirdDown(ms: number): Promise<World> {
  const world = await shopWorld(three);
  await refusedPayment(world);
  nodesAre(world, 'honest', 'inventive', 'down');
  await passLooking(world, ms);
  expect(await statesOf(world)).toEqual(['signing']);
  nodesAre(world, 'honest', 'honest', 'hanging');
  return world;
}

it('waits for a node that has been silent for less than a day', async () => {
  const world = await holdWithThirdDown(20 * hour);
  expect(await silentOf(world)).toEqual([]);
  expect(await look(world)).toEqual(['signing']);
  await world.pass(minute);
  expect(await statesOf(world)).toEqual(['released']);
});

it('shows a node that was silent for a day, and lets two others decide without waiting for it', async () => {
  const world = await holdWithThirdDown(27 * hour);
  expect(await silentOf(world)).toEqual([third]);
  // Nothing waits for it.
  expect(await waitsFor(world)).toEqual([]);
  expect(await look(world)).toEqual(['released']);
});

it('knows after a restart which node is silent', async () => {
  const world = await holdWithThirdDown(27 * hour);
  world.restart();
  await world.quiet();
  expect(await silentOf(world)).toEqual([third]);
  expect(await look(world)).toEqual(['released']);
});

it('waits for a silent node again from its first answer on', async () => {
  const world = await holdWithThirdDown(27 * hour);
  nodesAre(world, 'honest', 'inventive', 'honest');
  expect(await look(world)).toEqual(['signing']);
  expect(await silentOf(world)).toEqual([]);
  nodesAre(world, 'honest', 'honest', 'hanging');
  await world.pass(minute);
  expect(await look(world)).toEqual(['signing']);
});

it('frees nothing on the word of one node while the other of two is silent', async () => {
  const world = await shopWorld(two);
  await refusedPayment(world);
  nodesAre(world, 'honest', 'down');
  await passLooking(world, 20 * hour);
  expect(await waitsFor(world)).toEqual([]);
  await passLooking(world, 20 * hour);
  expect(await statesOf(world)).toEqual(['signing']);
  expect(await silentOf(world)).toEqual([second]);
  expect(await waitsFor(world)).toEqual([second]);
  nodesAre(world, 'honest', 'honest');
  await world.pass(minute);
  expect(await look(world)).toEqual(['released']);
  expect(await silentOf(world)).toEqual([]);
});

it('shows all nodes that are silent, and waits for all of them at once when they are back', async () => {
  const world = await shopWorld(three);
  await refusedPayment(world);
  nodesAre(world, 'down', 'down', 'down');
  await passLooking(world, 27 * hour);
  expect(await silentOf(world)).toEqual(three);
  expect(await waitsFor(world)).toEqual(three);
  nodesAre(world, 'honest', 'honest', 'honest');
  await world.pass(minute);
  expect(await look(world)).toEqual(['released']);
  expect(await silentOf(world)).toEqual([]);
});

it.each<readonly [string, readonly string[], readonly NodeMode[]]>([
  ['the other one', two, ['blind', 'down']],
  ['one of two others', three, ['honest', 'blind', 'down']],
])('keeps what was charged counted where a node is silent and %s lies', async (_who, nodes, modes) => {
  const world = await shopWorld(nodes);
  world.gateway.faults.set('resetAfterSettling');
  await endInTime(world, world.openPage().chat());
  nodesAre(world, ...modes);
  await world.pass(untilProof);
  await passLooking(world, 40 * hour);
  expect(await statesOf(world)).toEqual(['sent']);
  expect(await silentOf(world)).toEqual(nodes.slice(-1));
  expect(await usedToday(world)).toBe(4424n);
});

it('forgets the silence of a node that the person has replaced', async () => {
  const world = await shopWorld(two);
  await refusedPayment(world);
  nodesAre(world, 'honest', 'down');
  await passLooking(world, 27 * hour);
  await world.screens.call('network.setNodes', { network: 'eip155:8453', rpcUrls: [first] });
  expect(await silentOf(world)).toEqual([]);
  expect(await look(world)).toEqual(['released']);
});
