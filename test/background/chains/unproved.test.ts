import { expect, it } from 'vitest';
import { walkUnproved } from '../../../src/background/chains/unproved.ts';
import type { Payment } from '../../../src/core/ledger.ts';
import { fakeKeyValue } from '../../fakes/keyValues.ts';
import { draft, receiptEvents } from '../../fakes/payments.ts';
import { microUsdc } from '../../../src/core/money.ts';
import { ledgerRig, reserved, through } from '../../storage/ledgerRig.ts';
import type { LedgerRig } from '../../storage/ledgerRig.ts';

/** More than two pages of them. */
const many = 230;

/** A ledger with as many receipts; the ids in the order of their reservations. */
async function receipts(
  count: number,
): Promise<{ readonly rig: LedgerRig; readonly ids: readonly string[] }> {
  const rig = await ledgerRig();
  const ids: string[] = [];
  for (let left = count; left > 0; left -= 1) {
    const payment = await reserved(rig, draft({ amount: microUsdc(1n) }));
    await through(rig, payment, receiptEvents(payment, rig.clock.nowMs()));
    ids.push(payment.id);
  }
  return { rig, ids };
}

/** Walks until the background dies, after so many. @returns whom it came by */
async function walk(
  { ledger }: LedgerRig,
  session = fakeKeyValue(),
  until = Infinity,
  nextMs: (payment: Payment, afterMs: number) => number = () => 1,
  nowMs = 1,
): Promise<readonly string[]> {
  const met: string[] = [];
  for await (const { id } of walkUnproved({ ledger, session }, nowMs, nextMs)) {
    met.push(id);
    if (met.length === until) break;
  }
  return met;
}

it('comes by every receipt once, the newest first', async () => {
  const { rig, ids } = await receipts(many);
  expect(await walk(rig)).toEqual(ids.toReversed());
});

it('goes on where the background died, and comes around to each before it comes to one again', async () => {
  const { rig, ids } = await receipts(many);
  const session = fakeKeyValue();
  const met: string[] = [];
  while (met.length < 2 * many) met.push(...(await walk(rig, session, 23)));
  expect(met.slice(0, many)).toEqual(ids.toReversed());
  expect(met.slice(many)).toEqual(ids.toReversed());
});

it('begins with a new receipt no later than after one time around, and finds those that are proved gone', async () => {
  const { rig, ids } = await receipts(5);
  const session = fakeKeyValue();
  expect(await walk(rig, session, 2)).toEqual([ids[4], ids[3]]);
  const newest = await reserved(rig, draft({ amount: microUsdc(1n) }));
  await through(rig, newest, receiptEvents(newest, rig.clock.nowMs()));
  await rig.ledger.advance(ids[1] ?? '', {
    type: 'settle',
    proof: 'chain',
    blockTimeMs: 1,
    atMs: rig.clock.nowMs(),
  });
  expect(await walk(rig, session)).toEqual([ids[2], ids[0], newest.id, ids[4], ids[3]]);
});

it('passes by what is not due', async () => {
  const { rig, ids } = await receipts(4);
  const isFirst = ({ id }: Payment) => (id === ids[1] ? 1 : 2);
  expect(await walk(rig, undefined, undefined, isFirst)).toEqual([ids[1]]);
});

it('gives each one turn by each time that it is due, whatever becomes of the background meanwhile', async () => {
  const { rig, ids } = await receipts(3);
  const session = fakeKeyValue();
  const everyTen = (_payment: Payment, afterMs: number) => Math.floor(afterMs / 10) * 10 + 10;
  const at = (nowMs: number, until?: number) => walk(rig, session, until, everyTen, nowMs);
  expect(await at(12, 2)).toEqual([ids[2], ids[1]]);
  // It died before the third had its turn.
  expect(await at(13)).toEqual([ids[0], ids[2], ids[1]]);
  expect(await at(19)).toEqual([]);
  expect(await at(20)).toHaveLength(3);
  // The clock was set back.
  expect(await at(15)).toHaveLength(3);
});

it('begins anew where the session is lost or does not answer', async () => {
  const { rig, ids } = await receipts(3);
  const session = fakeKeyValue();
  session.mode = 'fail';
  expect(await walk(rig, session, 1)).toEqual([ids[2]]);
  expect(await walk(rig, session)).toEqual(ids.toReversed());
});
