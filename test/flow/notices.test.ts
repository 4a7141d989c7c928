import { expect, it } from 'vitest';
import type { PageNotice } from '../../src/protocol/page.ts';
import { startWorld } from '../fakes/world.ts';
import type { FakePage } from '../fakes/page.ts';
import { allow, examplePrice, resultOf } from './steps.ts';

/** What a page was told of its site. */
function noticesOf(page: FakePage): readonly PageNotice[] {
  return page.heard.flatMap((frame) =>
    frame.kind === 'notice' ? [frame.notice as unknown as PageNotice] : [],
  );
}

const asks = { state: 'prompt', autoApprove: false };

it('tells a page that watches what its permission is, and when the person changes it', async () => {
  const world = await startWorld();
  const page = world.openPage();
  await resultOf(page.call('watch'));
  await world.quiet();
  expect(noticesOf(page)).toEqual([{ type: 'permissionchange', detail: asks }]);
  await allow(world);
  await world.quiet();
  expect(noticesOf(page).slice(1)).toMatchObject([
    { type: 'permissionchange', detail: { state: 'granted', autoApprove: true } },
    { type: 'modelschange' },
  ]);
});

it('tells of a payment as it comes and as it ends, and nothing of another site', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  const other = world.openPage({ origin: 'https://news.example', tabId: 2 });
  await resultOf(page.call('watch'));
  await resultOf(other.call('watch'));
  await world.quiet();
  const { receipt } = await resultOf(page.chat());
  await world.quiet();
  const payments = noticesOf(page).filter(({ type }) => type === 'payment');
  expect(payments.at(0)).toEqual({
    type: 'payment',
    detail: { receiptId: receipt.id, amountUsdc: '0.004424', status: 'pending' },
  });
  expect(payments.at(-1)).toMatchObject({ detail: { receiptId: receipt.id, status: 'settled' } });
  expect(noticesOf(other)).toEqual([{ type: 'permissionchange', detail: asks }]);
  // That a grant now ends later than before is no news.
  expect(noticesOf(page).filter(({ type }) => type === 'permissionchange')).toHaveLength(1);
});

it('says once that a limit is nearly used, without a figure', async () => {
  const world = await startWorld();
  await allow(world, { day: String(examplePrice + 1_000n) });
  const page = world.openPage();
  await resultOf(page.call('watch'));
  await world.quiet();
  await resultOf(page.chat());
  await world.quiet();
  expect(noticesOf(page).filter(({ type }) => type === 'budgetlow')).toEqual([
    { type: 'budgetlow', detail: {} },
  ]);
});

it('wakes the pages that watch when the person changes a permission while they have no port', async () => {
  const world = await startWorld();
  const page = world.openPage();
  await resultOf(page.call('watch'));
  await world.quiet();
  page.drop();
  const connected = world.journal.length;
  await world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'blocked' });
  await world.quiet();
  await resultOf(page.call('watch'));
  await world.quiet();
  expect(world.journal.length).toBeGreaterThan(connected);
  expect(noticesOf(page).at(-1)).toMatchObject({ detail: { state: 'denied' } });
});

it('lets a site give its own grant back, and nothing else', async () => {
  const world = await startWorld();
  await allow(world);
  const page = world.openPage();
  await resultOf(page.call('revoke', {}, false));
  expect(await resultOf(page.call('permission'))).toEqual(asks);
  await world.screens.call('site.setMode', { site: 'https://shop.example', mode: 'blocked' });
  await resultOf(page.call('revoke', {}, false));
  expect(await resultOf(page.call('permission'))).toMatchObject({ state: 'denied' });
});
