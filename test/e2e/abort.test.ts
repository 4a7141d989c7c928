import type { Page } from 'puppeteer-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleScript } from '../rig/bundle.ts';
import type { askStoppably } from '../rig/sdks/all.ts';
import type { Stoppable, Way } from '../rig/sdks/stoppable.ts';
import { setWalletMode, untilWalletAsked } from './asking.ts';
import { notPaid, paidOnce, useStage } from './fixture.ts';
import { has, named, waitForText } from './press.ts';

declare const sdks: { askStoppably: typeof askStoppably };
declare global {
  interface Window {
    /** The question of the test, in its page. */
    asked: Stoppable;
  }
}

const stage = useStage();

/** The SDK throws an error of its own, and ends a stream without a word. */
const sdkStopped = { message: 'Request was aborted.' };

describe.each<[way: Way, title: string]>([
  ['create', 'chat.completions.create'],
  ['fetch', 'paidChat.fetch'],
  ['openai', 'the OpenAI SDK'],
])('a caller that stops %s', (way, _title) => {
  const host = `stop${way}`;
  const stopped = (paid: string, phase: string) =>
    way === 'openai' ? sdkStopped : { name: 'AbortError', paid, phase };

  beforeAll(() => stage.allow(host));

  it('before it begins asks nobody anything', async () => {
    const page = await openWithSdks(host);
    await begin(page, way, true);
    expect(await endOf(page)).toMatchObject(stopped('no', 'validate'));
    expect(stage.requests().all).toBe(0);
  });

  it('while the price is asked for pays nothing', async () => {
    const { faults, hold } = stage.world.gateway;
    const before = await stage.balances();
    const page = await openWithSdks(host);
    faults.set('holdChallenge');
    await begin(page, way);
    await hold.reached();
    expect(await stopNow(page)).toMatchObject(stopped('no', 'quote'));
    faults.clear();
    hold.release();
    await nothingMoves(before);
    expect(await page.evaluate(() => window.testWalletAsks)).not.toContain('eth_signTypedData_v4');
  });

  it('while the card is open pays nothing, and the card says so and goes', async () => {
    const before = await stage.balances();
    const page = await openWithSdks(`${host}ask`);
    const approval = await stage.approvalFrom(() => begin(page, way));
    await named(approval, 'button', 'Pay once');
    expect(await stopNow(page)).toMatchObject(stopped('no', 'approve'));
    await waitForText(approval, 'nothing was paid');
    expect(await has(approval, 'button', 'Pay once')).toBe(false);
    await nothingMoves(before);
  });

  it('while the wallet is asked sends nothing', async () => {
    const before = await stage.balances();
    const page = await openWithSdks(host);
    await setWalletMode(page, 'hang');
    await begin(page, way);
    await untilWalletAsked(page, 'eth_signTypedData_v4');
    expect(await stopNow(page)).toMatchObject(stopped('unknown', 'sign'));
    await nothingMoves(before);
  });

  it('while the paid request is on its way pays that once, and keeps the answer', async () => {
    const before = await stage.balances();
    const page = await openWithSdks(host);
    stage.world.gateway.faults.next('slowHeaders', { ms: 3_000 });
    await begin(page, way);
    await expect.poll(() => stage.requests().paid).toBe(1);
    expect(await stopNow(page)).toMatchObject(stopped('unknown', 'send'));
    await keepsAnswer(page);
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect(stage.requests().paid).toBe(1);
  });

  it('while the answer comes pays it once, and hears no more of it', async () => {
    const before = await stage.balances();
    const page = await openWithSdks(host);
    stage.world.gateway.faults.next('holdStream');
    await begin(page, way);
    await page.waitForFunction(() => window.asked.text.includes('Verifiable'));
    await stage.world.gateway.hold.reached();
    const end = await stopNow(page);
    if (way === 'openai') expect(end).toEqual({});
    else expect(end).toMatchObject(stopped('yes', 'stream'));
    const heard = await page.evaluate(() => window.asked.text);
    stage.world.gateway.hold.release();
    await keepsAnswer(page);
    expect(await page.evaluate(() => window.asked.text)).toBe(heard);
    expect(await stage.movedSince(before)).toEqual(paidOnce);
    expect(stage.requests().paid).toBe(1);
  });
});

function begin(page: Page, way: Way, stopped = false): Promise<void> {
  return page.evaluate(
    (given, isStopped) => {
      window.asked = sdks.askStoppably(given, isStopped);
    },
    way,
    stopped,
  );
}

function endOf(page: Page) {
  return page.evaluate(() => window.asked.end);
}

function stopNow(page: Page) {
  return page.evaluate(() => {
    window.asked.stop();
    return window.asked.end;
  });
}

/** What was stopped is not taken up again by an SDK either. */
async function nothingMoves(before: Awaited<ReturnType<typeof stage.balances>>): Promise<void> {
  await stage.world.chain.mine(1);
  expect(await stage.movedSince(before)).toEqual(notPaid);
  expect(stage.requests().paid).toBe(0);
}

/** The whole answer is in the popup. */
async function keepsAnswer(page: Page): Promise<void> {
  const popup = await stage.popup(page);
  await waitForText(popup, 'on your own machine.)');
}

let bundled: Promise<string> | undefined;

async function openWithSdks(host: string): Promise<Page> {
  bundled ??= bundleScript('sdks/all.ts', 'sdks');
  const page = await stage.open(host);
  await page.addScriptTag({ content: await bundled });
  return page;
}
