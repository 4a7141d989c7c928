import type { CDPSession, Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { useStage } from './fixture.ts';
import { named } from './press.ts';

const stage = useStage();

/** Both browsers end an idle background after so long. */
const idleMs = 30_000;

it('lives while a card is open, and ends by itself once nothing is', { timeout: 150_000 }, async () => {
  const page = await stage.open('keepalive');
  const worker = await watchWorker(page, stage.rig.extensionId);
  const { call, approval } = await stage.ask(page);
  await named(approval, 'button', 'Pay once');
  await later(idleMs + 8_000);
  // It was the same one all the time: a new one would have voided the card.
  expect(worker.stops()).toBe(0);
  expect(await approval.evaluate(() => document.body.innerText)).toContain('Pay once');

  // The page leaves, and its card with it: nothing is held any more.
  await page.close();
  await approval.close().catch(() => undefined);
  await call.outcome().catch(() => undefined);
  await worker.untilStopped(idleMs + 25_000);
  await worker.detach();
});

/** Watches from a page: attaching to the worker itself would keep it alive. */
async function watchWorker(beside: Page, extensionId: string) {
  const page = await beside.browser().newPage();
  await beside.bringToFront();
  const session: CDPSession = await page.createCDPSession();
  let stops = 0;
  let stopped = () => {};
  session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    for (const { scriptURL, runningStatus } of versions) {
      if (!scriptURL.startsWith(`chrome-extension://${extensionId}/`) || runningStatus !== 'stopped')
        continue;
      stops += 1;
      stopped();
    }
  });
  await session.send('ServiceWorker.enable');
  stops = 0;
  return {
    stops: () => stops,
    detach: () => session.detach(),
    untilStopped: (withinMs: number) =>
      new Promise<void>((resolve, reject) => {
        if (stops > 0) resolve();
        stopped = resolve;
        setTimeout(() => reject(new Error('The idle background has not ended.')), withinMs).unref();
      }),
  };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
