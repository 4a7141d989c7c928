import { expect, it } from 'vitest';
import { firstWords, paidOnce, useStage } from './fixture.ts';
import { press, waitForText } from './press.ts';

const stage = useStage({ identifiers: 'required' });

/** Asks, with the connection lost right after the money has moved. */
async function losesItsAnswer(host: string) {
  const page = await stage.open(host);
  const before = await stage.balances();
  stage.world.gateway.faults.next('dropAfterSettle');
  const approval = await stage.approvalFrom(() => press(page, 'Ask'));
  await press(approval, 'Pay once');
  return { page, before };
}

it('gets an answer that was lost after paying in full, by the same bytes and for one charge', async () => {
  const { page, before } = await losesItsAnswer('shop');
  await waitForText(page, 'Done.');
  await waitForText(page, firstWords);
  await waitForText(page, 'Paid 0.004424 USDC (settled)');
  expect(await stage.movedSince(before)).toEqual(paidOnce);
  expect(stage.requests().paid).toBe(2);
  expect(stage.signatures()).toHaveLength(1);
});

it('names each payment by another identifier', async () => {
  for (const host of ['one', 'two']) {
    const page = await stage.open(host);
    const approval = await stage.approvalFrom(() => press(page, 'Ask'));
    await press(approval, 'Pay once');
    await waitForText(page, 'Done.');
  }
  const payments = stage.signatures().map((header) => JSON.parse(atob(header)) as Payment);
  const ids = payments.map(({ extensions }) => extensions['payment-identifier'].info.id);
  expect(ids).toHaveLength(2);
  for (const id of ids) expect(id).toMatch(/^[\w-]{16,128}$/);
  expect(new Set(ids).size).toBe(2);
});

interface Payment {
  readonly extensions: { readonly 'payment-identifier': { readonly info: { readonly id: string } } };
}
