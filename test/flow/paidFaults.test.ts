import { describe, expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import { answerWords } from '../fakes/answerStream.ts';
import { eventually } from '../fakes/eventually.ts';
import type { GatewayFault } from '../fakes/gatewayFaults.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, errorOf, resultOf, statesOf, usedToday } from './steps.ts';

const unknown = { type: 'payment_unknown', phase: 'send', paid: 'unknown', retryable: false };
const answer = answerWords.join('');

/** Every paid request was the same, byte for byte, and one signature was asked for. */
function expectSameBytes({ gateway, journal }: World, attempts: number): void {
  const sent = gateway.of('paid').map(({ url, headers, body }) => ({ url, headers, body }));
  expect(sent).toHaveLength(attempts);
  for (const request of sent) expect(request).toEqual(sent[0]);
  expect(journal.filter((action) => action === 'post ask signTypedData')).toHaveLength(1);
  expect(gateway.of('elsewhere')).toEqual([]);
}

describe.each([jumpGate, rungate])('after paying $name', (gateway) => {
  it.each<[GatewayFault, { attempts: number; trouble: string; charges: number }]>([
    ['resetBefore', { attempts: 3, trouble: 'no-answer', charges: 0 }],
    ['resetAfterSettling', { attempts: 3, trouble: 'no-answer', charges: 1 }],
    ['error500', { attempts: 3, trouble: 'no-answer', charges: 1 }],
    ['again402', { attempts: 3, trouble: 'refused', charges: 1 }],
    ['redirect', { attempts: 3, trouble: 'no-answer', charges: 0 }],
    ['refused400', { attempts: 1, trouble: 'malformed', charges: 0 }],
    ['wantsKey401', { attempts: 1, trouble: 'refused', charges: 0 }],
  ])('keeps a payment counted that meets %s every time', async (fault, { attempts, trouble, charges }) => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set(fault);
    const chat = world.openPage().chat();
    const [row] = await eventually('the row', async () => {
      const rows = await world.rows();
      return rows.length > 0 && rows;
    });
    expect(await endInTime(world, chat)).toMatchObject({
      ok: false,
      error: { ...unknown, receiptId: row?.id },
    });
    expect(await world.rows()).toMatchObject([{ state: 'sent', attempts, trouble }]);
    expectSameBytes(world, attempts);
    expect(world.gateway.charges).toHaveLength(charges);
    expect(await usedToday(world)).toBe(4424n);
    const popup = await world.screens.popup(1);
    expect(popup.held).toMatchObject([{ status: 'pending', trouble }]);
    expect(popup.held[0]?.heldUntilMs).toBeGreaterThan(world.clock.nowMs());
    await world.pass(60_000);
    expectSameBytes(world, attempts);
    expect(world.holds).toBe(0);
  });

  it.each<[GatewayFault, number]>([
    ['resetBefore', 1],
    ['resetBefore', 2],
    ['error500', 2],
    ['resetAfterSettling', 1],
    ['resetAfterSettling', 2],
  ])('gets its answer for one charge after %s, %i times', async (fault, times) => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.answersRepeats = true;
    world.gateway.faults.set(fault, times);
    const chat = world.openPage().chat();
    await endInTime(world, chat);
    await resultOf(chat);
    expect(chat.text).toBe(answer);
    expectSameBytes(world, times + 1);
    expect(world.gateway.charges).toHaveLength(1);
    expect(await world.rows()).toMatchObject([{ state: 'settled', attempts: times + 1 }]);
  });

  it('does not sign again for a gateway that has charged and asks for money once more', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('resetAfterSettling', 1);
    const chat = world.openPage().chat();
    expect(await endInTime(world, chat)).toMatchObject({ ok: false, error: unknown });
    expectSameBytes(world, 3);
    expect(world.gateway.charges).toHaveLength(1);
    expect(await world.rows()).toMatchObject([{ state: 'sent', trouble: 'refused' }]);
  });

  it.each<GatewayFault>(['noReceipt', 'failedReceipt', 'garbledReceipt'])(
    'shows the answer that comes with %s and lets the chain decide',
    async (fault) => {
      const world = await startWorld({ gateways: [gateway] });
      await allow(world);
      world.gateway.faults.set(fault);
      const chat = world.openPage().chat();
      expect((await resultOf(chat)).receipt.status).toBe('pending');
      expect(chat.text).toBe(answer);
      expect(await statesOf(world)).toEqual(['sent']);
      expect(await usedToday(world)).toBe(4424n);
      expect((await world.screens.popup(1)).runs).toMatchObject([{ stage: 'done', paid: 'unknown' }]);
      expectSameBytes(world, 1);
    },
  );

  it('takes a receipt that names another payment’s transaction for no word at all', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    const page = world.openPage();
    await resultOf(page.chat());
    world.gateway.faults.set('repeatedReceipt');
    const chat = page.chat();
    expect((await resultOf(chat)).receipt.status).toBe('pending');
    expect(chat.text).toBe(answer);
    expect(await statesOf(world)).toEqual(['settled', 'sent']);
    const runs = (await world.screens.popup(1)).runs.map(({ paid }) => paid);
    expect(runs.toSorted()).toEqual(['unknown', 'yes']);
    expect(await usedToday(world)).toBe(2n * 4424n);
  });

  it('keeps itself alive for five minutes while a paid gateway thinks', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('slowHeaders');
    const chat = world.openPage().chat();
    await eventually('the paid request', () => world.gateway.of('paid')[0]);
    await world.pass(5 * 60_000 - 1);
    expect(world.holds).toBe(1);
    expect((await world.screens.popup(1)).runs).toMatchObject([{ stage: 'settling', paid: 'unknown' }]);
    world.gateway.release();
    await resultOf(chat);
    expect(world.holds).toBe(0);
  });

  it('gives up a gateway that is silent for longer, and sends nothing when the signature has run out', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('slowHeaders');
    const chat = world.openPage().chat();
    await eventually('the paid request', () => world.gateway.of('paid')[0]);
    await world.pass(5 * 60_000);
    expect(await errorOf(chat)).toMatchObject(unknown);
    expectSameBytes(world, 1);
  });

  it('sends nothing more after the person stops a payment under way', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('slowHeaders');
    const chat = world.openPage().chat();
    await eventually('the paid request', () => world.gateway.of('paid')[0]);
    const [run] = (await world.screens.popup(1)).runs;
    await world.screens.call('run.stop', { runId: run?.id ?? '' });
    expect(await errorOf(chat)).toMatchObject(unknown);
    await world.pass(10_000);
    expectSameBytes(world, 1);
    expect((await world.screens.popup(1)).runs).toMatchObject([{ stage: 'stopped', paid: 'unknown' }]);
  });

  it('goes on sending for a page that has gone meanwhile', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('resetBefore', 1);
    const page = world.openPage();
    page.chat();
    await eventually('the paid request', () => world.gateway.of('paid')[0]);
    page.leave();
    await world.pass(1_000);
    await world.reaches('settled');
    expectSameBytes(world, 2);
  });

  it.each<[GatewayFault, RegExp]>([
    ['again402', /still asks for it/],
    ['refused400', /does not fit what it asked for.*\(bad signature\)/],
    ['wantsKey401', /did not accept the payment.*\(no API key\)/],
  ])('tells %s from the others in its sentence', async (fault, words) => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set(fault);
    const chat = world.openPage().chat();
    await endInTime(world, chat);
    expect((await errorOf(chat)).message).toMatch(words);
  });

  it('sends no Authorization header, whatever else is offered', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('mppBeside');
    await resultOf(world.openPage().chat());
    for (const { headers } of world.gateway.requests) {
      expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('authorization');
    }
  });

  it('tries no other protocol when the payment is refused', async () => {
    const world = await startWorld({ gateways: [gateway] });
    await allow(world);
    world.gateway.faults.set('mppBeside');
    world.gateway.faults.set('again402');
    await endInTime(world, world.openPage().chat());
    expectSameBytes(world, 3);
  });
});
