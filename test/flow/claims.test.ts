import { expect, it } from 'vitest';
import { payee } from '../fakes/gateway.ts';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { fakeWallet } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, resultOf } from './steps.ts';

const nodes = ['https://one.example', 'https://two.example'];
const half = 30 * 60_000;

/** One payment at a gateway with this fault, and time until the chain has shown what became of it. */
async function disputedBy(fault: GatewayFault): Promise<World> {
  const world = await startWorld({ nodes });
  await allow(world);
  world.gateway.faults.set(fault);
  const page = world.openPage();
  await endInTime(world, page.chat());
  await world.pass(half);
  await world.screens.popup(1);
  await world.quiet();
  return world;
}

async function claim(world: World): Promise<Record<string, unknown>> {
  const { payments } = await world.screens.popup(1);
  const disputed = payments.find(({ dispute }) => dispute !== undefined);
  if (!disputed) throw new Error('Nothing is disputed.');
  const { json } = await world.screens.call('payment.claim', { paymentId: disputed.id });
  return JSON.parse(json) as Record<string, unknown>;
}

it.each<[GatewayFault, string]>([
  ['resetAfterSettling', 'unanswered'],
  ['again402', 'unanswered'],
  ['error500', 'unanswered'],
  ['emptyAnswer', 'empty'],
  ['resetMidStream', 'broken-off'],
  ['failedReceipt', 'denied'],
])('disputes a payment that was charged where the gateway has %s: %s', async (fault, dispute) => {
  const world = await disputedBy(fault);
  expect(await world.rows()).toMatchObject([{ state: 'settled', dispute, proof: 'chain' }]);
  expect((await world.screens.popup(1)).payments[0]).toMatchObject({
    status: 'settled',
    dispute,
    gateway: 'Ambient JumpGate',
    contactUrl: 'https://x.com/ambient_xyz',
  });
});

it.each<[GatewayFault, string]>([
  ['resetAfterSettling', 'unanswered'],
  ['again402', 'unanswered'],
])('shows beside the question, too, what has turned out since it ended by %s', async (fault, turnedOut) => {
  const world = await disputedBy(fault);
  expect((await world.screens.popup(1)).runs).toMatchObject([{ stage: 'failed', paid: 'yes', turnedOut }]);
});

it('shows beside the question that it turned out unpaid, once it can no longer be charged', async () => {
  const world = await startWorld({ nodes });
  await allow(world);
  world.gateway.faults.set('resetBefore');
  await endInTime(world, world.openPage().chat());
  expect((await world.screens.popup(1)).runs).toMatchObject([{ stage: 'failed', paid: 'unknown' }]);
  expect((await world.screens.popup(1)).runs[0]).not.toHaveProperty('turnedOut');
  await world.pass(half);
  await world.screens.popup(1);
  await world.quiet();
  const [run] = (await world.screens.popup(1)).runs;
  expect(run).toMatchObject({ stage: 'failed', paid: 'no', turnedOut: 'not-paid' });
});

it('makes a claim of quote, challenge, message, receipt, transaction and times: no signature and no question', async () => {
  const world = await disputedBy('emptyAnswer');
  const [row] = await world.rows();
  const made = await claim(world);
  expect(made).toMatchObject({
    paymentId: row?.id,
    dispute: 'empty',
    amountUsdc: '0.004424',
    quote: { amountMicroUsdc: '4424', maxAmountMicroUsdc: '4474', inputTokens: 17, maxOutputTokens: 1000 },
    challenge: { x402Version: 2, accepts: [{ payTo: payee, amount: '4424' }] },
    authorization: { to: payee, value: '4424' },
    signature: 'redacted',
    transaction: world.gateway.charges[0]?.transaction,
    times: { reservedAtMs: row?.reservedAtMs },
    requestSha256: row?.bodyDigest,
  });
  expect(atob(String(made['receipt']))).toContain('"success":true');
  const text = JSON.stringify(made);
  expect(text).not.toContain('What is Base?');
  expect(row && 'signature' in row && text.includes(row.signature ?? '')).toBe(false);
});

it('disputes what was charged although it was never sent: the page used the signature by itself', async () => {
  const world = await startWorld({ nodes });
  await allow(world);
  const wallet = fakeWallet();
  wallet.signing = 'reject';
  await endInTime(world, world.openPage({ wallet }).chat());
  const [row] = await world.rows();
  if (row?.state !== 'signing' || row.authorization.kind) throw new Error('It is not held.');
  world.gateway.charge(row.authorization);
  await world.pass(half);
  await world.screens.popup(1);
  await world.quiet();
  expect(await world.rows()).toMatchObject([{ state: 'settled', dispute: 'never-sent', attempts: 0 }]);
  expect(await claim(world)).toMatchObject({ dispute: 'never-sent', sentTimes: 0 });
});

it('disputes nothing that was answered, and keeps no claimFacts of it', async () => {
  const world = await startWorld({ nodes });
  await allow(world);
  const page = world.openPage();
  await resultOf(page.chat());
  world.gateway.faults.set('noReceipt');
  world.gateway.faults.set('resetBefore', 1);
  await endInTime(world, page.chat());
  await world.pass(half);
  await world.screens.popup(1);
  await world.quiet();
  const rows = await world.rows();
  expect(rows).toMatchObject([{ state: 'settled' }, { state: 'settled', proof: 'chain' }]);
  for (const row of rows) {
    expect(row).not.toHaveProperty('dispute');
    expect(row).not.toHaveProperty('claimFacts');
  }
  const refused = world.screens.call('payment.claim', { paymentId: rows[0]?.id ?? '' });
  await expect(refused).rejects.toBeInstanceOf(PanelRefusal);
});

it('disputes nothing that the person stopped, and nothing that was not charged', async () => {
  const world = await startWorld({ nodes });
  await allow(world);
  const page = world.openPage();
  world.gateway.faults.set('holdStream');
  const stopped = page.chat();
  await world.reaches('settled');
  await world.quiet();
  const { runs } = await world.screens.popup(1);
  await world.screens.call('run.stop', { runId: runs[0]?.id ?? '' });
  await endInTime(world, stopped);
  world.gateway.faults.clear();
  world.gateway.faults.set('resetBefore');
  await endInTime(world, page.chat());
  await world.pass(half);
  await world.screens.popup(1);
  await world.quiet();
  const rows = await world.rows();
  expect(rows.map(({ state }) => state)).toEqual(['settled', 'released']);
  for (const row of rows) expect(row).not.toHaveProperty('dispute');
});
