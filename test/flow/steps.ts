import { expect } from 'vitest';
import type { WireError } from '../../src/core/failure.ts';
import type { MicroText } from '../../src/protocol/microText.ts';
import type { NodeMode } from '../fakes/baseNode.ts';
import { eventually } from '../fakes/eventually.ts';
import type { OpenPageCall, Outcome } from '../fakes/page.ts';
import { shopOrigin } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';

/** What JumpGate's documented example costs: 17 tokens in, 1000 out. */
export const examplePrice = 4424n;

/** The person lets a site pay by itself, within these limits. */
export async function allow(
  { screens }: World,
  caps: { readonly request?: MicroText; readonly day?: MicroText; readonly month?: MicroText } = {},
  site: string = shopOrigin,
): Promise<void> {
  const { request = '50000', day = '500000', month = '5000000' } = caps;
  await screens.call('site.setCaps', { site, caps: { request, day, month } });
  await screens.call('site.setMode', { site, mode: 'auto' });
}

/** How a call ended. */
export function endOf<T>(call: OpenPageCall<T>): Promise<Outcome<T>> {
  return eventually(`the end of ${call.id}`, () => call.ended);
}

/** The error of a call that has to fail. */
export async function errorOf(call: OpenPageCall): Promise<WireError> {
  const outcome = await endOf(call);
  if (outcome.ok) throw new Error(`The call did not fail: ${JSON.stringify(outcome.result)}`);
  return outcome.error;
}

/** The result of a call that has to succeed. */
export async function resultOf<T>(call: OpenPageCall<T>): Promise<T> {
  const outcome = await endOf(call);
  if (!outcome.ok) throw new Error(`The call failed: ${JSON.stringify(outcome.error)}`);
  return outcome.result;
}

/** The state of each payment, oldest first. */
export async function statesOf(world: World): Promise<readonly string[]> {
  return (await world.rows()).map(({ state }) => state);
}

/** What all limits together count as spent or held by the site in 24 hours. */
export async function usedToday(world: World, tabId = 1): Promise<bigint> {
  const { site } = await world.screens.popup(tabId);
  return BigInt(site?.use.find(({ limit }) => limit === 'site-day')?.used ?? 0);
}

/** How a call ended that waits between its attempts: time passes until it is over. */
export async function endInTime<T>(world: World, call: OpenPageCall<T>): Promise<Outcome<T>> {
  for (let pause = 0; pause < 20 && !call.ended; pause += 1) await world.pass(250);
  return endOf(call);
}

/** How the nodes of Base behave from now on, in their order. */
export function nodesAre({ nodes }: World, ...modes: readonly NodeMode[]): void {
  nodes.forEach((node, index) => (node.mode = modes[index] ?? node.mode));
}

/** A payment that the wallet has refused: held, and never charged. */
export async function refusedPayment(world: World): Promise<void> {
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  page.leave();
  await world.quiet();
}

/** Nothing of money, permission or network has happened. */
export async function expectUntouched(world: World): Promise<void> {
  await world.quiet();
  expect(await world.rows()).toEqual([]);
  expect(world.gateway.requests).toEqual([]);
  expect(world.windows.opened).toEqual([]);
  expect((await world.screens.popup(1)).site?.mode ?? 'ask').toBe('ask');
  expect(Object.keys(Object.prototype)).toEqual([]);
}
