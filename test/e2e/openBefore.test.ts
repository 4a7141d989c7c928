import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { PaidChat } from '../../src/inpage/types.ts';
import { notPaid, paidOnce, useStage } from './fixture.ts';
import { press, waitForText } from './press.ts';
import { overhearing } from './priorPages.ts';

declare const paidChat: PaidChat;

declare global {
  interface Window {
    /** The page's own notes, in these tests. */
    kept?: PaidChat;
    heard: string[];
    /** A port that the page got hold of, and the offers of a channel that it saw. */
    stolen?: MessagePort;
    offersSeen: number;
  }
}

const stage = useStage({ tokenDelayMs: 0 });

/** Writes down what a site would hear of PaidChat's coming, going and news. */
const listen = () => {
  window.heard = [];
  addEventListener('paidChat#initialized', () => window.heard.push('initialized'));
  addEventListener('paidChat:announceProvider', () => window.heard.push('announced'));
};
const heard = (page: Page) => page.evaluate(() => window.heard);
const model = (page: Page) =>
  page.evaluate(() =>
    paidChat.models().then(
      ([first]) => first?.id,
      ({ code }: { code: number }) => code,
    ),
  );

describe('a page that was open before PaidChat', () => {
  it('has it without a reload once the popup was opened over it, and is served and paid for like any other', async () => {
    await stage.rig.setEnabled(false);
    const page = await stage.open('early');
    await page.evaluate(listen);
    await stage.rig.setEnabled(true);
    expect(await page.evaluate(() => 'paidChat' in window)).toBe(false);

    await lookAt(page);
    await page.waitForFunction(() => 'paidChat' in window);
    expect(await heard(page)).toEqual(['initialized', 'announced']);
    await expectServed(page);

    // A second look brings nothing twice.
    await lookAt(page);
    expect(await model(page)).toBe('ambient/large');
    expect(await heard(page)).toEqual(['initialized', 'announced']);
  });

  it('goes on with the very object it has when PaidChat was updated under it, and hears what it listens to', async () => {
    const page = await stage.open('updated');
    await page.evaluate(listen);
    await page.evaluate(() => {
      window.kept = paidChat;
      paidChat.addEventListener('permissionchange', ({ detail }) => {
        window.heard.push(`permission ${detail.state}`);
      });
      paidChat.addEventListener('disconnect', () => window.heard.push('disconnect'));
    });
    expect(await model(page)).toBe('ambient/large');
    await stage.rig.update();
    await expect.poll(() => model(page)).toBe(4900);
    expect(await heard(page)).toEqual(['disconnect']);

    await lookAt(page);
    await expect.poll(() => model(page)).toBe('ambient/large');
    expect(await page.evaluate(() => window.kept === paidChat)).toBe(true);
    await expectServed(page);
    await stage.allow('updated');
    await expect.poll(() => heard(page)).toEqual(['disconnect', 'permission granted']);
  });

  it('that waits for the update, listening to all and offering a channel of its own, reads and forges nothing', async () => {
    const page = await stage.open('spying');
    expect(await model(page)).toBe('ambient/large');
    await page.evaluate(`(${overhearing})(window)`);
    await page.evaluate(() => {
      window.offersSeen = 0;
      addEventListener('paidChat#offer', () => (window.offersSeen += 1), true);
      JSON.stringify('it overhears');
    });
    expect(await offerOwnChannel(page)).toBe(false);
    await stage.rig.update();
    await expect.poll(() => model(page)).toBe(4900);
    // Nobody else is there: it takes its own calls, of which it would know anyway.
    expect(await offerOwnChannel(page)).toBe(true);

    await lookAt(page);
    await expect.poll(() => model(page)).toBe('ambient/large');
    expect(await offerOwnChannel(page)).toBe(false);
    await expectServed(page);
    const all = (await heard(page)).join('\n');
    expect(all).toContain('it overhears');
    expect(all).not.toMatch(/"kind":"(call|end|event|ask|answer)"/);
    // MAIN lets nobody see an offer, whoever makes it.
    expect(await page.evaluate(() => [window.offersSeen, 'stolen' in window])).toEqual([0, false]);
  });

  it('that nobody looks at with the popup gets nothing', async () => {
    const page = await stage.open('unseen');
    await stage.rig.update();
    const seen = await stage.open('seen');
    await lookAt(seen);
    expect(await model(seen)).toBe('ambient/large');
    expect(await model(page)).toBe(4900);
  });
});

/** A person pays for an answer in this page, once. */
async function expectServed(page: Page): Promise<void> {
  const before = await stage.balances();
  await page.bringToFront();
  const { call, approval } = await stage.ask(page);
  expect(await stage.movedSince(before)).toEqual(notPaid);
  await press(approval, 'Pay once');
  expect((await call.outcome()).receipt).toMatchObject({ status: 'settled' });
  expect(await stage.movedSince(before)).toEqual(paidOnce);
}

/** The page offers MAIN a channel, as the bridge does. @returns whether MAIN took it */
function offerOwnChannel(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { port2 } = new MessageChannel();
    const init = { data: crypto.randomUUID(), ports: [port2], cancelable: true };
    return !dispatchEvent(new MessageEvent('paidChat#offer', init));
  });
}

/** Opens the popup over a page and closes it again. */
async function lookAt(page: Page): Promise<void> {
  const popup = await stage.popup(page);
  await waitForText(popup, new URL(page.url()).host);
  await popup.close();
}
